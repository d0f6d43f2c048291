/** Drift is asked for while nobody updates: what an update has done so far is none. */
import { describe, expect, test } from "vitest";

import { inPeace } from "../../../ops/review/in-peace.ts";

const minute = 60_000;
const state = (time: string, begun = 0) => ({
  manifest: { time },
  resources: [],
  pending_operations: Array.from({ length: begun }, () => ({ type: "updating" })),
});

/** Asks a world whose state is looked at as often as there are texts; the last stays. */
async function asked(states: readonly unknown[], patience: number) {
  const waits: number[] = [];
  const said: string[] = [];
  const left = [...states];
  let asks = 0;
  const end = await inPeace(() => Promise.resolve((asks += 1)), {
    state: () => Promise.resolve(left.length > 1 ? left.shift() : left[0]),
    patience,
    wait: (milliseconds) => Promise.resolve(waits.push(milliseconds)),
    say: (line) => said.push(line),
  });
  return { ...end, asks, said, waited: waits.reduce((sum, one) => sum + one, 0) };
}

describe("drift", () => {
  test("is asked for once where nobody updates, and nothing is waited for", async () => {
    expect(await asked([state("1"), state("1")], 45 * minute)).toEqual({
      ...{ answer: 1, moved: false, asks: 1, said: [], waited: 0 },
    });
  });

  test("is asked for when the update that is at work has ended", async () => {
    const end = await asked([state("1", 2), state("2", 1), state("3"), state("3")], 45 * minute);
    expect(end).toMatchObject({ answer: 1, moved: false, waited: 2 * minute });
    expect(end.disturbed).toBeUndefined();
    expect(end.said[0]).toContain("an update is at work");
  });

  test("is asked for again where an update came between", async () => {
    const end = await asked([state("1"), state("2"), state("2"), state("2")], 45 * minute);
    expect(end).toMatchObject({ answer: 2, moved: false, waited: minute });
    expect(end.disturbed).toBeUndefined();
  });

  test("is not told of an update that does not end, nor of one that was stopped", async () => {
    const changing = Array.from({ length: 200 }, (_, at) => state(`${at}`));
    const busy = await asked(changing, 5 * minute);
    expect(busy).toMatchObject({ moved: true, waited: 5 * minute });
    expect(busy.disturbed).toBe("an update changed the stack meanwhile");
    const dead = await asked([state("1", 1)], 5 * minute);
    expect(dead).toMatchObject({ moved: false, asks: 1, waited: 5 * minute });
    expect(dead.disturbed).toContain("1 operation has begun and not ended");
  });

  test("of a preview waits for nobody, and says what it is worth", async () => {
    const end = await asked([state("1"), state("2")], 0);
    expect(end).toMatchObject({ moved: true, asks: 1, waited: 0 });
    expect(end.disturbed).toContain("meanwhile");
  });
});
