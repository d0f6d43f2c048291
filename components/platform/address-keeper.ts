import { IAMCustomRole } from "@pulumi/gcp/projects/iamcustomRole.js";
import { IAMMember as ProjectMember } from "@pulumi/gcp/projects/iammember.js";
import { Account } from "@pulumi/gcp/serviceaccount/account.js";
import { IAMMember as AccountMember } from "@pulumi/gcp/serviceaccount/iammember.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";

import { type Flow, groupFlows, tcp } from "../base/flows.ts";
import { groupLabel } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { makeGroup } from "../workload/group.ts";
import type { WorkloadArgs, WorkloadGroup } from "../workload/types.ts";
import { makeWorkload } from "../workload/workload.ts";
import {
  addressKeeperName,
  keeperAccountId,
  keeperOf,
  keeperPermissions,
  keeperRoleId,
  keeperSettings,
  keeperTolerations,
  keptSlots,
} from "./address-keeper-plan.ts";
import type { ClusterConfig } from "./cluster.schema.ts";
import type { GoogleTerms } from "./google.schema.ts";
import { Namespace } from "./namespace.ts";

/** What an {@link AddressKeeper} needs. */
export interface AddressKeeperArgs {
  readonly cluster: ClusterConfig;
  /** Where the cluster is at Google. */
  readonly google: GoogleTerms;
  /** Provider for what is made at Google. */
  readonly provider: pulumi.ProviderResource;
  readonly system: string;
  /** Default true. */
  readonly networkPolicy?: boolean;
}

/**
 * Pods that put each slot's reserved address on the node that holds the slot: kubeip's agent, which runs also
 * when no run of this program is near, as after a repair.
 *
 * A new node of a slot takes no other pods until it tells the slot's address as its own: the agent then takes
 * the mark off ({@link addressTaint}). So whatever publishes an address waits for it, at each exchange of the
 * machine, by the scheduler itself.
 */
export class AddressKeeper extends pulumi.ComponentResource implements Awaitable {
  /** The agents: they run, and so the nodes of their slots will have their addresses. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AddressKeeperArgs, opts?: pulumi.ComponentResourceOptions) {
    const { google, cluster, system, networkPolicy = true } = args;
    const { namespace: home, image } = google.addressKeeper;
    const slots = keptSlots(cluster);
    super("fleet:platform:AddressKeeper", name, { image, slots: slots.length }, opts);
    const parent = { parent: this };
    const namespace = new Namespace(home, { system, networkPolicy, data: "delete" }, parent);
    const account = keeperAccount(
      name,
      google,
      { ...parent, provider: args.provider },
      // What is in the cluster is made after it.
      namespace.ready,
    );
    const group = makeGroup(
      addressKeeperName,
      {
        system,
        namespace: namespace.name,
        networkPolicy,
        flows: groupFlows(keeperFlows(home), addressKeeperName, home),
        clusterRules: [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "patch"] }],
        // One agent at a time looks for an address.
        rules: [
          {
            apiGroups: ["coordination.k8s.io"],
            resources: ["leases"],
            verbs: ["get", "create", "delete"],
          },
        ],
        accountAnnotations: { "iam.gke.io/gcp-service-account": account.email },
      },
      parent,
    );
    if (networkPolicy) {
      loginPolicy(name, namespace.name, parent);
    }
    this.ready = slots.flatMap(
      (slot) =>
        makeWorkload(keeperOf(slot), keeperWorkload(args, slot, group, namespace.name), {
          ...parent,
          // Without their rights at Google the agents try in vain, and again ten seconds later.
          dependsOn: [...namespace.ready, ...account.ready],
        }).ready,
    );
    this.registerOutputs({});
  }
}

/** The agents talk to the cluster and to Google, and nobody calls them. */
function keeperFlows(namespace: string): Flow[] {
  const from = { kind: "group", name: addressKeeperName, namespace } as const;
  return [
    { from, to: { kind: "api-server" }, ports: [] },
    { from, to: { kind: "internet" }, ports: [tcp(443)] },
  ];
}

/**
 * The way to the node's metadata server, where pods log in at Google: link-local addresses, which no other
 * pod of the stack may dial. It answers on 80, or behind the node's own translation on 987 and 988.
 */
function loginPolicy(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const port = (number: number) => ({ port: number, protocol: "TCP" });
  new NetworkPolicy(
    `${name}-login`,
    {
      metadata: { name: `${addressKeeperName}-login`, namespace },
      spec: {
        podSelector: { matchLabels: { [groupLabel]: addressKeeperName } },
        policyTypes: ["Egress"],
        egress: [
          { to: [{ ipBlock: { cidr: "169.254.169.254/32" } }], ports: [port(80)] },
          { to: [{ ipBlock: { cidr: "169.254.169.252/32" } }], ports: [port(987), port(988)] },
        ],
      },
    },
    opts,
  );
}

/**
 * The account at Google by which the agents change addresses: the one of the file, or one with just that role.
 *
 * @param made What is there once the cluster is. Pods log in as members of the project's identity pool, which
 * comes with the first cluster that has such: before it, Google refuses to name one of them («Identity Pool does not
 * exist», terraform-google-modules/terraform-google-kubernetes-engine#916), and the first update of a project ends.
 */
function keeperAccount(
  name: string,
  { project, name: cluster, addressKeeper }: GoogleTerms,
  opts: pulumi.CustomResourceOptions,
  made: readonly pulumi.Resource[],
): { readonly email: pulumi.Input<string>; readonly ready: readonly pulumi.Resource[] } {
  if (addressKeeper.account !== undefined) {
    return { email: addressKeeper.account, ready: [] };
  }
  const account = new Account(
    `${name}-google-account`,
    {
      project,
      accountId: keeperAccountId(cluster),
      displayName: `Puts the addresses of ${cluster}'s slots on their nodes`,
    },
    opts,
  );
  const role = new IAMCustomRole(
    `${name}-google-role`,
    {
      project,
      roleId: keeperRoleId(cluster),
      title: `Address keeper of ${cluster}`,
      permissions: [...keeperPermissions],
    },
    opts,
  );
  const granted = new ProjectMember(
    `${name}-google-grant`,
    { project, role: role.name, member: pulumi.interpolate`serviceAccount:${account.email}` },
    opts,
  );
  const bound = new AccountMember(
    `${name}-google-login`,
    {
      serviceAccountId: account.name,
      role: "roles/iam.workloadIdentityUser",
      member: `serviceAccount:${project}.svc.id.goog[${addressKeeper.namespace}/${addressKeeperName}]`,
    },
    { ...opts, dependsOn: [...made] },
  );
  return { email: account.email, ready: [granted, bound] };
}

/** The agent of one slot. */
function keeperWorkload(
  { cluster, google, system, networkPolicy }: AddressKeeperArgs,
  slot: number,
  group: WorkloadGroup,
  namespace: pulumi.Input<string>,
): WorkloadArgs {
  const { image, resources } = google.addressKeeper;
  return {
    kind: "DaemonSet",
    system,
    namespace,
    group,
    container: {
      name: addressKeeperName,
      image,
      env: keeperSettings(google, slot),
      fieldEnv: { NODE_NAME: "spec.nodeName" },
      probes: {
        none: "it answers nobody; what waits for its work waits for the node's mark to go",
      },
      resources,
    },
    // The image's own user, which it names by its number.
    security: { user: 1001 },
    placement: { slot, tolerations: keeperTolerations(cluster) },
    flows: { callers: [], calls: [] },
    terminationGraceSeconds: 5,
    ...(networkPolicy === undefined ? {} : { networkPolicy }),
  };
}
