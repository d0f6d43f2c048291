/**
 * Rules across the fields of a Skywire stack. Each case changes one thing in the committed test (or
 * production) file and must bring up exactly one fault, at its place, with its mend.
 */
import { describe, expect, it } from "vitest";

import { controllerPorts, firstBalancerPort } from "../../components/platform/balancer-ports.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { type Change, changed, faults, sections } from "./stack-file.ts";

const member = "services/dmsg-servers/members/dmsg-server-1";

describe("the committed stack files", () => {
  it.each(["test", "prod"] as const)("%s has no fault", (stack) => {
    expect(faults(sections(stack))).toEqual([]);
  });

  it("test runs one of each (1.3)", () => {
    const { services, domain } = SkywireStack.parse(sections("test"));
    expect(services["dmsg-discovery"].replicas).toBe(1);
    expect(services["service-discovery"].replicas).toBe(1);
    expect(Object.keys(services["dmsg-servers"].members)).toHaveLength(1);
    expect(Object.keys(services["setup-nodes"])).toHaveLength(1);
    expect(domain).toBeUndefined();
  });

  it("prod runs six, five, two, and one of each other (1.3, 4.10)", () => {
    const { services } = SkywireStack.parse(sections("prod"));
    expect(services["dmsg-discovery"].replicas).toBe(5);
    expect(services["service-discovery"].replicas).toBe(2);
    const servers = Object.values(services["dmsg-servers"].members);
    expect(servers.map(({ nodePort }) => nodePort)).toEqual([
      30_081, 30_082, 30_083, 30_084, 30_085, 30_089,
    ]);
    expect(new Set(servers.map(({ slot }) => slot)).size).toBe(6);
  });

  it("images carry the tags and registries of the seed (points 17, 18)", () => {
    expect(SkywireStack.parse(sections("test")).images).toMatchObject({
      public: { repository: "docker.io/skycoin", tag: "test" },
      private: { repository: "docker.io/skycoinpro", tag: "test" },
    });
    expect(SkywireStack.parse(sections("prod")).images).toMatchObject({
      public: { tag: "latest" },
      private: { tag: "latest" },
    });
  });

  it("the route-finder has no database of its own to say (point 11)", () => {
    const config = changed("test", ["stores/databases/route-finder", "rf"]);
    expect(faults(config)).toEqual(['stores/databases: Unrecognized key: "route-finder"']);
  });
});

