/**
 * What Linode's cloud controller does with a Service that names a NodeBalancer: it takes the balancer
 * over, ports and all, and tells its address (facts/clouds-linode-cloudflare-docker.md 2.4, 2.5).
 *
 * A Service that names none gets its address from `stages/addresses.yaml`, whatever cloud it is meant for.
 */
import * as z from "zod";

import type { Api, KubeObject } from "../api.ts";
import { nodeBalancer } from "../standins/rules/linode/balancer.ts";
import { backendType, balancerType, configType } from "../standins/rules/linode/types.ts";
import type { Store } from "../standins/store.ts";
import { asText, type Properties } from "../standins/values.ts";
import type { CloudObject, World } from "../standins/world.ts";

const prefix = "service.beta.kubernetes.io/linode-loadbalancer-";

const Spec = z.object({
  ports: z.array(z.object({ port: z.int(), nodePort: z.int().optional() })).default([]),
});
const Addresses = z.object({
  addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]),
});
const Balancer = z.object({ ipv4: z.string(), hostname: z.string() });

type Terms = Readonly<Record<string, string>>;

/** The controller's annotations of a Service, without their prefix. */
const termsOf = ({ metadata }: KubeObject): Terms =>
  Object.fromEntries(
    Object.entries(metadata.annotations ?? {})
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );

/**
 * Binds every Service to the balancer it names. One that is not there leaves its Service waiting.
 *
 * @param all Services of type LoadBalancer.
 */
export async function bindBalancers(
  api: Api,
  store: Store,
  all: readonly KubeObject[],
): Promise<void> {
  const services = all.filter((service) => termsOf(service)["nodebalancer-id"] !== undefined);
  if (services.length === 0) {
    return;
  }
  const backends = (await api.list("/api/v1/nodes")).flatMap(({ status }) =>
    Addresses.parse(status).addresses.flatMap(({ type, address }) =>
      type === "InternalIP" ? [address] : [],
    ),
  );
  for (const service of services) {
    const terms = termsOf(service);
    const found = await store.change("linode", {}, (world) => {
      const balancer = world.find(balancerType, terms["nodebalancer-id"] ?? "");
      return balancer && takeOver(world, balancer, service, terms, backends);
    });
    if (found !== undefined) {
      await tellAddress(api, service, terms, found);
    }
  }
}

/** Writes tags, throttle and ports of a balancer as the Service has them; returns what the cloud says of it. */
function takeOver(
  world: World,
  balancer: CloudObject,
  service: KubeObject,
  terms: Terms,
  backends: readonly string[],
): Properties {
  const inputs = {
    ...balancer.inputs,
    tags: (terms["tags"] ?? "").split(",").filter((tag) => tag !== ""),
    clientConnThrottle: Number(terms["throttle"] ?? 0),
  };
  const changed = { ...balancer, inputs };
  world.change(changed);
  const parts = [...world.all(configType), ...world.all(backendType)];
  for (const part of parts) {
    if (asText(part.inputs["nodebalancerId"]) === balancer.id) {
      world.remove(part);
    }
  }
  for (const { port, nodePort } of Spec.parse(service.spec).ports) {
    const nodebalancerId = Number(balancer.id);
    const made = (type: string, seed: string, own: Properties): CloudObject => {
      const id = world.decimalId(`${balancer.id}/${port}/${seed}`);
      const object = { type, id, urn: "", birth: 0, facts: {}, inputs: { nodebalancerId, ...own } };
      world.add(object);
      return object;
    };
    const config = made(configType, "config", {
      port,
      protocol: terms["default-protocol"] ?? "tcp",
      proxyProtocol: terms["default-proxy-protocol"] ?? "none",
    });
    for (const address of nodePort === undefined ? [] : backends) {
      made(backendType, address, {
        configId: Number(config.id),
        label: address,
        address: `${address}:${nodePort}`,
      });
    }
  }
  return nodeBalancer.outputs(changed, world);
}

/** One entry with both address and name; the name alone where the Service wants it so. */
async function tellAddress(
  api: Api,
  { metadata, status }: KubeObject,
  terms: Terms,
  balancer: Properties,
): Promise<void> {
  const { ipv4, hostname } = Balancer.parse(balancer);
  const named = terms["hostname-only-ingress"] === "true";
  const ingress = [named ? { hostname } : { hostname, ip: ipv4, ipMode: "VIP" }];
  if (JSON.stringify(status?.["loadBalancer"]) !== JSON.stringify({ ingress })) {
    const path = `/api/v1/namespaces/${metadata.namespace ?? ""}/services/${metadata.name}/status`;
    await api.patch(path, { status: { loadBalancer: { ingress } } });
  }
}
