import { describe, expect, test } from "vitest";

import { inRange } from "../../../components/base/ranges.ts";
import { destinations, serviceAddresses } from "../../../policy/graph/addresses.ts";
import { podsOf, restrictedPod, shop, shopObjects } from "./fixture.ts";
import { PodSpec, type World } from "../../../policy/graph/objects.ts";
import {
  allowedCalls,
  allows,
  type Endpoint,
  internet,
  undenied,
} from "../../../policy/graph/policies.ts";
import { ingressFaults, podPortFaults, serviceFaults } from "../../../policy/graph/ports.ts";
import { podReferenceFaults } from "../../../policy/graph/references.ts";
import { restrictedFaults } from "../../../policy/graph/restricted.ts";
import { mapTexts, masker, secretsIn } from "../../../policy/graph/secrets.ts";

const [webContainer] = restrictedPod.containers;
const pod = (changes: object, container: object = {}): PodSpec =>
  PodSpec.parse({
    ...restrictedPod,
    ...changes,
    containers: [{ ...webContainer, ...container }],
  });

describe("the restricted profile", () => {
  test("lets a careful pod pass", () => {
    expect(restrictedFaults(pod({}))).toEqual([]);
  });

  test.each([
    ["the node's network", pod({ hostNetwork: true }), "hostNetwork is true"],
    ["a folder of the node", pod({ volumes: [{ name: "x", hostPath: {} }] }), "of type hostPath"],
    ["an unsafe sysctl", pod({ securityContext: { sysctls: [{ name: "kernel.x" }] } }), "kernel.x"],
    ["root", pod({ securityContext: { runAsUser: 0 } }), "user 0"],
    ["possible root", pod({ securityContext: {} }), "may run as root"],
    ["no seccomp profile", pod({ securityContext: {} }), "no seccomp profile"],
    ["a port of the node", pod({}, { ports: [{ containerPort: 80, hostPort: 80 }] }), "port 80"],
    ["no security at all", pod({}, { securityContext: {} }), "does not forbid privilege"],
    [
      "capabilities",
      pod({}, { securityContext: { capabilities: { add: ["NET_ADMIN"] } } }),
      "adds the capability NET_ADMIN",
    ],
    ["a privileged container", pod({}, { securityContext: { privileged: true } }), "is privileged"],
  ])("finds %s", (_, spec, fault) => {
    expect(restrictedFaults(spec).join("\n")).toContain(fault);
  });
});

describe("references", () => {
  const faults = (world: World): string =>
    [
      ...world.pods.flatMap((pods) => [...podReferenceFaults(world, pods), ...podPortFaults(pods)]),
      ...world.services.flatMap((service) => serviceFaults(world, service)),
      ...world.ingresses.flatMap((ingress) => ingressFaults(world, ingress)),
    ].join("\n");

  test("are whole in a whole world", () => {
    expect(faults(shop())).toBe("");
  });

  test.each([
    ["secret", "names the Secret web-env, which does not exist"],
    ["files", "names the ConfigMap web-files, which does not exist"],
    ["account", "names the service account web, which does not exist"],
    ["store", "Service shop/store: selects no pods"],
    ["webService", "shop.example/ leads to the Service web, which does not exist"],
  ])("without the object %s are broken", (object, fault) => {
    expect(faults(shop({ [object]: undefined }))).toContain(fault);
  });

  test("find a key that a Secret lacks, and a variable that a command lacks", () => {
    const empty = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web-env", namespace: "shop" },
      stringData: {},
    };
    expect(faults(shop({ secret: empty }))).toContain("names the key web.KEY");
    const world = shop();
    const pods = { ...podsOf(world, "web"), spec: pod({}, { env: [] }) };
    expect(podReferenceFaults(world, pods).join()).toContain("uses $(KEY)");
  });

  test("may be variables that are taken all at once, and those that stand before", () => {
    const world = shop();
    const uses = (name: string): string => {
      const env = [
        { name: "ONE", value: "1" },
        { name: "TWO", value: `$(${name})` },
        { name: "THREE", value: "3" },
      ];
      const taken = { envFrom: [{ secretRef: { name: "web-env" } }], args: [], env };
      return podReferenceFaults(world, { ...podsOf(world, "web"), spec: pod({}, taken) }).join();
    };
    expect(uses("ONE")).toBe("");
    expect(uses("TWO")).toContain("uses $(TWO) in TWO, before which it has no such variable");
    expect(uses("THREE")).toContain("uses $(THREE) in TWO");
  });

  test("find a Service's port that no container has", () => {
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web", namespace: "shop" },
      spec: {
        selector: { "app.kubernetes.io/name": "web" },
        ports: [{ port: 80, targetPort: "metrics" }],
      },
    };
    const all = faults(shop({ webService: service }));
    expect(all).toContain("port 80 leads to TCP metrics, on which no container listens");
    expect(all).toContain("leads to the port http of web, which it does not have");
  });
});

