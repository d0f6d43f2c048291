/**
 * Reads the engine's event log: one JSON object a line, as `--event-log` and the Automation API write
 * it (sdk/go apitype/events.go). What is no event is counted, never fatal.
 *
 * A log of ten thousand steps has tens of megabytes: it is read line by line, and of each event only
 * what a report needs is kept.
 */
import { closeSync, openSync, readSync } from "node:fs";

import * as z from "zod";

import {
  bagOf,
  DiagnosticEvent,
  plainText,
  PolicyEvent,
  policyMessage,
  policySummaryIn,
  stepIn,
  type StepMetadata,
  stepOf,
  SummaryEvent,
} from "./engine-events.ts";
import type { Message, PolicyMessage, PolicySummary, StackPreview, Step } from "./preview.ts";
import { isDeeperThan, isObject, type JsonObject } from "./values.ts";

/** Kinds of events that say nothing of the change. */
const silent: ReadonlySet<string> = new Set([
  "cancelEvent",
  "stdoutEvent",
  "preludeEvent",
  "policyLoadEvent",
  "startDebuggingEvent",
  "progressEvent",
]);

/**
 * The head of a step's event: the engine always writes these members first. Where nothing but them is
 * needed, the rest of the line is not parsed.
 */
const stepHead =
  /^\{"sequence":\d+,"timestamp":\d+,"(resourcePreEvent|resOutputsEvent)":\{"metadata":\{"op":"([a-z-]+)","urn":"([^"\\]*)","type":"([^"\\]*)",/;

/** Bytes of a line in which that head ends, unless its names are longer than any there are. */
const headBytes = 1024;

const openBrace = 0x7b;
const closeBrace = 0x7d;
const lineBreak = 0x0a;

/** Levels of an event. Definitions of kinds, the deepest there are, have about fifty. */
const deepest = 200;

/** Types of which those that stay the same are read too: their pods count, and they are asked what they hold. */
const surroundings =
  /^pulumi:|^kubernetes:(apps\/|batch\/|policy\/|autoscaling\/)|:(PersistentVolumeClaim|Pod|ReplicationController)$/;

/** Marks of a resource that is kept from being deleted: what stays the same may have lost one of them. */
const kept = ['"protect":true', '"retainOnDelete":true'] as const;

/** A step that tells no more than that it is. */
const nothing = {
  before: undefined,
  after: undefined,
  keys: [],
  diffs: undefined,
  detail: undefined,
} as const;

/** Gathers the events of one log. */
export class EventReader {
  readonly #steps: Step[] = [];
  /** URN → places of the steps of a replacement that is not told whole yet. */
  readonly #parts = new Map<string, readonly number[]>();
  readonly #begun = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #same = new Set<string>();
  readonly #versions: Record<string, string> = {};
  readonly #messages: Message[] = [];
  readonly #policyMessages: PolicyMessage[] = [];
  readonly #policySummaries: PolicySummary[] = [];
  readonly #remediations: PolicyMessage[] = [];
  readonly #packs: Record<string, string> = {};
  readonly #unknownKinds: Record<string, number> = {};
  #outputs: StackPreview["outputs"];
  #summary: StackPreview["summary"];
  #unreadable = 0;
  #lastUnreadable = false;

  /**
   * Takes one line in.
   *
   * @param line Its bytes, which are not kept: most of most logs need not be made into text.
   */
  take(line: Buffer): void {
    if (line[0] !== openBrace && line.toString("utf8").trim() === "") {
      return;
    }
    const wasRead = this.#skip(line) || this.#read(line);
    this.#unreadable += wasRead ? 0 : 1;
    this.#lastUnreadable = !wasRead;
  }

  /**
   * Ends the log.
   *
   * @param endsInLine Whether it ended without a line break, as a log that is cut short does.
   */
  end(endsInLine: boolean): StackPreview {
    const cut = endsInLine && this.#lastUnreadable;
    return {
      steps: this.#steps,
      begun: this.#begun,
      ended: this.#ended,
      same: this.#same,
      outputs: this.#outputs,
      versions: this.#versions,
      messages: this.#messages,
      policyMessages: this.#policyMessages,
      policySummaries: this.#policySummaries,
      remediations: this.#remediations,
      packs: this.#packs,
      summary: this.#summary,
      faults: {
        unreadable: this.#unreadable - (cut ? 1 : 0),
        cut,
        unknownKinds: this.#unknownKinds,
      },
    };
  }

  /** Takes in a step of which its head tells all that is needed. */
  #skip(line: Buffer): boolean {
    const isWhole = line.at(-1) === closeBrace;
    const head = isWhole ? stepHead.exec(line.toString("utf8", 0, headBytes)) : null;
    if (head === null) {
      return false;
    }
    const [, event = "", op = "", name = "", type = ""] = head;
    // A part of a text keeps the whole of it in memory: this one is put together, so it is a text of its own.
    const step = `${op} ${name}`;
    if (event === "resOutputsEvent") {
      // What a refresh found stands in the event of its end alone, and so do the stack's outputs.
      if (type === "pulumi:pulumi:Stack" || !this.#begun.has(step)) {
        return false;
      }
      this.#ended.add(step);
      return true;
    }
    // Of a replacement, the step that makes the new one tells what the others do.
    const isTold =
      (op === "replace" || op === "delete-replaced") &&
      this.#begun.has(`create-replacement ${name}`);
    if (op === "refresh" || isTold) {
      this.#begun.add(step);
      return true;
    }
    if (op !== "same" || surroundings.test(type) || kept.some((mark) => line.includes(mark))) {
      return false;
    }
    this.#begun.add(step);
    this.#same.add(step.slice(op.length + 1));
    return true;
  }

  #read(line: Buffer): boolean {
    let event: unknown;
    try {
      event = JSON.parse(line.toString("utf8"));
    } catch {
      return false;
    }
    if (!isObject(event) || isDeeperThan(event, deepest)) {
      return false;
    }
    const kinds = Object.keys(event).filter((key) => key !== "sequence" && key !== "timestamp");
    return kinds.length > 0 && kinds.every((kind) => this.#takeEvent(kind, event[kind]));
  }

  #takeEvent(kind: string, body: unknown): boolean {
    switch (kind) {
      case "resourcePreEvent":
      case "resOpFailedEvent":
        return this.#takeStep(stepIn(body));
      case "resOutputsEvent":
        return this.#takeEnd(stepIn(body));
      case "policyEvent":
        return read(PolicyEvent, body, (event) => this.#policyMessages.push(policyMessage(event)));
      case "policyRemediationEvent":
        return read(PolicyEvent, body, (event) => this.#remediations.push(policyMessage(event)));
      case "policyAnalyzeSummaryEvent":
      case "policyAnalyzeStackSummaryEvent":
      case "policyRemediateSummaryEvent":
        return this.#takePolicySummary(policySummaryIn(body));
      case "diagnosticEvent":
        return read(DiagnosticEvent, body, (event) => {
          this.#takeMessage(event);
        });
      case "errorEvent":
        return read(z.object({ error: z.string() }), body, ({ error }) => {
          this.#messages.push({ severity: "error", urn: "", text: plainText(error) });
        });
      case "summaryEvent":
        return read(SummaryEvent, body, (event) => {
          this.#takeSummary(event);
        });
      default:
        if (!silent.has(kind)) {
          this.#unknownKinds[kind] = (this.#unknownKinds[kind] ?? 0) + 1;
        }
        return true;
    }
  }

  #takeStep(metadata: StepMetadata | undefined): boolean {
    if (metadata === undefined) {
      return false;
    }
    const { op, urn, type } = metadata;
    this.#begun.add(`${op} ${urn}`);
    if (op === "same") {
      this.#same.add(urn);
    }
    this.#takeVersion(type, metadata.new?.inputs);
    if (op === "replace" || op === "delete-replaced") {
      this.#parts.set(urn, [...(this.#parts.get(urn) ?? []), this.#steps.length]);
    } else if (op === "create-replacement") {
      this.#dropParts(urn);
    }
    this.#steps.push(stepOf(metadata));
    return true;
  }

  /** What the steps before the one that makes the new resource told is told again by it. */
  #dropParts(urn: string): void {
    for (const at of this.#parts.get(urn) ?? []) {
      const step = this.#steps[at];
      if (step !== undefined) {
        const { type, op, isCustom } = step;
        this.#steps[at] = { ...nothing, urn, type, op, isCustom };
      }
    }
  }

  #takeEnd(metadata: StepMetadata | undefined): boolean {
    if (metadata === undefined) {
      return false;
    }
    const { op, urn, type } = metadata;
    this.#ended.add(`${op} ${urn}`);
    if (type === "pulumi:pulumi:Stack") {
      const { old: before, new: after } = metadata;
      this.#outputs = { before: bagOf(before?.outputs), after: bagOf(after?.outputs) };
      this.#ended.add(`refresh ${urn}`);
    } else if (!this.#begun.has(`${op} ${urn}`)) {
      // What a refresh found: begun as `refresh`, ended as what it comes to.
      this.#begun.add(`${op} ${urn}`);
      this.#ended.add(`refresh ${urn}`);
      if (op === "same") {
        this.#same.add(urn);
      } else {
        this.#steps.push(stepOf(metadata, true));
      }
    }
    return true;
  }

  #takeVersion(type: string, inputs: JsonObject | null | undefined): void {
    const version = inputs?.["version"];
    if (typeof version === "string") {
      const name = /^pulumi:providers:(.+)$/.exec(type)?.[1];
      if (name !== undefined) {
        this.#versions[name] = version;
      }
    }
  }

  #takePolicySummary(summary: PolicySummary | undefined): boolean {
    if (summary === undefined) {
      return false;
    }
    this.#packs[summary.pack] ??= summary.version;
    this.#policySummaries.push(summary);
    return true;
  }

  #takeMessage({ urn, message, severity, ephemeral }: z.infer<typeof DiagnosticEvent>): void {
    const text = plainText(message).trim();
    if (ephemeral || text === "" || severity === "debug") {
      return;
    }
    const known = severity === "error" || severity === "warning" ? severity : "info";
    this.#messages.push({ severity: known, urn, text });
  }

  #takeSummary(event: z.infer<typeof SummaryEvent>): void {
    const { result, durationSeconds: seconds, resourceChanges, PolicyPacks } = event;
    const changes = Object.entries(resourceChanges).filter(([op]) => op !== "same");
    this.#summary = { result, seconds, changes: changes.reduce((sum, [, n]) => sum + n, 0) };
    for (const [pack, version] of Object.entries(PolicyPacks)) {
      // `fleet|local|/path/of/the/pack`: only its name is the report's affair.
      this.#packs[pack.split("|")[0] ?? pack] = version.replace(/^v/, "");
    }
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown, take: (event: T) => unknown): boolean {
  // There are few of these: to make their parser into code would take longer than it saves.
  const { success, data } = schema.safeParse(body, { jitless: true });
  if (success) {
    take(data);
  }
  return success;
}

