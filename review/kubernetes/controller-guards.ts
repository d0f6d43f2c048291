/**
 * Guards that a way in has of its own: who is let in, from where and by which address, said for all hosts at once in
 * the settings of an ingress controller, and not at an Ingress or in a Middleware.
 *
 * Sources: ConfigMap keys of kubernetes/ingress-nginx (docs/user-guide/nginx-configuration/configmap.md) and of
 * nginx/kubernetes-ingress (internal/configs/configmaps.go); Traefik's static and dynamic configuration, which is the
 * same words in a file, an argument or a variable (doc.traefik.io/traefik/reference/install-configuration/entrypoints),
 * and its chart's values (traefik/traefik-helm-chart).
 */
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";

import { kindOf } from "../identity.ts";
import { upTo } from "../say.ts";
import {
  canonical,
  isObject,
  isSecret,
  isUnknown,
  type JsonObject,
  listAt,
  lookUp,
  objectAt,
  textAt,
} from "../values.ts";
import { containersOf, isServing, podSpec } from "./pods.ts";

/** Settings of the controllers that are an nginx or an HAProxy, which say who is let in, and whose word on it counts. */
const setting =
  /^((white|black|allow|deny)-?list(-source-range)?|denylist-source-range|block-(cidrs|user-agents|referers)|((global|no)-)?auth-.+|(force-)?ssl-redirect|redirect-to-https|no-tls-redirect-locations|hsts(-.+)?|ssl-(protocols|ciphers|reject-handshake)|client-ca|.*modsecurity.*|app-protect-.+|.+-snippets?|(main|ingress|virtualserver|transportserver)-template|allow-(snippet-annotations|cross-namespace-resources)|annotations?-(risk-level|value-word-blocklist)|strict-validate-path-type|limit-(req|conn)-.+|(use-)?proxy-protocol|use-forwarded-headers|compute-full-forwarded-for|forwarded-for-header|enable-real-ip|proxy-real-ip-cidr|set-real-ip-from|real-ip-(header|recursive)|src-ip-header)$/;

/** Flags of these controllers that do; the settings that they read, and the Ingresses that they serve, are told by them, too. */
const flag =
  /^(nginx-configmaps|configmap|(main|ingress|virtualserver|transportserver)-template-path|enable-(snippets|oidc|app-protect|app-protect-dos|tls-passthrough|ssl-passthrough|annotation-validation)|allow-empty-ingress-host|default-ssl-certificate|default-server-tls-secret|wildcard-tls-secret|ingress-class|controller-class|watch-ingress-without-class)$/;

/** Traefik's, by their way, without regard to case: all of a way in but how long and how large things may be. */
const traefik =
  /^(entrypoints\.[^.]+\.(?!(transport|http2|http3|udp|observability)(\.|$))|(http|tcp)\.(middlewares|routers)\.|tls\.options\.|api(\.(insecure|dashboard|debug))?$|providers\.[^.]+\.allow)/;

/** Of its chart's values. */
const chart =
  /(^|\.)(ports\.[^.]+\.(middlewares|redirect|forwardedheaders|proxyprotocol|tls|http|asdefault)|ingressroute\.|tlsoptions\.|loadbalancersourceranges$)/;

