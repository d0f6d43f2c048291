/**
 * What kubeip's pods do, whose containers do not run here: by the very settings, rights and labels that are
 * rendered for them, on the stand-in's account and the nodes' own addresses (facts/clouds-gke-ingress-tls.md
 * 1.6). Where any of that is missing the node keeps the address it was born with, as it would live.
 */
import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import type { Api, KubeObject } from "../api.ts";
import { isReady, nodePatience } from "../cluster-contents.ts";
import { fault } from "../fault.ts";
import { accountType, addressType } from "../standins/rules/gcp/common.ts";
import { bag, list, text } from "../standins/rules/rule.ts";
import type { Store } from "../standins/store.ts";
import { asText } from "../standins/values.ts";
import type { CloudObject, World } from "../standins/world.ts";
import { assignAddress, type Machine, machinesOf, poolsOf } from "./machines.ts";

const Container = z.object({
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string().default("") })).default([]),
});
const Template = z.object({
  nodeSelector: z.record(z.string(), z.string()).default({}),
  containers: z.array(Container),
});
const Daemon = z.object({
  selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}) }),
  template: z.object({ spec: Template }),
});
const PodSpec = Template.extend({
  nodeName: z.string().optional(),
  serviceAccountName: z.string().default("default"),
});

/** What kubeip asks of the cluster (its own manifest), by verb and resource. */
const clusterRights = [
  { verb: "get", group: "", resource: "nodes" },
  ...["create", "get", "delete"].map((verb) => ({
    verb,
    group: "coordination.k8s.io",
    resource: "leases",
  })),
];

/** And where it takes a taint off. */
const taintRight = { verb: "patch", group: "", resource: "nodes" };

/** What kubeip asks of Google: facts/clouds-gke-ingress-tls.md 1.6. */
const cloudRights = [
  "compute.addresses.get",
  "compute.addresses.list",
  "compute.addresses.use",
  "compute.instances.addAccessConfig",
  "compute.instances.deleteAccessConfig",
  "compute.instances.get",
  "compute.projects.get",
  "compute.subnetworks.useExternalIp",
  "compute.zoneOperations.get",
];

type Settings = Readonly<Record<string, string>>;

/** The settings of kubeip in a pod's containers; undefined where it is none of kubeip's. */
function settingsOf(containers: z.infer<typeof Template>["containers"]): Settings | undefined {
  const agent = containers.find(({ image }) => /(^|\/)kubeip(-agent)?[:@]/.test(image));
  return agent && Object.fromEntries(agent.env.map(({ name, value }) => [name, value]));
}

/** DaemonSets that run kubeip. */
async function agents(api: Api): Promise<readonly { object: KubeObject; spec: Daemon }[]> {
  return (await api.list("/apis/apps/v1/daemonsets")).flatMap((object) => {
    const spec = Daemon.safeParse(object.spec).data;
    return spec !== undefined && settingsOf(spec.template.spec.containers) !== undefined
      ? [{ object, spec }]
      : [];
  });
}
type Daemon = z.infer<typeof Daemon>;

/** Lets every pod of kubeip's that runs give its node the reserved address that its filter names. */
export async function giveAddresses(api: Api, store: Store): Promise<void> {
  if (machinesOf(store.look("gcp")).length === 0) {
    return;
  }
  const namespaces = new Set((await agents(api)).map(({ object }) => object.metadata.namespace));
  for (const namespace of namespaces) {
    const pods = await api.list(`/api/v1/namespaces/${namespace ?? ""}/pods`);
    for (const pod of pods.filter(isReady)) {
      await act(api, store, pod);
    }
  }
  await tellNodes(api, store);
}

/**
 * Until a node has kubeip's pod, where a DaemonSet brings it one.
 *
 * @throws SandboxError where it does not come.
 */
