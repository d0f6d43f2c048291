/** What Grafana would show nothing for, or refuse, in the dashboards that it is provisioned with. */
import * as z from "zod";

import type { Exported } from "../../components/observability/promql/names.ts";
import { judgeQuery, unknownLabels } from "../../components/observability/rules/query-faults.ts";
import { legendLabels } from "../../components/observability/rules/templates.ts";

const Source = z.object({ type: z.string(), uid: z.string() });

const Panel = z.object({
  id: z.int(),
  title: z.string().min(1),
  type: z.enum(["timeseries", "stat", "table"]),
  datasource: Source,
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
  targets: z.array(
    z.object({
      refId: z.string(),
      expr: z.string(),
      legendFormat: z.string().optional(),
      datasource: Source.optional(),
    }),
  ),
});
type Panel = z.infer<typeof Panel>;

const File = z.object({
  uid: z.string().max(40),
  title: z.string().min(1),
  panels: z.array(Panel),
  templating: z
    .object({
      list: z.array(
        z.object({
          name: z.string(),
          datasource: Source,
          query: z.object({ query: z.string() }),
        }),
      ),
    })
    .optional(),
});
type File = z.infer<typeof File>;

/** Folder → name of a file → its text. */
export type Folders = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Every fault of a Grafana's dashboards, each with where. */
export function dashboardFaults(
  folders: Folders,
  exported: Exported,
  datasources: readonly string[],
): string[] {
  const files = Object.entries(folders).flatMap(([folder, inside]) =>
    Object.entries(inside).map(([name, text]) => [`${folder}/${name}`, read(text)] as const),
  );
  const faults = files.flatMap(([name, file]) =>
    typeof file === "string"
      ? [`${name}: ${file}`]
      : faultsOfFile(file, exported, datasources).map((fault) => `${name}: ${fault}`),
  );
  const known = files.flatMap(([, file]) => (typeof file === "string" ? [] : [file]));
  return [
    ...faults,
    ...doubles(known.map(({ uid }) => uid)).map((uid) => `uid ${uid} is there twice`),
    ...doubles(known.map(({ title }) => title)).map((title) => `title ${title} is there twice`),
  ];
}

function read(text: string): File | string {
  try {
    const parsed = File.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : z.prettifyError(parsed.error);
  } catch {
    return "is no JSON";
  }
}

const doubles = <Value>(values: readonly Value[]): Value[] =>
  values.filter((value, index) => values.indexOf(value) !== index);

function faultsOfFile(
  { panels, templating }: File,
  exported: Exported,
  datasources: readonly string[],
): string[] {
  const variables = templating?.list ?? [];
  const names = variables.map(({ name }) => name);
  const used = [
    ...panels.map(({ datasource }) => datasource.uid),
    ...panels.flatMap(({ targets }) => targets.map(({ datasource }) => datasource?.uid)),
    ...variables.map(({ datasource }) => datasource.uid),
  ].filter((uid) => uid !== undefined);
  return [
    ...[...new Set(used)]
      .filter((uid) => !datasources.includes(uid))
      .map((uid) => `there is no datasource ${uid}`),
    ...doubles(panels.map(({ id }) => id)).map((id) => `panel ${id} is there twice`),
    ...doubles(names).map((name) => `variable ${name} is there twice`),
    ...overlaps(panels),
    ...variables.flatMap(({ query }) => faultsOfVariable(query.query, exported)),
    ...panels.flatMap((panel) =>
      faultsOfPanel(panel, names, exported).map((fault) => `${panel.title}: ${fault}`),
    ),
  ];
}

function overlaps(panels: readonly Panel[]): string[] {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: h }, (_, row) => row).flatMap((row) =>
      Array.from({ length: w }, (_, column) => `${x + column}/${y + row}`),
    ),
  );
  return [
    ...(new Set(cells).size === cells.length ? [] : ["panels overlap"]),
    ...panels
      .filter(({ gridPos: { x, w } }) => x + w > 24)
      .map(({ title }) => `${title}: is wider than the page`),
  ];
}

function faultsOfVariable(query: string, exported: Exported): string[] {
  const [, selector = "", label = ""] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
  const { faults, labels } = judgeQuery(selector, exported);
  return [
    ...faults,
    ...unknownLabels([label], labels).map((one) => `${selector} has no label ${one}`),
  ];
}

function faultsOfPanel(
  { targets }: Panel,
  variables: readonly string[],
  exported: Exported,
): string[] {
  return [
    ...(targets.length === 0 ? ["asks nothing"] : []),
    ...doubles(targets.map(({ refId }) => refId)).map((letter) => `query ${letter} twice`),
    ...targets.flatMap(({ expr, legendFormat = "" }) => {
      const { faults, labels } = judgeQuery(expr, exported);
      // A number is a group of an expression: Grafana has no variable of that name, and leaves it as it is.
      const asked = [...expr.matchAll(/\$(?!__|\d)\{?(\w+)/g)].map(([, name = ""]) => name);
      return [
        ...faults,
        ...asked
          .filter((name) => !variables.includes(name))
          .map((name) => `there is no variable ${name}`),
        ...unknownLabels(legendLabels(legendFormat), labels).map(
          (label) => `the legend names ${label}, which the query does not give`,
        ),
      ];
    }),
  ];
}