/** Reads a log that is at hand as a text. */
export function readEvents(text: string): StackPreview {
  const reader = new EventReader();
  for (let start = 0; start < text.length;) {
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    reader.take(Buffer.from(text.slice(start, stop), "utf8"));
    start = stop + 1;
  }
  return reader.end(!text.endsWith("\n"));
}

/**
 * Reads a log from its file, a megabyte at a time.
 *
 * @throws Where there is no such file or it cannot be read.
 */
export function readEventLog(path: string): StackPreview {
  const reader = new EventReader();
  const buffer = Buffer.alloc(1 << 20);
  const file = openSync(path, "r");
  try {
    // What of a line was read so far.
    let parts: Buffer[] = [];
    for (;;) {
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) {
        break;
      }
      const read = buffer.subarray(0, count);
      let start = 0;
      for (let end = read.indexOf(lineBreak); end !== -1; end = read.indexOf(lineBreak, start)) {
        const rest = read.subarray(start, end);
        reader.take(parts.length === 0 ? rest : Buffer.concat([...parts, rest]));
        parts = [];
        start = end + 1;
      }
      if (start < count) {
        parts.push(Buffer.from(read.subarray(start)));
      }
    }
    const last = Buffer.concat(parts);
    reader.take(last);
    return reader.end(last.length > 0);
  } finally {
    closeSync(file);
  }
}
