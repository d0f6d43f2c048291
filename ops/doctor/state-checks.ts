/** What an exported state tells: what was begun and not ended, what stands in it in plain text. Pure. */
import * as z from "zod";

import { isProduction } from "../../policy/production.ts";
import { readState } from "../../policy/state.ts";
import { visible } from "../../review/render/visible.ts";
import { resourceLabel } from "../../sandbox/events.ts";
import type { Fault } from "../../stacks/faults.ts";
import { isAtLeast } from "../tools.ts";
import { type Check, notChecked } from "./check.ts";

const Exported = z.looseObject({
  deployment: z.looseObject({
    manifest: z.looseObject({ version: z.string().default("") }).optional(),
    secrets_providers: z.looseObject({ type: z.string().default("") }).nullish(),
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          provider: z.string().default(""),
          inputs: z.record(z.string(), z.unknown()).default({}),
        }),
      )
      .nullish()
      .transform((all) => all ?? []),
    pending_operations: z
      .array(z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string() }) }))
      .nullish()
      .transform((all) => all ?? []),
  }),
});

/** What the state is held against. */
export interface StateOf {
  readonly stack: string;
  /** What reads the cluster anew. */
  readonly refresh: string;
  /** The stack file's own word: `passphrase`, `awskms`, …; undefined where it says nothing. */
  readonly provider: string | undefined;
  /** The CLI that is here. */
  readonly cli: string | undefined;
  /** Package → its version in package.json, e.g. `kubernetes` → `4.34.2`. */
  readonly packages: Readonly<Record<string, string>>;
}

const names = {
  pending: "pending operations",
  plain: "secrets of the state",
  providers: "providers of the state",
  encryption: "encryption of the state",
  versions: "versions of the state",
};

/** Every check of a state that could not be had. */
export const stateNotChecked = (why: string): Check[] =>
  Object.values(names).map((name) => notChecked(name, why));

/**
 * Every check of a state.
 *
 * @param exported What `pulumi stack export` printed, parsed.
 * @param isShown Whether with its secrets: only then can they be looked for in plain text.
 */
export function stateChecks(exported: unknown, isShown: boolean, of: StateOf): Check[] {
  const parsed = Exported.safeParse(exported).data;
  if (parsed === undefined) {
    return stateNotChecked("pulumi stack export printed no state that this version can read");
  }
  const { deployment } = parsed;
  return [
    pendingCheck(deployment, of),
    isShown
      ? plainCheck(exported, of)
      : notChecked(names.plain, "they can be looked for only where they can be decrypted"),
    providersCheck(deployment),
    encryptionCheck(deployment, of),
    versionsCheck(deployment, of),
  ];
}

type Deployment = z.infer<typeof Exported>["deployment"];

function pendingCheck({ pending_operations: pending }: Deployment, of: StateOf): Check {
  return {
    name: names.pending,
    detail: "none",
    faults: pending.map(({ type, resource: { urn } }) => ({
      path: visible(resourceLabel(urn)),
      expected: `was ${type} when an update was stopped: the engine does not know what became of it`,
      mend: pendingMend(type, visible(urn), of),
    })),
  };
}

/** Only of what was being made does a refresh not know where to look: it had no id yet. */
function pendingMend(type: string, urn: string, { refresh }: StateOf): string {
  return type === "creating"
    ? `look whether it is there; ${refresh} asks what to do, or: ${refresh} --import-pending-creates '${urn}' <id> where it is (of an object of Kubernetes: namespace/name), ${refresh} --clear-pending-creates where it is not`
    : `${refresh}: it reads what became of it, and forgets the operation`;
}

function plainCheck(exported: unknown, { stack }: StateOf): Check {
  const { name } = { name: names.plain };
  try {
    const { plain } = readState(stack, exported);
    return {
      name,
      detail: "none in plain text",
      faults: plain.map(({ urn, message }) => ({
        path: visible(resourceLabel(urn)),
        expected: visible(message),
        mend: "make it a secret in the program (pulumi.secret, additionalSecretOutputs) and update; what stood in a backend in plain text is replaced by a new value",
      })),
    };
  } catch {
    // The parser's message would quote the state.
    return notChecked(name, "the state is none that this version can read");
  }
}

/** A default provider takes whatever the shell points at. */
function providersCheck({ resources }: Deployment): Check {
  const kept = resources.filter(({ provider }) => {
    const [, , kind = "", name = ""] = provider.split("::");
    // What looks things up for the engine itself reaches nothing.
    return /^default(_|$)/.test(name) && !/:pulumi$/.test(kind);
  });
  return {
    name: names.providers,
    detail: "every resource names its own",
    faults: kept.map(({ urn }) => ({
      path: visible(resourceLabel(urn)),
      expected: "is kept by a default provider, which acts on whatever the shell points at",
      mend: 'give it its provider in the program and update; pulumi:disable-default-providers: ["*"] in the stack file keeps others from it',
    })),
  };
}

function encryptionCheck({ secrets_providers: own }: Deployment, of: StateOf): Check {
  const type = own?.type ?? "";
  const { provider, stack } = of;
  const isPassphrase = type === "passphrase";
  const differs =
    provider !== undefined && type !== "" && isPassphrase !== (provider === "passphrase");
  return {
    name: names.encryption,
    detail: type === "" ? "has nothing to encrypt yet" : visible(type),
    faults: differs
      ? [
          {
            path: "secretsprovider",
            expected: `is ${provider} in the stack file, and ${visible(type)} in the state: one of them was changed without the other`,
            mend: `pulumi stack change-secrets-provider --stack ${stack} <provider> changes both`,
          },
        ]
      : [],
    // A sandbox has a passphrase of its own, of which the file says nothing.
    notices:
      isPassphrase && provider !== undefined && isProduction(stack)
        ? [
            {
              path: "secretsprovider",
              expected: "is a passphrase, which whoever had it once has for ever",
              mend: `a key that a cloud keeps can be withdrawn: pulumi stack change-secrets-provider --stack ${stack} gcpkms://… (or awskms://…, hashivault://…)`,
            },
          ]
        : [],
  };
}

function versionsCheck({ manifest, resources }: Deployment, of: StateOf): Check {
  const written = /^v?(\d\S*)$/.exec(manifest?.version ?? "")?.[1];
  const cliFaults =
    written === undefined || of.cli === undefined || isAtLeast(of.cli, written)
      ? []
      : [
          {
            path: "pulumi",
            expected: `is ${of.cli}, older than the ${written} that wrote the state`,
            mend: "install that version or a newer one: https://www.pulumi.com/docs/install",
          },
        ];
  const notices = resources.flatMap(({ type, inputs, urn }): Fault[] => {
    const name = /^pulumi:providers:(\w+)$/.exec(type)?.[1];
    const wanted = name === undefined ? undefined : of.packages[name];
    const has = typeof inputs["version"] === "string" ? inputs["version"] : undefined;
    if (wanted === undefined || has === undefined || has === wanted) {
      return [];
    }
    const isNewer = isAtLeast(has, wanted);
    return [
      {
        path: visible(resourceLabel(urn)),
        expected: `was made with @pulumi/${name ?? ""} ${visible(has)}; package.json says ${wanted}`,
        mend: isNewer
          ? "this clone is older than what runs: git pull, and npm ci --ignore-scripts"
          : "the next update moves it: read its change log, and the preview",
      },
    ];
  });
  return {
    name: names.versions,
    detail: written === undefined ? "" : `written by ${written}`,
    faults: cliFaults,
    notices,
  };
}
