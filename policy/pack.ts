/** The rules as a pack of the vendor's library, for the vendor's engine: `pulumi preview --policy-pack policy`. */
import {
  type Policies,
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationArgs,
  UnknownValueError,
} from "@pulumi/policy";

import { readText, textMark } from "./analyzer/unknown.ts";
import { decodeOnce } from "./decode-once.ts";
import { Declared } from "./declared.ts";
import { judgeResource, judgeStack } from "./judge.ts";
import type { Finding, Resource, Stack } from "./resource.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";
import { concerned, exceptionsFor, stackOf, stackWith } from "./run.ts";

/** Serves the pack to the engine that started this process. */
export function startPack(): void {
  decodeOnce();
  new PolicyPack("fleet", { policies: policiesOf(rules) });
}

/** The rules as the engine's library wants them. */
export function policiesOf(all: readonly Rule[]): Policies {
  const first = all.find(({ kind }) => kind === "resource");
  const last = all.findLast(({ kind }) => kind === "resource");
  const firstOfStack = all.find(({ kind }) => kind === "stack");
  const read = new Map<string, Resource>();
  const declared = new Declared();
  let stack: Stack | undefined;
  return all.map((rule) => {
    const about = {
      name: rule.name,
      description: `${rule.protects}.`,
      enforcementLevel: rule.level,
    };
    return rule.kind === "resource"
      ? {
          ...about,
          validateResource: (args, report) => {
            // The library asks the rules one after the other about the same resource: reading it once does.
            const resource = (rule === first ? undefined : read.get(args.urn)) ?? resourceOf(args);
            if (rule === last) {
              declared.note(resource);
              read.delete(args.urn);
            } else {
              read.set(args.urn, resource);
            }
            const { findings, untold } = judgeResource(
              rule,
              resource,
              stackOf(args.urn),
              exceptionsFor(stackOf(args.urn)),
            );
            tell(findings, report);
            noteUntold(untold, args.props);
          },
        }
      : {
          ...about,
          validateStack: (args, report) => {
            const { resources } = args;
            // One process may serve a preview and the update after it.
            stack =
              rule === firstOfStack || stack === undefined
                ? stackWith(declared.all(resources.map(resourceOf)))
                : stack;
            const { findings, untold } = judgeStack(rule, stack, exceptionsFor(stack.name));
            tell(findings, report);
            if (untold.length > 0) {
              noteUntold(
                untold,
                concerned(untold, resources).map(({ props }) => props),
              );
              // No value of a resource is missing: what is, the pack is never told. As «not applicable» the rule would
              // stand in no event, and be missing from the report without a word.
              throw cannotTell(untold[0]?.message ?? "");
            }
          },
        };
  });
}

function tell(findings: readonly Finding[], report: ReportViolation): void {
  for (const { message, urn } of findings) {
    report(message, urn === "" ? undefined : urn);
  }
}

/**
 * Lets the engine note that a rule can't run, as it does where a rule reads what is unknown: by what the
 * library's proxy throws. Its message names the first such value, which need not be the one that matters.
 */
function noteUntold([first]: readonly Finding[], props: unknown): void {
  if (first === undefined) {
    return;
  }
  try {
    readAll(props);
  } catch (error) {
    if (error instanceof Error) {
      error.message = first.message;
    }
    throw error;
  }
}

/** The library exports it and leaves it out of its types. */
const UnknownValue = UnknownValueError as unknown as new (
  mark: string,
  path: readonly string[],
) => Error;

/** What the library counts as a rule that could not run, for a reason of our own. */
function cannotTell(why: string): Error {
  const error = new UnknownValue(textMark, []);
  error.message = why;
  return error;
}

/** Reads everything there is. */
function readAll(value: unknown): void {
  if (typeof value === "object" && value !== null) {
    Object.keys(value).forEach((key) => {
      readAll((value as Record<string, unknown>)[key]);
    });
  }
}

function resourceOf(args: ResourceValidationArgs | PolicyResource): Resource {
  const { urn, type, name, opts, provider, props } = args;
  // The library's proxy throws at the first unknown value; a rule may well tell without it.
  const properties = props["__getSpecialProxyTarget"] as Record<string, unknown>;
  return {
    urn,
    type,
    name,
    properties: known(properties) as Record<string, unknown>,
    parent: opts.parent ?? "",
    provider: provider === undefined ? undefined : { type: provider.type, name: provider.name },
    protect: opts.protect,
    retainOnDelete: undefined,
    ignoreChanges: opts.ignoreChanges,
  };
}

/** A value with the marks of what is unknown replaced. */
function known(value: unknown): unknown {
  if (typeof value === "string") {
    return readText(value);
  }
  if (Array.isArray(value)) {
    return value.map(known);
  }
  return typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]))
    : value;
}
