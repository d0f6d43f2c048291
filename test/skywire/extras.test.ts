/** Production's extras in the whole rendered stack, and the faults of their sections. */
import { beforeAll, describe, expect, it } from "vitest";

import { parseQuantity } from "../../components/base/quantity.ts";
import { givenAddresses } from "../../components/platform/pool.schema.ts";
import { clusterSlots } from "../../components/platform/slots.ts";
import { stackWorkloads } from "../../stacks/skywire/requests.ts";
import { imagesOfStack } from "../../stacks/skywire/images.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import type { Endpoint } from "../../stacks/outputs.ts";
import { namespaceOf, type PodSet } from "../../policy/graph/objects.ts";
import { allows, internet } from "../../policy/graph/policies.ts";
import { type Rendered, renderedOnce } from "../rendered.ts";
import { changed, faults } from "./stack-file.ts";

let prod: Rendered<SkywireStack>;
let test: Rendered<SkywireStack>;
beforeAll(async () => {
  prod = await renderedOnce("prod");
  test = await renderedOnce("test");
});

function podsOf({ world }: Rendered<SkywireStack>, namespace: string, name: string): PodSet {
  const found = world.pods.find((pods) => pods.namespace === namespace && pods.name === name);
  if (found === undefined) {
    throw new Error(`${namespace}/${name} is not there`);
  }
  return found;
}

const mayCall = (from: PodSet, to: PodSet, port: number): boolean =>
  allows(prod.world, {
    from: { kind: "pods", pods: from },
    to: { kind: "pods", pods: to },
    port,
    protocol: "TCP",
  });

const mayLeave = (from: PodSet, port: number): boolean =>
  allows(prod.world, {
    from: { kind: "pods", pods: from },
    to: internet,
    port,
    protocol: "TCP",
  });

const level = (namespace: string): string | undefined =>
  prod.world.namespaces.get(namespace)?.["pod-security.kubernetes.io/enforce"];

interface Ingress {
  readonly metadata: { readonly namespace: string };
  readonly spec: {
    readonly rules: readonly {
      readonly host: string;
      readonly http: {
        readonly paths: readonly {
          readonly backend: { readonly service: { readonly name: string } };
        }[];
      };
    }[];
  };
}

describe("images", () => {
  it("are those of what the stack runs: a registry is asked for no others", () => {
    const extra = ["auth", "geoip", "git-telegram-bot", "whitelist"];
    expect(imagesOfStack(prod.config)).toEqual(expect.arrayContaining(extra));
    expect(imagesOfStack(test.config).filter((image) => extra.includes(image))).toEqual([]);
    expect(imagesOfStack(test.config)).toContain("dmsg-server");
  });
});

describe("what is asked of the nodes", () => {
  /** A pod's requests: its containers together, or its largest init container. */
  const askedBy = ({ spec }: PodSet, resource: "cpu" | "memory"): number => {
    const of = (containers: PodSet["spec"]["containers"] = []) =>
      containers.map(({ resources }) => parseQuantity(resources.requests?.[resource] ?? "0"));
    const sum = of(spec.containers).reduce((total, one) => total + one, 0);
    return Math.max(sum, ...of(spec.initContainers));
  };

  it.each(["test", "prod"] as const)(
    "is that of every pod that %s really has, DaemonSets and backups included",
    (stack) => {
      const { config, world } = stack === "prod" ? prod : test;
      const requests = new Map(
        stackWorkloads(config).map(({ namespace, request }) => [
          `${namespace}/${request.workload}`,
          request,
        ]),
      );
      // A restore is suspended: it runs when somebody starts it, for a moment.
      const pods = world.pods.filter(({ name }) => !name.endsWith("-restore"));
      for (const set of pods) {
        // A Job's name is the engine's.
        const name = `${set.namespace}/${set.name.replace(/-auto$/, "")}`;
        const request = requests.get(name);
        expect(request, name).toBeDefined();
        expect(parseQuantity(request?.cpu ?? "")).toBeCloseTo(askedBy(set, "cpu"), 6);
        expect(parseQuantity(request?.memory ?? "")).toBe(askedBy(set, "memory"));
        expect(request?.replicas).toBeGreaterThanOrEqual(set.replicas);
      }
      expect(pods).toHaveLength(requests.size);
    },
  );
});

