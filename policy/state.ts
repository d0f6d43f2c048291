/**
 * An exported state, as the rules see it, and what stands in it in plain text that should not.
 *
 * It is read with its secrets shown (`pulumi stack export --show-secrets`): only so can a value be looked
 * for that is encrypted in one place and plain in another. Nothing of it is written or printed.
 */
import * as z from "zod";

import { swarmSecret } from "./docker.ts";
import type { Finding, Provider, Resource, Stack } from "./resource.ts";
import { SecretSearch } from "./secret-search.ts";
import { looksRandom } from "./secret-shapes.ts";
import { textsOf } from "./texts.ts";

/** The engine's mark of a value that it keeps encrypted. */
const secretMark = {
  key: "4dabf18193072939515e22adb298388d",
  value: "1b47061264138c4ac30d75fd1eb44270",
} as const;

const Properties = z.record(z.string(), z.unknown());

const Exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string(),
          type: z.string(),
          inputs: Properties.default({}),
          outputs: Properties.default({}),
          parent: z.string().default(""),
          provider: z.string().default(""),
          protect: z.boolean().default(false),
          retainOnDelete: z.boolean().default(false),
          ignoreChanges: z.array(z.string()).default([]),
          /** Only read: it belongs to nobody, or to another resource of the stack. */
          external: z.boolean().default(false),
          /** Replaced already and only still to be deleted. */
          delete: z.boolean().default(false),
        }),
      )
      .nullish()
      .transform((resources) => resources ?? []),
  }),
});
type Exported = z.infer<typeof Exported>;

/** A state that was read. */
export interface State {
  readonly stack: Stack;
  /** What stands in it in plain text. */
  readonly plain: readonly Finding[];
}

/**
 * Reads an exported state.
 *
 * @param exported What `pulumi stack export --show-secrets` printed, parsed.
 * @throws ZodError where it is no state.
 */
export function readState(stack: string, exported: unknown): State {
  const { resources } = Exported.parse(exported).deployment;
  const lasting = resources.filter((one) => !one.delete && !one.external);
  return {
    stack: { name: stack, resources: lasting.map(resourceOf), secrets: new Map() },
    plain: plainValues(resources),
  };
}

function resourceOf(one: Exported["deployment"]["resources"][number]): Resource {
  const { urn, type, inputs, parent, provider, protect, retainOnDelete, ignoreChanges } = one;
  return {
    ...{ urn, type, parent, protect, retainOnDelete, ignoreChanges },
    name: urn.split("::").slice(3).join("::"),
    properties: shown(inputs) as Resource["properties"],
    provider: providerOf(provider),
  };
}

/** The provider that a state names: `urn:…::pulumi:providers:kubernetes::cluster::id`. */
function providerOf(reference: string): Provider | undefined {
  const [, , type, name] = reference.split("::");
  return type === undefined || name === undefined
    ? undefined
    : { type: type.split("$").at(-1) ?? type, name };
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSecret = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isMap(value) && value[secretMark.key] === secretMark.value;

/** What a secret is, as far as the export shows it. */
function secretOf(value: Readonly<Record<string, unknown>>): unknown {
  const { plaintext } = value;
  return typeof plaintext === "string" ? JSON.parse(plaintext) : "[secret]";
}

/** A value with its secrets in the clear. */
function shown(value: unknown): unknown {
  return mapped(value, (secret) => shown(secretOf(secret)));
}

/** A value without its secrets. */
const withoutSecrets = (value: unknown): unknown => mapped(value, () => undefined);

/** A value with something in place of each secret. */
function mapped(
  value: unknown,
  replace: (secret: Readonly<Record<string, unknown>>) => unknown,
): unknown {
  if (isSecret(value)) {
    return replace(value);
  }
  if (Array.isArray(value)) {
    return value.map((entry) => mapped(entry, replace));
  }
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner, replace)]))
    : value;
}

/** Every secret of a value, each as it is in the clear. */
function secretsOf(value: unknown): readonly unknown[] {
  const found: unknown[] = [];
  mapped(value, (secret) => {
    found.push(secretOf(secret));
    return undefined;
  });
  return found;
}

function plainValues(resources: Exported["deployment"]["resources"]): readonly Finding[] {
  const values = resources.flatMap(({ urn, inputs, outputs }) =>
    secretsOf([inputs, outputs])
      .flatMap((secret) => textsOf(secret))
      .map(({ text }) => ({ urn, text })),
  );
  const search = new SecretSearch(
    new Map(
      values
        .filter(({ text }) => text.length >= 12 && looksRandom(text))
        .map(({ urn, text }, index) => [`${index} ${nameOf(urn)}`, text]),
    ),
  );
  return resources.flatMap(({ urn, type, inputs, outputs }) => {
    const texts = textsOf(withoutSecrets({ inputs, outputs }));
    const messages = texts.flatMap(({ path, text }) => [
      ...search
        .find(text)
        .map(
          (name) =>
            `${path} holds a value in plain text that is encrypted in ${name.slice(name.indexOf(" ") + 1)}`,
        ),
      ...(isData(type, path) && text !== "" ? [`${path} of a Secret stands in plain text`] : []),
    ]);
    return [...new Set(messages)].map((message) => ({ urn, message }));
  });
}

/** Whether it is a secret itself that stands at a path: in a cluster's Secret, or a swarm's. */
const isData = (type: string, path: string): boolean =>
  type === swarmSecret
    ? /^(inputs|outputs)\.data$/.test(path)
    : type === "kubernetes:core/v1:Secret" && /^(inputs|outputs)\.(data|stringData)\./.test(path);

const nameOf = (urn: string): string => urn.split("::").slice(3).join("::");
