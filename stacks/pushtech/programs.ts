/** PushTech's own programs, each after whom it needs to start. */
import type { Awaitable } from "../../components/base/ready.ts";
import { Migration } from "../../components/pushtech/migration.ts";
import { Program, type PushtechSurroundings } from "../../components/pushtech/program.ts";
import { type ProgramName, programs, startOrder } from "../../components/pushtech/programs.ts";
import { environmentValues } from "../../components/pushtech/environment-values.ts";
import { PushtechSettings } from "../../components/pushtech/settings-objects.ts";
import type { StackContext } from "../context.ts";
import type { Foundation } from "./foundation.ts";
import type { PushtechStack } from "./schema.ts";
import type { Stores } from "./stores.ts";

/** The programs, by their names. */
export type Programs = ReadonlyMap<ProgramName, Program>;

/**
 * Makes the programs.
 *
 * In a run each comes after its stores, its migration and the servers before it (`startOrder`). The circle of
 * storage, notificationserver and website is cut there: the storage is made first and needs nobody to start.
 * When pods start by themselves later, they wait for what they need (facts/pushtech.md 9).
 */
export function makePrograms(
  stack: PushtechStack,
  context: StackContext,
  foundation: Foundation,
  stores: Stores,
): Programs {
  const { opts, namespace, image } = foundation;
  const { services } = stack;
  const ready = (some: readonly Awaitable[]) => some.flatMap((one) => [...one.ready]);
  const settings = new PushtechSettings(
    "settings",
    {
      domain: stack.domain,
      namespace: namespace.name,
      namespaceName: stack.namespace,
      stores: stores.addresses,
      environment: environmentValues(context.secrets),
    },
    { ...opts, dependsOn: [...namespace.ready] },
  );
  const around: PushtechSurroundings = {
    ...foundation.around,
    image,
    settings,
    stores: stores.addresses,
    waitSeconds: services.waitSeconds,
    imageStore: { claim: stores.images.claimName },
  };
  const made = new Map<ProgramName, Program>();
  for (const name of startOrder()) {
    const { after, migrates, stores: needed } = programs[name];
    const before = [
      ...ready([settings, ...needed.map((store) => stores.resources[store])]),
      ...namespace.ready,
      ...(name === "imageserver" ? stores.images.ready : []),
    ];
    const migration =
      migrates === true
        ? new Migration(
            { ...around, program: name, migrations: services.migrations },
            { ...opts, dependsOn: before },
          )
        : undefined;
    const servers = ready(
      after.flatMap((server) => {
        const program = made.get(server);
        return program === undefined ? [] : [program];
      }),
    );
    made.set(
      name,
      new Program(
        {
          ...around,
          program: name,
          config: services[name],
          ...(name === "tracker" ? { tracker: services.tracker } : {}),
        },
        { ...opts, dependsOn: [...before, ...(migration?.ready ?? []), ...servers] },
      ),
    );
  }
  return made;
}
