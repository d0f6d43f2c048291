/** `keys`: lists what a stack has and lacks of secrets, makes what may be made, takes in the rest. */
import { generateSecret } from "../../components/base/secrets.ts";
import { isProduction, requiredSecrets } from "../../stacks/secrets.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";
import { CommandError, type Target } from "../command.ts";
import { parseSections } from "../sections.ts";
import { isMap, type StackFile } from "../stack-file.ts";
import { table } from "../table.ts";
import { readDockerLogin } from "./docker-login.ts";
import { readEnvironmentImport } from "./environment-import.ts";
import { checkImport, type Imported } from "./import.ts";
import { generationFault } from "./policy.ts";
import { type KeyRow, keyRows, type SecretValues, unusedEntries } from "./rows.ts";
import type { Vault } from "./vault.ts";

/** What `keys` is asked for. */
export interface KeysRequest {
  readonly file: StackFile;
  readonly target: Target;
  readonly vault: Vault;
  /** Names of entries to make although the stack's are imported. */
  readonly make?: readonly string[];
  /** Content of an import. */
  readonly imported?: unknown;
  /** Text of an environment file. */
  readonly environment?: string;
  /** Text of Docker's config file. */
  readonly docker?: string;
}

/** What `keys` did. */
export interface KeysResult {
  readonly report: string;
  /** Whether nothing is missing or malformed any more. */
  readonly complete: boolean;
}

/**
 * Lists, makes and imports. Everything is checked before the first entry is written, and an entry
 * that exists is never touched. Whatever is to be written is decided by what is there while no other
 * command writes: the report tells public keys, and one that another command's entry has replaced
 * would be told to whoever is to know it.
 *
 * @throws CommandError when the stack file has faults, as its references cannot be trusted then, or
 * the request cannot be met.
 */
export async function keys(request: KeysRequest): Promise<KeysResult> {
  const { vault } = request;
  const seen = planOf(request, await vault.read());
  if (seen.toMake.length === 0 && Object.keys(seen.taken.added).length === 0) {
    return resultOf(request, seen, {});
  }
  return vault.alone(async () => {
    const plan = planOf(request, await vault.read());
    const made = Object.fromEntries(
      plan.toMake.map(({ name, kind, hosts }) => [name, generateSecret(kind, hosts)]),
    );
    const written = { ...plan.taken.added, ...made };
    refuseShared(keyRows(plan.required, { ...plan.present, ...written }), written);
    await vault.add(written);
    return resultOf(request, plan, made);
  });
}

/** What a request comes to, by what is there. */
interface Plan {
  readonly config: StackConfig;
  readonly required: ReturnType<typeof requiredSecrets>;
  readonly present: SecretValues;
  readonly taken: Imported;
  readonly notes: readonly string[];
  /** What is missing after all that is brought, and is made. */
  readonly toMake: readonly KeyRow[];
}

function planOf(request: KeysRequest, present: SecretValues): Plan {
  const { file, target, make = [] } = request;
  const config = parseSections(file);
  const required = requiredSecrets(config);
  const { taken, notes } = takeIn(request, config, keyRows(required, present), present);
  const rows = keyRows(required, { ...present, ...taken.added });
  const toMake = rowsToMake(config, target, rows, make);
  return { config, required, present, taken, notes, toMake };
}

function resultOf(
  { file, target, vault }: KeysRequest,
  { config, required, present, taken, notes }: Plan,
  made: Readonly<Record<string, string>>,
): KeysResult {
  const after = keyRows(required, { ...present, ...taken.added, ...made });
  const report = [
    table([
      ["SECRET", "KIND", "STATE", "PUBLIC KEY OR FAULT", "REFERRED TO BY"],
      ...after.map((row) => tableRow(row, { made, added: taken.added })),
    ]),
    "",
    ...taken.kept.map(
      ({ name, differs }) =>
        `${name} is there already and was not touched${differs ? "; the import has another value" : ""}`,
    ),
    ...notes,
    ...unusedEntries(required, present).map((name) => `${name} is referred to by nothing`),
    ...advice(config, target, file.stack, after),
    `Secrets are in ${vault.place}.`,
  ];
  return {
    report: report.join("\n"),
    complete: after.every(({ state }) => state === "present"),
  };
}

/** All that the request brings, checked together. */
function takeIn(
  { target, imported, environment, docker }: KeysRequest,
  config: StackConfig,
  rows: readonly KeyRow[],
  present: SecretValues,
): { readonly taken: Imported; readonly notes: readonly string[] } {
  const isMade = ({ kind }: KeyRow): boolean => generationFault(config, target, kind) === undefined;
  const fromFile =
    environment === undefined
      ? { entries: {}, notes: [] }
      : readEnvironmentImport(environment, rows, present, isMade);
  const login = docker === undefined ? {} : readDockerLogin(docker, config, rows);
  const content = joined([imported, fromFile.entries, login]);
  return {
    taken: checkImport(content, rows, present, isProduction(config)),
    notes: fromFile.notes,
  };
}

