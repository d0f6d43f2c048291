/** How a rendered stack is written into its golden files, `golden/<stack>.yaml` and `.calls.txt`. */
import { createHash } from "node:crypto";

import { parse, stringify } from "yaml";

import { mapTexts, masker } from "../policy/graph/secrets.ts";
import type { Rendered } from "./rendered.ts";

/**
 * Everything a stack asks of the engine, sorted by URN, secrets masked: what a reviewer reads when
 * a change to a component reaches a stack.
 */
export function writeGolden(
  stack: string,
  { collected, options, secrets }: Pick<Rendered, "collected" | "options" | "secrets">,
): string {
  const mask = masker(secrets);
  const inputs = new Map(
    collected.resources.map((resource) => [`${resource.type} ${resource.name}`, resource]),
  );
  const resources = [...options]
    .sort((a, b) => (a.urn < b.urn ? -1 : 1))
    .map(({ urn, type, name, protect, retainOnDelete }) => {
      const resource = inputs.get(`${type} ${name}`);
      return {
        urn: shortUrn(urn),
        ...(resource?.provider === undefined || resource.provider === ""
          ? {}
          : { provider: shortUrn(resource.provider) }),
        ...(protect ? { protect } : {}),
        ...(retainOnDelete ? { retainOnDelete } : {}),
        inputs: resource?.inputs ?? {},
      };
    });
  const document = mapTexts({ resources, outputs: collected.result }, mask);
  const head = `# What the stack ${stack} asks of the engine. Written by \`make golden\`; review the difference.\n`;
  return head + stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}

/**
 * The same of a large stack as one line for each resource: its URN, and a digest of all that is asked of it.
 * Which of many alike resources a change reaches is read here; what it changes in them, in a smaller stack.
 */
export function writeDigests(stack: string, rendered: Rendered): string {
  const document = parse(writeGolden(stack, rendered)) as {
    readonly resources: readonly { readonly urn: string }[];
    readonly outputs: unknown;
  };
  const lines = [
    ...document.resources.map(({ urn, ...asked }) => `${digest(asked)} ${urn}`),
    `${digest(document.outputs)} outputs`,
  ];
  const head = `# What the stack ${stack} asks of the engine, as digests. Written by \`make golden\`; review which lines change.`;
  return [head, ...lines, ""].join("\n");
}

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 12);

/** A URN without what is the same in all: `type$type::name`. */
const shortUrn = (urn: string): string => urn.replace(/^urn:pulumi:[^:]+::[^:]+::/, "");
