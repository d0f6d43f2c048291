/** What the pack answers to what an engine asks. */
import { Declared } from "../declared.ts";
import { hasUnknown, judgeResource, judgeStack } from "../judge.ts";
import type { Finding, Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";
import { concerned, exceptionsFor, stackOf, stackWith } from "../run.ts";
import {
  description,
  type Diagnostic,
  type NotApplicable,
  type Pack,
  readAnalyzeRequest,
  readAnalyzeStackRequest,
  writeInfo,
  writePluginInfo,
  writeResponse,
} from "./messages.ts";

/** Bytes of a request → bytes of the answer. */
export type Answer = (request: Uint8Array) => Uint8Array;

const nothing: Answer = () => new Uint8Array();

/** The calls of the protocol, by their names. */
export const answersOf = (
  pack: Pack,
  rules: readonly Rule[],
  declared = new Declared(),
): Readonly<Record<string, Answer>> => ({
  GetPluginInfo: () => writePluginInfo(pack),
  GetAnalyzerInfo: () => writeInfo(pack, rules),
  Configure: nothing,
  ConfigureStack: nothing,
  // No rule mends a resource.
  Remediate: nothing,
  Analyze: (request) => {
    const resource = readAnalyzeRequest(request);
    declared.note(resource);
    return writeResponse(pack, diagnosticsOf(pack, rules, resource), []);
  },
  AnalyzeStack: (request) => {
    const resources = declared.all(readAnalyzeStackRequest(request));
    const told = judgeAll(pack, rules, resources);
    return writeResponse(pack, told.diagnostics, told.notApplicable);
  },
});

/** What a rule objects to, below what it protects: as the vendor's library has it. */
const objections = (rule: Rule, findings: readonly Finding[]): Diagnostic[] =>
  findings.map(({ message, urn }) => ({
    rule,
    level: rule.level,
    message: `${description(rule)}\n${message}`,
    urn,
  }));

/** That a rule could not run, in the words of the vendor's library: `review` counts by them. */
const cannotRun = ({ name, version }: Pack, rule: Rule, why: string): Diagnostic => ({
  rule,
  level: "advisory",
  message: `can't run policy '${rule.name}' from policy pack '${name}@v${version}' during preview: ${why}`,
  urn: "",
});

function diagnosticsOf(pack: Pack, rules: readonly Rule[], resource: Resource): Diagnostic[] {
  const stack = stackOf(resource.urn);
  return rules.flatMap((rule) => {
    const { findings, untold } = judgeResource(rule, resource, stack, exceptionsFor(stack));
    const [first] = untold;
    return first !== undefined && hasUnknown(resource)
      ? [...objections(rule, findings), cannotRun(pack, rule, first.message)]
      : objections(rule, findings);
  });
}

function judgeAll(
  pack: Pack,
  rules: readonly Rule[],
  resources: readonly Resource[],
): { readonly diagnostics: Diagnostic[]; readonly notApplicable: NotApplicable[] } {
  const stack = stackWith(resources);
  const diagnostics: Diagnostic[] = [];
  const notApplicable: NotApplicable[] = [];
  for (const rule of rules.filter(({ kind }) => kind === "stack")) {
    const { findings, untold } = judgeStack(rule, stack, exceptionsFor(stack.name));
    diagnostics.push(...objections(rule, findings));
    const [first] = untold;
    if (first === undefined) {
      continue;
    }
    if (concerned(untold, resources).some(hasUnknown)) {
      diagnostics.push(cannotRun(pack, rule, first.message));
    } else {
      // Nothing of a resource is missing: what is, the pack is never told.
      notApplicable.push({ rule, reason: first.message });
    }
  }
  return { diagnostics, notApplicable };
}
