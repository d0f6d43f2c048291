/** What changes in one resource, in the words of those who run it: `image web: v1 -> v2`, `replicas 2 -> 3`. */
import type { RawDifference } from "../differences.ts";
import { kindOf } from "../identity.ts";
import type { Change } from "../operations.ts";
import type { Path } from "../paths.ts";
import { remembered } from "../remember.ts";
import { say, sayBoth, upTo } from "../say.ts";
import { isSensitive } from "../secrets/sensitive.ts";
import { isEqual, isObject, type JsonObject, listAt, lookUp, objectAt, textAt } from "../values.ts";
import { containerWords } from "./container-words.ts";
import { hostsOf } from "./hosts.ts";
import { containersOf, podSpec, replicasOf, templatePath } from "./pods.ts";
import { percent, readQuantity } from "./quantities.ts";

/** Words of one resource. More are told by their number. */
const most = 12;

/** One line a change, the most telling first. */
export function wordsOf(change: Change, differences: readonly RawDifference[]): readonly string[] {
  const { type, operation, before, after } = change;
  if (operation !== "update" && operation !== "replace") {
    return upTo(most, standing(type, (after ?? before)?.inputs));
  }
  const old = before?.inputs ?? {};
  const now = after?.inputs ?? {};
  const words: string[] = [];
  const told: RegExp[] = [];
  for (const maker of makersOf(type)) {
    // What is alike on both sides is held once: nothing in it need be compared.
    const own = old[maker.of] === now[maker.of] ? [] : maker.words(type, old, now);
    words.push(...own);
    // A part of which there is nothing to say in words of its own is told like any other property.
    if (own.length > 0 || maker.isTwice === true) {
      told.push(maker.paths);
    }
  }
  const rest = differences.filter(
    ({ text, isSecret }) => !isSecret && !told.some((paths) => paths.test(text)),
  );
  words.push(...rest.map(generic));
  return upTo(most, words, "further properties");
}

function generic({ text, before, after }: RawDifference): string {
  return `${text} ${sayBoth(before, after).join(" -> ")}`;
}

/** What something is that comes or goes whole. */
function standing(type: string, inputs: unknown): readonly string[] {
  const spec = podSpec(type, inputs);
  if (spec !== undefined) {
    const images = [...containersOf(spec).values()].map((container) => say(container["image"]));
    const replicas = replicasOf(type, inputs);
    const pods = replicas === undefined ? "" : `${replicas} x `;
    return images.length === 0 ? [] : [`${pods}${[...new Set(images)].join(", ")}`];
  }
  switch (kindOf(type)) {
    case "PersistentVolumeClaim":
      return [`storage ${say(lookUp(inputs, storageOfClaim))}`];
    case "Ingress":
      return hostsOf(type, inputs).map((host) => `host ${host}`);
    case "Service":
      return [`type ${say(lookUp(inputs, ["spec", "type"]) ?? "ClusterIP")}`];
    case "Role":
    case "ClusterRole":
      return Object.keys(rulesOf(inputs)).map((rule) => `rule ${rule}`);
    case "RoleBinding":
    case "ClusterRoleBinding":
      return boundBy(inputs);
    default:
      return [];
  }
}

/** `ClusterRole view to ServiceAccount shop/web`, one line each that gets it. */
function boundBy(inputs: unknown): readonly string[] {
  const role = objectAt(inputs, "roleRef");
  return listAt(inputs, "subjects").map((subject) => {
    const namespace = textAt(subject, "namespace");
    const name = `${namespace === undefined ? "" : `${namespace}/`}${say(lookUp(subject, ["name"]))}`;
    return `${say(role["kind"])} ${say(role["name"])} to ${say(lookUp(subject, ["kind"]))} ${name}`;
  });
}

const storageOfClaim = ["spec", "resources", "requests", "storage"] as const;

/** Tells a change of one value, and by how much where it is an amount. */
function amount(name: string, before: unknown, after: unknown): readonly string[] {
  if (before === after) {
    return [];
  }
  const [left, right] = [readQuantity(before), readQuantity(after)];
  const change = left === undefined || right === undefined ? "" : percent(left, right);
  return [`${name} ${sayBoth(before, after).join(" -> ")}${change === "" ? "" : ` (${change})`}`];
}

