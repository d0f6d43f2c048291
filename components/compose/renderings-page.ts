/** The table of {@link renderings} as a page of the documentation. */
import { baseline, type Rendering, renderings } from "./renderings.ts";

const heading = `# Swarm's words, on Kubernetes and on a Swarm

Printed from the translations themselves (\`components/compose/renderings.ts\`) by \`test/compose/renderings.test.ts\`.
Kubernetes' side is in the words of Fleet's \`Workload\`, which are Kubernetes' own; Swarm's is what the Docker
provider is given. Unknown words are refused.

Words that stand under \`deploy\` here may stand beside it, as in the lecture's example; where both places say one,
the one beside \`deploy\` counts, and a warning says so.
`;

const tableHead = `
## Each word

A row is what changes when a service says the word, beside the defaults above. What a word does not do is told as a
warning when the program runs; what cannot be done is refused before anything is touched.

| Word | Kubernetes | Swarm |
| --- | --- | --- |
`;

/** A text in a cell of a table: a bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", "\\|");

const code = (text: string): string => `\`${cell(text)}\``;

function rendered({ changes, warnings, refusals }: Rendering): string {
  const lines = [
    ...changes.map(code),
    ...warnings.map((text) => `*Warns:* ${cell(text)}`),
    ...refusals.map((text) => `*Refused:* ${cell(text)}`),
  ];
  return lines.length === 0 ? "nothing: what it says holds anyway" : lines.join("<br>");
}

function defaults(): string {
  const { kubernetes, swarm } = baseline();
  const block = (title: string, lines: readonly string[]): string =>
    `\n${title}:\n\n\`\`\`\n${lines.join("\n")}\n\`\`\`\n`;
  return `
## A service that says nothing but its image

Swarm's defaults are filled in, not Kubernetes'.
${block("On Kubernetes", kubernetes)}${block("On a Swarm", swarm)}`;
}

/** The page. */
export function renderingsPage(): string {
  const rows = renderings().map(
    ({ says, kubernetes, swarm }) =>
      `| ${says.map(code).join("<br>")} | ${rendered(kubernetes)} | ${rendered(swarm)} |\n`,
  );
  return heading + defaults() + tableHead + rows.join("");
}
