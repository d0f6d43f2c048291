/** A dashboard in Grafana's own format. Pure. */
import { datasourceIds } from "../metrics/grafana-datasources.ts";
import type { Dashboard, Panel, Variable } from "./types.ts";

const datasource = { type: "prometheus", uid: datasourceIds.prometheus };

/** Columns of Grafana's grid, and what each kind of panel takes of it. */
const columns = 24;
const sizes = {
  graph: { w: 12, h: 8 },
  number: { w: 6, h: 4 },
  table: { w: 24, h: 8 },
} as const;

const types = { graph: "timeseries", number: "stat", table: "table" } as const;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Panels side by side as long as they fit, row below row. */
function placesOf(panels: readonly Panel[]): Place[] {
  let x = 0;
  let y = 0;
  let height = 0;
  return panels.map(({ kind = "graph" }) => {
    const { w, h } = sizes[kind];
    if (x + w > columns) {
      y += height;
      x = 0;
      height = 0;
    }
    const place = { x, y, w, h };
    x += w;
    height = Math.max(height, h);
    return place;
  });
}

const red = "red";

function thresholds({ bad }: Panel): Record<string, unknown> {
  if (bad === undefined) {
    return {};
  }
  const steps =
    "from" in bad
      ? [
          { color: "green", value: null },
          { color: red, value: bad.from },
        ]
      : [
          { color: red, value: null },
          { color: "green", value: bad.below },
        ];
  return { thresholds: { mode: "absolute", steps } };
}

/** What only some kinds of panels have. */
const parts = {
  graph: { options: { legend: { showLegend: true }, tooltip: { mode: "multi", sort: "desc" } } },
  number: { options: { reduceOptions: { calcs: ["lastNotNull"] }, colorMode: "value" } },
  table: {
    transformations: [
      { id: "merge", options: {} },
      { id: "organize", options: { excludeByName: { Time: true } } },
    ],
  },
} as const;

function panelOf(panel: Panel, place: Place, index: number): Record<string, unknown> {
  const { title, kind = "graph", unit = "short", description, max, queries } = panel;
  return {
    id: index + 1,
    title,
    ...(description === undefined ? {} : { description }),
    type: types[kind],
    // Its queries take the panel's: said once, it does not swell the state.
    datasource,
    fieldConfig: {
      defaults: {
        unit,
        ...(kind === "graph" ? { min: 0 } : {}),
        ...(max === undefined ? {} : { max }),
        ...thresholds(panel),
      },
      overrides: [],
    },
    gridPos: place,
    ...parts[kind],
    targets: queries.map(({ expression, legend }, number) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + number),
      expr: expression,
      ...(kind === "table"
        ? { format: "table", instant: true }
        : { legendFormat: legend, ...(kind === "number" ? { instant: true } : {}) }),
    })),
  };
}

const variableOf = ({ name, title, selector, label }: Variable): Record<string, unknown> => ({
  name,
  label: title,
  type: "query",
  datasource,
  query: { query: `label_values(${selector}, ${label})`, refId: name },
  refresh: 2,
  includeAll: true,
  multi: true,
  current: { text: ["All"], value: ["$__all"] },
});

/** Writes a dashboard, without a blank: it stands in the state of the stack. */
export function dashboardFile({ uid, title, variables = [], panels }: Dashboard): string {
  const places = placesOf(panels);
  return JSON.stringify({
    uid,
    title,
    tags: ["fleet"],
    schemaVersion: 39,
    editable: false,
    refresh: "1m",
    time: { from: "now-24h", to: "now" },
    ...(variables.length === 0 ? {} : { templating: { list: variables.map(variableOf) } }),
    panels: panels.flatMap((panel, index) => {
      const place = places[index];
      return place === undefined ? [] : [panelOf(panel, place, index)];
    }),
  });
}