describe("each extra", () => {
  it("has a namespace of its own, restricted but for coturn's", () => {
    expect(["geoip", "utilities", "whitelist", "coturn"].map(level)).toEqual([
      ...["restricted", "restricted", "restricted"],
      "privileged",
    ]);
  });

  it("is not in test, which asks production's IP service by way of the internet (22)", () => {
    const namespaces = new Set(test.world.pods.map(({ namespace }) => namespace));
    expect([...namespaces].sort()).toEqual([
      ...["ingress", "metrics", "skywire", "skywire-network-monitor"],
    ]);
    const { hostAliases } = podsOf(test, "skywire", "uptime-tracker").spec;
    expect(hostAliases).toBeUndefined();
  });

  it("has its public host where it runs", () => {
    const hosts = (prod.world.ingresses as unknown as readonly Ingress[]).flatMap(
      ({ metadata, spec }) =>
        metadata.namespace === "skywire"
          ? []
          : spec.rules.map(
              ({ host, http }) =>
                `${host} ${metadata.namespace}/${http.paths[0]?.backend.service.name ?? ""}`,
            ),
    );
    expect(hosts.sort()).toEqual([
      "auth.skycoin.com whitelist/auth",
      "grafana.skycoin.com metrics/grafana",
      "ip.skycoin.com geoip/geoip",
      "kibana.skycoin.com logs/kibana",
      "prometheus.skycoin.com metrics/prometheus",
      "whitelist.skycoin.com whitelist/whitelist",
    ]);
  });

  it("is told among the endpoints, records and hosts of the stack", () => {
    const outputs = prod.collected.result as {
      readonly endpoints: readonly Endpoint[];
      readonly hosts: Readonly<Record<string, string>>;
      readonly namespaces: Readonly<Record<string, string>>;
    };
    const urls = outputs.endpoints.map(({ url }) => url);
    // Pages send whoever comes by HTTP on to TLS.
    const pages = ["grafana", "prometheus", "kibana"];
    for (const host of ["ip", "auth", "whitelist", ...pages]) {
      expect(urls.includes(`http://${host}.skycoin.com`)).toBe(!pages.includes(host));
      expect(urls).toContain(`https://${host}.skycoin.com`);
      expect(JSON.stringify(prod.collected.result)).toContain(`${host}.skycoin.com. 300 IN A `);
    }
    expect(outputs.hosts).toMatchObject({ geoip: "ip.skycoin.com", auth: "auth.skycoin.com" });
    expect(outputs.namespaces).toMatchObject({
      ...{ coturn: "coturn", metrics: "metrics", logs: "logs", logShipper: "log-shipper" },
    });
  });
});

describe("the IP service", () => {
  const geoip = () => podsOf(prod, "geoip", "geoip");
  const container = () => geoip().spec.containers[0];

  it("is one pod, on every address of it, with a folder that it may write", () => {
    expect(geoip()).toMatchObject({ replicas: 1, strategy: "Recreate" });
    const values = new Map((container()?.env ?? []).map(({ name, value }) => [name, value]));
    expect(values.get("GEOIP_RS_HOST")).toBe("0.0.0.0");
    expect(values.get("GEOIP_RS_PORT")).toBe("8080");
    const path = values.get("GEOIP_RS_DB_PATH") ?? "";
    const mounts = container()?.volumeMounts ?? [];
    expect(mounts.some(({ mountPath }) => path.startsWith(`${mountPath}/`))).toBe(true);
  });

  it("has its licence from a Secret", () => {
    const license = container()?.env?.find(({ name }) => name === "GEOIP_LICENSE");
    expect(license?.value).toBeUndefined();
    expect(JSON.stringify(license)).toContain("secretKeyRef");
  });

  it("is checked by a look-up that does not depend on who asks", () => {
    for (const probe of [container()?.readinessProbe, container()?.livenessProbe]) {
      expect(JSON.stringify(probe)).toContain('"path":"/?ip=192.0.2.1"');
    }
  });

  it.each(["service-discovery", "service-discovery-keyless", "uptime-tracker"])(
    "is found by %s under its compiled-in name, past the balancer, and let through (6.4)",
    (name) => {
      const pods = podsOf(prod, "skywire", name);
      const service = prod.world.services.find(
        (one) => namespaceOf(one) === "geoip" && one.metadata.name === "ip-service",
      );
      expect(service?.spec.ports).toMatchObject([{ port: 80, targetPort: "http" }]);
      expect(pods.spec.hostAliases).toEqual([{ ip: "10.96.0.10", hostnames: ["ip.skycoin.com"] }]);
      expect(mayCall(pods, geoip(), 8080)).toBe(true);
      expect(mayLeave(pods, 80)).toBe(false);
    },
  );

  it("gets its database from outside, and calls nobody inside", () => {
    expect(mayLeave(geoip(), 443)).toBe(true);
    expect(mayLeave(geoip(), 80)).toBe(false);
    expect(prod.world.pods.filter((to) => mayCall(geoip(), to, 5432))).toEqual([]);
  });
});

