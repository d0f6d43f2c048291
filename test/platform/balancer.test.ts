import * as k8s from "@pulumi/kubernetes";
import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import { describe, expect, it } from "vitest";

import { balancerFaults } from "../../components/platform/balancer-faults.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { IngressControllers } from "../../components/platform/controllers.ts";
import { IngressConfig, IssuingIngressConfig } from "../../components/platform/ingress.schema.ts";
import { collect, find } from "../harness.ts";
import { cluster, clusterInput, complaints, ingress, ingressInput } from "./fixtures.ts";

const balanced = (linode: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  exposure: { kind: "load-balancer", linode, ...more },
});
const two = {
  controllers: {
    traefik: { kind: "traefik", ...balanced({}, { proxyProtocol: {} }) },
    nginx: { kind: "nginx", ...balanced({ throttle: 20, firewallId: 99 }) },
  },
};

const program = () =>
  collect(() => {
    const kubernetes = new k8s.Provider("cluster", { context: "demo" });
    const provider = new LinodeProvider("linode");
    const cloud = { kind: "linode", provider, region: "ap-south", stack: "demo" } as const;
    const controllers = new IngressControllers(
      "ingress",
      { config: ingress(two), cluster: cluster(), system: "demo", cloud, flows: [] },
      { provider: kubernetes },
    );
    return controllers.targets("sd.example.org");
  });

const prefix = "service.beta.kubernetes.io/linode-loadbalancer-";

