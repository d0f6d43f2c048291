/**
 * Node ports of the balancers of a network whose members have node ports of their own: what Kubernetes chooses
 * by chance is sooner or later a member's. That a thousand members find theirs free: `make bench FOR=up-1000`.
 */
import { describe, expect, it } from "vitest";

import {
  controllerPorts,
  firstBalancerPort,
  lastNodePort,
} from "../../components/platform/balancer-ports.ts";
import {
  balancerPortFaults,
  portsOfControllers,
  portsOfPoet,
} from "../../stacks/spacemesh/balancer-ports.ts";
import type { SpacemeshStack } from "../../stacks/spacemesh/schema.ts";
import { find } from "../harness.ts";
import { renderedOnce } from "../rendered.ts";

const serviceType = "kubernetes:core/v1:Service";

const { config, collected, options } = await renderedOnce("spacemesh-mini");

type Sections = Pick<SpacemeshStack, "miners" | "poets" | "ingress">;

const nodePorts = { kind: "node-ports", grpcBase: 30_000, jsonBase: 31_000 } as const;

/** Mini, with other ports of its miners. */
const stackWith = (
  ports: SpacemeshStack["miners"]["ports"]["public"],
  more: Partial<Sections> = {},
): Sections => ({
  ...config,
  miners: { ...config.miners, ports: { ...config.miners.ports, public: ports } },
  ...more,
});

const nginx = config.ingress.controllers["nginx"];
const controllers = (...names: string[]): SpacemeshStack["ingress"] => ({
  ...config.ingress,
  controllers: Object.fromEntries(names.flatMap((name) => (nginx ? [[name, nginx]] : []))),
});

describe("balancers of a network with node ports", () => {
  it("have fixed ones, each its own, beyond those of a thousand members", () => {
    const chosen = collected.resources
      .filter(({ type }) => type === serviceType)
      .map(({ inputs }) => inputs["spec"] as Spec)
      .filter(({ type }) => type === "LoadBalancer")
      .flatMap(({ healthCheckNodePort, ports }) => [
        healthCheckNodePort,
        ...ports.map(({ nodePort }) => nodePort),
      ]);
    expect(chosen).toHaveLength(5);
    expect(new Set(chosen).size).toBe(5);
    for (const port of chosen) {
      expect(port).toBeGreaterThan(31_000 + 1_000);
      expect(port).toBeLessThanOrEqual(lastNodePort);
    }
  });

  it("keep the port of looks at health that they were made with: the API server never lets another one be said", () => {
    const balancers = options.filter(
      ({ type, name }) =>
        type === serviceType &&
        (find(collected, serviceType, name).inputs["spec"] as Spec).type === "LoadBalancer",
    );
    expect(balancers.map(({ name, ignoreChanges }) => [name, ignoreChanges])).toEqual([
      ["nginx-balancer", ["spec.healthCheckNodePort"]],
      ["poet-1-public-service", ["spec.healthCheckNodePort"]],
    ]);
  });

  it("keep them whatever other controllers come and go", () => {
    const [one, both] = [["nginx"], ["edge", "nginx"]].map((names) =>
      portsOfControllers(stackWith(nodePorts, { ingress: controllers(...names) })),
    );
    expect(both?.get("nginx")).toEqual(one?.get("nginx"));
    expect(both?.get("edge")).not.toEqual(one?.get("nginx"));
  });

  it("take whatever is free where nothing else has a fixed one", () => {
    const stack = stackWith({ kind: "in-cluster" });
    expect([portsOfControllers(stack), portsOfPoet(stack)]).toEqual([undefined, undefined]);
  });
});

interface Spec {
  readonly type?: string;
  readonly healthCheckNodePort?: number;
  readonly ports: readonly { readonly nodePort?: number }[];
}

describe("faults of the ports that balancers have", () => {
  it("are members in their range, told once for each base", () => {
    expect(balancerPortFaults(stackWith(nodePorts))).toEqual([]);
    const jsonBase = firstBalancerPort - 10;
    expect(balancerPortFaults(stackWith({ ...nodePorts, jsonBase }))).toEqual([
      {
        path: ["miners", "ports", "public", "jsonBase"],
        message: `gives miner-10 ${firstBalancerPort}: ${firstBalancerPort} to ${lastNodePort} are the balancers'; lower it, or say kind: in-cluster`,
      },
    ]);
    expect(balancerPortFaults(stackWith({ ...nodePorts, jsonBase: jsonBase - 1 }))).toEqual([]);
  });

  it("are a PoET's node port in their range, while there is a balancer", () => {
    const poets: SpacemeshStack["poets"] = {
      ...config.poets,
      public: { kind: "node-port", host: "poet.example.org", nodePort: firstBalancerPort },
    };
    const stack = stackWith({ kind: "in-cluster" }, { poets });
    expect(balancerPortFaults(stack).map(({ path }) => path.join("."))).toEqual([
      "poets.public.nodePort",
    ]);
    expect(balancerPortFaults({ ...stack, ingress: controllers() })).toEqual([]);
  });

  it("are two controllers whose names give them one place", () => {
    const taken = controllerPorts("nginx").web;
    const twin = Array.from({ length: 1_000 }, (_, index) => `edge-${index}`).find(
      (name) => controllerPorts(name).web === taken,
    );
    const ingress = controllers("nginx", twin ?? "");
    expect(balancerPortFaults(stackWith(nodePorts, { ingress }))).toEqual([
      {
        path: ["ingress", "controllers", twin],
        message: "must have another name: this one gives its balancer the node ports of nginx's",
      },
    ]);
  });
});