describe("a bot", () => {
  const bot = () => podsOf(prod, "utilities", "git-telegram-bot");

  it("is one process: two on one token turn each other away", () => {
    expect(bot()).toMatchObject({ replicas: 1, strategy: "Recreate" });
  });

  it("listens on nothing, and says why nobody checks it", () => {
    const [container] = bot().spec.containers;
    expect(container?.ports ?? []).toEqual([]);
    const deployment = prod.world.objects.find(
      ({ kind, metadata }) => kind === "Deployment" && metadata.name === "git-telegram-bot",
    );
    expect(deployment?.metadata.annotations?.["fleet/no-probes"]).toMatch(/listens on no port/);
  });

  it("has its token and its group from Secrets, and calls the internet alone", () => {
    const env = bot().spec.containers[0]?.env ?? [];
    const secret = env.filter(({ value }) => value === undefined).map(({ name }) => name);
    expect(secret.sort()).toEqual(["TG_BOT_GROUP_CHAT_ID", "TG_BOT_TOKEN"]);
    expect(mayLeave(bot(), 443)).toBe(true);
  });
});

describe("whitelist and user accounts", () => {
  const auth = () => podsOf(prod, "whitelist", "auth");
  const whitelist = () => podsOf(prod, "whitelist", "whitelist");

  it("are called over RPC by each other, and by nobody else", () => {
    const others = prod.world.pods.filter(
      (pods) => pods.spec.hostNetwork !== true && pods.namespace !== "whitelist",
    );
    expect(others.length).toBeGreaterThan(20);
    expect(others.filter((from) => mayCall(from, auth(), 9090))).toEqual([]);
    expect(others.filter((from) => mayCall(from, whitelist(), 9091))).toEqual([]);
    expect(mayCall(whitelist(), auth(), 9090)).toBe(true);
    expect(mayCall(auth(), whitelist(), 9091)).toBe(true);
  });

  it("have a database each on a server of their own", () => {
    const postgres = podsOf(prod, "whitelist", "whitelist-postgres");
    expect(mayCall(auth(), postgres, 5432)).toBe(true);
    expect(mayCall(podsOf(prod, "skywire", "uptime-tracker"), postgres, 5432)).toBe(false);
  });

  it("reach the uptime service on the port that its URL says", () => {
    expect(mayLeave(whitelist(), 8402)).toBe(true);
    expect(mayLeave(auth(), 8402)).toBe(false);
  });
});

