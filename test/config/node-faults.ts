/** Faults of the way in and of the nodes: issue 5, "Bad input", as far as production's own file can be spoilt so. */
import { config, type FaultCase, secrets } from "./fault-cases.ts";
import type { Draft } from "./stack-fixture.ts";

const nginx = "fleet:ingress/controllers/nginx/exposure";
const member = (slot: number) => ({
  key: "dmsg-server-7",
  host: "dmsg.server7.skywire.skycoin.com",
  nodePort: 30_086,
  slot,
});
const seventh = "fleet:services/dmsg-servers/members/dmsg-server-7";
const withSeventh = (slot: number) => (draft: Draft) => {
  config({ "fleet:services/dmsg-servers/count": 7, [seventh]: member(slot) })(draft);
  secrets({ "dmsg-server-7": "3f9c07a15be2d48670" + "1d4e82b96a5c".repeat(3) + "0b7e93c6f2" })(
    draft,
  );
};
const seventhSlot = "fleet:services.dmsg-servers.members.dmsg-server-7.slot";
const slots = "fleet:cluster/pools/dmsg/slots";

/** What each must come to. */
export const nodeFaults: readonly FaultCase[] = [
  {
    title: "the address-resolver behind a NodeBalancer",
    stack: "prod",
    spoil: config({ "fleet:ingress/hosts/ar.skywire.skycoin.com": "nginx" }),
    paths: ['fleet:ingress.hosts["ar.skywire.skycoin.com"]'],
    says: "is served by nginx, which stands behind a load balancer, which carries no UDP",
  },
  {
    title: "more dmsg-servers than slots: a seventh beside another",
    stack: "prod",
    spoil: withSeventh(6),
    paths: [seventhSlot],
    says: "slot 6 already carries the dmsg-server of",
  },
  {
    title: "more dmsg-servers than slots: a seventh on none",
    stack: "prod",
    spoil: withSeventh(9),
    paths: [seventhSlot],
    says: "slot 9 must be a slot of fleet:cluster.pools (there are 0, 1, 2, 3, 4, 5, 6, 7, 8)",
  },
  {
    title: "a host with a controller that nobody has",
    stack: "prod",
    spoil: config({ "fleet:ingress/hosts/ip.skycoin.com": "haproxy" }),
    paths: ['fleet:ingress.hosts["ip.skycoin.com"]'],
    says: "must be one of the controllers: traefik, edge, nginx",
  },
  {
    title: "an ephemeral address under a dmsg-server",
    stack: "prod",
    spoil: config({ [`${slots}/1/address`]: { kind: "ephemeral" } }),
    paths: ["fleet:services.dmsg-servers.members.dmsg-server-1.slot"],
    says: "slot 1 has an ephemeral address, but what runs here is dialled by it",
  },
  {
    title: "an ephemeral address under a coturn",
    stack: "prod",
    spoil: config({ "fleet:cluster/pools/coturn/slots/7/address": { kind: "ephemeral" } }),
    paths: ["fleet:extras.coturn.members.coturn-2.slot"],
    says: "slot 7 has an ephemeral address",
  },
  {
    title: "a reserved address that nothing assigns",
    stack: "prod",
    spoil: config({ [`${slots}/1/address/assignedBy`]: undefined }),
    paths: [`fleet:cluster.pools.dmsg.slots["1"].address.assignedBy`],
    says: "must be node-keeper or operator, or kubeip at Google: a cloud gives a new machine another address",
  },
  {
    title: "addresses and firewalls without the keeper that they need",
    stack: "test",
    spoil: config({
      "fleet:cluster/linode": { region: "ap-south", firewalls: "made" },
      "fleet:cluster/pools/edge/slots/1/address/assignedBy": "node-keeper",
    }),
    paths: [
      `fleet:cluster.pools.edge.slots["1"].address.assignedBy`,
      "fleet:cluster.linode.firewalls",
    ],
    says: "must be operator without a node-keeper",
  },
  {
    title: "a node-keeper where nothing keeps nodes",
    stack: "voting",
    spoil: (draft) => {
      config({
        "fleet:cluster/linode": { region: "ap-south", nodeKeeper: { token: "keeper" } },
      })(draft);
      secrets({ keeper: "a-token-of-linode" })(draft);
    },
    paths: ["fleet:cluster.linode.nodeKeeper"],
    says: "must not be there",
  },
  {
    title: "a taint that no pool at Linode can have",
    stack: "prod",
    spoil: config({
      "fleet:cluster/pools/edge/taints": [{ key: "fleet/slot", effect: "NoSchedule" }],
    }),
    paths: ["fleet:cluster.pools.edge.taints[0].value"],
    says: "must not be empty at Linode",
  },
  {
    title: "a firewall with more rules than Linode takes",
    stack: "prod",
    spoil: config({
      "fleet:cluster/linode/alsoOpen": Array.from({ length: 18 }, (_, index) => ({
        ...{ label: `office-${index}`, protocol: "TCP", ports: "22", from: ["198.51.100.0/24"] },
      })),
    }),
    paths: ["fleet:cluster.linode.alsoOpen"],
    says: /firewall slot-\d would have 26 rules, and Linode takes 25/,
  },
  {
    title: "two controllers on one balancer",
    stack: "prod",
    spoil: config({
      "fleet:ingress/controllers/traefik/exposure/linode": { label: "skycoin" },
      [`${nginx}/linode`]: { label: "skycoin" },
    }),
    paths: ["fleet:ingress.controllers.nginx.exposure.linode.label"],
    says: "balancer skycoin already stands before traefik",
  },
  {
    title: "a balancer in no region",
    stack: "prod",
    spoil: config({ "fleet:cluster/linode/region": undefined }),
    paths: ["fleet:cluster.linode.region"],
    says: "must be Linode's name of the region, e.g. ap-south",
  },
  {
    title: "a balancer of a cluster that is nowhere",
    stack: "test",
    spoil: config({
      "fleet:ingress/controllers/balanced": {
        kind: "traefik",
        exposure: { kind: "load-balancer", linode: {} },
      },
    }),
    paths: ["fleet:cluster.linode.region"],
    says: "the balancer of balanced is made there",
  },
];
