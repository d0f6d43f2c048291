/** What keeps the addresses of slots at Google. That the agents do it is shown by test/e2e. */
import * as k8s from "@pulumi/kubernetes";
import { Provider as GoogleProvider } from "@pulumi/gcp/provider.js";
import { describe, expect, it } from "vitest";

import {
  addressKeeperRequests,
  keeperAccountId,
  keeperNamespaces,
  keeperRoleId,
} from "../../components/platform/address-keeper-plan.ts";
import { capacityFaults } from "../../components/platform/capacity.ts";
import { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { GoogleNodes } from "../../components/platform/google-nodes.ts";
import { collect, type Collected, find } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";
import { cluster } from "./fixtures.ts";
import { gke, gkeInput } from "./gke-fixtures.ts";

const program = (change: Record<string, unknown> = {}, noted?: Options[]) =>
  collect(() => {
    if (noted !== undefined) {
      noteOptions(noted);
    }
    return new GoogleNodes(
      "nodes",
      {
        cluster: gke(change),
        google: new GoogleProvider("google", { project: "demo-networks" }),
        system: "demo",
        published: [],
        everywhere: [],
        networkPolicy: true,
      },
      { provider: new k8s.Provider("cluster", { context: "demo" }) },
    );
  });

const daemonType = "kubernetes:apps/v1:DaemonSet";

interface Pods {
  readonly nodeSelector: Record<string, string>;
  readonly tolerations: readonly object[];
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly containers: readonly { image: string; env: { name: string; value?: string }[] }[];
}

function podsOf(collected: Collected, name: string): Pods {
  const { spec } = find(collected, daemonType, name).inputs as {
    spec: { template: { spec: Pods } };
  };
  return spec.template.spec;
}

const settingsOf = ({ containers: [agent] }: Pods): Record<string, string | undefined> =>
  Object.fromEntries((agent?.env ?? []).map(({ name, value }) => [name, value]));

describe("the agent of a slot", () => {
  it("runs on the slot's node alone, also while that takes no other pods", async () => {
    const { nodeSelector, tolerations } = podsOf(await program(), "address-keeper-10");
    expect(nodeSelector).toEqual({ "fleet/slot": "10" });
    expect(tolerations).toContainEqual({ key: "fleet/address", operator: "Exists" });
  });

  it("finds by its filter the address of its slot, and that of no other slot or cluster", async () => {
    const collected = await program();
    const filters = ["address-keeper-0", "address-keeper-10"].map(
      (name) => settingsOf(podsOf(collected, name))["FILTER"],
    );
    expect(filters).toEqual([
      "labels.fleet-cluster=mini;labels.fleet-slot=0",
      "labels.fleet-cluster=mini;labels.fleet-slot=10",
    ]);
  });

  it("keeps the address when it stops, and opens the node only when that has it", async () => {
    expect(settingsOf(podsOf(await program(), "address-keeper-0"))).toMatchObject({
      RELEASE_ON_EXIT: "false",
      TAINT_KEY: "fleet/address",
      PROJECT: "demo-networks",
      REGION: "us-central1",
      LEASE_NAMESPACE: "address-keeper",
    });
  });

  it("runs as the image's user, with a token of the cluster's", async () => {
    const pods = podsOf(await program(), "address-keeper-0");
    expect(pods).toMatchObject({
      serviceAccountName: "address-keeper",
      automountServiceAccountToken: true,
      securityContext: { runAsUser: 1001, runAsNonRoot: true },
    });
  });
});

describe("what the agents may do", () => {
  it("is to read and unmark nodes, and to take turns, in the cluster", async () => {
    const collected = await program();
    const cluster = find(
      collected,
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
      "address-keeper-cluster-role",
    );
    expect(cluster.inputs).toMatchObject({
      rules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"] }],
    });
    const own = find(
      collected,
      "kubernetes:rbac.authorization.k8s.io/v1:Role",
      "address-keeper-role",
    );
    expect(own.inputs).toMatchObject({
      metadata: { namespace: "address-keeper" },
      rules: [{ resources: ["leases"], verbs: ["get", "create", "delete"] }],
    });
  });

  it("is to exchange addresses of machines at Google, as an account that no other pod may use", async () => {
    const collected = await program();
    const email = "keeper-mini@demo-networks.iam.gserviceaccount.com";
    expect(
      find(collected, "kubernetes:core/v1:ServiceAccount", "address-keeper-account").inputs,
    ).toMatchObject({ metadata: { annotations: { "iam.gke.io/gcp-service-account": email } } });
    const [login, grant] = [
      ["gcp:serviceaccount/iAMMember:IAMMember", "address-keeper-google-login"],
      ["gcp:projects/iAMMember:IAMMember", "address-keeper-google-grant"],
    ].map(([type = "", name = ""]) => find(collected, type, name).inputs);
    expect(login).toEqual({
      serviceAccountId: `projects/demo-networks/serviceAccounts/${email}`,
      role: "roles/iam.workloadIdentityUser",
      member: "serviceAccount:demo-networks.svc.id.goog[address-keeper/address-keeper]",
    });
    expect(grant).toEqual({
      project: "demo-networks",
      role: "projects/demo-networks/roles/address_keeper_mini",
      member: `serviceAccount:${email}`,
    });
    const role = find(
      collected,
      "gcp:projects/iAMCustomRole:IAMCustomRole",
      "address-keeper-google-role",
    );
    expect(role.inputs["permissions"]).toEqual(
      expect.arrayContaining(["compute.addresses.use", "compute.instances.addAccessConfig"]),
    );
    expect(role.inputs["permissions"]).toHaveLength(9);
  });

  it("is said once the cluster is there: before a project's first one Google knows none of its pods", async () => {
    const options: Options[] = [];
    await program({}, options);
    const { dependencies = [] } =
      options.find(({ name }) => name === "address-keeper-google-login") ?? {};
    // Of the cluster's own objects: they come through its provider, which waits for it.
    expect(dependencies.filter((urn) => urn.includes("kubernetes:"))).not.toEqual([]);
  });

  it("is what an account of the file may, where there is one: then nobody's rights are changed", async () => {
    const account = "keeper@demo-networks.iam.gserviceaccount.com";
    const collected = await program({ addressKeeper: { account } });
    const types = collected.resources.map(({ type }) => type);
    expect(types.filter((type) => /^gcp:(serviceaccount|projects)/.test(type))).toEqual([]);
    expect(
      find(collected, "kubernetes:core/v1:ServiceAccount", "address-keeper-account").inputs,
    ).toMatchObject({ metadata: { annotations: { "iam.gke.io/gcp-service-account": account } } });
  });

  it("is to dial the API server, Google, and the metadata server by which they log in", async () => {
    const collected = await program();
    const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    const { spec } = find(collected, type, "address-keeper-login").inputs as { spec: object };
    expect(spec).toMatchObject({
      podSelector: { matchLabels: { "fleet/group": "address-keeper" } },
      egress: [
        { to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: [{ port: 80 }] },
        {
          to: [{ ipBlock: { cidr: "169.254.169.252/32" } }],
          ports: [{ port: 987 }, { port: 988 }],
        },
      ],
    });
  });
});

describe("a cluster without such slots", () => {
  it("has no agents, and nothing is asked of its nodes", async () => {
    const slots = { "0": { address: { kind: "ephemeral" } } };
    const pools = { ...gkeInput.pools, edge: { type: "e2-standard-2", slots } };
    const { resources } = await program({ pools });
    expect(resources.filter(({ type }) => type === daemonType)).toEqual([]);
    expect(addressKeeperRequests(gke({ pools }))).toEqual([]);
    expect(addressKeeperRequests(cluster())).toEqual([]);
  });
});

describe("the agents' namespace", () => {
  it("is told with its place wherever there are agents, in a cluster that others made as well", () => {
    expect(keeperNamespaces(gke())).toEqual([
      { path: ["cluster", "addressKeeper", "namespace"], name: "address-keeper" },
    ]);
    const google = { project: "demo-networks", region: "us-central1", name: "shared" };
    const others = (slot: object, addressKeeper: object = {}) =>
      ClusterConfig.parse({
        kind: "kubeconfig",
        context: "shared",
        google: { ...google, addressKeeper },
        pools: { edge: { cpu: "2", memory: "8Gi", slots: { "0": { address: slot } } } },
      });
    const made = { kind: "reserved", assignedBy: "kubeip" };
    expect(keeperNamespaces(others(made, { namespace: "second-keeper" }))).toEqual([
      { path: ["cluster", "google", "addressKeeper", "namespace"], name: "second-keeper" },
    ]);
    expect(keeperNamespaces(others({ kind: "ephemeral" }))).toEqual([]);
    expect(keeperNamespaces(cluster())).toEqual([]);
  });
});

describe("requests of the agents", () => {
  it("count on each slot's node, beside what is pinned there", () => {
    const requests = addressKeeperRequests(gke());
    expect(
      requests.map(({ workload, replicas, placement }) => [workload, replicas, placement.slot]),
    ).toEqual([
      ["address-keeper-0", 1, 0],
      ["address-keeper-10", 1, 10],
    ]);
    expect(capacityFaults(gke(), requests)).toEqual([]);
    // 1.43 CPU of an e2-standard-2 are left for pods: 10m of them are the agent's.
    const member = { workload: "m", replicas: 1, memory: "1Gi", placement: { slot: 0 } };
    expect(capacityFaults(gke(), [...requests, { ...member, cpu: "1420m" }])).toEqual([]);
    expect(capacityFaults(gke(), [...requests, { ...member, cpu: "1425m" }])).toHaveLength(1);
  });
});

describe("names at Google", () => {
  it("fit, however the cluster is called, and differ where clusters do", () => {
    const long = `network-${"x".repeat(31)}`;
    expect(keeperAccountId("mini")).toBe("keeper-mini");
    for (const name of ["a", "mini", long, `${long}a`]) {
      expect(keeperAccountId(name)).toMatch(/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/);
      expect(keeperRoleId(name)).toMatch(/^[a-zA-Z0-9_.]{3,64}$/);
    }
    expect(keeperAccountId(long)).not.toBe(keeperAccountId(`${long}a`));
  });
});
