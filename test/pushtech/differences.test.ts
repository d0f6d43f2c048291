/**
 * Staging and production differ exactly where they should: every path of the two parsed files, and every field of the
 * objects that both have, is in a table with its reason, and what the table has is needed. Domain and environment are
 * read as the same word on both sides, since all hosts follow from them.
 *
 * Proves what the program asks for. That the two clusters differ no further is theirs to show.
 */
import { beforeAll, describe, expect, it } from "vitest";

import type { KubernetesObject } from "../../policy/graph/objects.ts";
import { type Rendered, renderedOnce } from "../rendered.ts";

/** Differences by the paths that they begin with, each with why it should be. */
type Reasons = readonly (readonly [path: RegExp, reason: string])[];

/** Of the files. */
const files: Reasons = [
  [/^environment$/, "which of the two it is"],
  [/^cluster\.(context|pools\.workers\.(nodes|cpu|memory))$/, "clusters of their own"],
  [/^data$/, "production's disks cannot go before its file says so"],
  [/^adminHosts\./, "production has no hosts for administrators"],
  [/^certificates\.issuer\.acme$/, "certificates that browsers trust"],
  [/^images\.(pullPolicy|resolve)$/, "staging follows tags, production runs what was reviewed"],
  [/^services\.(tracker|website|imageserver|kafidx)\.replicas$/, "staging has one of each"],
  [
    /^services\.(offerserver-worker|consumers-ruby-worker)\.resources\./,
    "staging imports little, on small nodes",
  ],
  [
    /^stores\.(imageStore|redis\.(notifserver|offerserver|consumers-nodejs)-redis)\.backup\./,
    "what staging's Redis and images hold is nobody's loss",
  ],
  [/^indexes\.further\./, "the indexes of the original's later revision are production's"],
  [/^observability\./, "staging is watched by whoever works on it"],
];

/** Of objects that both stacks have. */
const fields: Reasons = [
  [/\.imagePullPolicy$/, "staging follows tags, production runs what was reviewed"],
  [/\.image$/, "staging's digests are looked up by each run"],
  [
    /^Deployment pushtech\/(tracker|website|imageserver|kafidx) spec\.replicas$/,
    "staging has one of each",
  ],
  [
    /^Deployment pushtech\/(offerserver-worker|consumers-ruby-worker) .*\.resources\./,
    "staging imports little, on small nodes",
  ],
  [
    /^NetworkPolicy pushtech\/(notifserver-db-redis|offerserver-db|consumers-nodejs-db) spec\./,
    "backups call, where there are some",
  ],
  [
    /^NetworkPolicy pushtech\/(kafidx|offerserver|consumers-ruby) spec\.ingress\./,
    "production has no hosts for administrators",
  ],
  [/^NetworkPolicy (nginx-ingress|cert-manager)\/.* spec\./, "what is called is not in both"],
  [
    /^ConfigMap nginx-ingress\/nginx-settings-auto data\.(http|location)-snippets$/,
    "staging's hosts for administrators have guards",
  ],
  [/^Certificate .* spec\.issuerRef\.name$/, "certificates that browsers trust"],
  [
    /^ConfigMap pushtech\/storage-db-indexes-scripts-auto data\.indexes\.js$/,
    "the indexes of the original's later revision are production's",
  ],
  [
    /^Deployment pushtech\/(storage|website) .*annotations\.fleet\/settings$/,
    "a fingerprint of what is told, the domain in it",
  ],
];

/** Objects of one stack alone. */
const alone: Reasons = [
  [
    /^(Ingress|Certificate) pushtech\/(kafidx|offerserver|consumers-ruby)$/,
    "production has no hosts for administrators",
  ],
  [
    /^ClusterIssuer \/pushtech-letsencrypt-(staging|production)$/,
    "certificates that browsers trust",
  ],
  [
    /^\w+ pushtech\/(notifserver-db-redis|offerserver-db|consumers-nodejs-db|imageserver-nfs)-(backup|restore)/,
    "what staging's Redis and images hold is nobody's loss",
  ],
  [
    /^\w+ ((metrics|log-shipper)\/|\/(metrics|log-shipper)(:|$))/,
    "staging is watched by whoever works on it",
  ],
];

/** Leaves of a value by their paths; one domain and one environment. */
function leaves(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) {
    return new Map([[path, same(String(value))]]);
  }
  const entries = Object.entries(value as Record<string, unknown>);
  return new Map(
    entries.flatMap(([key, item]) => [
      ...leaves(item, path === "" ? same(key) : `${path}.${same(key)}`),
    ]),
  );
}

const same = (text: string): string =>
  text
    .replaceAll("staging.pushtech.de", "DOMAIN")
    .replaceAll(/(?<!@)pushtech\.de/g, "DOMAIN")
    // Names of Traefik's middlewares, in which dots are dashes.
    .replaceAll(/(?:staging-)?pushtech-de(?=@file)/g, "DOMAIN");

/** Paths at which two values differ. */
function differing(one: unknown, other: unknown): string[] {
  const [left, right] = [leaves(one), leaves(other)];
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => left.get(path) !== right.get(path))
    .sort();
}

/** Differences without a reason, and reasons without a difference. */
const unexplained = (found: readonly string[], reasons: Reasons) => ({
  differences: found.filter((path) => !reasons.some(([pattern]) => pattern.test(path))),
  reasons: reasons
    .filter(([pattern]) => !found.some((path) => pattern.test(path)))
    .map(([pattern]) => pattern.source),
});

const none = { differences: [], reasons: [] };

const nameOf = ({ kind, metadata }: KubernetesObject): string =>
  same(`${kind} ${metadata.namespace ?? ""}/${metadata.name}`);

const objectsOf = ({ world }: Rendered<unknown>): Map<string, KubernetesObject> =>
  new Map(world.objects.map((object) => [nameOf(object), object]));

describe("staging and production of PushTech", () => {
  let staging: Rendered<unknown>;
  let production: Rendered<unknown>;
  beforeAll(async () => {
    staging = await renderedOnce("pushtech-staging");
    production = await renderedOnce("pushtech-production");
  });

  it("say different things exactly where they should", () => {
    const found = differing(staging.config, production.config);
    expect(found.length).toBeGreaterThan(20);
    expect(unexplained(found, files)).toEqual(none);
  });

  it("have the same objects but for those that follow from it", () => {
    const [left, right] = [objectsOf(staging), objectsOf(production)];
    const found = [
      ...[...left.keys()].filter((name) => !right.has(name)),
      ...[...right.keys()].filter((name) => !left.has(name)),
    ];
    expect(left.size).toBeGreaterThan(200);
    expect(unexplained(found, alone)).toEqual(none);
  });

  it("ask for the same in each object that both have but for what follows from it", () => {
    const right = objectsOf(production);
    const found = [...objectsOf(staging)].flatMap(([name, object]) => {
      const other = right.get(name);
      return other === undefined ? [] : differing(object, other).map((path) => `${name} ${path}`);
    });
    expect(unexplained(found, fields)).toEqual(none);
  });
});