/** What is changed in test's file, where the fault must stand, and what it must say. */
const cases: readonly (readonly [
  what: string,
  changes: readonly Change[],
  path: string,
  message: RegExp,
])[] = [
  [
    "a dmsg-server on the address-resolver's UDP port",
    [[`${member}/nodePort`, 30_178]],
    `${member}/nodePort`,
    /NodePort 30178 already stands at fleet:services\.address-resolver\.udpPort/,
  ],
  [
    "a NodePort out of range",
    [[`${member}/nodePort`, 8081]],
    `${member}/nodePort`,
    /must be a NodePort from 30000 to 32767/,
  ],
  [
    "a count that the list does not have",
    [["services/dmsg-servers/count", 3]],
    "services/dmsg-servers/count",
    /must equal the number of members, 1/,
  ],
  [
    "a dmsg-server on a slot that no pool has",
    [[`${member}/slot`, 7]],
    `${member}/slot`,
    /slot 7 must be a slot of fleet:cluster\.pools \(there are 0, 1\)/,
  ],
  [
    "an ephemeral address under a dmsg-server",
    [["cluster/pools/edge/slots/1/address", { kind: "ephemeral" }]],
    `${member}/slot`,
    /slot 1 has an ephemeral address/,
  ],
  [
    "a dmsg-server that announces another address than its slot's",
    [[`${member}/host`, "192.0.2.9"]],
    `${member}/host`,
    /must be 139\.177\.186\.126, the address of slot 1/,
  ],
  [
    "an address where the slot has only a name",
    [["cluster/pools/edge/slots/1/address", { kind: "dns", name: "node.skywire.dev" }]],
    `${member}/host`,
    /must be a name that leads to node\.skywire\.dev/,
  ],
  [
    "a dmsg-server's host outside the zone",
    [[`${member}/host`, "dmsg.example.org"]],
    `${member}/host`,
    /dmsg\.example\.org must lie in a zone of fleet:dns \(skywire\.dev\)/,
  ],
  [
    "a negative number of pods",
    [["services/dmsg-discovery", { replicas: -1 }]],
    "services/dmsg-discovery/replicas",
    /must be at least 1: one of the pods carries the key/,
  ],
  [
    "half a pod",
    [["services/dmsg-discovery", { replicas: 1.5 }]],
    "services/dmsg-discovery/replicas",
    /must be a whole number of pods/,
  ],
  [
    "a second address-resolver",
    [["services/address-resolver/replicas", 2]],
    "services/address-resolver/replicas",
    /must be 1: live UDP sessions/,
  ],
  [
    "a second uptime-tracker",
    [["services/uptime-tracker/replicas", 2]],
    "services/uptime-tracker/replicas",
    /must be 1/,
  ],
  [
    "another UDP port than visors have built in",
    [["services/address-resolver/udpPort", 30_179]],
    "services/address-resolver/udpPort",
    /must be 30178/,
  ],
  [
    "an address-resolver away from the controller that serves its name",
    [["services/address-resolver/slot", 1]],
    "services/address-resolver/slot",
    /answers on slot 0: HTTP and UDP need one address/,
  ],
  [
    "an address-resolver behind a balancer",
    [["ingress/controllers/traefik/exposure", { kind: "load-balancer" }]],
    "services/address-resolver/slot",
    /behind a load balancer, which carries no UDP/,
  ],
  [
    "a host of production in test",
    [
      ["hosts", { "service-discovery": "sd.skycoin.com" }],
      ["dns/zones", ["skywire.dev", "skycoin.com"]],
    ],
    "hosts/service-discovery",
    /sd\.skycoin\.com belongs to the other deployment/,
  ],
  [
    "production's domain in test",
    [
      ["domain", "skywire.skycoin.com"],
      ["dns/zones", ["skywire.dev", "skycoin.com"]],
    ],
    "domain",
    /skywire\.skycoin\.com belongs to the other deployment/,
  ],
  [
    "a host outside the zone",
    [["hosts", { "node-visualizer": "map.example.org" }]],
    "hosts/node-visualizer",
    /map\.example\.org must lie in a zone/,
  ],
  [
    "a domain outside the zone, told once",
    [["domain", "skywire.example"]],
    "domain",
    /must lie in a zone/,
  ],
  [
    "two services behind one host",
    [["hosts", { "node-visualizer": "sd.skywire.dev" }]],
    "hosts/node-visualizer",
    /host sd\.skywire\.dev already stands at fleet:domain/,
  ],
  [
    "an ingress host that no service has",
    [["ingress/hosts", { "sdd.skywire.dev": "traefik" }]],
    "ingress/hosts/sdd.skywire.dev",
    /must be a host of this stack/,
  ],
  [
    "a budget that blocks every eviction",
    [["services/dmsg-discovery", { replicas: 3, disruption: { minAvailable: 3 } }]],
    "services/dmsg-discovery/disruption",
    /must be below replicas \(2\).*of 3 replicas, one carries the key/,
  ],
  [
    "one key for two identities",
    [["services/setup-nodes", { "setup-node": { key: "dmsg-server-1" } }]],
    "services/setup-nodes/setup-node/key",
    /key dmsg-server-1 already stands at .*: one key, one live process/,
  ],
  [
    "a setup-node that is named like a service",
    [["services/setup-nodes", { "route-finder": { key: "setup-node" } }]],
    "services/setup-nodes/route-finder",
    /workload skywire\/route-finder already stands at fleet:services\.route-finder/,
  ],
  [
    "one namespace for programs and controllers",
    [["ingress/namespace", "skywire"]],
    "ingress/namespace",
    /namespace skywire already stands at fleet:namespaces\.services/,
  ],
  [
    "requests beyond every node",
    [
      [
        "services/uptime-tracker",
        { resources: { requests: { cpu: "100m", memory: "16Gi" }, limits: { memory: "16Gi" } } },
      ],
    ],
    "services/uptime-tracker",
    /uptime-tracker asks for 1 × 100m CPU and 16Gi, but only 0 of 1 find room/,
  ],
  [
    "a node label that no pool has",
    [["services/route-finder", { placement: { nodeSelector: { disk: "ssd" } } }]],
    "services/route-finder",
    /route-finder asks for a node with disk=ssd/,
  ],
  [
    "requests above limits",
    [
      [
        "services/route-finder",
        { resources: { requests: { cpu: "100m", memory: "1Gi" }, limits: { memory: "512Mi" } } },
      ],
    ],
    "services/route-finder/resources/requests/memory",
    /must not be above the limit of 512Mi/,
  ],
  [
    "a program's database that the server does not have",
    [["stores/databases", { "uptime-tracker": "uptime" }]],
    "stores/databases/uptime-tracker",
    /must be a database of fleet:stores\.postgres\.databases/,
  ],
  [
    "a store on a slot that no pool has",
    [
      [
        "stores/redis/dmsg-discovery",
        { kind: "builtin", password: "redis-dmsg-discovery", placement: { slot: 9 } },
      ],
    ],
    "stores/redis/dmsg-discovery/placement/slot",
    /slot 9 must be a slot of fleet:cluster\.pools/,
  ],
  [
    "an external store that the policies do not open",
    [
      [
        "stores/redis/dmsg-discovery",
        { kind: "external", password: "redis-dmsg-discovery", host: "192.168.133.7" },
      ],
    ],
    "stores/redis/dmsg-discovery/host",
    /192\.168\.133\.7 is a private address/,
  ],
  [
    "a door that refuses the calls of the stack's own pods",
    [
      [
        "ingress/controllers/door",
        { kind: "nginx", exposure: { kind: "load-balancer", replicas: 1, proxyProtocol: {} } },
      ],
      ["ingress/default", "door"],
      ["ingress/hosts", { "ar.skywire.dev": "traefik" }],
    ],
    "ingress/controllers/door/exposure/proxyProtocol",
    /network-monitor, config-bootstrapper dial public hosts from inside the cluster/,
  ],
  [
    "an external store that is not in the networks it names",
    [
      [
        "stores/redis/dmsg-discovery",
        {
          ...{ kind: "external", password: "redis-dmsg-discovery" },
          ...{ host: "192.168.133.7", addresses: ["192.168.134.0/24"] },
        },
      ],
    ],
    "stores/redis/dmsg-discovery/addresses",
    /must hold 192\.168\.133\.7, the host/,
  ],
  [
    "a database that no program uses",
    [
      [
        "stores/postgres",
        {
          kind: "builtin",
          databases: Object.fromEntries(
            ["tpd", "sd", "ut", "rf"].map((name) => [name, { password: `postgres-${name}` }]),
          ),
        },
      ],
    ],
    "stores/postgres/databases/rf",
    /is the database of no program/,
  ],
  [
    "two programs in one database",
    [["stores/databases", { "uptime-tracker": "sd" }]],
    "stores/databases/uptime-tracker",
    /database sd is already that of service-discovery/,
  ],
  [
    "a backup schedule that is no cron expression",
    [
      [
        "stores/redis/dmsg-discovery",
        {
          kind: "builtin",
          password: "redis-dmsg-discovery",
          backup: { kind: "scheduled", schedule: "every night" },
        },
      ],
    ],
    "stores/redis/dmsg-discovery/backup/schedule",
    /must be a cron expression of five fields/,
  ],
  [
    "an image with no tag",
    [["images/private/tag", ""]],
    "images/private/tag",
    /must be an image tag/,
  ],
  [
    "a reaction to failure that there is not",
    [["onFailure", "continue"]],
    "onFailure",
    /must be pause .* or rollback/,
  ],
  [
    "a STUN server without a port",
    [["stunServers", ["192.0.2.1"]]],
    "stunServers/0",
    /must be host:port/,
  ],
  [
    "a STUN server at an address that is none",
    [["stunServers", ["999.1.1.1:3478"]]],
    "stunServers/0",
    /must be host:port/,
  ],
  [
    "a STUN server twice",
    [["stunServers", ["192.0.2.1:3478", "192.0.2.1:3478"]]],
    "stunServers",
    /must not name a server twice/,
  ],
  [
    "a host that the config-bootstrapper does not tell",
    [["hosts", { "service-discovery": "discovery.skywire.dev" }]],
    "hosts/service-discovery",
    /must be sd\.skywire\.dev, or left out: .*say services\.config-bootstrapper: \{ enabled: false \}/,
  ],
  [
    "a dmsg-server that is named like a Service",
    [
      [
        "services/dmsg-servers/members",
        {
          "address-resolver-udp": {
            ...{ key: "dmsg-server-1", host: "139.177.186.126", nodePort: 30_080, slot: 1 },
          },
        },
      ],
    ],
    "services/dmsg-servers/members/address-resolver-udp",
    /is the name of a Service of the address-resolver: give the member another one/,
  ],
  [
    "a setup-node that is named like the tracker's second Service",
    [["services/setup-nodes", { "uptime-tracker-private": { key: "setup-node" } }]],
    "services/setup-nodes/uptime-tracker-private",
    /is the name of a Service of the uptime-tracker/,
  ],
  [
    "a setup-node that is named like a restore",
    [["services/setup-nodes", { "postgres-restore": { key: "setup-node" } }]],
    "services/setup-nodes/postgres-restore",
    /is the name of a restore: give the member another one/,
  ],
  [
    "a loopback address under a dmsg-server",
    [
      ["cluster/pools/edge/slots/1/address/ip", "127.0.0.1"],
      [`${member}/host`, "127.0.0.1"],
    ],
    "cluster/pools/edge/slots/1/address/ip",
    /must be an address of the internet: what runs on slot 1 .* 127\.0\.0\.0\/8 is not reached/,
  ],
  [
    "a private address under a controller",
    [["cluster/pools/edge/slots/0/address/ip", "192.168.133.7"]],
    "cluster/pools/edge/slots/0/address/ip",
    /must be an address of the internet: what runs on slot 0/,
  ],
  [
    "a monitor's key that is none",
    [["services/network-monitor", { alsoWhitelisted: ["0380ea88"] }]],
    "services/network-monitor/alsoWhitelisted/0",
    /must be a public key/,
  ],
];