describe("coturn", () => {
  it("stands on four nodes with two addresses each: the eight that visors know (4.17)", () => {
    const places = clusterSlots(prod.config.cluster);
    const bound = [1, 2, 3, 4].map((number) => {
      const { spec } = podsOf(prod, "coturn", `coturn-${number}`);
      const slot = spec.nodeSelector?.["fleet/slot"];
      const place = places.find((one) => `${one.slot}` === slot);
      return givenAddresses(place?.address).toSorted();
    });
    const members = Object.values(prod.config.extras.coturn?.members ?? {});
    expect(bound).toEqual(members.map(({ addresses }) => [...addresses].sort()));
    expect(new Set(bound.flat()).size).toBe(8);
  });

  it("is what visors are told by config-bootstrapper and by the endpoints", () => {
    const servers = Object.values(prod.config.extras.coturn?.members ?? {}).flatMap(
      ({ addresses }) => addresses.map((address) => `${address}:3478`),
    );
    const files = prod.world.configMaps.flatMap(({ data }) => Object.values(data ?? {}));
    const file = files.find((text) => text.includes("stun_servers")) ?? "{}";
    expect((JSON.parse(file) as { stun_servers: unknown }).stun_servers).toEqual(servers);
    const { endpoints } = prod.collected.result as { endpoints: readonly Endpoint[] };
    expect(endpoints.filter(({ kind }) => kind === "stun").map(({ url }) => url)).toEqual(
      servers.map((server) => `stun:${server}`),
    );
  });
});

describe("metrics", () => {
  it("are read from every pod that announces any, and from none through another way", () => {
    const prometheus = podsOf(prod, "metrics", "prometheus");
    const announcing = prod.world.pods.filter(
      ({ annotations }) => annotations["fleet/metrics-port"] !== undefined,
    );
    expect(announcing.length).toBeGreaterThan(15);
    const unread = announcing.filter(
      (pods) => !mayCall(prometheus, pods, Number(pods.annotations["fleet/metrics-port"])),
    );
    expect(unread.map(({ name }) => name)).toEqual([]);
  });

  it("are drawn by Grafana, which asks Prometheus alone", () => {
    const grafana = podsOf(prod, "metrics", "grafana");
    expect(mayCall(grafana, podsOf(prod, "metrics", "prometheus"), 9090)).toBe(true);
    expect(mayLeave(grafana, 443)).toBe(false);
    const strangers = prod.world.pods.filter(({ namespace }) => namespace === "skywire");
    expect(strangers.filter((from) => mayCall(from, grafana, 3000))).toEqual([]);
  });
});

const members = "extras/coturn/members";

