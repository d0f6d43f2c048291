/**
 * A stand-in provider plugin: `node main.ts <cloud> [the engine's arguments]`. Started by the wrappers in
 * `bin/`, which a sandbox runner puts on PATH. The first line of its output is its port.
 */
import { sandboxFolder } from "./guard.ts";
import { StandIn } from "./plugin.ts";
import { loadRules } from "./rules/index.ts";
import { clouds, isCloud, loadSchema } from "./schema.ts";
import { serve } from "./server.ts";

const [cloud = ""] = process.argv.slice(2);
if (!isCloud(cloud)) {
  console.error(`no stand-in for '${cloud}': there is one for ${clouds.join(", ")}`);
  process.exit(2);
}
const schema = loadSchema(cloud);
const rules = await loadRules(cloud);

let standIn: StandIn | undefined;
const port = await serve(schema.version, () => {
  // Asked at every call and not at the start, so that the refusal reaches the engine as an error of its own.
  const folder = sandboxFolder(cloud, process.env);
  standIn ??= new StandIn(cloud, schema, rules, folder, process.env);
  return standIn;
});
console.log(String(port));