function plain(name: string, path: Path, before: unknown, after: unknown): readonly string[] {
  const old = lookUp(before, path);
  const now = lookUp(after, path);
  if (old === now) {
    return [];
  }
  const [left, right] = sayBoth(old, now);
  return left === right ? [] : [`${name} ${left} -> ${right}`];
}

/** Whether a key's value may be told. */
type IsTold = (key: string) => boolean;

const never: IsTold = () => false;

/** Whether values at a path may be told by what they are called. */
function toldAt(type: string, path: Path): IsTold {
  return (key) => !isSensitive(type, [...path, key], undefined);
}

/** Keys that come, go and change of a map of texts. */
function entries(
  name: string,
  before: JsonObject,
  after: JsonObject,
  mayTell: IsTold,
): readonly string[] {
  if (before === after) {
    return [];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !isEqual(before[key], after[key]),
  );
  return keys.sort().flatMap((key) => {
    const [left, right] = sayBoth(before[key], after[key]);
    const isTold = mayTell(key);
    if (before[key] === undefined || after[key] === undefined) {
      const word = before[key] === undefined ? "added" : "removed";
      const value = isTold ? ` (${before[key] === undefined ? right : left})` : "";
      return [`${name} ${key} ${word}${value}`];
    }
    return [isTold ? `${name} ${key} ${left} -> ${right}` : `${name} ${key} changed`];
  });
}

/** Tells one part of a resource. */
interface Maker {
  /** The property that its part is of. */
  readonly of: "metadata" | "spec" | "data" | "rules";
  /** Paths that are told by it. */
  readonly paths: RegExp;
  /** Whether it is silent of what is told already, as another property. */
  readonly isTwice?: boolean;
  /** Whether there is such a part in what is of this type. */
  readonly isFor: (type: string) => boolean;
  readonly words: (type: string, before: JsonObject, after: JsonObject) => readonly string[];
}

const isAny = (): boolean => true;
const hasPods = (type: string): boolean => templatePath(type) !== undefined;
const isOfKind =
  (kind: string): Maker["isFor"] =>
  (type) =>
    kindOf(type) === kind;

/** In the order in which a reviewer wants them. */
const makers: readonly Maker[] = [
  {
    of: "spec",
    paths:
      /(initContainers|containers)\[\d+\]\.(image$|resources\b|env\b|name$)|(initC|c)ontainers$/,
    isFor: hasPods,
    words: (type, before, after) => {
      const [left, right] = [podSpec(type, before), podSpec(type, after)];
      return left === right ? [] : containerWords(containersOf(left), containersOf(right));
    },
  },
  {
    of: "spec",
    paths: /^spec\.replicas$/,
    isFor: hasPods,
    words: (_, before, after) => plain("replicas", ["spec", "replicas"], before, after),
  },
  { of: "spec", paths: /storage$|storageClassName$/, isFor: isAny, words: claimWords },
  {
    of: "spec",
    paths: /^spec\.selector\b/,
    isFor: isAny,
    words: (_, before, after) => selectorWords(before, after),
  },
  {
    of: "spec",
    paths: /template\.metadata\.labels\b/,
    isTwice: true,
    isFor: (type) => (templatePath(type) ?? []).length > 0,
    words: podLabelWords,
  },
  { of: "spec", paths: /\.volumes\b/, isFor: hasPods, words: volumeWords },
  {
    of: "spec",
    paths: /^spec\.(type|ports|loadBalancerSourceRanges)\b/,
    isFor: isOfKind("Service"),
    words: (_, before, after) => serviceWords(before, after),
  },
  {
    of: "spec",
    paths: /^spec\.rules\[\d+\]\.host$/,
    isFor: isOfKind("Ingress"),
    words: (type, before, after) =>
      entries("host", asKeys(hostsOf(type, before)), asKeys(hostsOf(type, after)), never),
  },
  {
    of: "rules",
    paths: /^rules\b/,
    isFor: (type) => /Role$/.test(kindOf(type) ?? ""),
    words: (_, before, after) => entries("rule", rulesOf(before), rulesOf(after), never),
  },
  {
    of: "data",
    paths: /^data\b/,
    isFor: isOfKind("ConfigMap"),
    words: (_, before, after) =>
      entries("file", objectAt(before, "data"), objectAt(after, "data"), never),
  },
  {
    of: "spec",
    paths: /^spec\.schedule$/,
    isFor: isOfKind("CronJob"),
    words: (_, before, after) => plain("schedule", ["spec", "schedule"], before, after),
  },
  {
    of: "spec",
    paths: /template\.metadata\.annotations\b/,
    // A pod is its own template, and its annotations are told as its own.
    isFor: (type) => (templatePath(type) ?? []).length > 0,
    words: (type, before, after) => {
      const at = [...(templatePath(type) ?? []), "metadata", "annotations"];
      const told = toldAt(type, at);
      return entries("pod annotation", objectAt(before, ...at), objectAt(after, ...at), told);
    },
  },
  {
    of: "metadata",
    paths: /^metadata\.labels\b/,
    isFor: isAny,
    words: (type, before, after) => metadataWords("label", "labels", type, before, after),
  },
  {
    of: "metadata",
    paths: /^metadata\.annotations\b/,
    isFor: isAny,
    words: (type, before, after) => metadataWords("annotation", "annotations", type, before, after),
  },
];

