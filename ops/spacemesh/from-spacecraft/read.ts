/**
 * The tool of old's config file and environment, read as it documents them: its defaults, over them the file, over
 * that SPACECRAFT_<KEY>. Two of its traps (facts/spacemesh.md 1.2) are not rebuilt: SPACECRAFT_TLS_CRT counts, and
 * what outranks what is told.
 */
import { readFileSync } from "node:fs";

import { nearest } from "../../../components/base/nearest.ts";
import { CommandError } from "../../command.ts";
import { isSettingKey, otherNames, type Setting, type SettingKey, settings } from "./settings.ts";

/** Where a value was given. */
export type Source =
  | { readonly from: "default" }
  | { readonly from: "file"; readonly key: string }
  | { readonly from: "environment"; readonly variable: string };

/** Settings, checked. */
export class Settings {
  readonly #values: ReadonlyMap<SettingKey, { readonly text: string; readonly source: Source }>;

  constructor(values: ReadonlyMap<SettingKey, { text: string; source: Source }>) {
    this.#values = values;
  }

  text(key: SettingKey): string {
    const text = this.#values.get(key)?.text ?? "";
    return text === "" ? settings[key].default : text;
  }

  whole(key: SettingKey): number {
    return Number(this.text(key));
  }

  isOn(key: SettingKey): boolean {
    return /^(true|1|t)$/i.test(this.text(key));
  }

  source(key: SettingKey): Source {
    return this.#values.get(key)?.source ?? { from: "default" };
  }

  isGiven(key: SettingKey): boolean {
    return this.source(key).from !== "default" && this.text(key) !== "";
  }
}

/** What was read. */
export interface ReadSettings {
  readonly settings: Settings;
  /** What the reader should know: lines. */
  readonly notes: readonly string[];
}

/** The JSON of a file. @throws CommandError that repeats nothing of it */
export function readJson(path: string, what: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new CommandError(`${what}: ${path} cannot be read`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CommandError(`${what}: ${path} is no JSON`);
  }
}

/**
 * Reads them.
 *
 * @param file Content of the config file.
 * @throws CommandError with every fault, none of them with a secret's value.
 */
export function readSettings(file: unknown, environment: NodeJS.ProcessEnv): ReadSettings {
  if (typeof file !== "object" || file === null || Array.isArray(file)) {
    throw new CommandError("FROM must be the config file of go-spacecraft: a map of JSON");
  }
  const faults: string[] = [];
  const notes: string[] = [];
  const values = new Map<SettingKey, { text: string; source: Source }>();
  for (const [name, value] of Object.entries(file)) {
    take(name, value, { from: "file", key: name }, { values, faults, notes });
  }
  const prefix = "SPACECRAFT_";
  for (const [variable, value] of Object.entries(environment)) {
    // An empty one is one that was taken back.
    if (variable.startsWith(prefix) && value !== undefined && value !== "") {
      const name = variable.slice(prefix.length).toLowerCase().replaceAll("_", "-");
      take(name, value, { from: "environment", variable }, { values, faults, notes });
    }
  }
  if (faults.length > 0) {
    throw new CommandError(
      ["nothing was written:", ...faults.map((line) => `  ${line}`)].join("\n"),
    );
  }
  return { settings: new Settings(values), notes };
}

interface Taken {
  readonly values: Map<SettingKey, { text: string; source: Source }>;
  readonly faults: string[];
  readonly notes: string[];
}

function take(
  name: string,
  value: unknown,
  source: Source,
  { faults, notes, values }: Taken,
): void {
  const told = source.from === "environment" ? source.variable : name;
  const key = otherNames[name] ?? name;
  if (!isSettingKey(key)) {
    const meant = nearest(key, Object.keys(settings));
    notes.push(
      `${told} is no setting of go-spacecraft, and was left out${meant === undefined ? "" : `: is ${meant} meant?`}`,
    );
    return;
  }
  const text = textOf(value);
  const fault =
    text === undefined ? "must be a text, a number or a switch" : settingFault(settings[key], text);
  if (text === undefined || fault !== undefined) {
    faults.push(`${told} ${fault ?? ""}`);
    return;
  }
  const before = values.get(key);
  if (before !== undefined && before.text !== text) {
    if (before.source.from === source.from) {
      faults.push(`${told}: ${key} stands there twice, with two values: leave one`);
      return;
    }
    notes.push(`${told} outranks ${key} of the file`);
  }
  values.set(key, { text, source });
  const { default: usual, dropped } = settings[key] as Setting;
  if (dropped !== undefined && text !== "" && text !== usual) {
    notes.push(`${told}: ${dropped}`);
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string"
    ? value.trim()
    : typeof value === "number" || typeof value === "boolean"
      ? String(value)
      : undefined;
}

function settingFault({ kind }: Setting, text: string): string | undefined {
  // An empty text stood for the default.
  if (text === "") {
    return undefined;
  }
  switch (kind) {
    case "whole":
      return /^\d{1,9}$/.test(text) ? undefined : "must be a whole number";
    case "gib":
      return /^[1-9]\d{0,5}$/.test(text)
        ? undefined
        : "must be whole gibibytes without a unit, e.g. 2";
    case "cpu":
      return /^(\d+m|\d+(\.\d+)?)$/.test(text) ? undefined : "must be CPUs, e.g. 2 or 100m";
    case "switch":
      return /^(true|false|1|0|t|f)$/i.test(text) ? undefined : "must be true or false";
    case "text":
    case "file":
    case "secret":
      return undefined;
  }
}
