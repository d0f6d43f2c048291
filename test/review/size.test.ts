/** That a report takes as long as its preview is large, and no longer; bench/ has the figures. */
import { expect, it } from "vitest";

import { readEvents } from "../../review/events.ts";
import { image, label, logOf } from "./made.ts";
import { reportOf } from "./recorded.ts";

const textOf = (count: number): string =>
  logOf(
    Array.from({ length: count }, (_, at) => (at % 2 === 0 ? image(`web-${at}`, at) : label(at))),
  );

const secondsOf = (text: string): number => {
  const begun = process.threadCpuUsage();
  reportOf([{ stack: "test", preview: readEvents(text) }]);
  return process.threadCpuUsage(begun).user / 1e6;
};

it("costs ten times as much for ten times as many steps, not a hundred times", () => {
  const [small, large] = [textOf(500), textOf(5_000)];
  // The first run compiles what the others run.
  secondsOf(small);
  const [one, ten] = [secondsOf(small) + secondsOf(small), secondsOf(large)];
  expect(ten / (one / 2)).toBeLessThan(40);
});