/** Those of a type. */
const makersOf = remembered((type) => makers.filter(({ isFor }) => isFor(type)));

function metadataWords(
  name: string,
  field: string,
  type: string,
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const at = ["metadata", field];
  return lookUp(before, at) === lookUp(after, at)
    ? []
    : entries(name, objectAt(before, ...at), objectAt(after, ...at), toldAt(type, at));
}

function claimWords(type: string, before: JsonObject, after: JsonObject): readonly string[] {
  if (kindOf(type) === "PersistentVolumeClaim") {
    return [
      ...amount("storage", lookUp(before, storageOfClaim), lookUp(after, storageOfClaim)),
      ...plain("storage class", ["spec", "storageClassName"], before, after),
    ];
  }
  const claims = listAt(after, "spec", "volumeClaimTemplates");
  return claims.flatMap((claim, at) => {
    const name = textAt(claim, "metadata", "name") ?? `${at}`;
    const path = ["spec", "volumeClaimTemplates", at];
    return [
      ...amount(
        `storage of each ${name}`,
        lookUp(before, [...path, ...storageOfClaim]),
        lookUp(after, [...path, ...storageOfClaim]),
      ),
      ...plain(`storage class of ${name}`, [...path, "spec", "storageClassName"], before, after),
    ];
  });
}

/** Labels of pods, by which they are selected; those that the object itself gets as well are told there. */
function podLabelWords(type: string, before: JsonObject, after: JsonObject): readonly string[] {
  const at = [...(templatePath(type) ?? []), "metadata", "labels"];
  if (lookUp(before, at) === lookUp(after, at)) {
    return [];
  }
  const own = new Set(metadataWords("label", "labels", type, before, after));
  return entries("label", objectAt(before, ...at), objectAt(after, ...at), toldAt(type, at))
    .filter((word) => !own.has(word))
    .map((word) => `pod ${word}`);
}

function selectorWords(before: JsonObject, after: JsonObject): readonly string[] {
  const path = ["spec", "selector"];
  if (lookUp(before, path) === lookUp(after, path)) {
    return [];
  }
  const pairs = (inputs: JsonObject): string => {
    const selector = objectAt(inputs, "spec", "selector");
    const labels = "matchLabels" in selector ? objectAt(selector, "matchLabels") : selector;
    const expressions = listAt(selector, "matchExpressions").map((each) => say(each));
    const pairs = Object.keys(labels).map((key) => `${key}=${say(labels[key])}`);
    return [...pairs.sort(), ...("matchLabels" in selector ? expressions : [])].join(",");
  };
  const [left, right] = [pairs(before), pairs(after)];
  return left === right
    ? []
    : [`selector ${left === "" ? "none" : left} -> ${right === "" ? "none" : right}`];
}

function volumeWords(type: string, before: JsonObject, after: JsonObject): readonly string[] {
  if (podSpec(type, before) === podSpec(type, after)) {
    return [];
  }
  const byName = (inputs: JsonObject): JsonObject =>
    Object.fromEntries(
      listAt(podSpec(type, inputs), "volumes").map((volume) => [
        textAt(volume, "name") ?? "",
        volume,
      ]),
    );
  const named = (inputs: JsonObject): JsonObject =>
    Object.fromEntries(
      listAt(podSpec(type, inputs), "volumes").map((volume) => {
        const config = textAt(volume, "configMap", "name");
        const secret = textAt(volume, "secret", "secretName");
        const claim = textAt(volume, "persistentVolumeClaim", "claimName");
        const path = textAt(volume, "hostPath", "path");
        const source =
          (config !== undefined && `ConfigMap ${config}`) ||
          (secret !== undefined && `Secret ${secret}`) ||
          (claim !== undefined && `claim ${claim}`) ||
          (path !== undefined && `hostPath ${path}`) ||
          (Object.keys(isObject(volume) ? volume : {}).find((key) => key !== "name") ?? "");
        return [textAt(volume, "name") ?? "", source];
      }),
    );
  const words = entries("volume", named(before), named(after), () => true);
  return [...words, ...alikeInName("volume", [named, byName], before, after)];
}

