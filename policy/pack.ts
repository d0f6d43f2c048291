/** The rules as a pack for the engine: `pulumi preview --policy-pack policy`. */
import { dirname } from "node:path";

import {
  type Policies,
  PolicyPack,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationArgs,
} from "@pulumi/policy";

import { decodeOnce } from "./decode-once.ts";
import { exceptionsOf } from "./alike.ts";
import type { Exception } from "./exceptions.ts";
import { judgeResource, judgeStack } from "./judge.ts";
import { nodesOfFile } from "./nodes.ts";
import { type Finding, type Resource, type Stack, unknownText } from "./resource.ts";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";

/** Where the stack files lie. */
const clone = dirname(import.meta.dirname);

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
            stack = rule === firstOfStack || stack === undefined ? readStack(resources) : stack;
            const { findings, untold } = judgeStack(rule, stack, exceptionsFor(stack.name));
            tell(findings, report);
            if (untold.length > 0) {
              const about = resources.filter(({ urn }) => isAbout(untold, urn));
              const others = untold.every(({ urn }) => urn === "") ? [] : resources;
              noteUntold(
                untold,
                [...about, ...others].map(({ props }) => props),
              );
              // Nothing of a resource is missing: what is, the pack is never told.
              args.notApplicable(untold[0]?.message);
            }
          },
        };
  });
}

const excepted = new Map<string, readonly Exception[]>();

/** A run asks thousands of times about its one stack. */
function exceptionsFor(stack: string): readonly Exception[] {
  const all = excepted.get(stack) ?? exceptionsOf(stack, clone);
  excepted.set(stack, all);
  return all;
}

/** All resources of a run, which the library gives every rule anew. */
function readStack(resources: readonly PolicyResource[]): Stack {
  const name = stackOf(resources[0]?.urn ?? "");
  return {
    name,
    resources: resources.map(resourceOf),
    secrets: new Map(),
    nodes: nodesOfFile(name, clone),
  };
}

/** Whether something could not be told for what is unknown of a resource. */
const isAbout = (untold: readonly Finding[], urn: string): boolean =>
  untold.some((one) => one.urn === urn || one.message.startsWith(urn));

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

/** Reads everything there is. */
function readAll(value: unknown): void {
  if (typeof value === "object" && value !== null) {
    Object.keys(value).forEach((key) => {
      readAll((value as Record<string, unknown>)[key]);
    });
  }
}

/** What the engine sends in place of a value that is not known yet: one mark for each type. */
const unknownMarks: readonly string[] = [
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
];

/** Name of the stack that a URN is of. */
const stackOf = (urn: string): string => (urn.split("::")[0] ?? "").replace("urn:pulumi:", "");

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
    return unknownMarks.includes(value) ? unknownText : value;
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
