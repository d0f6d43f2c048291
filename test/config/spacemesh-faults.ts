/** Faults of Spacemesh networks: issue 8, "Bad input", and what people get wrong beside. */
import { peerKeyOf } from "../../components/base/peer-key.ts";
import { config, type FaultCase } from "./fault-cases.ts";
import { put } from "./stack-fixture.ts";

/** One less than bootstrap node and bootnodes. */
const fewSlots = Object.fromEntries(Array.from({ length: 6 }, (_, slot) => [`${slot}`, {}]));

const pools = "fleet:cluster/pools";
const parent = {
  bootnodes: [
    "/ip4/198.51.100.7/tcp/5002/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
  ],
  config: {
    main: {
      "genesis-time": "2026-10-01T00:00:00Z",
      "layer-duration-sec": 200,
      "layers-per-epoch": 6,
    },
    p2p: { "network-id": 205 },
  },
};

/** A network that joins another one, as it should stand in a file. */
const joining = {
  "fleet:network/bootstrap": false,
  "fleet:network/extends": parent,
  "fleet:network/genesis": undefined,
};

const cases: readonly Omit<FaultCase, "stack">[] = [
  {
    title: "a network in a namespace of Google's",
    spoil: config({ "fleet:namespaces/network": "gmp-system" }),
    // Its logs are read by its name.
    paths: ["fleet:namespaces.network", "fleet:observability.logs.families.sm.namespaces[0]"],
    says: "must be a namespace of the stack's own, which it makes: gmp-system is the cluster's",
  },
  {
    title: "an ingress host that nothing of the network has",
    spoil: config({ "fleet:ingress/hosts": { "api-mininett.spacemesh.io": "nginx" } }),
    paths: ['fleet:ingress.hosts["api-mininett.spacemesh.io"]'],
    says: "must be a host of this stack: api-json-mininet.spacemesh.io, api-mininet.spacemesh.io, dash-api-mininet.spacemesh.io",
  },
  // The list of the issue.
  {
    title: "fewer nodes than bootnodes that must lie apart",
    spoil: config({ [`${pools}/bootnodes/slots`]: fewSlots }),
    paths: ["fleet:miners.apart"],
    says: "required needs 7 slots, one for each of bootstrap node and bootnodes, and the cluster has 6: add slots, or say preferred",
  },
  {
    title: "no node for bootnodes at all",
    spoil: config({ [`${pools}/bootnodes`]: undefined }),
    paths: ["fleet:cluster.pools"],
    says: "must have slots: bootnodes are dialled by the address of the node they are tied to",
  },
  {
    title: "web services on a slot that no pool has",
    spoil: config({ "fleet:webServices": { publicApi: { placement: { slot: 99 } } } }),
    paths: ["fleet:webServices.publicApi.placement.slot"],
    says: "slot 99 must be a slot of fleet:cluster.pools (there are 0, 1, 2, 3, 4, 5, 6)",
  },
  {
    title: "databases that no node's own disk can hold",
    spoil: config({
      "fleet:webServices": { explorer: { collector: { mongo: { scratch: "200Gi" } } } },
    }),
    paths: ["fleet:cluster.pools.default.size"],
    says: "a pod of spacemesh-explorer-collector asks for 225280Mi of its node's own disk, and a node offers 196.89Gi",
  },
  {
    title: "more gateways than miners",
    spoil: config({ "fleet:poets/gateways": 11 }),
    paths: ["fleet:poets.gateways"],
    says: "must be at most 10: each is one of the miners, and there are no more",
  },
  {
    title: "more bootnodes than miners",
    spoil: config({ "fleet:miners/bootnodes": 10, "fleet:miners/apart": "preferred" }),
    paths: ["fleet:miners.bootnodes"],
    says: "must leave room: a bootstrap node and 10 bootnodes are more than the 10 miners there are",
  },
  {
    title: "no genesis",
    spoil: config({ "fleet:network/genesis": {} }),
    paths: ["fleet:network.genesis.activeSize", "fleet:network.genesis.time"],
    says: "must say how many miners there are at genesis: make genesis STACK=… writes it",
  },
  {
    title: "genesis in the past of a network that is new",
    spoil: config({ "fleet:network/phase": "new" }),
    paths: ["fleet:network.genesis.time"],
    says: "2026-11-01T12:00:00Z is past, and the network is new",
  },
  {
    title: "extending a network without its bootnodes",
    spoil: config({ ...joining, "fleet:network/extends": { ...parent, bootnodes: [] } }),
    paths: ["fleet:network.extends.bootnodes"],
    says: "must list at least one bootnode of the other network",
  },
  {
    title: "extending a network that is not named",
    spoil: config({ "fleet:network/bootstrap": false, "fleet:network/genesis": undefined }),
    paths: ["fleet:network.extends"],
    says: "must name the other network's bootnodes and config",
  },
  {
    title: "one identity for two miners, imported twice",
    spoil: ({ config: file, secrets }) => {
      put(file, "fleet:miners/imported", {
        "8": { identity: "miner-8" },
        "9": { identity: "miner-9" },
      });
      const { file: key } = peerKeyOf(Buffer.alloc(32, 7));
      Object.assign(secrets, { "miner-8": key, "miner-9": key });
    },
    paths: ['fleet:miners.imported["9"].identity'],
    says: /must have a key of its own: peer 12D3KooW\w+ is that of fleet:miners\.imported\["8"\]\.identity too/,
  },
  {
    title: "a bootnode of the other network that nobody can dial",
    spoil: config({
      ...joining,
      "fleet:network/extends": { ...parent, bootnodes: ["bootnode-2.example.org:5002"] },
    }),
    paths: ["fleet:network.extends.bootnodes[0]"],
    says: "must be a peer's address, e.g. /ip4/192.0.2.1/tcp/5002/p2p/12D3KooW…",
  },
  {
    title: "a miner's number twice",
    spoil: config({ "fleet:miners/numbers": ["1-10", "7"] }),
    paths: ["fleet:miners.numbers[1]"],
    says: "must name each miner once: 7 is in 1-10 too",
  },
  {
    title: "a hole of ports: beyond the last node port",
    spoil: config({ "fleet:miners/ports/public/jsonBase": 32_760 }),
    paths: ["fleet:miners.ports.public.jsonBase"],
    says: "gives miner-10 32770: node ports end at 32767; lower it, or say kind: in-cluster",
  },
  {
    title: "a hole of ports: one miner's JSON is another one's gRPC",
    spoil: config({ "fleet:miners/ports/public/jsonBase": 30_005 }),
    paths: ["fleet:miners.ports.public.jsonBase"],
    says: "gives miner-1 30006 for JSON, which is miner-6's for gRPC: bases must lie further apart",
  },
  {
    title: "a hole of ports: a host port that is the member's own service port",
    spoil: config({ "fleet:miners/ports/hostBase": 5_997 }),
    paths: ["fleet:miners.ports.hostBase"],
    says: "gives miner-3 6000, its own grpc port: choose another base",
  },
  {
    title: "a config template without a required field",
    spoil: config({
      "fleet:network/node/template": { p2p: {}, main: { "layers-per-epoch": 6 } },
      "fleet:network/node/config": { p2p: { "network-id": 205 } },
    }),
    paths: ["fleet:network.node.config.main.layer-duration-sec"],
    says: "must be whole seconds, e.g. 120: a node of v0.2.17 needs it, and neither template nor config has it",
  },
  {
    title: "a layer that is no number",
    spoil: config({ "fleet:network/node/config/main/layer-duration-sec": "200" }),
    paths: ["fleet:network.node.config.main.layer-duration-sec"],
    says: "must be whole seconds",
  },
  {
    title: "CPU as a bare number",
    spoil: config({
      "fleet:miners/resources": { requests: { cpu: 1, memory: "2Gi" }, limits: {} },
    }),
    paths: ["fleet:miners.resources.requests.cpu"],
    says: 'must be a quoted CPU quantity, e.g. 250m or "2"',
  },
  {
    title: "more cores than any machine has, where milli-cores were meant",
    spoil: config({
      "fleet:miners/resources": { requests: { cpu: "500", memory: "2Gi" }, limits: {} },
    }),
    paths: ["fleet:miners.resources.requests.cpu"],
    says: "must be at most 256 cores: is an m missing?",
  },
  {
    title: "a network whose name is no DNS label",
    spoil: config({ "fleet:network/name": "Mini_Net" }),
    paths: ["fleet:network.name"],
    says: "must be lower-case letters, digits and dashes",
  },
  {
    title: "a network whose name is longer than its hosts can be",
    spoil: config({ "fleet:network/name": "m".repeat(41) }),
    paths: ["fleet:network.name"],
    says: "must have at most 40 characters",
  },
];

/** All of them, of the committed mini. */
export const spacemeshFaults: readonly FaultCase[] = cases.map((one) => ({
  ...one,
  stack: "spacemesh-mini",
}));
