/** Follows an update of the engine and says in few lines how it goes. */
import { type EngineEvent, isNoise, objectName, plainText, resourceLabel } from "./events.ts";

/** What an update did. */
export interface Outcome {
  /** Operation → count, as the engine's summary says. */
  readonly changes: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Whether the engine came to its summary. */
  readonly finished: boolean;
  /** Whether any change was begun, not planned only. */
  readonly touched: boolean;
  /** URNs of the resources that an operation failed on. */
  readonly failed: readonly string[];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Something the engine or a provider said. */
export interface Problem {
  /** Resource it is about; empty for the whole stack. */
  readonly resource: string;
  readonly message: string;
}

const verbs: Readonly<Record<string, string>> = {
  create: "+ made",
  update: "~ changed",
  delete: "- deleted",
  replace: "± replaced",
  "create-replacement": "± made anew",
  "delete-replaced": "- deleted",
  refresh: "… read",
  read: "… read",
};

/** Gathers an update's events. */
export class Progress {
  /** URN → the object in the cluster; whatever is none has no name there. */
  readonly #begun = new Map<string, string | undefined>();
  readonly #done = new Set<string>();
  readonly #failed = new Set<string>();
  readonly #errors: Problem[] = [];
  readonly #warnings: Problem[] = [];
  #touched = false;
  #same = 0;
  #changes: Readonly<Record<string, number>> = {};
  #seconds = 0;
  #finished = false;

  /**
   * Takes one event in.
   *
   * @returns A line worth showing at once, or undefined.
   */
  take(event: EngineEvent): string | undefined {
    const { resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
    const { diagnosticEvent, policyEvent, summaryEvent } = event;
    if (resourcePreEvent !== undefined && isChange(resourcePreEvent.metadata.op)) {
      const { urn, new: made } = resourcePreEvent.metadata;
      this.#begun.set(urn, made === undefined ? undefined : objectName(made.inputs));
      this.#touched = true;
    }
    if (resOutputsEvent?.metadata.op === "same") {
      this.#same += 1;
    }
    if (resOutputsEvent !== undefined && isChange(resOutputsEvent.metadata.op)) {
      const { urn, op } = resOutputsEvent.metadata;
      this.#begun.delete(urn);
      this.#done.add(urn);
      return `  ${verbs[op] ?? op} ${resourceLabel(urn)}`;
    }
    if (resOpFailedEvent !== undefined) {
      const { urn } = resOpFailedEvent.metadata;
      this.#begun.delete(urn);
      this.#failed.add(urn);
      return `  ! failed ${resourceLabel(urn)}`;
    }
    if (diagnosticEvent !== undefined) {
      this.#diagnose(diagnosticEvent);
    }
    if (policyEvent !== undefined) {
      this.#object(policyEvent);
    }
    if (summaryEvent !== undefined) {
      this.#changes = summaryEvent.resourceChanges;
      this.#seconds = summaryEvent.durationSeconds;
      this.#finished = true;
      this.#touched &&= !summaryEvent.isPreview;
    }
    return undefined;
  }

  /** One line: how far it is, and what it waits for. */
  status(): string {
    const names = [...this.#begun.keys()].map(resourceLabel);
    const shown = names.slice(0, 3).join(", ");
    const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
    const failed = this.#failed.size === 0 ? "" : `, ${this.#failed.size} failed`;
    const same = this.#same === 0 ? "" : `, ${this.#same} the same`;
    return `  ${this.#done.size} done${same}${failed}${names.length === 0 ? "" : `; at work: ${shown}${more}`}`;
  }

  /** Objects of the cluster that it is at work on, each as {@link objectName} has it. */
  atWork(): readonly string[] {
    return [...this.#begun.values()].filter((name) => name !== undefined);
  }

  /** What came of it. */
  outcome(): Outcome {
    return {
      changes: this.#changes,
      seconds: this.#seconds,
      finished: this.#finished,
      touched: this.#touched,
      failed: [...this.#failed],
      errors: this.#errors,
      warnings: this.#warnings,
    };
  }

  #diagnose(event: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const { ephemeral, message, severity, urn } = event;
    const text = plainText(message).trim();
    if (ephemeral || text === "" || isNoise(text)) {
      return;
    }
    const problem = { resource: isStack(urn) ? "" : resourceLabel(urn), message: text };
    if (severity === "error") {
      this.#errors.push(problem);
    } else if (severity === "warning") {
      this.#warnings.push(problem);
    }
  }

  #object({
    enforcementLevel,
    message,
    policyName,
    resourceUrn,
  }: NonNullable<EngineEvent["policyEvent"]>): void {
    // The engine puts the rule's own description before what it found.
    const text = plainText(message).trim().split("\n").at(-1) ?? "";
    const problem = {
      resource: isStack(resourceUrn) ? "" : resourceLabel(resourceUrn),
      message: `${policyName}: ${text}`,
    };
    (enforcementLevel === "mandatory" ? this.#errors : this.#warnings).push(problem);
  }
}

/** Jobs that were made and have failed, as URNs: no later run starts them again by itself. */
export const spentJobs = ({ failed, errors }: Pick<Outcome, "failed" | "errors">): string[] =>
  failed.filter(
    (urn) =>
      /[$:]kubernetes:batch\/v1:Job::/.test(urn) &&
      errors.some(
        ({ resource, message }) =>
          resource === resourceLabel(urn) && message.includes("failed to fully initialize"),
      ),
  );

const changeWords = {
  done: { create: "made", update: "changed", replace: "replaced", delete: "deleted" },
  planned: { create: "to make", update: "to change", replace: "to replace", delete: "to delete" },
} as const;

/**
 * The counts of an outcome in words: "12 made, 1 changed, 80 the same".
 *
 * @param when Whether it has happened, or is what a preview promises: "12 to make, 1 to change, 80 the same".
 */
export function describeChanges(
  changes: Readonly<Record<string, number>>,
  when: keyof typeof changeWords = "done",
): string {
  const words = [...Object.entries(changeWords[when]), ["same", "the same"] as const];
  const parts = words.flatMap(([operation, word]) => {
    const count = changes[operation] ?? 0;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

/** Whether any operation is more than a look. */
export function isUnchanged(changes: Readonly<Record<string, number>>): boolean {
  return Object.entries(changes).every(([operation, count]) => count === 0 || !isChange(operation));
}

function isChange(operation: string): boolean {
  return !["same", "read", "refresh", "discard", "remove-pending-replace"].includes(operation);
}

function isStack(urn: string): boolean {
  return urn === "" || urn.includes("::pulumi:pulumi:Stack::");
}
