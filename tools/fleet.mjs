#!/usr/bin/env node
// The entry of every make target, in words that Node 12 knows: Ubuntu 22.04 and Debian 11 install that one. Of a newer word, here or
// in what this file would import at once, all that it says is «SyntaxError: Unexpected token», before anything could tell what is needed.

const needed = 20;

if (Number(process.versions.node.split(".")[0]) < needed) {
  console.error(
    `fleet: Node ${needed} or newer is needed, this is ${process.versions.node} (${process.execPath}).\n` +
      "  to mend: install one from https://nodejs.org, or put it first on PATH",
  );
  process.exitCode = 1;
} else {
  void import("./lib/main.mjs");
}
