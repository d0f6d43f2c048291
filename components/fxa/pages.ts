/** Public hosts that lead somewhere, and what to (facts/fxa.md 7). Pure. */
import type { FxaContext } from "./context.ts";
import { runningPrograms } from "./environment.ts";
import { hostPath, type PublicName } from "./hosts.ts";
import type { Program } from "./roles.ts";
import { servers, traitsOf } from "./servers.ts";

/** Programs that a public host may lead to. The others have no type to be one. */
export type PublicProgram = {
  [Name in Program]: (typeof servers)[Name]["reach"] extends "public" ? Name : never;
}[Program];

/** Programs and stores that no host of the internet may ever lead to. */
export type PrivateProgram = Exclude<Program, PublicProgram>;

const isPublic = (program: Program): program is PublicProgram =>
  traitsOf(program).reach === "public";

/** A public host. */
export interface FxaPage {
  readonly name: PublicName;
  readonly host: string;
  /** Place in the file that makes it what it is. */
  readonly path: readonly string[];
  /** Its name, which is its Workload's and its Service's, too. */
  readonly program: PublicProgram;
  readonly service: string;
  /** Port of pods and Service. */
  readonly port: number;
}

/** Largest picture that a user may send, and so the body that every controller must let through: 2 MiB and its wrapping. */
export const fewestBodyBytes = 2 * 2 ** 20;

/** Whether one of a program's hosts is to be reached in this stack. */
function isOpen({ config }: FxaContext, name: PublicName): boolean {
  switch (name) {
    case "eventbroker":
      // Nobody dials it unless Google pushes.
      return config.servers["event-broker"].settings?.push !== undefined;
    case "images":
      // Pictures in a bucket are read where that is served.
      return config.servers["profile-server"].settings.images.kind === "local";
    case "accounts":
    case "api":
    case "oauth":
    case "profile":
    case "graphql":
    case "subscriptions":
    case "token":
    case "sync":
    case "123done":
    case "321done":
    case "fortress":
      return true;
  }
}

/** Every public host of the stack, with what it leads to. */
export const publicPages = (context: FxaContext): FxaPage[] =>
  runningPrograms(context)
    .filter(isPublic)
    .flatMap((program) => {
      const { hosts, service, port } = traitsOf(program);
      return hosts
        .filter((name) => isOpen(context, name))
        .map((name) => ({
          name,
          host: context.hosts[name],
          path: hostPath(name, context.config.hosts),
          program,
          service,
          port,
        }));
    });
