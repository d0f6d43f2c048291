import { describe, expect, it } from "vitest";

import { memberIdentity } from "../../components/spacemesh/identity.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import { SecretReference } from "../../components/base/secrets.ts";
import { type Collected, find } from "../harness.ts";
import { unwrapSecrets } from "../unwrap-secrets.ts";
import {
  containerOf,
  deploymentOf,
  type Given,
  makeNetwork,
  type MadeNetwork,
  networkSecret,
  slotAddress,
  valueOf,
} from "./network-fixture.ts";

const deploymentType = "kubernetes:apps/v1:Deployment";
const configType = "kubernetes:core/v1:ConfigMap";

/** Who a member is, derived here a second time. */
const identity = (number: number) =>
  memberIdentity(number, {
    secrets: new SecretStore(new Map([["network", networkSecret]])),
    secret: new SecretReference("seed", "network"),
    accounts: { kind: "hex" },
    imported: {},
  });

const bootnodeAddress = (number: number): string =>
  `/ip4/${slotAddress((number - 1) % 7)}/tcp/${5000 + number}/p2p/${identity(number).peer.peerId}`;

/** A config as a member reads it. */
function configOf(collected: Collected, name: string): Record<string, Record<string, unknown>> {
  const { data } = find(collected, configType, name).inputs as { data: Record<string, string> };
  return JSON.parse(data["config.json"] ?? "") as Record<string, Record<string, unknown>>;
}

/** Name of the config that a member's pod mounts. */
function mountedConfig(collected: Collected, member: string): string {
  const volume = deploymentOf(collected, member).template.spec.volumes.find(
    ({ name }) => name === "config",
  );
  return (volume?.["configMap"] as { name: string }).name.replace(/-auto$/, "");
}

/** Names of the Deployments that one waits for. */
async function waits(given: Given): Promise<Record<string, readonly string[]>> {
  const { options } = await makeNetwork(given);
  return Object.fromEntries(
    options
      .filter(({ type }) => type === deploymentType)
      .map(({ name, dependencies }) => [
        name,
        dependencies
          .filter((urn) => urn.includes(`${deploymentType}::`))
          .map((urn) => urn.split("::").at(-1) ?? ""),
      ]),
  );
}