/** One map of all that is brought; what is no map is left to be refused. */
function joined(maps: readonly unknown[]): unknown {
  const given = maps.filter((map) => map !== undefined);
  const odd = given.find((map) => !isMap(map));
  if (odd !== undefined) {
    return odd;
  }
  const entries = given.flatMap((map) => Object.entries(map as object));
  const names = entries.map(([name]) => name);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    throw new CommandError(`nothing was imported; brought by two files: ${twice.join(", ")}`);
  }
  return Object.fromEntries(entries);
}

/** What is missing and may be made, and what is asked for by name. */
function rowsToMake(
  config: StackConfig,
  target: Target,
  rows: readonly KeyRow[],
  make: readonly string[],
): readonly KeyRow[] {
  for (const name of make) {
    refuseMake(rows, name);
  }
  return rows.filter(
    ({ name, kind, state }) =>
      state === "missing" &&
      (make.includes(name) || generationFault(config, target, kind) === undefined),
  );
}

function refuseMake(rows: readonly KeyRow[], make: string): void {
  const [row] = rows.filter(({ name }) => name === make);
  if (row === undefined) {
    const known = rows.map(({ name }) => name).join(", ");
    throw new CommandError(
      `NEW=${make}: the stack refers to no secret of that name; it has ${known}`,
    );
  }
  if (row.state !== "missing") {
    throw new CommandError(`NEW=${make}: it exists already, and what exists is never touched`);
  }
  if (row.kind === "docker-login") {
    throw new CommandError(`NEW=${make}: the registry gives its logins: import it`);
  }
  if (row.kind === "tls-pair") {
    throw new CommandError(`NEW=${make}: an authority that browsers know gives it: import it`);
  }
  if (row.kind === "vendor-key") {
    throw new CommandError(`NEW=${make}: the service gives it to its customer: import it`);
  }
  if (row.kind === "url") {
    throw new CommandError(`NEW=${make}: whoever is called gives its address: import it`);
  }
}

/** Two entries with one key would be one identity in two processes. */
function refuseShared(rows: readonly KeyRow[], written: Readonly<Record<string, string>>): void {
  const owners = new Map<string, string>();
  const faults = rows.flatMap(({ name, publicKey }) => {
    if (publicKey === undefined) {
      return [];
    }
    const owner = owners.get(publicKey);
    owners.set(publicKey, owner ?? name);
    const isNew = Object.hasOwn(written, name) || Object.hasOwn(written, owner ?? name);
    return owner === undefined || owner === name || !isNew
      ? []
      : [`  ${owner} and ${name} are both ${publicKey}`];
  });
  if (faults.length > 0) {
    throw new CommandError(
      ["nothing was written; one key may stand for one process only:", ...faults].join("\n"),
    );
  }
}

interface Written {
  readonly made: SecretValues;
  readonly added: SecretValues;
}

function tableRow(
  { name, kind, state, publicKey, until, fault, paths }: KeyRow,
  written: Written,
): string[] {
  const how = Object.hasOwn(written.made, name)
    ? "made now"
    : Object.hasOwn(written.added, name)
      ? "imported now"
      : state;
  const says = publicKey ?? fault ?? (until === undefined ? "" : `until ${until}`);
  return [name, kind, how, says, paths.join(", ")];
}

function advice(
  config: StackConfig,
  target: Target,
  stack: string,
  rows: readonly KeyRow[],
): string[] {
  const missing = rows.filter(({ state }) => state === "missing");
  const reasons = Map.groupBy(missing, ({ kind }) => generationFault(config, target, kind) ?? "");
  const malformed = rows.filter(({ state }) => state === "malformed");
  const replace = (name: string): string =>
    target === "live"
      ? `pulumi config set --stack ${stack} --secret --path fleet:secrets.${name}`
      : `make up STACK=${stack}, which makes a new one in its place`;
  return [
    ...[...reasons].map(
      ([reason, all]) => `Missing: ${all.map(({ name }) => name).join(", ")}: ${reason}.`,
    ),
    ...(missing.length === 0
      ? []
      : [
          `To import: make keys STACK=${stack} TARGET=${target} IMPORT=<file>, a JSON map of name and value kept outside the clone.`,
        ]),
    ...malformed.map(
      ({ name }) => `${name} is malformed and was not touched; to replace it: ${replace(name)}`,
    ),
  ];
}
