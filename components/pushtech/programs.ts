/** All programs of the system, and the order in which they can start. Pure. */
import { type PushtechServer, serverNames, servers } from "./servers.ts";
import type { ProgramTraits } from "./types.ts";
import { type PushtechWorker, workerNames, workers } from "./workers.ts";

/** A program of the system: its Deployment's name. */
export type ProgramName = PushtechServer | PushtechWorker;

/** Every one of them, servers first. */
export const programNames: readonly ProgramName[] = [...serverNames, ...workerNames];

/** Both tables as one. */
export const programs: Readonly<Record<ProgramName, ProgramTraits>> = { ...servers, ...workers };

/** Whether a program is called by others. */
export const isServer = (name: ProgramName): name is PushtechServer => Object.hasOwn(servers, name);

/** Job that changes a program's database, before its pods are exchanged. */
export const migrationName = (name: ProgramName): string => `${name}-migrate`;

/** Programs whose databases are migrated. */
export const migratedPrograms: readonly ProgramName[] = programNames.filter(
  (name) => programs[name].migrates === true,
);

/**
 * The programs so that each comes after those it starts after.
 *
 * @throws Error when they wait for each other in a circle.
 */
export function startOrder(
  table: Readonly<Record<string, Pick<ProgramTraits, "after">>> = programs,
): ProgramName[] {
  const ordered: string[] = [];
  const visit = (name: string, way: readonly string[]): void => {
    if (way.includes(name)) {
      throw new Error(`programs wait for each other: ${[...way, name].join(" → ")}`);
    }
    if (ordered.includes(name)) {
      return;
    }
    for (const before of table[name]?.after ?? []) {
      visit(before, [...way, name]);
    }
    ordered.push(name);
  };
  for (const name of Object.keys(table)) {
    visit(name, []);
  }
  return ordered as ProgramName[];
}
