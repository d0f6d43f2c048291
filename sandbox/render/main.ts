/**
 * The Kubernetes plugin for a state that is rendered only: `node main.ts [the engine's arguments]`. The
 * real plugin runs behind it and answers everything — names, checks, what differs, what must be replaced —
 * but what would have to reach a cluster: that is answered here, as if it had been done.
 *
 * Started by the wrapper in `bin/`, which only the offline review puts on PATH. The first line of its
 * output is its port.
 */
import { spawn } from "node:child_process";
import { delimiter, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { isProgram } from "../programs.ts";
import { sandboxFolder } from "../standins/guard.ts";
import { serveProxy } from "./proxy.ts";

const name = "pulumi-resource-kubernetes";
const own = join(dirname(fileURLToPath(import.meta.url)), "bin");

const folder = (process.env["PATH"] ?? "")
  .split(delimiter)
  .find((entry) => entry !== "" && resolve(entry) !== own && isProgram(join(entry, name)));
if (folder === undefined) {
  console.error(`${name} is not on PATH beside ${own}`);
  process.exit(2);
}
// Nobody answers what it might ask. The engine ends both, as one group.
const child = spawn(join(folder, name), process.argv.slice(2), {
  stdio: ["ignore", "pipe", "inherit"],
});
child.on("error", (error) => {
  console.error(`${name} cannot be started: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code) => process.exit(code ?? 1));
createInterface({ input: child.stdout }).once("line", (line) => {
  void serveProxy(Number(line), () => sandboxFolder("kubernetes", process.env)).then((port) => {
    console.log(String(port));
  });
});
