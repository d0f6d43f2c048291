/** What Kibana is given to read logs with: for each family a view, searches and a dashboard. Pure. */
import { dataStreamOf, type LogFamilies } from "../logs/families.ts";

/** An object in the words of Kibana's import; its attributes differ by type. */
export interface SavedObject {
  readonly id: string;
  readonly type: "index-pattern" | "search" | "visualization" | "dashboard";
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly {
    readonly id: string;
    readonly name: string;
    readonly type: SavedObject["type"];
  }[];
}

/** A question that is asked of a family again and again. */
export interface Question {
  /** Part of its id: stable. */
  readonly name: string;
  readonly title: string;
  /** In Kibana's own language (KQL). */
  readonly query: string;
}

/** Family → what a system asks of it, beside what is asked of every family. */
export type Searches = Readonly<Record<string, readonly Question[]>>;

/** Columns of a search: where a line is from, and what it says. */
const columns = ["workload", "pod", "container", "message"] as const;

/** Names under which our programs say how bad a line is: logrus, zap, zerolog. */
const levels = ["level", "L", "severity", "lvl"] as const;

const anyLevel = (values: readonly string[]): string =>
  levels
    .map((name) => `fields.${name}: (${values.map((value) => `"${value}"`).join(" or ")})`)
    .join(" or ");

/** Asked of every family. */
const questions: readonly Question[] = [
  { name: "all", title: "all lines", query: "" },
  {
    name: "errors",
    title: "errors",
    query: `${anyLevel(["error", "ERROR", "fatal", "FATAL", "panic", "PANIC"])} or message: ("error" or "fatal" or "panic")`,
  },
  { name: "panics", title: "panics", query: 'message: "panic" or message: "goroutine"' },
  {
    name: "odd",
    title: "lines that could not be read",
    query: 'line: ("binary" or "long" or "fault")',
  },
];

/** What a search, or a picture of one, asks. */
const source = (query: string): { readonly searchSourceJSON: string } => ({
  searchSourceJSON: JSON.stringify({
    query: { query, language: "kuery" },
    filter: [],
    indexRefName: "kibanaSavedObjectMeta.searchSourceJSON.index",
  }),
});

const viewReference = (view: string): SavedObject["references"] => [
  { id: view, name: "kibanaSavedObjectMeta.searchSourceJSON.index", type: "index-pattern" },
];

const viewOf = (view: string): SavedObject => ({
  id: view,
  type: "index-pattern",
  attributes: { title: view, name: view, timeFieldName: "@timestamp" },
  references: [],
});

const searchOf = (view: string, { name, title, query }: Question): SavedObject => ({
  id: `${view}-${name}`,
  type: "search",
  attributes: {
    title: `${view}: ${title}`,
    description: "",
    columns: [...columns],
    sort: [["@timestamp", "desc"]],
    kibanaSavedObjectMeta: source(query),
  },
  references: viewReference(view),
});

/** Lines over time, by workload. */
function pictureOf(view: string, { name, title, query }: Question): SavedObject {
  const heading = `${view}: ${title} over time`;
  const state = {
    title: heading,
    type: "histogram",
    params: { type: "histogram", addTooltip: true, addLegend: true, legendPosition: "right" },
    aggs: [
      { id: "1", enabled: true, type: "count", schema: "metric", params: {} },
      {
        id: "2",
        enabled: true,
        type: "date_histogram",
        schema: "segment",
        params: { field: "@timestamp", interval: "auto", min_doc_count: 1, extended_bounds: {} },
      },
      {
        id: "3",
        enabled: true,
        type: "terms",
        schema: "group",
        params: { field: "workload", size: 20, order: "desc", orderBy: "1", otherBucket: true },
      },
    ],
  };
  return {
    id: `${view}-${name}-rate`,
    type: "visualization",
    attributes: {
      title: heading,
      description: "",
      version: 1,
      uiStateJSON: "{}",
      visState: JSON.stringify(state),
      kibanaSavedObjectMeta: source(query),
    },
    references: viewReference(view),
  };
}

/** What stands where: the page is 48 columns wide. */
const panels = [
  { name: "all-rate", type: "visualization", x: 0, y: 0, w: 24, h: 12 },
  { name: "errors-rate", type: "visualization", x: 24, y: 0, w: 24, h: 12 },
  { name: "errors", type: "search", x: 0, y: 12, w: 48, h: 16 },
  { name: "all", type: "search", x: 0, y: 28, w: 48, h: 20 },
] as const;

const dashboardOf = (view: string): SavedObject => ({
  id: view,
  type: "dashboard",
  attributes: {
    title: `Logs: ${view}`,
    description: "",
    timeRestore: true,
    timeFrom: "now-24h",
    timeTo: "now",
    refreshInterval: { pause: false, value: 60_000 },
    optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
    panelsJSON: JSON.stringify(
      panels.map(({ x, y, w, h }, index) => ({
        panelIndex: `${index + 1}`,
        gridData: { x, y, w, h, i: `${index + 1}` },
        embeddableConfig: {},
        panelRefName: `panel_${index + 1}`,
      })),
    ),
    kibanaSavedObjectMeta: {
      searchSourceJSON: JSON.stringify({ query: { query: "", language: "kuery" }, filter: [] }),
    },
  },
  references: panels.map(({ name, type }, index) => ({
    id: `${view}-${name}`,
    name: `panel_${index + 1}`,
    type,
  })),
});

/** Everything that Kibana is given: ids are stable, so that a second import overwrites the first. */
export function savedObjects(families: LogFamilies, searches: Searches = {}): SavedObject[] {
  return Object.keys(families).flatMap((family) => {
    const view = dataStreamOf(family);
    return [
      viewOf(view),
      ...[...questions, ...(searches[family] ?? [])].map((question) => searchOf(view, question)),
      ...questions
        .filter(({ name }) => name === "all" || name === "errors")
        .map((question) => pictureOf(view, question)),
      dashboardOf(view),
    ];
  });
}
