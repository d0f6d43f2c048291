/** Secrets stand in Secrets, and nowhere else. */
import { dockerVariables, swarmSecret } from "../docker.ts";
import { SecretSearch } from "../secret-search.ts";
import { allContainers } from "../graph/objects.ts";
import { podsOf } from "../kubernetes.ts";
import type { Finding, Resource, Stack } from "../resource.ts";
import type { ResourceRule, StackRule } from "../rule.ts";
import { looksRandom, shapesIn, suspiciousKey } from "../secret-shapes.ts";
import { textsOf } from "../texts.ts";

const secretType = "kubernetes:core/v1:Secret";

/**
 * Where a secret is at home: in the data of a cluster's Secret or a swarm's, with a provider, whose inputs the engine
 * encrypts, and in the login by which an image is pushed, which it encrypts, too.
 */
function isHome({ type }: Resource, path: string): boolean {
  return (
    type.startsWith("pulumi:providers:") ||
    (type === "docker:index/image:Image" && /^registry\b/.test(path)) ||
    (type === secretType && /^(data|stringData)\b/.test(path)) ||
    (type === swarmSecret && path === "data")
  );
}

/** Places of checksums, by which pods roll or images are built when a file changes: 64 hex digits that open nothing. */
const checksum = /checksum|sha256|contextDigest|\bhash\b/i;

/** What stands where secrets do not belong and looks like one. */
export const plainSecrets: ResourceRule = {
  kind: "resource",
  name: "plain-secrets",
  level: "mandatory",
  protects:
    "whoever may read ConfigMaps, pods, annotations or the state reads what stands there: nothing may that looks like a key, a token or a password",
  check: (resource) => [
    ...textsOf(resource.properties)
      .filter(({ path }) => !isHome(resource, path))
      .flatMap(({ path, text }) =>
        shapesIn(text, (all) => withoutChecksums(path, all)).map((what) => `${path} ${what}`),
      ),
    ...podsOf(resource).flatMap(({ spec }) =>
      allContainers(spec).flatMap((container) =>
        (container.env ?? [])
          .filter(
            ({ name, value }) =>
              value !== undefined && suspiciousKey.test(name) && looksRandom(value),
          )
          .map(
            ({ name }) =>
              `container ${container.name}: the variable ${name} holds its value in plain text, not a reference to a Secret`,
          ),
      ),
    ),
    ...settingsOf(resource)
      .filter(([key, value]) => suspiciousKey.test(key) && looksRandom(value))
      .map(([key]) => `data.${key} holds its value in plain text, and no Secret does`),
    ...dockerVariables(resource)
      .filter(([name, value]) => suspiciousKey.test(name) && looksRandom(value))
      .map(([name]) => `the variable ${name} holds its value in plain text, not a swarm's secret`),
  ],
};

/** What a ConfigMap holds: pods take its keys as variables, one by one or all at once. */
const settingsOf = ({ type, properties }: Resource): readonly (readonly [string, string])[] =>
  type === "kubernetes:core/v1:ConfigMap"
    ? Object.entries((properties["data"] ?? {}) as Record<string, unknown>).flatMap(
        ([key, value]) => (typeof value === "string" ? [[key, value] as const] : []),
      )
    : [];

/** A text without lines that say they are checksums; nothing of one whose place says so. */
function withoutChecksums(path: string, text: string): string {
  return checksum.test(path) ? "" : text.replaceAll(/^.*\b(?:checksum|sha256)\b.*$/gim, "");
}

/** Values too short or too plain to be told from words. */
const isSecretValue = (value: string): boolean => value.length >= 12 && looksRandom(value);

const fromBase64 = (text: string): string => Buffer.from(text, "base64").toString("utf8");

/** Secret values of a stack: those that are known as such, and whatever its Secrets hold. */
function secretValues({ resources, secrets }: Stack): readonly (readonly [string, string])[] {
  const held = resources
    .filter(({ type }) => type === secretType)
    .flatMap(({ name, properties }) => [
      ...entries(name, properties["stringData"], (text) => text),
      ...entries(name, properties["data"], fromBase64),
    ]);
  const kept = resources
    .filter(({ type }) => type === swarmSecret)
    .flatMap(({ name, properties }) => entries(name, { data: properties["data"] }, fromBase64));
  // No map: Secrets of two namespaces may have one name in the program.
  return [...[...held, ...kept].filter(([, value]) => isSecretValue(value)), ...secrets];
}

function entries(
  name: string,
  data: unknown,
  read: (text: string) => string,
): (readonly [string, string])[] {
  return Object.entries((data ?? {}) as Record<string, unknown>).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${name}.${key}`, read(value)] as const] : [],
  );
}

/** Values of the stack's Secrets that stand elsewhere as well, in whatever form. */
export const secretsStayHome: StackRule = {
  kind: "stack",
  name: "secrets-stay-home",
  level: "mandatory",
  protects:
    "a value of a Secret that stands in a ConfigMap, a variable or an annotation as well is a secret no more, however it is written there: plain, in base64, hex or a URL",
  check: (stack) => {
    const search = new SecretSearch(secretValues(stack));
    return stack.resources.flatMap((resource): Finding[] => {
      const found = textsOf(resource.properties)
        .filter(({ path }) => !isHome(resource, path))
        .flatMap(({ path, text }) => search.find(text).map((name) => `${path} holds ${name}`));
      return [...new Set(found)].map((message) => ({ urn: resource.urn, message }));
    });
  },
};
