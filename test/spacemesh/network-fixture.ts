import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { SecretStore } from "../../components/base/secret-store.ts";
import { SecretReference } from "../../components/base/secrets.ts";
import { networkFlows } from "../../components/spacemesh/flows.ts";
import { memberIdentity } from "../../components/spacemesh/identity.ts";
import {
  type MemberArgs,
  type MemberWatchers,
  memberWorkload,
} from "../../components/spacemesh/member.ts";
import { type Member, planMembers } from "../../components/spacemesh/members.ts";
import { MinersConfig } from "../../components/spacemesh/miner.schema.ts";
import { commonSettings } from "../../components/spacemesh/network-configs.ts";
import { membersPlan, type NetworkSections } from "../../components/spacemesh/network-rules.ts";
import { Network, type NetworkArgs } from "../../components/spacemesh/network.ts";
import { NetworkConfig } from "../../components/spacemesh/network.schema.ts";
import { accountScheme } from "../../components/spacemesh/node-template.ts";
import { PoetsConfig } from "../../components/spacemesh/poet.schema.ts";
import { type Collected, collect } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";

/** What a test changes of a network. */
export interface Given {
  readonly network?: object;
  readonly miners?: object;
  readonly poets?: object;
  /** Slots of the cluster. Default 7. */
  readonly slots?: number;
}

/** The secret that everything is derived from. */
export const networkSecret = "5e".repeat(32);

/** Mininet: ten miners, one of them the bootstrap node and six bootnodes. */
export const sectionsOf = (given: Given = {}): NetworkSections => ({
  network: NetworkConfig.parse({
    name: "mininet",
    phase: "running",
    genesis: { time: "2026-11-22T12:00:00Z", activeSize: 10 },
    node: { version: "v0.2.17", config: { p2p: { "network-id": 205 } } },
    ...given.network,
  }),
  miners: MinersConfig.parse({ numbers: ["1-10"], ...given.miners }),
  poets: PoetsConfig.parse({ ...given.poets }),
});

const slotsOf = ({ slots = 7 }: Given): number[] =>
  Array.from({ length: slots }, (_, slot) => slot);

/** Its members. */
export const membersOf = (given: Given = {}): Member[] =>
  planMembers(membersPlan(sectionsOf(given), slotsOf(given)));

/** Address of a slot. */
export const slotAddress = (slot: number): string => `198.51.100.${slot + 1}`;

/** A network and what it asked of the engine. */
export interface MadeNetwork extends Collected {
  readonly options: readonly Options[];
  readonly network: Network;
}

const once = new Map<string, Promise<MadeNetwork>>();

/** Makes a network against mocks, below a component of the test; the same one only once. */
export function makeNetwork(given: Given = {}, over?: Partial<NetworkArgs>): Promise<MadeNetwork> {
  const key = JSON.stringify(given);
  const made = (over === undefined ? once.get(key) : undefined) ?? make(given, over ?? {});
  if (over === undefined) {
    once.set(key, made);
  }
  return made;
}

async function make(given: Given, over: Partial<NetworkArgs>): Promise<MadeNetwork> {
  const options: Options[] = [];
  const collected = await collect(() => {
    noteOptions(options);
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const keeper = new k8s.core.v1.ConfigMap("keeper", { metadata: {} }, { parent });
    const sections = sectionsOf(given);
    const members = membersOf(given);
    const { template, broadcasts } = commonSettings(sections);
    const { version } = sections.network.node;
    return new Network(
      "network",
      {
        sections,
        members,
        identities: {
          secrets: new SecretStore(new Map([["network", networkSecret]])),
          secret: new SecretReference("seed", "network"),
          accounts: accountScheme(version, template),
          imported: sections.miners.imported,
        },
        images: {
          node: { reference: "docker.io/spacemeshos/go-spacemesh-dev:d298a63", pullSecrets: [] },
          poet: { reference: "docker.io/spacemeshos/poet:ef8f28a", pullSecrets: [] },
        },
        slots: new Map(slotsOf(given).map((slot) => [slot, pulumi.output(slotAddress(slot))])),
        nodes: { ready: [keeper] },
        watchers: { prometheus: false },
        publicPoet: {
          kind: "load-balancer",
          port: 5000,
          address: "203.0.113.7",
          annotations: { "example.org/address": "poet" },
        },
        namespace: "spacemesh",
        namespaceName: "spacemesh",
        networkPolicy: true,
        data: "protect",
        flows: networkFlows({
          namespace: "spacemesh",
          members,
          miners: sections.miners,
          poets: sections.poets,
          broadcasts,
          watched: false,
          scrapers: [],
        }),
        ...over,
      },
      { parent },
    );
  });
  return { ...collected, options, network: collected.result as Network };
}

