// The engine's entry: plain JavaScript, so that a Node too old to strip types by itself reads at
// least this, and says so. Without it the run ends in «Unknown file extension .ts».
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  const { RunError } = await import("@pulumi/pulumi");
  throw new RunError(
    `Fleet runs on Node 22.18 or newer, and this is ${process.versions.node} (${process.execPath}).\n` +
      "Put a newer node first on PATH; node_modules/.bin has one on most platforms after npm install.",
  );
}

await import("./components/base/loading.mjs");
const { loadLate } = await import("./stacks/late.ts");
loadLate();
const { traceProgram } = await import("./stacks/trace.ts");
traceProgram();
const { default: program } = await import("./index.ts");

export default program;