export async function waitForAgent(api: Api, node: string): Promise<void> {
  const labels = (await api.find(`/api/v1/nodes/${node}`))?.metadata.labels ?? {};
  const wanted = (await agents(api)).filter(({ spec }) =>
    Object.entries(spec.template.spec.nodeSelector).every(([key, value]) => labels[key] === value),
  );
  const end = Date.now() + nodePatience;
  while (wanted.length > 0 && Date.now() < end) {
    const pods = await api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
    const has = ({ spec }: { spec: Daemon }): boolean =>
      pods.some(
        (pod) =>
          isReady(pod) &&
          Object.entries(spec.selector.matchLabels).every(
            ([key, value]) => pod.metadata.labels?.[key] === value,
          ),
      );
    if (wanted.every(has)) {
      return;
    }
    await sleep(200);
  }
  if (wanted.length > 0) {
    throw fault(`${node} got no pod of kubeip`, "kubectl get pods -A -o wide");
  }
}

async function act(api: Api, store: Store, pod: KubeObject): Promise<void> {
  const spec = PodSpec.parse(pod.spec);
  const settings = settingsOf(spec.containers);
  const world = store.look("gcp");
  const machine = machinesOf(world).find(({ name }) => name === spec.nodeName);
  if (settings === undefined || machine === undefined) {
    return;
  }
  const address = choose(world, machine, settings);
  const taints = await taintsOf(api, machine.name);
  const mark = taints.find(({ key }) => key === settings["TAINT_KEY"]);
  const isThere = asText(address?.facts["address"] ?? "") === machine.address;
  if (address === undefined || (isThere && mark === undefined)) {
    return;
  }
  const namespace = pod.metadata.namespace ?? "";
  const account = spec.serviceAccountName;
  const rights = [...clusterRights, ...(settings["TAINT_KEY"] === undefined ? [] : [taintRight])];
  if (
    !(await mayInCloud(api, world, machine, namespace, account)) ||
    !(await mayInCluster(api, { namespace, account, leases: settings["LEASE_NAMESPACE"] }, rights))
  ) {
    return;
  }
  const isGiven = await store.change("gcp", {}, (now) => {
    const chosen = choose(now, machine, settings);
    if (chosen !== undefined) {
      assignAddress(now, machine.name, chosen);
    }
    return chosen !== undefined;
  });
  if (isGiven && mark !== undefined) {
    const left = taints.filter((taint) => taint !== mark);
    await api.patch(`/api/v1/nodes/${machine.name}`, { spec: { taints: left } });
  }
}

const Taints = z.array(z.looseObject({ key: z.string() })).default([]);

const taintsOf = async (api: Api, node: string): Promise<z.infer<typeof Taints>> =>
  Taints.parse((await api.find(`/api/v1/nodes/${node}`))?.spec?.["taints"]);

/** The address that kubeip takes: the one it has already, if the filter takes that, else a free one. */
function choose(world: World, machine: Machine, settings: Settings): CloudObject | undefined {
  const region = settings["REGION"] ?? machine.zone.replace(/-[a-z]$/, "");
  const terms = (settings["FILTER"] ?? "").split(";").map((term) => term.trim());
  const fitting = world
    .all(addressType)
    .filter(
      ({ inputs, facts }) =>
        asText(facts["project"]) === machine.project &&
        asText(facts["region"]) === region &&
        machine.zone.startsWith(`${region}-`) &&
        text(inputs, "addressType", "EXTERNAL") === "EXTERNAL" &&
        text(inputs, "networkTier", "PREMIUM") === "PREMIUM",
    )
    .filter((address) => terms.every((term) => holds(term, address)));
  return (
    fitting.find(({ facts }) => asText(facts["address"]) === machine.address) ??
    fitting.find(({ facts }) => facts["users"] === "")
  );
}

/** One term of gcloud's filters, as far as labels and names go; what else there is matches nothing here. */
function holds(term: string, { inputs }: CloudObject): boolean {
  const [, label, name, value = ""] =
    /^(?:labels\.([a-z][-_a-z0-9]*)|(name))\s*=\s*"?([^"]*)"?$/.exec(term) ?? [];
  if (label !== undefined) {
    return text(bag(inputs, "labels"), label) === value && value !== "";
  }
  return name !== undefined && text(inputs, "name") === value;
}

