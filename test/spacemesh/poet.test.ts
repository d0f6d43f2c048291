import { describe, expect, it } from "vitest";

import { find } from "../harness.ts";
import { containerOf, deploymentOf, makeNetwork } from "./network-fixture.ts";

const publicService = "poet-1-public-service";

/** Three PoETs, with what the tests look at. */
const several = { poets: { count: 3, phaseShiftSeconds: 6000, disk: { size: "2Ti" } } };

describe("a PoET", () => {
  it("is told its gateways at start, so that starting it again needs nobody", async () => {
    const { args, command } = containerOf(await makeNetwork(), "poet-1");
    expect(args.filter((one) => one.startsWith("--gateway="))).toEqual([
      "--gateway=miner-1.spacemesh.svc:6000",
      "--gateway=miner-2.spacemesh.svc:6000",
      "--gateway=miner-3.spacemesh.svc:6000",
      "--gateway=miner-4.spacemesh.svc:6000",
    ]);
    // It ends while too few of them answer: it is started again, in the container that is kept.
    expect(command.at(-1)).toBe("restarting");
  });

  it("of a version whose proofs are fetched knows no gateways, and waits for nobody", async () => {
    const node = { version: "v1.0", config: { genesis: { "genesis-extra-data": "mininet" } } };
    const made = await makeNetwork({ network: { node } });
    const { args, command } = containerOf(made, "poet-1");
    expect(args.some((one) => one.startsWith("--gateway"))).toBe(false);
    expect(command.at(-1)).toBe("keeping");
    const { dependencies = [] } =
      made.options.find(({ type, name }) => type.endsWith(":Deployment") && name === "poet-1") ??
      {};
    expect(dependencies.filter((urn) => urn.includes("Deployment"))).toEqual([]);
  });

  it("has a disk of its own size, not the miners'", async () => {
    const made = await makeNetwork(several);
    const { spec } = find(made, "kubernetes:core/v1:PersistentVolumeClaim", "poet-1-data")
      .inputs as { spec: { resources: unknown } };
    expect(spec.resources).toEqual({ requests: { storage: "2Ti" } });
    expect(containerOf(made, "poet-1").volumeMounts).toContainEqual({
      name: "data",
      mountPath: "/root/.poet",
    });
  });

  it("is public only as the first one: a balancer at an address that is kept, and a policy of its own", async () => {
    const made = await makeNetwork(several);
    const services = made.resources.filter(
      ({ type, inputs }) =>
        type.endsWith(":Service") && (inputs["spec"] as { type: string }).type !== "ClusterIP",
    );
    expect(services.map(({ name }) => name)).toEqual([publicService]);
    expect(find(made, "kubernetes:core/v1:Service", publicService).inputs).toMatchObject({
      metadata: { name: "poet-1-public", annotations: { "example.org/address": "poet" } },
      spec: {
        type: "LoadBalancer",
        externalTrafficPolicy: "Local",
        selector: { "app.kubernetes.io/name": "poet-1" },
        ports: [{ port: 5000, targetPort: "rest" }],
      },
    });
    const { spec } = find(
      made,
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "poet-1-public",
    ).inputs;
    expect(spec).toMatchObject({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "poet-1" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 5000 }] }],
    });
  });

  it("has its balancer when it runs: the provider waits ten minutes for a pod, and gateways may take longer", async () => {
    const { options } = await makeNetwork();
    const { dependencies = [] } = options.find(({ name }) => name === publicService) ?? {};
    expect(dependencies.map((urn) => urn.split("$").at(-1))).toContain(
      "kubernetes:apps/v1:Deployment::poet-1",
    );
  });

  it("of an existing cluster is reached on a port of its nodes", async () => {
    const exposed = { kind: "node-port", host: "poet.example.org", nodePort: 30_500 } as const;
    const made = await makeNetwork({ poets: { public: exposed } }, { publicPoet: exposed });
    expect(find(made, "kubernetes:core/v1:Service", publicService).inputs["spec"]).toMatchObject({
      type: "NodePort",
      ports: [{ port: 5000, nodePort: 30_500 }],
    });
  });

  it("opens each round later than the PoET before it, where the file says by how much", async () => {
    const made = await makeNetwork(several);
    const first = (name: string): string | undefined =>
      containerOf(made, name).args.find((one) => one.startsWith("--initialduration="));
    // 10 minutes to genesis and one layer of 120 s (facts/spacemesh.md 2.4).
    expect([first("poet-1"), first("poet-2")]).toEqual([
      "--initialduration=720s",
      "--initialduration=6720s",
    ]);
  });

  it("is made once at a time, as one program writes its disk", async () => {
    expect(deploymentOf(await makeNetwork(), "poet-1").strategy.type).toBe("Recreate");
  });
});
