/**
 * What can be told of endpoints where there is no network: whether the cluster's objects lead from each
 * to pods that are ready. It proves no packet, certificate or name.
 */
import * as z from "zod";

import { sandboxPlace } from "../../sandbox/place.ts";
import { requireRunning } from "../../sandbox/sandbox.ts";
import type { StackOutputs } from "../outputs.ts";
import type { Verified } from "./command.ts";
import { type Address, type Finding, parseAddress } from "./probe.ts";

const Named = { metadata: z.looseObject({ name: z.string(), namespace: z.string() }) };

const Ingress = z.looseObject({
  ...Named,
  spec: z.looseObject({
    tls: z.array(z.looseObject({ hosts: z.array(z.string()).default([]) })).default([]),
    rules: z
      .array(
        z.looseObject({
          host: z.string().default(""),
          http: z.looseObject({
            paths: z.array(
              z.looseObject({
                backend: z.looseObject({ service: z.looseObject({ name: z.string() }) }),
              }),
            ),
          }),
        }),
      )
      .default([]),
  }),
});

const Service = z.looseObject({
  ...Named,
  spec: z.looseObject({
    type: z.string().default("ClusterIP"),
    ports: z
      .array(
        z.looseObject({
          port: z.int().optional(),
          nodePort: z.int().optional(),
          protocol: z.string().default("TCP"),
        }),
      )
      .default([]),
  }),
});

const EndpointSlice = z.looseObject({
  metadata: z.looseObject({
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  endpoints: z
    .array(z.looseObject({ conditions: z.looseObject({ ready: z.boolean().default(false) }) }))
    .nullable()
    .default([]),
});

const Pod = z.looseObject({
  ...Named,
  spec: z.looseObject({
    containers: z.array(
      z.looseObject({
        ports: z
          .array(
            z.looseObject({ hostPort: z.int().optional(), protocol: z.string().default("TCP") }),
          )
          .default([]),
      }),
    ),
  }),
  status: z.looseObject({
    conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]),
  }),
});

/** What of a cluster decides where endpoints lead. */
export interface ClusterObjects {
  readonly ingresses: readonly unknown[];
  readonly services: readonly unknown[];
  readonly endpointSlices: readonly unknown[];
  readonly pods: readonly unknown[];
}

/**
 * Looks at a sandbox that runs.
 *
 * @throws SandboxError where it does not.
 */
export async function verifySandbox(
  root: string,
  stack: string,
  outputs: StackOutputs,
): Promise<readonly Verified[]> {
  const place = sandboxPlace(stack, { clone: root, root: process.env["FLEET_SANDBOX_ROOT"] });
  const { api } = requireRunning(place);
  try {
    const [ingresses, services, endpointSlices, pods] = await Promise.all([
      api.list("/apis/networking.k8s.io/v1/ingresses"),
      api.list("/api/v1/services"),
      api.list("/apis/discovery.k8s.io/v1/endpointslices"),
      api.list("/api/v1/pods"),
    ]);
    return verifyObjects(outputs, { ingresses, services, endpointSlices, pods });
  } finally {
    api.close();
  }
}

/** Judges every endpoint by a cluster's objects. Pure. */
export function verifyObjects(
  { endpoints, records }: StackOutputs,
  objects: ClusterObjects,
): readonly Verified[] {
  const view = new View(objects, records);
  return endpoints.map((endpoint) => {
    const address = parseAddress(endpoint);
    const finding: Finding =
      address === undefined
        ? { result: "fault", detail: "is no address that this version can read" }
        : view.judge(address);
    return { name: endpoint.name, kind: endpoint.kind, where: endpoint.url, ...finding };
  });
}

/** A cluster's objects, asked for what stands behind an address. */
class View {
  readonly #ingresses: readonly z.infer<typeof Ingress>[];
  readonly #services: readonly z.infer<typeof Service>[];
  readonly #slices: readonly z.infer<typeof EndpointSlice>[];
  readonly #pods: readonly z.infer<typeof Pod>[];
  readonly #recorded: ReadonlySet<string>;

  /** @param records Those of the stack, as lines of a zone file. */
  constructor(
    { ingresses, services, endpointSlices, pods }: ClusterObjects,
    records: readonly string[],
  ) {
    this.#recorded = new Set(records.map((line) => line.replace(/\.? .*/, "")));
    this.#ingresses = ingresses.map((one) => Ingress.parse(one));
    this.#services = services.map((one) => Service.parse(one));
    this.#slices = endpointSlices.map((one) => EndpointSlice.parse(one));
    this.#pods = pods.map((one) => Pod.parse(one));
  }

