/** The engine's event log: one JSON object a line. Only what a report needs is read. */
import * as z from "zod";

const Named = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string(), namespace: z.string() }),
});
/** A Kubernetes object, by what its cluster knows it. */
type Named = z.infer<typeof Named>;

const Step = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  // Whatever is no object of a namespace has other inputs.
  new: z.object({ inputs: Named }).optional().catch(undefined),
});

const EngineEvent = z.object({
  resourcePreEvent: z.object({ metadata: Step }).optional(),
  resOutputsEvent: z.object({ metadata: Step }).optional(),
  resOpFailedEvent: z.object({ metadata: Step }).optional(),
  diagnosticEvent: z
    .object({
      urn: z.string().default(""),
      message: z.string(),
      severity: z.string(),
      // What a provider says while it waits, e.g. that a pod is not ready yet.
      ephemeral: z.boolean().default(false),
    })
    .optional(),
  // What a rule of the policy pack objects to.
  policyEvent: z
    .object({
      resourceUrn: z.string().default(""),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
  summaryEvent: z
    .object({
      resourceChanges: z.record(z.string(), z.number()).default({}),
      durationSeconds: z.number().default(0),
      // Up to here it was the preview that `up` shows before it asks.
      isPreview: z.boolean().default(false),
    })
    .optional(),
});
/** One event. */
export type EngineEvent = z.infer<typeof EngineEvent>;

/**
 * The head of a step's event: the engine writes these members first (sdk/go/common/apitype/events.go). What is
 * behind them, a resource whole and twice, is most of a log, and most of it need not be parsed.
 */
const stepHead =
  /^\{"sequence":\d+,"timestamp":\d+,"(resourcePreEvent|resOutputsEvent)":\{"metadata":\{"op":"([a-z-]+)","urn":"([^"\\]*)","type":"([^"\\]*)",/;

/** Reads one line; what is no event is undefined. */
export function parseEvent(line: string): EngineEvent | undefined {
  const head = line.endsWith("}") ? stepHead.exec(line) : null;
  const [, event, op = "", urn = "", type = ""] = head ?? [];
  if (event === "resOutputsEvent") {
    return { resOutputsEvent: { metadata: { op, urn, type } } };
  }
  // What stays the same is not at work: nobody asks what the cluster calls it.
  if (event === "resourcePreEvent" && op === "same") {
    return { resourcePreEvent: { metadata: { op, urn, type } } };
  }
  try {
    const parsed = EngineEvent.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** A resource as people name it: the last part of its type and its name. */
export function resourceLabel(urn: string): string {
  const parts = urn.split("::");
  const type = (parts[2] ?? "").split("$").at(-1) ?? "";
  return `${type.split(":").at(-1) ?? ""} ${parts.slice(3).join("::")}`.trim();
}

/** An object of a cluster as people name it: `Deployment voting/vote`. */
export function objectName({ kind, metadata: { namespace, name } }: Named): string {
  return `${kind} ${namespace}/${name}`;
}

/** The engine's colour marks, e.g. `<{%reset%}>`, taken out. */
export function plainText(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "");
}

/**
 * Warnings that say nothing about the stack: every plugin of a sandbox is on PATH, and one of them is
 * older than its SDK.
 */
const noise = [
  /using pulumi-(resource|language|analyzer)-\S+ from \$PATH/,
  /resource plugin \S+ is expected to have version/,
];

/** Whether a line is one of the sandbox's own making. */
export function isNoise(line: string): boolean {
  return noise.some((pattern) => pattern.test(line));
}