describe("bad input", () => {
  it.each(cases)("finds %s", (_what, changes, path, message) => {
    const found = faults(changed("test", ...changes));
    expect(found).toEqual([expect.stringMatching(message)]);
    expect(found[0]).toContain(`${path}: `);
  });

  it("finds two dmsg-servers on one port and on one slot", () => {
    const second = { key: "dmsg-server-7", host: "139.162.44.14", nodePort: 30_081, slot: 1 };
    const config = changed(
      "prod",
      ["services/dmsg-servers/members/dmsg-server-7", second],
      ["services/dmsg-servers/count", 7],
    );
    expect(faults(config)).toEqual([
      expect.stringMatching(/dmsg-server-7\/nodePort: NodePort 30081 already stands at/),
      expect.stringMatching(/dmsg-server-7\/slot: slot 1 already carries/),
    ]);
  });

  it("finds a second address of a coturn that is private", () => {
    const config = changed(
      "prod",
      ["cluster/pools/dmsg/slots/4/address/also", ["10.0.0.7"]],
      ["extras/coturn/members/coturn-1/addresses", ["45.118.133.242", "10.0.0.7"]],
    );
    expect(faults(config)).toEqual([
      expect.stringMatching(
        /^cluster\/pools\/dmsg\/slots\/4\/address\/also\/0: must be an address of the internet/,
      ),
    ]);
  });

  it("takes a host of its own where no config-bootstrapper tells another one", () => {
    const config = changed(
      "test",
      ["hosts", { "service-discovery": "discovery.skywire.dev" }],
      ["services/config-bootstrapper/enabled", false],
    );
    expect(faults(config)).toEqual([]);
    // Of what it does not tell, any host will do.
    const map = changed("test", ["hosts", { "node-visualizer": "map.skywire.dev" }]);
    expect(faults(map)).toEqual([]);
  });

  // Records and announcements are written before Google has given an address.
  it("finds programs on addresses that are known only when they are made", () => {
    const cluster = {
      ...{ kind: "gke", project: "demo-networks", name: "skycoin-test", location: "us-central1-b" },
      pools: {
        edge: { type: "e2-standard-4", slots: { "0": {}, "1": {} } },
        general: { type: "e2-standard-8", nodes: 2 },
      },
    };
    const found = faults(
      changed("test", ["cluster", cluster], [`${member}/host`, "dmsg.skywire.dev"]),
    );
    const made = /slot [01] has an address that is known only when it is made.*address kind dns$/;
    expect(found.filter((fault) => made.test(fault)).map((fault) => fault.split(":")[0])).toEqual([
      "services/address-resolver/slot",
      `${member}/slot`,
    ]);
  });

  it("finds a dmsg-server on a node port that is kept for balancers, where there are any", () => {
    const path = "services/dmsg-servers/members/dmsg-server-1/nodePort";
    const at = (stack: "test" | "prod", port: number) => faults(changed(stack, [path, port]));
    expect(at("prod", firstBalancerPort)).toEqual([
      `${path}: must be below 32574: 32574 to 32767 are the balancers'`,
    ]);
    expect(at("prod", firstBalancerPort - 1)).toEqual([]);
    expect(at("test", firstBalancerPort)).toEqual([]);
  });

  it("finds two controllers whose names give their balancers the same node ports", () => {
    const taken = controllerPorts("traefik").web;
    const twin = Array.from({ length: 1_000 }, (_, index) => `edge-${index}`).find(
      (name) => controllerPorts(name).web === taken,
    );
    const controller = { kind: "traefik", exposure: { kind: "load-balancer", linode: {} } };
    expect(faults(changed("prod", [`ingress/controllers/${twin}`, controller]))).toEqual([
      `ingress/controllers/${twin}: must have another name: this one gives its balancer the node ports of traefik's`,
    ]);
  });

  it("finds a host of test in production", () => {
    const config = changed(
      "prod",
      ["hosts", { "service-discovery": "sd.skywire.dev" }],
      ["dns", { kind: "none", zones: ["skycoin.com", "skywire.dev"] }],
    );
    expect(faults(config)).toEqual([
      expect.stringMatching(/^hosts\/service-discovery: sd\.skywire\.dev belongs to the other/),
    ]);
  });
});
