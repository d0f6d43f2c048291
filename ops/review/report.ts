/** Previews made into a report that an update can be held against. */
import { bindingOf } from "../../review/binding/canonical.ts";
import { EventReader } from "../../review/events.ts";
import type { Provenance, Report, StackProvenance, StackReport } from "../../review/model.ts";
import { changesOf } from "../../review/operations.ts";
import type { StackPreview } from "../../review/preview.ts";
import { buildReport, type StackInput } from "../../review/report.ts";
import type { LivePreviewed } from "./live.ts";
import type { Previewed } from "./previewed.ts";

/** What made it. */
export interface Maker {
  /** Version of the engine. */
  readonly engine: string | undefined;
  /** The command that gives a stack's report again. */
  readonly reproduce: (stack: string) => string;
}

/** Makes the report. */
export function reportOf(
  previews: readonly (Previewed | LivePreviewed)[],
  provenance: Omit<Provenance, "time">,
  maker: Maker,
): Report {
  const read = new Map(previews.map((previewed) => [previewed.stack, readPreview(previewed)]));
  const report = buildReport(
    previews.map((previewed) => inputOf(previewed, read.get(previewed.stack), maker)),
    { ...provenance, time: new Date().toISOString() },
    { secrets: previews.flatMap(({ secrets }) => secrets) },
  );
  const stacks = report.stacks.map((stack): StackReport => {
    const previewed = previews.find((one) => one.stack === stack.stack);
    const preview = read.get(stack.stack);
    return previewed === undefined || preview === undefined || stack.outcome === "failed"
      ? stack
      : { ...stack, binding: bindingFor(stack, previewed, preview, provenance.commit) };
  });
  return { ...report, stacks };
}

/** What the events tell; undefined where there are none. */
function readPreview({ code, events }: Previewed): StackPreview | undefined {
  return events ?? (code === 0 ? notAsked : undefined);
}

/** Where the program was not asked: it changes nothing, and is whole. */
const notAsked: StackPreview = {
  ...new EventReader().end(false),
  summary: { result: "succeeded", seconds: 0, changes: 0 },
};

function inputOf(
  previewed: Previewed,
  preview: StackPreview | undefined,
  { engine, reproduce }: Maker,
): StackInput {
  const { against, dependencies, drift, driftFailure, missing, stack, state } = previewed;
  const told = preview?.messages.some(({ severity }) => severity === "error") === true;
  const provenance: Partial<StackProvenance> = {
    ...(engine === undefined ? {} : { engine }),
    ...(state === undefined ? {} : { state }),
    reproduce: reproduce(stack),
    target: against,
  };
  return {
    stack,
    preview,
    // An engine that came to its summary has told all there is.
    failure: told || preview?.summary !== undefined ? undefined : previewed.failure,
    drift,
    driftFailure,
    dependencies,
    provenance,
    missing,
  };
}

function bindingFor(
  { items }: StackReport,
  previewed: Previewed | LivePreviewed,
  preview: StackPreview,
  commit: string | undefined,
): StackReport["binding"] {
  const isLive = "values" in previewed;
  return bindingOf({
    changes: changesOf(preview),
    risks: new Map(items.map(({ resource, risk }) => [resource.urn, risk])),
    values: isLive ? previewed.values : undefined,
    key: isLive ? previewed.key : undefined,
    state: previewed.state,
    commit,
  });
}