/** What is changed in production's file, where the fault must stand, and what it must say. */
const cases: readonly (readonly [
  what: string,
  path: string,
  value: unknown,
  at: string,
  says: RegExp,
])[] = [
  [
    "one address in two coturns",
    `${members}/coturn-2/addresses`,
    ["192.46.228.39", "192.53.113.106", "45.118.133.242"],
    `${members}/coturn-2/addresses/2`,
    /address 45\.118\.133\.242 already stands at fleet:extras\.coturn\.members\.coturn-1\.addresses\[0\]/,
  ],
  [
    "one address twice in a coturn",
    `${members}/coturn-1/addresses`,
    ["45.118.133.242", "45.118.133.242"],
    `${members}/coturn-1/addresses/1`,
    /already stands at fleet:extras\.coturn\.members\.coturn-1\.addresses\[0\]/,
  ],
  [
    "an address that the coturn's node does not have",
    `${members}/coturn-1/addresses`,
    ["45.118.133.242", "192.0.2.9"],
    `${members}/coturn-1/addresses/1`,
    /192\.0\.2\.9 is no address of slot 4 \(45\.118\.133\.242, 192\.53\.173\.68\): mend it, or add it to fleet:cluster\.pools\.dmsg\.slots\.4\.address\.also/,
  ],
  [
    "a single address with the NAT test",
    `${members}/coturn-1/addresses`,
    ["45.118.133.242"],
    `${members}/coturn-1/addresses`,
    /must list two addresses of the node/,
  ],
  [
    "a coturn on a slot that no pool has",
    `${members}/coturn-1/slot`,
    77,
    `${members}/coturn-1/slot`,
    /slot 77 must be a slot of fleet:cluster\.pools/,
  ],
  [
    "a coturn where the slot has a name for an address",
    `${members}/coturn-1`,
    { slot: 0, addresses: ["45.118.133.242", "192.53.173.68"] },
    `${members}/coturn-1/slot`,
    /slot 0 has a name for an address, but visors know coturn by numbers/,
  ],
  [
    "STUN servers other than the stack's own",
    "stunServers",
    ["45.118.133.242:3478"],
    "stunServers",
    /must list the addresses of fleet:extras\.coturn/,
  ],
  [
    "relayed traffic on the NodePorts",
    "extras/coturn/relayPorts",
    { first: 32_000, last: 33_000 },
    "extras/coturn/relayPorts/first",
    /must lie outside 30000 to 32767/,
  ],
  ["TURN for nobody", "extras/coturn/users", {}, "extras/coturn/users", /at least one user/],
  [
    "the public bot without its token",
    "extras/utilities/bots/git-telegram-bot/secretEnv",
    { TG_BOT_GROUP_CHAT_ID: "git-telegram-bot-chat" },
    "extras/utilities/bots/git-telegram-bot",
    /must have TG_BOT_TOKEN in env or secretEnv/,
  ],
  [
    "a variable that is secret and not",
    "extras/utilities/bots/other",
    { env: { TOKEN: "x" }, secretEnv: { TOKEN: "other-token" } },
    "extras/utilities/bots/other/env/TOKEN",
    /must not stand in secretEnv as well/,
  ],
  [
    "two bots of one token's kind as replicas",
    "extras/utilities/bots/git-telegram-bot/replicas",
    2,
    "extras/utilities/bots/git-telegram-bot/replicas",
    /must be 1: of two that poll/,
  ],
  [
    "a host of an extra that is somebody else's already",
    "extras/whitelist/auth",
    { host: "sd.skycoin.com" },
    "extras/whitelist/auth/host",
    /host sd\.skycoin\.com already stands at/,
  ],
  [
    "a host of an extra outside the zones",
    "extras/whitelist/auth",
    { host: "auth.example.org" },
    "extras/whitelist/auth/host",
    /auth\.example\.org must lie in a zone of fleet:dns/,
  ],
  [
    "two extras in one namespace",
    "observability/logs/shipper/namespace",
    "geoip",
    "observability/logs/shipper/namespace",
    /namespace geoip already stands at fleet:extras\.geoip\.namespace/,
  ],
  [
    "a database of the whitelist's server that nobody uses",
    "extras/whitelist/postgres",
    {
      kind: "builtin",
      databases: {
        auth: { password: "postgres-auth" },
        whitelist: { password: "postgres-whitelist" },
        spare: { password: "postgres-spare" },
      },
    },
    "extras/whitelist/postgres/databases/spare",
    /is the database of no program/,
  ],
  [
    "a server without a database for one of the two",
    "extras/whitelist/postgres",
    { kind: "builtin", databases: { auth: { password: "postgres-auth" } } },
    "extras/whitelist/postgres/databases",
    /must list a database whitelist/,
  ],
  [
    "more than the nodes have",
    "observability/metrics/prometheus/resources",
    { requests: { cpu: "16", memory: "1Gi" }, limits: { memory: "2Gi" } },
    "observability/metrics/prometheus",
    /prometheus asks for 1 × 16 CPU/,
  ],
];

describe("bad input", () => {
  it.each(cases)("finds %s", (_what, path, value, at, says) => {
    const [fault, ...others] = faults(changed("prod", [path, value]));
    expect(others).toEqual([]);
    expect(fault).toMatch(says);
    expect(fault?.slice(0, at.length + 2)).toBe(`${at}: `);
  });

  it("finds a coturn where the slot's address is made later, and says so alone of it", () => {
    const made = { kind: "reserved", assignedBy: "kubeip" };
    const found = faults(changed("prod", ["cluster/pools/dmsg/slots/4/address", made]));
    expect(found.filter((fault) => fault.startsWith(members))).toEqual([
      expect.stringMatching(
        /^extras\/coturn\/members\/coturn-1\/slot: slot 4 has an address that is known only when it is made/,
      ),
    ]);
  });

  it("finds an extra in test", () => {
    expect(faults(changed("test", ["extras/geoip", {}]))).toEqual([
      expect.stringMatching(/^extras\/geoip: runs in production only/),
    ]);
  });
});