describe("network policies", () => {
  const ends = (world: World, from: string, to: string): { from: Endpoint; to: Endpoint } => ({
    from: { kind: "pods", pods: podsOf(world, from) },
    to: { kind: "pods", pods: podsOf(world, to) },
  });
  const call = { port: 6379, protocol: "TCP" };

  test("let a declared call through and no other", () => {
    const world = shop();
    expect(allows(world, { ...ends(world, "web", "store"), ...call })).toBe(true);
    expect(allows(world, { ...ends(world, "web", "store"), ...call, port: 6380 })).toBe(false);
    expect(allows(world, { ...ends(world, "web", "store"), ...call, protocol: "UDP" })).toBe(false);
    expect(allows(world, { ...ends(world, "store", "web"), ...call, port: 8080 })).toBe(false);
  });

  test.each(["webPolicy", "storePolicy"])("need both ends: without %s it is open", (one) => {
    const world = shop({ [one]: undefined });
    const name = one === "webPolicy" ? "web" : "store";
    expect(undenied(world, podsOf(world, name))).toEqual(["Ingress", "Egress"]);
    expect(undenied(shop(), podsOf(shop(), name))).toEqual([]);
  });

  test("let the internet in where a block says so, private addresses left out", () => {
    const world = shop();
    const to: Endpoint = { kind: "pods", pods: podsOf(world, "web") };
    const from = (ip: string): Endpoint => ({ kind: "address", ip });
    expect(allows(world, { from: internet, to, port: 8080, protocol: "TCP" })).toBe(true);
    expect(allows(world, { from: from("10.1.2.3"), to, port: 8080, protocol: "TCP" })).toBe(false);
    const store: Endpoint = { kind: "pods", pods: podsOf(world, "store") };
    expect(allows(world, { from: internet, to: store, ...call })).toBe(false);
  });

  test("are listed as calls", () => {
    expect(allowedCalls(shop())).toEqual([
      "internet -> shop/web TCP 8080",
      "shop/web -> shop/store TCP 6379",
    ]);
  });

  test("count addresses of a block right", () => {
    expect(inRange("172.31.0.1", "172.16.0.0/12")).toBe(true);
    expect(inRange("172.32.0.1", "172.16.0.0/12")).toBe(false);
    expect(inRange("255.255.255.255", "0.0.0.0/0")).toBe(true);
  });
});