type AsEntries = (inputs: JsonObject) => JsonObject;

/** Entries of which the words stay, and something else changes: an item of a volume, the name of a port. */
function alikeInName(
  name: string,
  [worded, whole]: readonly [AsEntries, AsEntries],
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const [left, right] = [worded(before), worded(after)];
  const [was, is] = [whole(before), whole(after)];
  return Object.keys(is)
    .filter((key) => left[key] === right[key] && !isEqual(was[key], is[key]))
    .map((key) => `${name} ${key} changed (${say(right[key])})`);
}

const wholePorts: AsEntries = (inputs) =>
  Object.fromEntries(listAt(inputs, "spec", "ports").map((port) => [portOf(port), port]));

/** `80/TCP`. */
const portOf = (port: unknown): string =>
  `${say(lookUp(port, ["port"]))}/${textAt(port, "protocol") ?? "TCP"}`;

function serviceWords(before: JsonObject, after: JsonObject): readonly string[] {
  const ports = (inputs: JsonObject): JsonObject =>
    Object.fromEntries(
      listAt(inputs, "spec", "ports").map((port) => {
        const target = lookUp(port, ["targetPort"]) ?? lookUp(port, ["port"]);
        const node = lookUp(port, ["nodePort"]);
        return [
          portOf(port),
          `to ${say(target)}${node === undefined ? "" : `, on every node ${say(node)}`}`,
        ];
      }),
    );
  const type = (inputs: JsonObject): unknown => lookUp(inputs, ["spec", "type"]) ?? "ClusterIP";
  return [
    ...amount("type", type(before), type(after)),
    ...entries("port", ports(before), ports(after), () => true),
    ...alikeInName("port", [ports, wholePorts], before, after),
    ...sourceWords(before, after),
  ];
}

/** Which of a balancer's addresses stands first says nothing: they are told as a set. */
function sourceWords(before: JsonObject, after: JsonObject): readonly string[] {
  const path = ["spec", "loadBalancerSourceRanges"];
  return [before, after].every(tellsSources)
    ? entries("source range", asKeys(sourcesOf(before)), asKeys(sourcesOf(after)), never)
    : plain("source ranges", path, before, after);
}

/** Whether it is told which these are: neither unknown before the update, nor a secret. */
export function tellsSources(inputs: unknown): boolean {
  const ranges = lookUp(inputs, ["spec", "loadBalancerSourceRanges"]) ?? [];
  return Array.isArray(ranges);
}

/** Addresses that a Service's balancer lets through; of none that are said all are. */
export function sourcesOf(inputs: unknown): readonly string[] {
  return listAt(inputs, "spec", "loadBalancerSourceRanges").map((range) => say(range));
}

function asKeys(words: readonly string[]): JsonObject {
  return Object.fromEntries(words.map((word) => [word, word]));
}

/** What a role may do, one entry a pair of group and resource. */
function rulesOf(inputs: unknown): JsonObject {
  const rules = listAt(inputs, "rules").flatMap((rule) => {
    const verbs = listAt(rule, "verbs").map(say).sort().join(",");
    const groups = listAt(rule, "apiGroups").map((group) => say(group));
    // A rule that loses its names is of all objects of its kind from then on.
    const names = listAt(rule, "resourceNames").map((name) => say(name));
    const only = names.length === 0 ? "" : ` (only ${names.sort().join(", ")})`;
    const resources = [...listAt(rule, "resources"), ...listAt(rule, "nonResourceURLs")].map(say);
    return resources.flatMap((resource) =>
      (groups.length === 0 ? [""] : groups).map((group) => {
        const name = group === "" || group === '""' ? resource : `${resource}.${group}`;
        return [`${verbs} ${name}${only}`, verbs] as const;
      }),
    );
  });
  return Object.fromEntries(rules);
}