/** Whether the pod's account may do at Google what kubeip does. */
async function mayInCloud(
  api: Api,
  world: World,
  machine: Machine,
  namespace: string,
  account: string,
): Promise<boolean> {
  const pool = poolsOf(world).find(({ id }) => id === machine.pool);
  if (pool?.hasIdentities !== true) {
    return false;
  }
  const workloads = `${pool.project}.svc.id.goog`;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${account}`;
  const email =
    (await api.find(path))?.metadata.annotations?.["iam.gke.io/gcp-service-account"] ?? "";
  const google = world.all(accountType).find(({ facts }) => facts["email"] === email);
  const identity = `serviceAccount:${workloads}[${namespace}/${account}]`;
  const mayPose = world
    .all("gcp:serviceaccount/iAMMember:IAMMember")
    .some(
      ({ inputs }) =>
        google !== undefined &&
        text(inputs, "serviceAccountId").endsWith(google.id) &&
        text(inputs, "role") === "roles/iam.workloadIdentityUser" &&
        text(inputs, "member") === identity,
    );
  const members = [
    ...(mayPose ? [`serviceAccount:${email}`] : []),
    // Since 2024 a Kubernetes account may be given roles itself.
    `/workloadIdentityPools/${workloads}/subject/ns/${namespace}/sa/${account}`,
  ];
  const granted = world
    .all("gcp:projects/iAMMember:IAMMember")
    .filter(({ inputs }) => members.some((member) => text(inputs, "member").endsWith(member)))
    .flatMap(({ inputs }) => permissionsOf(world, text(inputs, "role")));
  return cloudRights.every((right) => granted.includes(right));
}

/** What a role of the project's own allows. Google's own roles allow more than kubeip needs: none is known. */
function permissionsOf(world: World, role: string): readonly string[] {
  const found = world.all("gcp:projects/iAMCustomRole:IAMCustomRole").find(({ id }) => id === role);
  return found === undefined ? [] : list(found.inputs, "permissions").map(asText);
}

/** Whether the pod's account may do in the cluster what kubeip does: the real API server says so. */
async function mayInCluster(
  api: Api,
  {
    namespace,
    account,
    leases = "default",
  }: { readonly namespace: string; readonly account: string; readonly leases: string | undefined },
  rights: readonly { verb: string; group: string; resource: string }[],
): Promise<boolean> {
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const user = `system:serviceaccount:${namespace}:${account}`;
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  const answers = await Promise.all(
    rights.map(({ verb, group, resource }) =>
      api.ask(path, {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: {
          user,
          groups: [...groups, "system:authenticated"],
          resourceAttributes: {
            ...{ verb, group, resource },
            ...(resource === "leases" ? { namespace: leases } : {}),
          },
        },
      }),
    ),
  );
  return answers.every(({ status }) => status?.["allowed"] === true);
}

/** Each node says the address that its machine has: instead of the one it was born with. */
async function tellNodes(api: Api, store: Store): Promise<void> {
  const Addresses = z.array(z.object({ type: z.string(), address: z.string() }));
  const machines = new Map(machinesOf(store.look("gcp")).map((one) => [one.name, one]));
  for (const { metadata, status } of await api.list("/api/v1/nodes")) {
    const machine = machines.get(metadata.name);
    const known = Addresses.parse(status?.["addresses"] ?? []);
    const own = known.filter(({ type }) => type === "ExternalIP");
    if (machine !== undefined && own.some(({ address }) => address !== machine.address)) {
      const told = [
        ...known.filter((one) => !own.includes(one)),
        { type: "ExternalIP", address: machine.address },
      ];
      await api.patch(`/api/v1/nodes/${metadata.name}/status`, { status: { addresses: told } });
    }
  }
}
