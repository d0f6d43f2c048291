/** A watch of recordings instead of a cluster, for tests under a pseudo terminal. Its word says how it ends. */
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import { displayFor } from "../../sandbox/rollout/display.ts";
import { recordedRows } from "./rollout-recording.ts";

const display = displayFor(process.stdout, process.env, (line) => {
  process.stdout.write(`${line}\n`);
});
const show = (name: Parameters<typeof recordedRows>[0], elapsed: number): void => {
  display.show({ stack: "voting", rows: recordedRows(name), seconds: new Map(), elapsed });
};

show("rolling", 1);
await sleep(50);
show("rolling", 2);
show("rolling", 2);
await sleep(50);
const [, , word] = process.argv;
if (word === "crash") {
  throw new Error("planted");
}
if (word === "exit") {
  process.exit(3);
}
if (word === "resize") {
  // The display hears of it first: it has listened for longer. To listen alone keeps no process.
  const resized = once(process.stdout, "resize");
  const stays = setInterval(() => undefined, 1_000);
  execFileSync("stty", ["cols", "50", "rows", "9"], { stdio: "inherit" });
  await resized;
  clearInterval(stays);
}
show("settled", 3);
display.end();
