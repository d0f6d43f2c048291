/**
 * Generates `schemas/<cloud>.json` from the declarations of the installed SDKs.
 * Run by `make standins`; a unit test proves the committed files up to date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "oxfmt";
import ts from "typescript";
import { catalogue } from "./catalogue.ts";
import {
  isOptional,
  outputKind,
  propertyName,
  SdkDeclarations,
  UnreadDeclaration,
} from "./declarations.ts";
import { clouds } from "./schema.ts";
import type { Cloud, CloudSchema, FunctionSchema, OutputKind, ResourceSchema } from "./schema.ts";

const require = createRequire(import.meta.url);

/** Reads a cloud's schema from its installed SDK. */
function readSchema(cloud: Cloud): CloudSchema {
  const name = `@pulumi/${cloud}`;
  const manifest = require.resolve(`${name}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const root = dirname(manifest);
  const sdk = new SdkDeclarations(root);
  const provider = sdk.interfaceIn("provider.d.ts", "ProviderArgs");
  if (provider === undefined) throw new UnreadDeclaration(`${name}: no ProviderArgs`);
  const resources: Record<string, ResourceSchema> = {};
  for (const module of catalogue[cloud].resources) {
    const { token, schema } = readResource(sdk, root, module);
    resources[token] = schema;
  }
  const functions: Record<string, FunctionSchema> = {};
  for (const module of catalogue[cloud].functions) {
    const { token, schema } = readFunction(sdk, root, module);
    functions[token] = schema;
  }
  return {
    package: name,
    version,
    provider: sdk.inputs(provider, ""),
    resources: sorted(resources),
    functions: sorted(functions),
    objects: sorted(sdk.objects),
  };
}

/** The text of a cloud's schema file, as committed. */
export async function schemaText(cloud: Cloud): Promise<string> {
  const { code } = await format(`${cloud}.json`, JSON.stringify(readSchema(cloud)), {
    printWidth: 100,
  });
  return code;
}

function readResource(
  sdk: SdkDeclarations,
  root: string,
  module: string,
): { token: string; schema: ResourceSchema } {
  const script = readFileSync(join(root, `${module}.js`), "utf8");
  const token = /__pulumiType = '([^']+)'/.exec(script)?.[1];
  const declared = sdk.file(`${module}.d.ts`).statements.find(ts.isClassDeclaration);
  const name = declared?.name?.text;
  if (token === undefined || declared === undefined || name === undefined) {
    throw new UnreadDeclaration(`${module}: no resource class`);
  }
  const args = sdk.interfaceIn(`${module}.d.ts`, `${name}Args`);
  if (args === undefined) throw new UnreadDeclaration(`${module}: no ${name}Args`);
  const outputs: Record<string, OutputKind> = {};
  for (const member of declared.members) {
    if (!ts.isPropertyDeclaration(member) || member.type === undefined) continue;
    if (!member.type.getText().startsWith("pulumi.Output") || isOptional(member.type)) continue;
    outputs[propertyName(member.name)] = outputKind(member.type);
  }
  const schema: ResourceSchema = {
    ...sdk.inputs(args, ""),
    secretInputs: [...script.matchAll(/\? pulumi\.secret\(args\.(\w+)\)/g)].map(
      ([, input]) => input ?? "",
    ),
    secretOutputs: [
      ...(/additionalSecretOutputs: \[([^\]]*)\]/.exec(script)?.[1]?.matchAll(/"(\w+)"/g) ?? []),
    ].map(([, output]) => output ?? ""),
    outputs,
  };
  return { token, schema };
}

function readFunction(
  sdk: SdkDeclarations,
  root: string,
  module: string,
): { token: string; schema: FunctionSchema } {
  const script = readFileSync(join(root, `${module}.js`), "utf8");
  const token = /pulumi\.runtime\.invoke\("([^"]+)"/.exec(script)?.[1];
  if (token === undefined) throw new UnreadDeclaration(`${module}: no function`);
  const base = (token.split(":")[2] ?? "").replace(/^./, (first) => first.toUpperCase());
  const args = sdk.interfaceIn(`${module}.d.ts`, `${base}Args`);
  const result = sdk.interfaceIn(`${module}.d.ts`, `${base}Result`);
  if (result === undefined) throw new UnreadDeclaration(`${module}: no ${base}Result`);
  const outputs: Record<string, OutputKind> = {};
  for (const member of result.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined) continue;
    if (member.questionToken === undefined)
      outputs[propertyName(member.name)] = outputKind(member.type);
  }
  const inputs = args === undefined ? { required: [], properties: {} } : sdk.inputs(args, "");
  return { token, schema: { ...inputs, outputs } };
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const cloud of clouds) {
    const text = await schemaText(cloud);
    writeFileSync(new URL(`./schemas/${cloud}.json`, import.meta.url), text);
    const { resources, functions } = JSON.parse(text) as CloudSchema;
    const counts = [Object.keys(resources).length, Object.keys(functions).length];
    console.log(`sandbox/standins/schemas/${cloud}.json: ${counts.join(" resources, ")} functions`);
  }
}