/** Directives of nginx that let nobody in and keep nobody out: times, sizes, logs. */
const harmless =
  /^(#|([a-z0-9_]*_)?(timeout|size|sizes|buffers|buffering)\s[^{}]*;$|(keepalive|gzip|brotli|access_log|error_log|log_format|worker|sendfile|tcp_no|server_tokens|charset|etag|expires|default_type)[a-z_]*\s[^{}]*;$)/;

/** Directives of nginx that do, wherever they stand. */
const directive =
  /^\s*(allow|deny|satisfy|auth_[a-z_]+|ssl_verify_client|set_real_ip_from|real_ip_header|limit_except)\s[^;{]+[;{]/;

/** What a Traefik's file has at its top: in YAML or JSON, or in TOML. */
const traefikFile =
  /^( {0,2}["']?(entrypoints|http|tcp|tls)["']?[ \t]*:|[ \t]*\[+"?(entrypoints|http|tcp|tls)\b)/im;

/** What stands for a value that cannot be compared: an object with one is told, whatever of it changes. */
const hidden = "[hidden]";

/** The longest file that is parsed. */
const longest = 200_000;

/** Guards that are named in the sentence. */
const named = 5;

/** Guard → what it says, as a text: alike for alike guards. */
type Guards = Map<string, string>;

/** Where a release of Helm, of Flux or of k3s has the values of its chart: their ways begin there. */
const values: ReadonlySet<string> = new Set(["values", "valuesObject", "set"]);

/** Types that say how a controller is to run. */
const charts =
  /^kubernetes:(helm\.sh\/v3:Release|helm\.toolkit\.fluxcd\.io\/[^:]+:HelmRelease|helm\.cattle\.io\/[^:]+:HelmChart(Config)?|argoproj\.io\/[^:]+:Application)$/;

/** Whether there may be settings of a controller in what is of this type. */
export const maySetController = (type: string): boolean =>
  isServing(type) || kindOf(type) === "ConfigMap" || charts.test(type);

/** What a controller asks of all that comes through it, as far as it goes, comes or changes; nothing where it stays. */
export function controllerGuardWords(
  type: string,
  before: JsonObject,
  after: JsonObject,
): readonly string[] {
  const [was, is] = partsOf(type, before, after).map((part) => guardsIn(type, part));
  if (was === undefined || is === undefined) {
    return [];
  }
  const words = [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [left, right] = [was.get(name), is.get(name)];
    if (left === right && left?.includes(hidden) !== true) {
      return [];
    }
    return [`${name} ${right === undefined ? "goes" : left === undefined ? "comes" : "changes"}`];
  });
  return upTo(named, words);
}

/** Both sides without what is alike: most of a change's objects are. Blinded secrets look alike and need not be. */
function partsOf(type: string, before: JsonObject, after: JsonObject): readonly JsonObject[] {
  if (kindOf(type) !== "ConfigMap") {
    return before["spec"] === after["spec"] && before["values"] === after["values"]
      ? []
      : [before, after];
  }
  const [was, is] = [objectAt(before, "data"), objectAt(after, "data")];
  const differing = (side: JsonObject, other: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(side).filter(([key, value]) => value !== other[key] || isSecret(value)),
    );
  return [{ data: differing(was, is) }, { data: differing(is, was) }];
}

/** Everything of an object that guards a way in by the controller's own settings. */
function guardsIn(type: string, inputs: JsonObject): Guards {
  const found: Guards = new Map();
  if (isServing(type)) {
    for (const container of containersOf(podSpec(type, inputs)).values()) {
      addFlags([...listAt(container, "command"), ...listAt(container, "args")], found);
      listAt(container, "env").forEach((variable) => {
        const [, name] = /^TRAEFIK_(.+)$/.exec(textAt(variable, "name") ?? "") ?? [];
        addAt(name?.replaceAll("_", ".") ?? "", lookUp(variable, ["value"]), found);
      });
    }
    return found;
  }
  Object.entries(objectAt(inputs, "data")).forEach(([key, value]) => {
    if (typeof value === "string" && !setting.test(key)) {
      addFile(key, value, found);
    } else {
      addTree(value, [key], found);
    }
  });
  addTree(inputs["values"], [], found);
  addTree(inputs["spec"], [], found);
  return found;
}

/** Adds what guards in a tree of settings, or of values. */
function addTree(value: unknown, way: readonly string[], found: Guards): void {
  const key = way.at(-1) ?? "";
  if (setting.test(key)) {
    add(key, typeof value === "string" ? guardingLines(value) : value, found);
  } else if (isSecret(value)) {
    return;
  } else if (Array.isArray(value)) {
    addAt(way.join("."), value, found);
    addFlags(value as readonly unknown[], found);
  } else if (isObject(value) && Object.keys(value).length > 0) {
    Object.keys(value).forEach((each) => {
      addTree(value[each], values.has(each) ? [] : [...way, each], found);
    });
  } else if (typeof value === "string" && value.includes("\n")) {
    addFile(key, value, found);
  } else {
    addAt(way.join("."), value, found);
  }
}

/** Adds what stands at a way, if it is one that guards. */
function addAt(way: string, value: unknown, found: Guards): void {
  const low = way.toLowerCase();
  if (traefik.test(low) || chart.test(low)) {
    // A middleware or a router is one thing, whatever of it changes.
    const [part] = /^(http|tcp)\.[a-z]+\.[^.]+/.exec(low) ?? [low];
    add(way.slice(0, part.length), [low, isUnknown(value) ? hidden : value], found);
  }
}

/** Adds arguments: `--entryPoints.web.http.middlewares=office@file`, `-enable-snippets`, `--configmap web/nginx`. */
function addFlags(words: readonly unknown[], found: Guards): void {
  words.forEach((word, at) => {
    const [, name, said] =
      (typeof word === "string" ? /^--?([A-Za-z][^=\s]*)(?:=(.*))?$/s.exec(word) : null) ?? [];
    const next = words[at + 1];
    // A value may be a word of its own: a flag that has none is followed by the next flag.
    const value = typeof next === "string" && !next.startsWith("-") ? next : "true";
    addFlag(name, said ?? value, found);
  });
}

function addFlag(name: string | undefined, value: string, found: Guards): void {
  if (name !== undefined && flag.test(name)) {
    // A name that is drawn anew for other content is no other name.
    add(name, value.replace(/-[0-9a-f]{8}$/, ""), found);
  } else if (name !== undefined) {
    addAt(name, value, found);
  }
}

/** Adds what guards in a file: Traefik's, the values of a chart, or an nginx' own. */
function addFile(key: string, text: string, found: Guards): void {
  const isValues = key === "values" || key === "valuesContent";
  if (text.length <= longest && (isValues || traefikFile.test(text))) {
    const tree = treeOf(text);
    if (tree !== undefined) {
      addTree(tree, [], found);
      return;
    }
  }
  const lines = text.split("\n").filter((line) => directive.test(line));
  if (lines.length > 0) {
    add(key, lines.map((line) => line.trim()).join("\n"), found);
  }
}

/** What is said twice, or in several lines, is one guard. */
function add(name: string, value: unknown, found: Guards): void {
  const text = isSecret(value) || isUnknown(value) ? hidden : canonical(value);
  found.set(name, `${found.get(name) ?? ""}${text};`);
}

/** Lines of an nginx' own words without those that guard nothing. */
function guardingLines(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !harmless.test(line))
    .join("\n");
}

/** A file's tree, whichever of the two languages it is written in. */
function treeOf(text: string): JsonObject | undefined {
  const readers = [
    (): unknown => parseYaml(text, { logLevel: "error", maxAliasCount: 100 }),
    (): unknown => parseToml(text),
  ];
  for (const read of readers) {
    try {
      const tree = read();
      if (isObject(tree)) {
        return tree;
      }
    } catch {
      // The other language's, or none.
    }
  }
  return undefined;
}