  judge(address: Address): Finding {
    switch (address.scheme) {
      case "http":
      case "https":
        return this.#host(address);
      case "tcp":
        // What no page calls is published so: gRPC at the controller's port, by its host.
        return address.port === 443 && this.#serving(address.host).length > 0
          ? this.#host({ ...address, scheme: "https" })
          : this.#port(address, "TCP");
      case "udp":
        return this.#port(address, "UDP");
      case "stun":
        // Servers that visors are told of may be another stack's.
        return this.#holders(address, "UDP").length === 0
          ? { result: "unsure", detail: "no pod here has its port: it may run elsewhere" }
          : this.#port(address, "UDP");
      default:
        return { result: "unsure", detail: "nothing in the cluster tells" };
    }
  }

  #host({ scheme, host }: Address): Finding {
    const serving = this.#serving(host);
    const [ingress] = serving;
    if (ingress === undefined) {
      return this.#recorded.has(host)
        ? { result: "fault", detail: "no Ingress has this host" }
        : { result: "unsure", detail: "no record leads it here: it is outside of the cluster" };
    }
    const { name, namespace } = ingress.metadata;
    const tls = serving.flatMap(({ spec }) => spec.tls);
    if (scheme === "https" && !tls.some(({ hosts }) => hosts.includes(host))) {
      return { result: "fault", detail: `Ingress ${namespace}/${name} has no certificate for it` };
    }
    // Paths of one host may stand in several.
    const backends = serving.flatMap(({ metadata, spec }) =>
      spec.rules
        .filter((rule) => rule.host === host)
        .flatMap(({ http }) => http.paths)
        .map(({ backend }) => ({
          service: `${metadata.namespace}/${backend.service.name}`,
          ready: this.#ready(metadata.namespace, backend.service.name),
        })),
    );
    const without = backends.filter(({ ready }) => ready === 0).map(({ service }) => service);
    return without.length > 0
      ? { result: "fault", detail: `no pod of Service ${without.join(", ")} is ready` }
      : {
          result: "ok",
          detail: `Ingress ${namespace}/${name}, ${pods(backends[0]?.ready ?? 0)} ready`,
        };
  }

  #serving(host: string): readonly z.infer<typeof Ingress>[] {
    return this.#ingresses.filter(({ spec }) => spec.rules.some((rule) => rule.host === host));
  }

  /** Pods that have a port of their node. */
  #holders({ port }: Pick<Address, "port">, protocol: string): readonly z.infer<typeof Pod>[] {
    return this.#pods.filter(({ spec }) =>
      spec.containers.some(({ ports }) =>
        ports.some((one) => one.hostPort === port && one.protocol === protocol),
      ),
    );
  }

  #port({ port }: Address, protocol: string): Finding {
    const byNode = this.#services.find(({ spec }) =>
      spec.ports.some((one) => one.nodePort === port && one.protocol === protocol),
    );
    if (byNode !== undefined) {
      return this.#service(byNode, "NodePort");
    }
    const holders = this.#holders({ port }, protocol);
    const balanced = this.#services.find(
      ({ spec }) =>
        spec.type === "LoadBalancer" &&
        spec.ports.some((one) => one.port === port && one.protocol === protocol),
    );
    if (holders.length === 0 && balanced !== undefined) {
      return this.#service(balanced, "balancer");
    }
    const ready = holders.filter(isReady);
    return holders.length === 0
      ? { result: "fault", detail: `no Service and no pod has ${protocol} port ${port ?? "?"}` }
      : {
          result: ready.length === 0 ? "fault" : "ok",
          detail: `host port, ${pods(ready.length)} ready`,
        };
  }

  #service({ metadata: { name, namespace } }: z.infer<typeof Service>, by: string): Finding {
    const ready = this.#ready(namespace, name);
    return {
      result: ready === 0 ? "fault" : "ok",
      detail: `${by} of Service ${namespace}/${name}, ${pods(ready)} ready`,
    };
  }

  #ready(namespace: string, service: string): number {
    return this.#slices
      .filter(
        ({ metadata }) =>
          metadata.namespace === namespace &&
          metadata.labels["kubernetes.io/service-name"] === service,
      )
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions.ready).length;
  }
}

const pods = (count: number): string => `${count} ${count === 1 ? "pod" : "pods"}`;

const isReady = ({ status }: z.infer<typeof Pod>): boolean =>
  status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
