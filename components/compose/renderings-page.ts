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

/** Differences of behaviour, which no translation of a word can show. */
const beyondWords = `
## What no word shows

- **Constraints** hold when a pod is placed. Swarm takes tasks away from a node that no longer matches; a pod stays
  until something else moves it, such as a taint with \`NoExecute\`.
- **Parallelism** bounds how many pods are missing at once. Swarm goes in batches; here the next pod is exchanged as
  soon as one counts.
- **start-first** stops an old task when the new one runs; here when the new pod has been ready for
  \`minReadySeconds\`.
- **A tag** is turned into a digest by Swarm when the service is made; a pod asks the registry again at each start.
  Pin the digest where all pods must run the same.
- **A service taken out of the file** is removed, on both. \`docker stack deploy\` would do that with \`--prune\` only.
- **Nodes without the label** of a preference are one group to Swarm, and none to the spread of a Workload.
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
  return heading + defaults() + beyondWords + tableHead + rows.join("");
}
