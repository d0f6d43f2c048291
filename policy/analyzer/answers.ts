/** What the pack answers to what an engine asks. */
import { Declared } from "../declared.ts";
import { hasUnknown, judgeResource, judgeStack } from "../judge.ts";
import type { Finding, Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";
import { exceptionsFor, prepareFor, stackOf, stackWith } from "../run.ts";
import {
  description,
  type Diagnostic,
  type Pack,
  readAnalyzeRequest,
  readAnalyzeStackRequest,
  readConfigureRequest,
  writeInfo,
  writePluginInfo,
  writeResponse,
} from "./messages.ts";

/** Bytes of a request → bytes of the answer. */
export type Answer = (request: Uint8Array) => Uint8Array;

const nothing: Answer = () => new Uint8Array();

/**
 * Does something once the answer that is being made has left: in the turn after this one it is written to its
 * connection, and what held up that turn would hold it up.
 */
const afterwards = (work: () => void): void => {
  setImmediate(() => setImmediate(work));
};

/**
 * The calls of the protocol, by their names. No rule mends a resource: `Remediate`, which an engine asks of each, is a
 * call that the pack does not know, and a call that nobody knows costs half of one that does nothing.
 *
 * @param prepare Reads what a stack is judged by, in time that nobody waits for: what it could not read is read, and
 *   told of, when it is asked for.
 */
export const answersOf = (
  pack: Pack,
  rules: readonly Rule[],
  declared = new Declared(),
  prepare: (stack: string) => void = prepareFor,
): Readonly<Record<string, Answer>> => {
  let stack: string | undefined;
  return {
    GetPluginInfo: () => writePluginInfo(pack),
    // An engine tells the stack first, then asks who this is, and then waits for its program.
    ConfigureStack: (request) => {
      stack = readConfigureRequest(request);
      return new Uint8Array();
    },
    GetAnalyzerInfo: () => {
      const known = stack;
      if (known !== undefined) {
        afterwards(() => {
          quietly(() => {
            prepare(known);
          });
        });
      }
      return writeInfo(pack, rules);
    },
    Configure: nothing,
    Analyze: (request) => {
      const resource = readAnalyzeRequest(request);
      declared.note(resource);
      return writeResponse(pack, diagnosticsOf(pack, rules, resource));
    },
    AnalyzeStack: (request) => {
      const resources = declared.all(readAnalyzeStackRequest(request));
      return writeResponse(pack, judgeAll(pack, rules, resources));
    },
  };
};

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // It is done again where it is needed, and told there.
  }
}

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
): Diagnostic[] {
  const stack = stackWith(resources);
  const diagnostics: Diagnostic[] = [];
  for (const rule of rules.filter(({ kind }) => kind === "stack")) {
    const { findings, untold } = judgeStack(rule, stack, exceptionsFor(stack.name));
    diagnostics.push(...objections(rule, findings));
    const [first] = untold;
    if (first !== undefined) {
      // Also where it is no value of a resource that is missing: a rule that the engine is told not to count at all
      // (`PolicyNotApplicable`) stands in no event, and would be missing from the report without a word.
      diagnostics.push(cannotRun(pack, rule, first.message));
    }
  }
  return diagnostics;
}
