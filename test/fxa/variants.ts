/** Production of Firefox Accounts with other words in its file, rendered whole: its real loader, its real program. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { type Exception, exceptions } from "../../policy/exceptions.ts";
import { judgeStack, labelOf } from "../../policy/judge.ts";
import { rules } from "../../policy/rules.ts";
import { asRawConfig } from "../../stacks/raw.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { put } from "../config/stack-fixture.ts";
import { stackOf } from "../policy/stack-resources.ts";
import { clone, type Rendered, renderConfig } from "../rendered.ts";

/** The committed stack that variants are of. */
export const stack = "fxa-production";

/** Path in its file, steps parted by slashes → another value; undefined takes the key out. */
export type Words = Readonly<Record<string, unknown>>;

/** A variant, rendered. */
export type Told = Rendered<FxaStack>;

/** A variant, and how it differs from production. */
export interface Variant {
  readonly words: Words;
  /** Objects that production has not. */
  readonly more?: readonly string[];
  /** Objects of production that are gone. */
  readonly less?: readonly (string | RegExp)[];
  /** What the pack objects to: whoever says these words has to say so in an exception of the pack, too. */
  readonly objections?: RegExp;
  readonly asserts?: (told: Told, production: Told) => void;
}

/** The stack with other words. */
export async function renderVariant(words: Words): Promise<Told> {
  const text = readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8");
  const { config } = parse(text) as { readonly config: Record<string, unknown> };
  for (const [path, value] of Object.entries(words)) {
    put(config, path, value);
  }
  // The file says which system it is.
  return (await renderConfig(stack, asRawConfig(config))) as Told;
}

/** Kinds by which a reader knows a stack: what runs, what it is reached by, what it keeps, what is bought for it. */
const shownKinds =
  /^(?:kubernetes:(?:apps|batch|autoscaling|helm\.sh|cert-manager\.io|networking\.k8s\.io\/v1:Ingress|core\/v1:(?:PersistentVolumeClaim|Namespace))|docker:index\/image|cloudflare:index\/dnsRecord)/;

/** Its objects as kind and name, sorted. */
export const objectsOf = ({ collected }: Told): string[] =>
  collected.resources
    .filter(({ type }) => shownKinds.test(type) && !type.endsWith(":IngressClass"))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
    .sort();

/** What the policy pack makes of it. */
export interface Judgement {
  /** Rule, resource and message of what no exception allows. */
  readonly objections: readonly string[];
  readonly used: ReadonlySet<Exception>;
}

/** Judges a variant by every rule of the pack, under the name of the stack that it is one of. */
export function judge(rendered: Told): Judgement {
  const seen = stackOf(stack, rendered);
  const verdicts = rules.map((rule) => ({ rule, ...judgeStack(rule, seen, exceptions) }));
  return {
    objections: verdicts.flatMap(({ rule, findings, untold }) =>
      [...findings, ...untold].map(
        ({ urn, message }) => `${rule.name}: ${labelOf(urn)}: ${message}`,
      ),
    ),
    used: new Set(verdicts.flatMap(({ allowed }) => allowed.map(({ exception }) => exception))),
  };
}

interface Container {
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** A pod, as far as tests of variants read it. */
export interface RenderedPod {
  readonly containers: readonly Container[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly securityContext: { readonly runAsUser?: number };
  readonly volumes?: readonly {
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

const controllers = /^kubernetes:(?:apps\/v1:(?:Deployment|StatefulSet)|batch\/v1:Job)$/;

/** Spec of a controller. */
export function specOf(
  { collected }: Told,
  name: string,
): Record<string, unknown> & { readonly template: { readonly spec: RenderedPod } } {
  const found = collected.resources.find((one) => controllers.test(one.type) && one.name === name);
  if (found === undefined) {
    throw new Error(`no controller ${name}`);
  }
  return found.inputs["spec"] as ReturnType<typeof specOf>;
}

/** Pod of a controller. */
export const podOf = (rendered: Told, name: string): RenderedPod =>
  specOf(rendered, name).template.spec;

/** Variables of a program: a secret's value is not looked up. */
export const toldTo = (rendered: Told, name: string): Record<string, string> =>
  Object.fromEntries(
    (podOf(rendered, name).containers[0]?.env ?? []).map(({ name: variable, value = "secret" }) => [
      variable,
      value,
    ]),
  );

/** Everybody may look up names. */
const nameLookups = 53;

/** Ports of the internet, and ranges of other networks, that the policy of a workload opens outward. */
export function opensOutward(rendered: Told, name: string): string[] {
  const found = rendered.collected.resources.find(
    (one) => one.type.endsWith(":NetworkPolicy") && one.name === `${name}-policy`,
  );
  const { egress = [] } = (found?.inputs["spec"] ?? {}) as {
    readonly egress?: readonly {
      readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
      readonly ports?: readonly { readonly port: number }[];
    }[];
  };
  return egress
    .flatMap(({ to, ports = [] }) =>
      to.flatMap(({ ipBlock }) =>
        ipBlock === undefined
          ? []
          : ports
              .filter(({ port }) => port !== nameLookups)
              .map(({ port }) => `${ipBlock.cidr}:${port}`),
      ),
    )
    .sort();
}

/** What a public host makes. */
export const host = (name: string, names: string): string[] => [
  `Certificate host-${name}-certificate`,
  `DnsRecord ${names}-a-nginx`,
  `Ingress host-${name}-ingress`,
];

/** All that is asked for, as one text. */
export const textOf = ({ collected }: Told): string => JSON.stringify(collected.resources);