describe("a network", () => {
  it("has four objects for each member, and shares all else", async () => {
    const { urns } = await makeNetwork({ miners: { numbers: ["1-9"] }, poets: { count: 2 } });
    const below = (component: string): string[] =>
      urns
        .filter((urn) => urn.includes(`${component}$`))
        .map((urn) => urn.split(`${component}$`)[1] ?? "");
    expect(below("fleet:spacemesh:Miner").filter((one) => one.includes("miner-9"))).toEqual([
      "kubernetes:apps/v1:Deployment::miner-9",
      "kubernetes:core/v1:PersistentVolumeClaim::miner-9-data",
      "kubernetes:core/v1:Secret::miner-9-identity",
      "kubernetes:core/v1:Service::miner-9-service",
    ]);
    expect(below("fleet:spacemesh:Miner")).toHaveLength(2 * 4);
    expect(below("fleet:spacemesh:Bootnode")).toHaveLength(7 * 4);
    const shared = urns
      .filter((urn) => /Network\$kubernetes/.test(urn))
      .map((urn) => urn.split("Network$")[1]);
    expect(shared).toEqual([
      "kubernetes:core/v1:ConfigMap::bootnode-gateway-poet-1-config",
      "kubernetes:core/v1:ConfigMap::bootnode-gateway-poet-2-config",
      "kubernetes:core/v1:ConfigMap::bootnode-poet-1-config",
      "kubernetes:core/v1:ConfigMap::bootnode-poet-2-config",
      "kubernetes:core/v1:ConfigMap::bootstrap-gateway-poet-1-config",
      "kubernetes:core/v1:ConfigMap::miner-poet-1-config",
      "kubernetes:core/v1:ConfigMap::miner-poet-2-config",
      "kubernetes:core/v1:ServiceAccount::bootnode-account",
      "kubernetes:core/v1:ServiceAccount::miner-account",
      "kubernetes:core/v1:ServiceAccount::poet-account",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::bootnode-policy",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::miner-policy",
      "kubernetes:networking.k8s.io/v1:NetworkPolicy::poet-policy",
      "kubernetes:policy/v1:PodDisruptionBudget::network",
    ]);
    // Fails when `super` is called without its options: the parent would be lost without a word.
    expect(urns).toContain(
      "urn:pulumi:test::fleet::demo:test:Parent$fleet:spacemesh:Network::network",
    );
  });

  it("gives every object the explicit provider", async () => {
    const { resources } = await makeNetwork();
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.length).toBeGreaterThan(40);
    for (const { provider, name } of objects) {
      expect(provider, name).toContain("pulumi:providers:kubernetes::cluster");
    }
  });

  it("ties bootstrap node and bootnodes to slots, round robin, each with its port on the node", async () => {
    const made = await makeNetwork({ slots: 3, miners: { apart: "preferred" } });
    const slot = (name: string): unknown =>
      deploymentOf(made, name).template.spec.nodeSelector?.["fleet/slot"];
    expect([1, 2, 3, 4, 5, 6, 7].map((number) => slot(`miner-${number}`))).toEqual([
      "0",
      "1",
      "2",
      "0",
      "1",
      "2",
      "0",
    ]);
    expect(containerOf(made, "miner-4").ports[0]).toMatchObject({
      containerPort: 5004,
      hostPort: 5004,
      protocol: "TCP",
    });
    expect(slot("miner-8")).toBeUndefined();
    expect(
      containerOf(made, "miner-8").ports.filter(({ hostPort }) => hostPort !== undefined),
    ).toEqual([]);
  });

  it("tells each role whom to begin with: nobody, the bootstrap node, or all bootnodes", async () => {
    const made = await makeNetwork();
    const bootnodesOf = (member: string): unknown =>
      configOf(made, mountedConfig(made, member))["p2p"]?.["bootnodes"];
    expect(bootnodesOf("miner-1")).toEqual([]);
    expect(bootnodesOf("miner-3")).toEqual([bootnodeAddress(1)]);
    expect(bootnodesOf("miner-9")).toEqual([2, 3, 4, 5, 6, 7].map(bootnodeAddress));
    expect(await valueOf(made.network.bootnodes)).toEqual([2, 3, 4, 5, 6, 7].map(bootnodeAddress));
    expect(await valueOf(made.network.bootstrap)).toBe(bootnodeAddress(1));
  });

  it("advertises the address that is bound: the port it listens on is the port of its node", async () => {
    const made = await makeNetwork();
    for (const number of [1, 2, 7]) {
      const { args, ports } = containerOf(made, `miner-${number}`);
      expect(args).toContain(`--listen=/ip4/0.0.0.0/tcp/${5000 + number}`);
      expect(ports[0]).toMatchObject({ containerPort: 5000 + number, hostPort: 5000 + number });
    }
    const told = await makeNetwork({
      network: {
        node: {
          version: "v1.0",
          config: { genesis: { "genesis-extra-data": "mininet" } },
        },
      },
    });
    const { args, env } = containerOf(told, "miner-2");
    expect(args).toContain("--advertise-address=$(ADVERTISE_ADDRESS)");
    expect(env).toEqual([{ name: "ADVERTISE_ADDRESS", value: `/ip4/${slotAddress(1)}/tcp/5002` }]);
    expect(containerOf(told, "miner-9").args.join(" ")).not.toContain("advertise");
  });

  it("gives members to PoETs round robin by their numbers, and publishes the first PoET's public address", async () => {
    const made = await makeNetwork({ poets: { count: 3 } });
    const poet = (number: number): unknown =>
      configOf(made, mountedConfig(made, `miner-${number}`))["main"]?.["poet-server"];
    expect([1, 2, 3, 4, 10].map(poet)).toEqual([
      "poet-1.spacemesh.svc:5000",
      "poet-2.spacemesh.svc:5000",
      "poet-3.spacemesh.svc:5000",
      "poet-1.spacemesh.svc:5000",
      "poet-1.spacemesh.svc:5000",
    ]);
    const published = JSON.parse(await valueOf(made.network.publishedConfig)) as {
      main: Record<string, unknown>;
      p2p: Record<string, unknown>;
      api: { grpc: string[] };
    };
    expect(published.main["poet-server"]).toBe("203.0.113.7:5000");
    expect(published.main["genesis-time"]).toBe("2026-11-22T12:00:00Z");
    expect(published.p2p["bootnodes"]).toEqual([2, 3, 4, 5, 6, 7].map(bootnodeAddress));
    expect(published.api.grpc).not.toContain("gateway");
  });

  it("publishes a config by which a wallet can have its own node smesh, which no member here lets the world do", async () => {
    const apisOf = async ({ network }: MadeNetwork, key: string): Promise<unknown> => {
      const { api } = JSON.parse(await valueOf(network.publishedConfig)) as {
        api: Record<string, unknown>;
      };
      return api[key];
    };
    const plain = ["node", "mesh", "globalstate", "transaction"];
    expect(await apisOf(await makeNetwork(), "grpc")).toEqual([...plain, "smesher"]);
    const all = await makeNetwork({ miners: { publicApis: ["smesher", "node"] } });
    expect(await apisOf(all, "grpc")).toEqual(["smesher", "node"]);
    // From here on a node serves it on a listener of its own, which the wallet dials.
    const node = { version: "v1.0", config: { genesis: { "genesis-extra-data": "mininet" } } };
    expect(await apisOf(await makeNetwork({ network: { node } }), "grpc-public-services")).toEqual([
      ...["node", "mesh", "global", "transaction"],
    ]);
  });

  it("serves the gateway API on the members that PoETs broadcast through, and on no other", async () => {
    const made = await makeNetwork();
    const apis = (number: number): unknown =>
      configOf(made, mountedConfig(made, `miner-${number}`))["api"]?.["grpc"];
    const plain = ["node", "mesh", "globalstate", "transaction"];
    expect([1, 4].map(apis)).toEqual([
      [...plain, "gateway"],
      [...plain, "gateway"],
    ]);
    expect([5, 10].map(apis)).toEqual([plain, plain]);
  });

  it("keeps every key in a Secret: no argument, variable or config has one", async () => {
    const made = await makeNetwork();
    const { inputs } = find(made, "kubernetes:core/v1:Secret", "miner-9-identity");
    const stringData = unwrapSecrets(inputs["stringData"]) as Record<string, string>;
    expect(Object.keys(stringData).sort()).toEqual(["p2p.key", "privateKey", "publicKey"]);
    const secrets = [
      stringData["privateKey"] ?? "",
      (JSON.parse(stringData["p2p.key"] ?? "") as { Key: string }).Key,
    ];
    const rest = made.resources.filter(({ type }) => type !== "kubernetes:core/v1:Secret");
    const text = JSON.stringify(rest.map(({ inputs: of }) => of));
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(32);
      expect(text).not.toContain(secret);
    }
  });

  it("puts the peer's key where its node looks for it, alone, and the coinbase's nowhere in the pod", async () => {
    const made = await makeNetwork();
    const { volumes } = deploymentOf(made, "miner-9").template.spec;
    expect(volumes.find(({ name }) => name === "identity")).toEqual({
      name: "identity",
      secret: {
        secretName: "miner-9-identity-auto",
        defaultMode: 0o440,
        items: [{ key: "p2p.key", path: "p2p.key" }],
      },
    });
    expect(containerOf(made, "miner-9").volumeMounts).toContainEqual({
      name: "identity",
      mountPath: "/root/data/node/205/p2p/p2p.key",
      subPath: "p2p.key",
      readOnly: true,
    });
    expect(containerOf(made, "miner-9").args).toContain(
      `--smeshing-coinbase=${identity(9).coinbase.address}`,
    );
  });

  it("labels pods as the log pipeline and the budget know them", async () => {
    const made = await makeNetwork();
    expect(deploymentOf(made, "miner-9").template.metadata.labels).toMatchObject({
      name: "miner-9",
      app: "miner",
      restart: "false",
      "fleet/group": "miner",
    });
    expect(containerOf(made, "miner-9").name).toBe("miner");
    const { spec } = find(made, "kubernetes:policy/v1:PodDisruptionBudget", "network").inputs;
    expect(spec).toEqual({
      selector: { matchLabels: { restart: "false" } },
      maxUnavailable: 0,
      // A container that is kept for its log must not be evicted for being broken.
      unhealthyPodEvictionPolicy: "IfHealthyBudget",
    });
    const { labels } = deploymentOf(made, "poet-1").template.metadata;
    expect(labels).toMatchObject({ name: "poet-1", restart: "false" });
  });

  it("lets a broken pod be evicted where no container is kept for its log", async () => {
    const made = await makeNetwork({ miners: { keepContainer: false } });
    expect(
      find(made, "kubernetes:policy/v1:PodDisruptionBudget", "network").inputs["spec"],
    ).toMatchObject({ maxUnavailable: 0, unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });

  it("waits with whoever is dialled for what keeps the addresses", async () => {
    const { options } = await makeNetwork();
    const waitsForKeeper = (name: string): boolean =>
      options
        .find((one) => one.type === deploymentType && one.name === name)
        ?.dependencies.some((urn) => urn.endsWith("::keeper")) === true;
    expect([1, 7, 8].map((number) => waitsForKeeper(`miner-${number}`))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("is made and exchanged in the order of its phase, PoETs after their gateways", async () => {
    const upgrade = { atOnce: 2 };
    const making = await waits({ network: { phase: "new" }, miners: { madeAtOnce: 2 } });
    expect(making["miner-1"]).toEqual([]);
    expect(making["miner-2"]).toEqual(["miner-1"]);
    expect(making["miner-8"]).toEqual(["miner-7"]);
    expect(making["miner-10"]).toEqual(["miner-8"]);
    expect(making["poet-1"]?.toSorted()).toEqual(["miner-1", "miner-2", "miner-3", "miner-4"]);
    const exchanging = await waits({ miners: { upgrade } });
    expect(exchanging["miner-8"]).toEqual([]);
    expect(exchanging["miner-2"]?.toSorted()).toEqual(["miner-10", "miner-9"]);
    expect(exchanging["miner-1"]).toEqual(["miner-7"]);
  });
});

/** Inputs of every resource, by type and name; what the network says of itself left out. */
const inputsOf = ({ resources }: Collected): Map<string, string> =>
  new Map(
    resources
      .filter(({ type }) => type !== "fleet:spacemesh:Network")
      .map(({ type, name, inputs }) => [`${type} ${name}`, JSON.stringify(inputs)]),
  );

/** What differs between two networks: what only one has, and what both have differently. */
async function difference(before: Given, after: Given) {
  const [old, young] = [inputsOf(await makeNetwork(before)), inputsOf(await makeNetwork(after))];
  const only = (one: Map<string, string>, other: Map<string, string>): string[] =>
    [...one.keys()].filter((key) => !other.has(key)).sort();
  return {
    gone: only(old, young),
    come: only(young, old),
    changed: [...old.keys()]
      .filter((key) => young.has(key) && young.get(key) !== old.get(key))
      .sort(),
  };
}

const objectsOf = (member: string): string[] => [
  "fleet:spacemesh:Miner " + member,
  `kubernetes:apps/v1:Deployment ${member}`,
  `kubernetes:core/v1:PersistentVolumeClaim ${member}-data`,
  `kubernetes:core/v1:Secret ${member}-identity`,
  `kubernetes:core/v1:Service ${member}-service`,
];

describe("a change of a network", () => {
  it("adds a miner without touching another", async () => {
    expect(await difference({}, { miners: { numbers: ["1-11"] } })).toEqual({
      gone: [],
      come: objectsOf("miner-11"),
      changed: [],
    });
  });

  it("deletes a miner, and nothing else moves", async () => {
    expect(
      await difference({ miners: { numbers: ["1-11"] } }, { miners: { numbers: ["1-7", "9-11"] } }),
    ).toEqual({ gone: objectsOf("miner-8"), come: [], changed: [] });
  });

  it("of the phase leaves everything as it is but the pause between exchanges", async () => {
    const { gone, come, changed } = await difference({ network: { phase: "new" } }, {});
    expect({ gone, come }).toEqual({ gone: [], come: [] });
    expect(changed).toHaveLength(10);
    expect(await difference({}, { network: { phase: "parked" } })).toEqual({
      gone: [],
      come: [],
      changed: [],
    });
    const [young, old] = [await makeNetwork({ network: { phase: "new" } }), await makeNetwork()];
    expect(deploymentOf(young, "miner-9").minReadySeconds).toBe(0);
    expect(deploymentOf(old, "miner-9").minReadySeconds).toBe(120);
    expect(deploymentOf(young, "miner-9").template).toEqual(deploymentOf(old, "miner-9").template);
  });

  it("of the config changes the configs that many share, whose names start their readers anew", async () => {
    const longer = {
      node: {
        version: "v0.2.17",
        config: { p2p: { "network-id": 205 }, main: { "layer-duration-sec": 240 } },
      },
    };
    const { gone, come, changed } = await difference({}, { network: longer });
    expect({ gone, come }).toEqual({ gone: [], come: [] });
    expect(changed.filter((key) => key.includes("Deployment"))).toEqual([
      // Its first round is as much longer: an argument. Names of configs are the engine's to change.
      "kubernetes:apps/v1:Deployment poet-1",
    ]);
    expect(changed.filter((key) => key.startsWith(configType)).length).toBeGreaterThan(3);
  });

  it("of an imported key changes its owner, and whoever begins with it", async () => {
    const coinbase = `0x${"ab".repeat(20)}`;
    expect(await difference({}, { miners: { imported: { "9": { coinbase } } } })).toEqual({
      gone: [],
      come: [],
      changed: [
        "kubernetes:apps/v1:Deployment miner-9",
        "kubernetes:core/v1:Secret miner-9-identity",
      ],
    });
  });
});
