/** `policy`: every rule over what a state holds, and what of it stands there in plain text. */
import { exceptionsOf } from "../../policy/alike.ts";
import { networkOf } from "../../policy/graph/networks.ts";
import { judgeStack, labelOf } from "../../policy/judge.ts";
import { clusterOfFile, nodesOf } from "../../policy/nodes.ts";
import type { Finding } from "../../policy/resource.ts";
import { rules } from "../../policy/rules.ts";
import { readState } from "../../policy/state.ts";
import { CommandError } from "../command.ts";
import { table } from "../table.ts";

/** What came of it. */
export interface PolicyReport {
  readonly text: string;
  /** Whether no rule that stops an update has anything against the state. */
  readonly kept: boolean;
}

/** Name under which values in plain text stand in the report; a rule of states alone. */
export const stateRule = "state-encrypted";

/**
 * Judges a state.
 *
 * @param exported What `pulumi stack export --show-secrets` printed, parsed.
 * @param root Folder of the stack files.
 * @throws CommandError where nothing is in it: rules that look at nothing are kept by everything.
 */
export function judgeState(stack: string, exported: unknown, root: string): PolicyReport {
  const state = readState(stack, exported);
  if (state.stack.resources.length === 0) {
    throw new CommandError(
      `the state of ${stack} holds nothing to judge: bring the stack up first`,
    );
  }
  const cluster = clusterOfFile(stack, root);
  const nodes = nodesOf(cluster, state.stack.resources);
  const judged = { ...state.stack, nodes, network: networkOf(cluster) };
  const rows = rules.map((rule) => {
    const { findings, untold: missing } = judgeStack(rule, judged, exceptionsOf(stack, root));
    return { name: rule.name, level: rule.level, findings, missing };
  });
  rows.push({ name: stateRule, level: "mandatory", findings: state.plain, missing: [] });
  const broken = rows.filter(({ findings }) => findings.length > 0);
  const untold = rows.filter(({ missing }) => missing.length > 0);
  return {
    text: [
      ...broken.flatMap(({ name, level, findings }) => [
        `${name} (${level})`,
        ...table(findings.map(row))
          .split("\n")
          .map((line) => `  ${line}`),
        "",
      ]),
      ...untold.map(({ name }) => `${name}: could not be told from the state`),
      `${stack}: ${judged.resources.length} resources, ${rows.length} rules: ` +
        `${rows.length - broken.length - untold.length} kept, ${broken.length} broken, ` +
        `${untold.length} could not be told`,
    ].join("\n"),
    kept: broken.every(({ level }) => level === "advisory"),
  };
}

const row = ({ urn, message }: Finding): string[] => [
  urn === "" ? "the stack" : labelOf(urn),
  message,
];