describe("addresses in what pods are started with", () => {
  test("are found in arguments and mounted files, with the pods behind them", () => {
    const world = shop();
    const found = serviceAddresses(world, podsOf(world, "web"));
    expect(found.map(({ place, text }) => [place, text])).toEqual([
      ["web: argument --store", "redis://store:6379"],
      ["web: file web.conf", "store.shop.svc.cluster.local:6379"],
    ]);
    expect(found.flatMap((address) => destinations(world, address))).toMatchObject([
      { pods: { name: "store" }, port: 6379, protocol: "TCP" },
      { pods: { name: "store" }, port: 6379, protocol: "TCP" },
    ]);
  });

  test.each([
    ["whose digits go on as letters", "web.conf", "store:0a9f83"],
    ["whose digits go on behind a dash", "web.conf", "store:12-e9"],
    ["of digits alone, in Postgres' file", "pgpass", "*:*:store:store:63791\\nstore:5432:a:b:9\\n"],
  ])("are not made of a user and a password %s", (_, key, text) => {
    const files = { ...shopObjects()["files"], data: { [key]: text.replaceAll("\\n", "\n") } };
    const world = shop({ files });
    const found = serviceAddresses(world, podsOf(world, "web")).map((address) => address.text);
    expect(found).toEqual([
      "redis://store:6379",
      ...(text.includes("store:5432") ? ["store:5432"] : []),
    ]);
  });

  test("lead nowhere at a port the Service does not have", () => {
    const world = shop();
    const web = podsOf(world, "web");
    const wrong = { ...web, spec: pod({}, { args: ["--store=redis://store:6380"] }) };
    const [address] = serviceAddresses(world, wrong);
    expect(address?.text).toBe("redis://store:6380");
    expect(address === undefined ? undefined : destinations(world, address)).toEqual([]);
  });
});

describe("secrets", () => {
  const value = "swordfish-swordfish";
  const key = "00ff".repeat(16);
  const secrets = new Map([
    ["door", value],
    ["identity", key],
    ["registry", "robot:opensesame"],
  ]);
  const base64 = (text: string): string => Buffer.from(text).toString("base64");

  test.each([
    ["plain", `x${value}x`, "door"],
    ["in base64", base64(value), "door"],
    ["inside base64, first shift", base64(`{"a":"${value}"}`), "door"],
    ["inside base64, second shift", base64(`{"ab":"${value}"}`), "door"],
    ["inside base64, third shift", base64(`{"abc":"${value}"}`), "door"],
    ["in hex", Buffer.from(value).toString("hex"), "door"],
    ["a key's bytes in base64", Buffer.from(key, "hex").toString("base64"), "identity"],
    ["a key in capitals", key.toUpperCase(), "identity"],
    ["a login's second half", "pw=opensesame", "registry"],
  ])("are found and masked %s", (_, text, name) => {
    expect(secretsIn(text, secrets)).toEqual([name]);
    const masked = masker(secrets)(text);
    expect(masked).toContain(`«secret ${name}»`);
    expect(secretsIn(masked, secrets)).toEqual([]);
  });

  test.each([
    ["in JSON", 'a "quoted"\nvalue', (value: string) => JSON.stringify({ value })],
    ["in a URL", "a value / of & marks", (value: string) => `?a=${encodeURIComponent(value)}&b=1`],
    [
      "in hex in capitals",
      "swordfish",
      (value: string) => Buffer.from(value).toString("hex").toUpperCase(),
    ],
  ])("are found and masked %s, where that writes them otherwise", (_, secret, write) => {
    const known = new Map([["door", secret]]);
    expect(secretsIn(write(secret), known)).toEqual(["door"]);
    expect(secretsIn(masker(known)(write(secret)), known)).toEqual([]);
  });

  test("are masked whole, where one begins as another one does", () => {
    const two = new Map([
      ["short", "swordfish"],
      ["long", "swordfish-and-chips"],
    ]);
    expect(masker(two)("swordfish-and-chips, swordfish")).toBe("«secret long», «secret short»");
  });

  test("of less than eight characters are looked for in no form, as they are in every other text", () => {
    const pins = new Map([
      ["pin", "1234567"],
      ["login", "robot:abc"],
    ]);
    const text = "1234567 and abc";
    expect(secretsIn(text, pins)).toEqual([]);
    expect(masker(pins)(text)).toBe(text);
    expect(secretsIn("12345678", new Map([["pin", "12345678"]]))).toEqual(["pin"]);
  });

  test("are not seen where there are none", () => {
    expect(secretsIn("a fish with a sword", secrets)).toEqual([]);
  });

  test("are masked in keys and lists too", () => {
    const mask = masker(secrets);
    expect(mapTexts({ [value]: [value, 1, null] }, mask)).toEqual({
      "«secret door»": ["«secret door»", 1, null],
    });
  });
});