/** The cloud controller's terms of a Service, without their prefix. */
function termsOf(collected: Awaited<ReturnType<typeof program>>, name: string) {
  const { inputs } = find(collected, "kubernetes:core/v1:Service", name);
  const { annotations } = inputs["metadata"] as { annotations: Record<string, string> };
  expect(Object.keys(annotations).every((key) => key.startsWith(prefix))).toBe(true);
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

describe("two controllers behind NodeBalancers", () => {
  const type = "linode:index/nodeBalancer:NodeBalancer";

  it("have one each, in the region that is said, by the explicit provider, and nothing in them", async () => {
    const collected = await program();
    const made = collected.resources.filter((one) => one.type === type);
    expect(made.map(({ name, inputs }) => [name, inputs]).sort()).toEqual([
      ["nginx-nodebalancer", { label: "demo-nginx", region: "ap-south" }],
      ["traefik-nodebalancer", { label: "demo-traefik", region: "ap-south" }],
    ]);
    expect(made.every(({ provider }) => provider.includes("::linode::"))).toBe(true);
    // Ports and backends are the cloud controller's: it deletes those it did not make.
    expect(collected.urns.filter((urn) => urn.includes("nodeBalancerConfig"))).toEqual([]);
    expect(collected.urns.filter((urn) => urn.includes("nodeBalancerNode"))).toEqual([]);
  });

  it("bind each to its Service, so that the cloud controller makes no third", async () => {
    const collected = await program();
    const traefik = termsOf(collected, "traefik-balancer");
    const nginx = termsOf(collected, "nginx-balancer");
    expect(traefik["nodebalancer-id"]).toMatch(/^\d{8}$/);
    expect(nginx["nodebalancer-id"]).toMatch(/^\d{8}$/);
    expect(nginx["nodebalancer-id"]).not.toBe(traefik["nodebalancer-id"]);
    expect({ ...traefik, "nodebalancer-id": "" }).toEqual({
      "nodebalancer-id": "",
      preserve: "true",
      "default-protocol": "tcp",
      "default-proxy-protocol": "v2",
      throttle: "0",
      tags: "fleet",
      "hostname-only-ingress": "true",
    });
    expect(nginx).toMatchObject({
      "default-proxy-protocol": "none",
      throttle: "20",
      "firewall-id": "99",
    });
  });

  it("lead their hosts' records to the balancer's own address, not to what a Service tells", async () => {
    const { result } = await program();
    const [target] = result as { key: string; type: string; content: unknown }[];
    expect(target).toMatchObject({ key: "traefik", type: "A" });
  });
});

describe("faults of balancers", () => {
  it("are a cluster that names no region: Linode would put them on another continent", () => {
    expect(balancerFaults(ingress(two), cluster())).toEqual([
      {
        path: ["cluster", "linode", "region"],
        message: expect.stringContaining("the balancer of traefik, nginx is made there") as string,
      },
    ]);
    const here = ClusterConfig.parse({ ...clusterInput, linode: { region: "ap-south" } });
    expect(balancerFaults(ingress(two), here)).toEqual([]);
    expect(balancerFaults(ingress(), cluster())).toEqual([]);
  });

  it.each([
    [
      "no region",
      { ...clusterInput, linode: {} },
      "linode.region: must be Linode's name of the region, e.g. ap-south",
    ],
    [
      "a region that is none",
      { ...clusterInput, linode: { region: "Singapore" } },
      "linode.region: must be Linode's name of the region",
    ],
  ])("are %s", (_, value, expected) => {
    expect(complaints(ClusterConfig, value).join("\n")).toContain(expected);
  });

  describe("are the cluster's own calls, which come past the balancer and without its header", () => {
    const behind = (kind: "nginx" | "traefik", more: object, change: object = {}) =>
      ingress({
        controllers: { door: { kind, exposure: { kind: "load-balancer", ...more } } },
        default: "door",
        ...change,
      });
    const here = ClusterConfig.parse({ ...clusterInput, linode: { region: "ap-south" } });
    const visits = { by: ["monitor", "verifier"], hosts: ["api.example.org"] };
    const proxied = { proxyProtocol: {} };
    const fault = {
      path: ["ingress", "controllers", "door", "exposure", "proxyProtocol"],
      message: expect.stringContaining("monitor, verifier dial public hosts from inside") as string,
    };

    it("which nginx refuses", () => {
      expect(balancerFaults(behind("nginx", proxied), cluster(), visits)).toEqual([fault]);
      // Linode's too, where nothing tells it what to hide.
      expect(balancerFaults(behind("nginx", proxied), here, visits)).toEqual([fault]);
    });

    it("but not at Linode, where they go through the balancer, nor with Traefik, which takes both", () => {
      expect(balancerFaults(behind("nginx", { ...proxied, linode: {} }), here, visits)).toEqual([]);
      expect(balancerFaults(behind("traefik", proxied), cluster(), visits)).toEqual([]);
      expect(balancerFaults(behind("nginx", {}), cluster(), visits)).toEqual([]);
    });

    it("and not where nobody makes one", () => {
      expect(balancerFaults(behind("nginx", proxied), cluster())).toEqual([]);
      const elsewhere = behind("nginx", proxied, {
        controllers: {
          door: { kind: "nginx", exposure: { kind: "load-balancer", ...proxied } },
          other: { kind: "traefik", exposure: { kind: "load-balancer" } },
        },
        hosts: { "api.example.org": "other" },
      });
      expect(balancerFaults(elsewhere, cluster(), visits)).toEqual([]);
    });

    it("cert-manager's among them, where the stack orders by its own issuer", () => {
      const own = IssuingIngressConfig.parse({
        ...behind("nginx", proxied),
        tls: { kind: "own-issuer" },
      });
      expect(balancerFaults(own, cluster())).toEqual([
        { ...fault, message: expect.stringContaining("cert-manager dial public") as string },
      ]);
    });
  });

  it("are two controllers on one balancer", () => {
    const label = "skycoin";
    const shared = {
      ...ingressInput,
      controllers: {
        traefik: { kind: "traefik", ...balanced({ label }) },
        nginx: { kind: "nginx", ...balanced({ label }) },
      },
    };
    expect(complaints(IngressConfig, shared)).toEqual([
      "controllers.nginx.exposure.linode.label: balancer skycoin already stands before traefik",
    ]);
  });
});
