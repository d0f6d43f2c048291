/**
 * A question to the world while nobody updates the stack. During an update the world is ahead of the state, resource by
 * resource, and each of them would pass for drift: an alarm in the night for what the program does itself.
 *
 * Backends of one's own do not tell who holds their lock. The state does: the engine notes each operation in it before
 * it begins one, and writes it anew whenever one ends (pkg/backend/snapshot.go; in it they are `pending_operations`).
 */
import { begunIn } from "../../release/state.ts";
import { stateOf } from "./state.ts";

/** How it is asked. */
export interface Peace {
  /** The state as it is, as `pulumi stack export` has it. */
  readonly state: () => Promise<unknown>;
  /** Milliseconds that may be spent on waiting for an update to end; 0 asks once. */
  readonly patience: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly say: (line: string) => void;
}

/** What was answered, and whether it can be trusted. */
export interface Answered<Answer> {
  readonly answer: Answer;
  /** An update changed the state meanwhile: the answer is of neither before nor after. */
  readonly moved: boolean;
  /** Why the answer may be that update's doing. */
  readonly disturbed?: string;
}

/** Milliseconds between two looks at the state. */
const pace = 60_000;

/** Asks, and where an update was at work asks again when it has ended. */
export async function inPeace<Answer>(
  ask: () => Promise<Answer>,
  { patience, say, state, wait }: Peace,
): Promise<Answered<Answer>> {
  let left = patience;
  for (;;) {
    let before = signOf(await state());
    for (; before.begun > 0 && left > 0; left -= pace) {
      say("an update is at work: waiting for its end");
      await wait(pace);
      before = signOf(await state());
    }
    const answer = await ask();
    const after = signOf(await state());
    const moved = before.sign !== after.sign;
    if (!moved && after.begun === 0) {
      return { answer, moved };
    }
    if (left <= 0) {
      const disturbed = moved
        ? "an update changed the stack meanwhile"
        : `${after.begun} operation${after.begun === 1 ? " has" : "s have"} begun and not ended: an update is at work, or was stopped (make doctor)`;
      return { answer, moved, disturbed };
    }
    say("an update changed the stack meanwhile: asking again");
    await wait(pace);
    left -= pace;
  }
}

/** What tells one state from another, and how many operations it has begun. */
function signOf(deployment: unknown): { readonly sign: string; readonly begun: number } {
  const { hash, serial } = stateOf(deployment) ?? {};
  return { sign: JSON.stringify([hash, serial]), begun: begunIn(deployment) };
}
