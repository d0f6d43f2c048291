/**
 * The engine's messages for analyzers, field by field (`pulumirpc/analyzer.proto` of the SDK, whose own
 * classes judge them in test/policy/analyzer.test.ts).
 */
import protobuf from "protobufjs/minimal.js";

import type { Resource } from "../resource.ts";
import type { Rule } from "../rule.ts";
import { eachField, open, type Reader, readStruct } from "./wire.ts";

/** Resource that a message of the engine is about: `AnalyzeRequest`. */
export const readAnalyzeRequest = (bytes: Uint8Array): Resource => readResource(open(bytes));

/** All resources of a run: `AnalyzeStackRequest`. */
export function readAnalyzeStackRequest(bytes: Uint8Array): Resource[] {
  const reader = open(bytes);
  const resources: Resource[] = [];
  eachField(reader, undefined, (field) => {
    if (field === 1) {
      resources.push(readResource(reader, reader.uint32()));
    }
    return field === 1;
  });
  return resources;
}

/** Name of the stack of a run: of `AnalyzerStackConfigureRequest`, all that the pack asks. */
export function readConfigureRequest(bytes: Uint8Array): string {
  const reader = open(bytes);
  let stack = "";
  eachField(reader, undefined, (field) => {
    if (field === 1) {
      stack = reader.string();
    }
    return field === 1;
  });
  return stack;
}

/** `AnalyzerResource`, of which `AnalyzeRequest` is the beginning. */
function readResource(reader: Reader, length?: number): Resource {
  let [type, urn, name] = ["", "", ""];
  let properties: Record<string, unknown> = {};
  let options: Options = { protect: false, ignoreChanges: [], parent: "" };
  let provider: Resource["provider"];
  eachField(reader, length, (field) => {
    switch (field) {
      case 1:
        type = reader.string();
        return true;
      case 2:
        properties = readStruct(reader);
        return true;
      case 3:
        urn = reader.string();
        return true;
      case 4:
        name = reader.string();
        return true;
      case 5:
        options = readOptions(reader);
        return true;
      case 6:
        provider = readProvider(reader);
        return true;
      default:
        return false;
    }
  });
  return { type, urn, name, properties, provider, ...options, retainOnDelete: undefined };
}

type Options = Pick<Resource, "protect" | "ignoreChanges" | "parent">;

/** `AnalyzerResourceOptions`. */
function readOptions(reader: Reader): Options {
  let [protect, parent] = [false, ""];
  const ignoreChanges: string[] = [];
  eachField(reader, reader.uint32(), (field) => {
    switch (field) {
      case 1:
        protect = reader.bool();
        return true;
      case 2:
        ignoreChanges.push(reader.string());
        return true;
      case 8:
        parent = reader.string();
        return true;
      default:
        return false;
    }
  });
  return { protect, ignoreChanges, parent };
}

/** `AnalyzerProviderResource`; what it is configured with is no rule's business. */
function readProvider(reader: Reader): NonNullable<Resource["provider"]> {
  let [type, name] = ["", ""];
  eachField(reader, reader.uint32(), (field) => {
    if (field === 1) {
      type = reader.string();
    } else if (field === 4) {
      name = reader.string();
    }
    return field === 1 || field === 4;
  });
  return { type, name };
}

/** The pack in the words of the engine. */
export interface Pack {
  readonly name: string;
  readonly version: string;
}

/** Something that the engine is to tell its user. */
export interface Diagnostic {
  readonly rule: Rule;
  readonly level: Rule["level"];
  readonly message: string;
  /** Empty for what is about no one resource. */
  readonly urn: string;
}

const levels = { advisory: 0, mandatory: 1 } as const;
const kinds = { resource: 1, stack: 2 } as const;

/** Wire types of fields, as a tag has them below the field's number. */
const number = (field: number): number => field << 3;
const bytes = (field: number): number => (field << 3) | 2;

/** Description of a rule, the same in all that is told of it. */
export const description = (rule: Rule): string => `${rule.protects}.`;

/** `AnalyzerInfo`: who this is, and which rules there are. It takes no config. */
export function writeInfo({ name, version }: Pack, rules: readonly Rule[]): Uint8Array {
  const writer = protobuf.Writer.create().uint32(bytes(1)).string(name);
  for (const rule of rules) {
    writer.uint32(bytes(3)).fork();
    writer.uint32(bytes(1)).string(rule.name);
    writer.uint32(bytes(3)).string(description(rule));
    writer.uint32(number(5)).int32(levels[rule.level]);
    writer.uint32(number(7)).int32(kinds[rule.kind]);
    writer.ldelim();
  }
  return writer.uint32(bytes(4)).string(version).finish();
}

/** `AnalyzeResponse`. */
export function writeResponse(
  { name, version }: Pack,
  diagnostics: readonly Diagnostic[],
): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const { rule, level, message, urn } of diagnostics) {
    writer.uint32(bytes(2)).fork();
    writer.uint32(bytes(1)).string(rule.name);
    writer.uint32(bytes(2)).string(name);
    writer.uint32(bytes(3)).string(version);
    writer.uint32(bytes(4)).string(description(rule));
    writer.uint32(bytes(5)).string(message);
    writer.uint32(number(7)).int32(levels[level]);
    writer.uint32(bytes(8)).string(urn);
    writer.ldelim();
  }
  return writer.finish();
}

/** `PluginInfo`: the version alone. */
export const writePluginInfo = ({ version }: Pack): Uint8Array =>
  protobuf.Writer.create().uint32(bytes(1)).string(version).finish();
