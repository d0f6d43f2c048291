/** Faults of a stack's own alerts and dashboards, with all that it exports in view. */
import { builtInDashboards } from "../dashboards/files.ts";
import { exportedBy } from "../families/catalogue.ts";
import type { Exported } from "../promql/names.ts";
import { builtInGroups } from "./files.ts";
import { judgeQuery, unknownLabels } from "./query-faults.ts";
import type { OwnRule } from "./rules.schema.ts";
import { legendLabels, textUse } from "./templates.ts";
import type { ObservedParts } from "./types.ts";

/** One fault: a path below `fleet:observability.metrics`. */
export interface OwnFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Faults of what a stack's file says of its own; none, and no time, where it says nothing. */
export function ownFaults(on: ObservedParts): OwnFault[] {
  if (Object.keys(on.rules).length === 0 && Object.keys(on.dashboards).length === 0) {
    return [];
  }
  const exported = exportedBy(on);
  return [...ruleFaults(on, exported), ...dashboardFaults(on, exported)];
}

function ruleFaults(on: ObservedParts, exported: Exported): OwnFault[] {
  const taken = new Set(builtInGroups(on).flatMap(({ rules }) => rules.map(({ name }) => name)));
  return Object.entries(on.rules).flatMap(([name, rule]) => [
    ...(taken.has(name)
      ? [{ path: ["rules", name], message: "is an alert that every stack has: name it otherwise" }]
      : []),
    ...faultsOfRule(["rules", name], rule, exported),
  ]);
}

function faultsOfRule(path: readonly string[], rule: OwnRule, exported: Exported): OwnFault[] {
  const { faults, labels } = judgeQuery(rule.expression, exported);
  const texts: (readonly [place: readonly string[], text: string])[] = [
    [["summary"], rule.summary],
    [["description"], rule.description ?? ""],
    ...Object.entries(rule.labels).map(([label, text]) => [["labels", label], text] as const),
  ];
  return [
    ...faults.map((message) => ({ path: [...path, "expression"], message })),
    ...texts.flatMap(([place, text]): OwnFault[] => {
      const use = textUse(text);
      const here = [...path, ...place];
      return use.ok
        ? unknownLabels(use.labels, labels).map((label) => ({
            path: here,
            message: `names the label ${label}, which what the expression gives does not have`,
          }))
        : [{ path: here, message: use.message }];
    }),
  ];
}

function dashboardFaults(on: ObservedParts, exported: Exported): OwnFault[] {
  const taken = new Set(
    builtInDashboards(on).flatMap(({ dashboards }) => dashboards.map(({ uid }) => uid)),
  );
  return Object.entries(on.dashboards).flatMap(([uid, { panels }]) => [
    ...(taken.has(uid)
      ? [
          {
            path: ["dashboards", uid],
            message: "is the uid of a dashboard that every such stack has: give it another",
          },
        ]
      : []),
    ...panels.flatMap(({ queries }, panel) =>
      queries.flatMap(({ expression, legend }, query) => {
        const path = ["dashboards", uid, "panels", panel, "queries", query];
        const { faults, labels } = judgeQuery(expression, exported);
        return [
          ...faults.map((message) => ({ path: [...path, "expression"], message })),
          ...unknownLabels(legendLabels(legend), labels).map((label) => ({
            path: [...path, "legend"],
            message: `names the label ${label}, which what the expression gives does not have`,
          })),
        ];
      }),
    ),
  ]);
}
