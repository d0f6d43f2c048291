/**
 * User data before the schema that comes with cloud-init itself, of the release the machine has: each
 * key must be one of cloud-init's, and hold what its module takes. That cloud-init then does it is
 * seen live only.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";

import { userData } from "../../components/platform/name-server-files.ts";
import { toolFolder } from "./tools.ts";

const schemaFile =
  "root/usr/lib/python3/dist-packages/cloudinit/config/schemas/schema-cloud-config-v1.json";

type Definition = Parameters<typeof z.fromJSONSchema>[0];
type Judge = (config: Record<string, unknown>) => string[];

const Schema = z.object({
  $defs: z.record(
    z.string(),
    z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});

let judge: Judge;

beforeAll(() => {
  const text = readFileSync(join(toolFolder("cloud-init-schema"), schemaFile), "utf8");
  const { $defs } = Schema.parse(JSON.parse(text));
  // One definition a module of cloud-init, each with the keys that it reads.
  const modules = Object.entries($defs).filter(([name]) => name.startsWith("cc_"));
  judge = (config) =>
    Object.keys(config).flatMap((key) => {
      const owners = modules.filter(([, { properties }]) => Object.hasOwn(properties ?? {}, key));
      const faults = owners.flatMap(([name]) => {
        const definition = {
          $schema: "https://json-schema.org/draft/2020-12/schema",
          $defs,
          $ref: `#/$defs/${name}`,
        } as unknown as Definition;
        const result = z.fromJSONSchema(definition).safeParse({ [key]: config[key] });
        return result.success ? [] : [`${key}: ${name} refuses it`];
      });
      return owners.length === 0 ? [`${key}: no module reads it`] : faults;
    });
});

const text = userData("https://zones.example.net/zones", ["192.0.2.2"]);
const config = parse(text) as Record<string, unknown>;

it("the name server's user data has no fault", () => {
  expect(text.split("\n")[0]).toBe("#cloud-config");
  expect(judge(config)).toEqual([]);
});

it.each<[string, Record<string, unknown>, string]>([
  ["a key of nobody", { pakages: ["knot"] }, "pakages: no module reads it"],
  ["packages that are no list", { packages: "knot" }, "packages: "],
  [
    "a file with a word misspelt",
    { write_files: [{ path: "/a", permission: "0644" }] },
    "write_files: ",
  ],
  [
    "permissions that YAML made a number",
    { write_files: [{ path: "/a", permissions: 420 }] },
    "write_files: ",
  ],
  ["a command that is no words", { runcmd: [{ reboot: true }] }, "runcmd: "],
])("%s is found", (_, change, says) => {
  const found = judge({ ...config, ...change });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(says);
});
