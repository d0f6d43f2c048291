/**
 * The prepared change set in all four forms, from the log of a preview under the real engine, Kubernetes
 * provider and policy pack (prepared/); test/e2e/review.e2e.test.ts runs it anew. The assertions say what
 * a reader must see; the golden files show the rest, and review reads their difference.
 */
import { describe, expect, it } from "vitest";

import { Report } from "../../review/model.ts";
import { renderHtml } from "../../review/render/html.ts";
import { renderJson } from "../../review/render/json.ts";
import { renderMarkdown } from "../../review/render/markdown.ts";
import { renderTerminal } from "../../review/render/terminal.ts";
import { canaries, labelled } from "./prepared/program.ts";
import { preparedReport, recorded } from "./prepared/report.ts";

const report = preparedReport(recorded());

const forms = {
  "report.md": renderMarkdown(report),
  "report.html": renderHtml(report),
  "report.txt": renderTerminal(report),
  "report.json": renderJson(report),
} as const;

/** Rules that speak of a resource, by its label. */
const rulesOf = (label: string): readonly string[] =>
  report.stacks.flatMap(({ items }) =>
    items
      .filter(({ resource }) => resource.label === label)
      .flatMap(({ findings }) => findings.map(({ rule }) => rule)),
  );

describe("the report of the prepared change set", () => {
  it.each(Object.entries(forms))("is its golden file: %s", async (name, text) => {
    await expect(text).toMatchFileSnapshot(`../golden/review/${name}`);
  });

  it("is one that the model knows, and asks for somebody's yes", () => {
    expect(Report.parse(JSON.parse(forms["report.json"]))).toEqual(report);
    expect(report.verdict).toMatchObject({ exitCode: 3, risk: "data-loss" });
    expect(report.stacks.map(({ stack, outcome }) => [stack, outcome])).toEqual([
      ["prod", "changed"],
      ["test", "unchanged"],
    ]);
  });

  it.each([
    ["Deployment skywire/dmsg-discovery", "image-changed"],
    ["Deployment skywire/address-resolver", "single-replica"],
    ["Deployment skywire/address-resolver", "below-budget"],
    ["PersistentVolumeClaim skywire/transport-discovery-data", "claim-shrunk"],
    ["DomainRecord dmsg", "record-changed"],
    ["Secret skywire/dmsg-server-keys-e04b", "secret-changed"],
    ["ConfigMap skywire/dmsg-discovery-config-93d2", "config-changed"],
  ])("says of %s that %s", (label, rule) => {
    expect(rulesOf(label)).toContain(rule);
  });

  it("says once what all labels have in common", () => {
    const [group] = report.groups;
    expect(report.groups).toHaveLength(1);
    expect(group?.members).toHaveLength(labelled);
    expect(forms["report.txt"]).toContain(`app.kubernetes.io/version on ${labelled} objects`);
  });

  it("says which policies are broken, and that nothing else is missing", () => {
    const [prod] = report.stacks;
    expect(prod?.policies.violations.map(({ policy }) => policy)).toContain("image-names");
    expect(prod?.missing).toEqual([]);
  });

  it("is the same in whatever order the engine gets to resources that do not wait for each other", () => {
    const logs = recorded();
    const name = (line: string): string => /"(?:urn|resourceUrn)":"([^"]+)"/.exec(line)?.[1] ?? "";
    const lines = logs.changed.trim().split("\n");
    // What is said of one resource keeps its order.
    const sorted = lines.toSorted((a, b) => (name(a) === name(b) ? 0 : name(a) < name(b) ? 1 : -1));
    const again = preparedReport({ ...logs, changed: sorted.join("\n") });
    expect(renderJson(again)).toBe(forms["report.json"]);
  });

  it("holds no secret, in no form and no encoding", () => {
    const encodings = canaries.flatMap((canary) => [
      canary,
      Buffer.from(canary).toString("base64").replace(/=+$/, ""),
      Buffer.from(canary).toString("hex"),
      encodeURIComponent(canary),
      canary.slice(0, 12),
    ]);
    const found = Object.entries(forms).flatMap(([name, text]) =>
      encodings.filter((encoding) => text.includes(encoding)).map((encoding) => [name, encoding]),
    );
    expect(found).toEqual([]);
  });

  it("tells in each form what is worst first", () => {
    for (const text of [forms["report.md"], forms["report.html"]]) {
      const places = ["Data loss", "Downtime", "Access", "Rollout", "Cosmetic"].map((title) =>
        text.search(new RegExp(`(?:### .*|class="title">)${title}|<summary>.*${title} \\(`)),
      );
      expect(places).not.toContain(-1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }
  });
});
