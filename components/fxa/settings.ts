/**
 * What a program can be told by its environment: each variable with the class of what it takes.
 *
 * A table of settings is a program's schema. It types what the renderer must say (every variable, those that may
 * be missing included), and it judges an environment that stands somewhere: in a test, or on an API server.
 */
import * as z from "zod";

import type { NodeEnv } from "./node-env.ts";
import { entriesOf, isSecret, type SecretText } from "./secret-text.ts";
import {
  type Callee,
  InternalAddress,
  internalFault,
  type PublicAddress,
  publicFault,
} from "./urls.ts";

/** What a variable of each class takes. */
export interface ValueOf {
  /** All addresses of the pod: many defaults are localhost, where no Service and no probe gets through. */
  readonly bind: "0.0.0.0";
  readonly port: number;
  readonly "node-env": NodeEnv;
  /** Dialled by the program, inside the cluster. */
  readonly internal: InternalAddress;
  /** A store or exporter: inside, or wherever the stack says that it is. */
  readonly store: InternalAddress;
  /** Dialled by browsers, or part of what they are shown. */
  readonly public: PublicAddress;
  /** Of somebody else: a queue, a payment service. */
  readonly outside: string;
  readonly number: number;
  readonly flag: boolean;
  readonly word: string;
  /** Split at its commas by the program: an item must have none. */
  readonly list: readonly string[];
  readonly json: object;
  /** File or folder in the container. */
  readonly path: string;
  readonly secret: SecretText;
}

/** Class of a variable. */
export type SettingClass = keyof ValueOf;

/** A variable. */
export interface Setting<
  Class extends SettingClass = SettingClass,
  Required extends boolean = boolean,
> {
  readonly class: Class;
  readonly required: Required;
}

/** Every variable of a program. */
export type Settings = Readonly<Record<string, Setting>>;

/** A variable that always stands there. */
export const must = <Class extends SettingClass>(name: Class): Setting<Class, true> => ({
  class: name,
  required: true,
});

/** A variable that stands there where there is something to say. */
export const may = <Class extends SettingClass>(name: Class): Setting<Class, false> => ({
  class: name,
  required: false,
});

/** What a renderer says: each variable, `undefined` where it is left out. */
export type Values<Table extends Settings> = {
  readonly [Name in keyof Table]: Table[Name] extends Setting<infer Class, infer Required>
    ? Required extends true
      ? ValueOf[Class]
      : ValueOf[Class] | undefined
    : never;
};

/** An environment. */
export interface Environment {
  /** Variable → text, for a ConfigMap or the pod itself. */
  readonly plain: Readonly<Record<string, string>>;
  /** Variable → text with secrets, for a Secret. */
  readonly secret: Readonly<Record<string, SecretText>>;
  /** Whom the program dials inside the cluster: those whose address it is told. */
  readonly calls: readonly Callee[];
}

const isAddress = (value: unknown): value is InternalAddress | PublicAddress =>
  typeof value === "object" && value !== null && "text" in value;

function plainText(value: Exclude<ValueOf[SettingClass], SecretText>): string {
  if (isAddress(value)) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return value.join(",");
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The environment that values make. */
export function environmentOf<Table extends Settings>(
  table: Table,
  values: Values<Table>,
): Environment {
  const plain: Record<string, string> = {};
  const secret: Record<string, SecretText> = {};
  const calls = new Set<Callee>();
  for (const [name, { class: kind }] of Object.entries(table)) {
    const value: ValueOf[SettingClass] | undefined = values[name];
    if (value === undefined) {
      continue;
    }
    if (kind === "secret") {
      secret[name] = value as SecretText;
      continue;
    }
    plain[name] = plainText(value);
    if (value instanceof InternalAddress) {
      calls.add(value.callee);
    }
  }
  return { plain, secret, calls: [...calls] };
}

const matching = (shape: RegExp, message: string) => z.string().regex(shape, message);

function judged(fault: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = fault(text);
    if (message !== undefined) {
      context.addIssue({ code: "custom", message });
    }
  });
}

const textSchemas: Readonly<Record<Exclude<SettingClass, "secret">, z.ZodType<string>>> = {
  bind: z.literal("0.0.0.0", "must be 0.0.0.0: Services and probes come from outside the pod"),
  port: matching(/^[1-9]\d{0,4}$/, "must be a port"),
  "node-env": z.enum(["prod", "dev", "production", "development"]),
  internal: judged(internalFault),
  store: matching(/^[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?$/, "must be a host, with or without its port"),
  public: judged(publicFault),
  outside: matching(/^\S+$/, "must be one word"),
  number: matching(/^-?\d+(\.\d+)?$/, "must be a number"),
  flag: z.enum(["true", "false"]),
  word: matching(/^[^\n]*$/, "must be one line"),
  list: matching(/^[^\n]+$/, "must be one line"),
  json: judged((text) => (isJson(text) ? undefined : "must be JSON")),
  path: matching(/^(\/\S*|)$/, "must be an absolute path, or nothing"),
};

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Schema of the plain part of an environment: strict, with each variable's class. */
const plainSchema = (table: Settings) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(table).flatMap(([name, { class: kind, required }]) =>
        kind === "secret"
          ? []
          : [[name, required ? textSchemas[kind] : textSchemas[kind].optional()] as const],
      ),
    ),
  );

/** Variables of a table that are secret. */
const secretNames = (table: Settings): string[] =>
  Object.entries(table).flatMap(([name, { class: kind }]) => (kind === "secret" ? [name] : []));

/**
 * What is wrong with an environment that stands somewhere: variables that a program does not know, or needs and
 * does not get, secrets in the open, and addresses of the wrong class.
 *
 * @param secrets Names of the variables that come from Secrets.
 */
export function environmentFaults(
  table: Settings,
  plain: Readonly<Record<string, string>>,
  secrets: readonly string[],
): { readonly name: string; readonly message: string }[] {
  const parsed = plainSchema(table).safeParse(plain);
  const own = secretNames(table);
  return [
    ...(parsed.error?.issues ?? []).flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((name) => ({
            name,
            message: own.includes(name)
              ? "must come from a Secret"
              : "is nothing that the program reads",
          }))
        : [{ name: issue.path.join("."), message: issue.message }],
    ),
    ...secrets
      .filter((name) => !own.includes(name))
      .map((name) => ({ name, message: "is no secret of the program" })),
    ...own
      .filter((name) => table[name]?.required === true && !secrets.includes(name))
      .map((name) => ({ name, message: "must come from a Secret, and does not" })),
  ];
}

/** Entries of `fleet:secrets` that an environment stands on. */
export const environmentEntries = ({ secret }: Environment): string[] =>
  Object.values(secret).filter(isSecret).flatMap(entriesOf);
