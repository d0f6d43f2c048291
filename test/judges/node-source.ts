/**
 * What the node's own source says of its flags and its config: read off the text of the Go module, whose
 * checksums stand under tools/modules. It is not compiled: that needs libraries for graphics cards.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { run } from "./tools.ts";

const modules = join(import.meta.dirname, "..", "..", "tools", "modules");
const modulePath = "github.com/spacemeshos/go-spacemesh";

/** A field of the config. */
export type Field =
  | { readonly kind: "section"; readonly fields: ReadonlyMap<string, Field> }
  /** Go type, e.g. `uint32`. */
  | { readonly kind: "value"; readonly type: string };

/** One version of the node, by its source. */
export interface NodeSource {
  /** Flag → how it is declared, e.g. `BoolVar`. */
  readonly flags: ReadonlyMap<string, string>;
  /** Config by the keys that its file has. */
  readonly config: ReadonlyMap<string, Field>;
}

/** Folder of a module's source, as its checksums say it must be. */
async function sourceFolder(version: string): Promise<string> {
  const cwd = join(modules, `go-spacemesh-${version}`);
  const { code, stdout, stderr } = await run("go", ["mod", "download", "-json", modulePath], {
    cwd,
    env: { ...process.env, GOWORK: "off", GOFLAGS: "-mod=readonly" },
  });
  if (code !== 0) {
    throw new Error(`source of the node ${version} cannot be had: ${stdout}${stderr}`);
  }
  return (JSON.parse(stdout) as { readonly Dir: string }).Dir;
}

/** Reads a version's source. */
export async function readNodeSource(version: string): Promise<NodeSource> {
  const folder = await sourceFolder(version);
  const root = readFileSync(join(folder, "cmd", "root.go"), "utf8");
  const declared = root.matchAll(/PersistentFlags\(\)\.\s*(\w+)\([^"]*?"([\w-]+)"/g);
  return {
    flags: new Map(Array.from(declared, ([, kind = "", name = ""]) => [name, kind])),
    config: fieldsOf(folder, "config", "Config"),
  };
}

/** Fields of a struct of a package, by the keys of their tags; `section` is what stands in the package itself. */
function fieldsOf(folder: string, place: string, struct: string): Map<string, Field> {
  const text = packageText(join(folder, place));
  const body = new RegExp(`^type ${struct} struct \\{\\n(.*?)^\\}`, "ms").exec(text)?.[1];
  if (body === undefined) {
    throw new Error(`${place} has no struct ${struct}`);
  }
  const imports = new Map(
    Array.from(text.matchAll(/^\t(?:(\w+) )?"([^"]+)"$/gm), ([, alias, path = ""]) => [
      alias ?? path.slice(path.lastIndexOf("/") + 1),
      path,
    ]),
  );
  const fields = new Map<string, Field>();
  const tagged = /^\t(?:\w+ +)?(\*?[\w.[\]*]+) +`mapstructure:"([\w-]+)"`/gm;
  for (const [, type = "", key = ""] of body.matchAll(tagged)) {
    fields.set(key, fieldOf(folder, place, type.replace(/^\*/, ""), imports, text));
  }
  return fields;
}

function fieldOf(
  folder: string,
  place: string,
  type: string,
  imports: ReadonlyMap<string, string>,
  text: string,
): Field {
  const [first = "", second] = type.split(".");
  if (second === undefined) {
    return new RegExp(`^type ${first} struct`, "m").test(text)
      ? { kind: "section", fields: fieldsOf(folder, place, first) }
      : { kind: "value", type };
  }
  const path = imports.get(first) ?? "";
  const inside = path.startsWith(`${modulePath}/`) ? path.slice(modulePath.length + 1) : undefined;
  const isStruct =
    inside !== undefined &&
    new RegExp(`^type ${second} struct`, "m").test(packageText(join(folder, inside)));
  return isStruct
    ? { kind: "section", fields: fieldsOf(folder, inside, second) }
    : { kind: "value", type };
}

/** The files of a package, one after the other. */
function packageText(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".go") && !name.endsWith("_test.go"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}