/** A member's arguments, with nothing of the engine. */
function memberArgs(
  number: number,
  given: Given = {},
  watchers: MemberWatchers = { prometheus: false },
): MemberArgs {
  const sections = sectionsOf(given);
  const member = membersOf(given).find((one) => one.number === number);
  if (member === undefined) {
    throw new Error(`the network has no miner ${number}`);
  }
  const secrets = new SecretStore(new Map([["network", networkSecret]]));
  return {
    ...{ namespace: "spacemesh", namespaceName: "spacemesh", networkPolicy: true, data: "protect" },
    image: { reference: "docker.io/spacemeshos/go-spacemesh-dev:d298a63", pullSecrets: [] },
    version: sections.network.node.version,
    networkId: 205,
    miners: sections.miners,
    watchers,
    member,
    identity: memberIdentity(number, {
      secrets,
      secret: new SecretReference("seed", "network"),
      accounts: { kind: "hex" },
      imported: {},
    }),
    group: { name: "miner", account: "miner" },
    config: "config",
    pauseSeconds: sections.miners.upgrade.pauseSeconds,
    after: [],
  };
}

/** A member's Workload, with nothing of the engine. */
export const memberWorkloadOf = (
  ...of: Parameters<typeof memberArgs>
): ReturnType<typeof memberWorkload> => memberWorkload(memberArgs(...of), "identity");

/** Value of an output of the test's own making. */
export const valueOf = <Value>(output: pulumi.Output<Value>): Promise<Value> =>
  new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });

/** The part of a Deployment that tests look at. */
export interface DeploymentSpec {
  readonly minReadySeconds: number;
  readonly strategy: { readonly type: string };
  readonly template: {
    readonly metadata: {
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
    };
    readonly spec: {
      readonly serviceAccountName: string;
      readonly nodeSelector?: Readonly<Record<string, string>>;
      readonly volumes: readonly Readonly<Record<string, unknown>>[];
      readonly containers: readonly {
        readonly name: string;
        readonly image: string;
        readonly command: readonly string[];
        readonly args: readonly string[];
        readonly env?: readonly { readonly name: string; readonly value?: string }[];
        readonly ports: readonly Readonly<Record<string, unknown>>[];
        readonly volumeMounts: readonly Readonly<Record<string, unknown>>[];
        readonly livenessProbe?: unknown;
        readonly readinessProbe?: unknown;
      }[];
    };
  };
}

/** Spec of a Deployment. */
export function deploymentOf({ resources }: Collected, name: string): DeploymentSpec {
  const found = resources.find(
    (one) => one.type === "kubernetes:apps/v1:Deployment" && one.name === name,
  );
  if (found === undefined) {
    throw new Error(`no Deployment ${name}`);
  }
  return found.inputs["spec"] as DeploymentSpec;
}

/** The one container of a Deployment. */
export function containerOf(collected: Collected, name: string) {
  const [container] = deploymentOf(collected, name).template.spec.containers;
  if (container === undefined) {
    throw new Error(`Deployment ${name} has no container`);
  }
  return container;
}
