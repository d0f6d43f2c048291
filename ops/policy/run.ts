/** Reads a stack's state for `policy`. */
import { Engine } from "../../sandbox/engine.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { CommandError, type Target } from "../command.ts";
import { livePulumi } from "../keys/pulumi.ts";
import { judgeState, type PolicyReport } from "./report.ts";

/**
 * Judges the state of a stack.
 *
 * @throws CommandError where there is none.
 */
export async function runPolicy(
  root: string,
  stack: string,
  target: Target,
): Promise<PolicyReport> {
  // Shown to this process alone: what is encrypted here is looked for in plain text there.
  const words = ["stack", "export", "--show-secrets", "--stack", stack];
  const text =
    target === "live"
      ? await livePulumi({ root, environment: process.env })(words)
      : await sandboxExport(root, stack, words);
  return judgeState(stack, parsed(text, stack), root);
}

async function sandboxExport(
  root: string,
  stack: string,
  words: readonly string[],
): Promise<string> {
  const place = sandboxPlace(stack, { clone: root, root: process.env["FLEET_SANDBOX_ROOT"] });
  const { code, stdout } = await new Engine(place, process.env).ask(words);
  if (code !== 0) {
    throw new CommandError(
      `${stack} has no state in the sandbox: bring it up first with make up STACK=${stack}`,
    );
  }
  return stdout;
}

/** A fault of the parser would quote the text, secrets and all. */
function parsed(text: string, stack: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CommandError(
      `the state of ${stack} is no JSON: pulumi stack export did not end well`,
    );
  }
}
