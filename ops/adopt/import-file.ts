/** The file that `pulumi import` reads: what is taken, and the components that it hangs below. Pure. */
import type { Decision } from "./decision.ts";
import { type Planned, withoutUnknown } from "./preview.ts";

/** A resource in the file; `name` is unique in it, `logicalName` the program's. */
interface ImportedResource {
  readonly type: string;
  readonly name: string;
  readonly logicalName: string;
  readonly id?: string;
  readonly parent?: string;
  readonly provider?: string;
  readonly component?: true;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** {@link importFile}'s content. */
export interface ImportFile {
  /** Name in the file → URN of what the state has already. */
  readonly nameTable: Readonly<Record<string, string>>;
  readonly resources: readonly ImportedResource[];
}

/**
 * Content of the file.
 *
 * @param decisions What is taken.
 * @param creates Everything that the state has not: components among it are imported with what is below.
 */
export function importFile(
  decisions: readonly Decision[],
  creates: readonly Planned[],
): ImportFile {
  const missing = new Map(creates.map((planned) => [planned.urn, planned]));
  const components = new Map<string, Planned>();
  const known = new Set<string>();
  for (const { planned } of decisions) {
    if (planned?.provider !== undefined) {
      known.add(planned.provider);
    }
    let parent = planned?.parent;
    while (parent !== undefined) {
      const component = missing.get(parent);
      if (component === undefined) {
        known.add(parent);
        break;
      }
      components.set(parent, component);
      parent = component.parent;
    }
  }
  return {
    nameTable: Object.fromEntries([...known].map((urn) => [urn, urn])),
    resources: [
      ...[...components.values()].map((component) => ({
        ...named(component),
        component: true as const,
        // Nobody reads a component: without them the next update would change every one.
        inputs: withoutUnknown(component.inputs) as Readonly<Record<string, unknown>>,
      })),
      ...decisions.flatMap(({ planned, id, state }) =>
        planned === undefined || id === undefined
          ? []
          : [
              {
                ...named(planned),
                id,
                ...(planned.provider === undefined ? {} : { provider: planned.provider }),
                ...state,
              },
            ],
      ),
    ],
  };
}

function named({ urn, type, name, parent }: Planned): ImportedResource {
  return { type, name: urn, logicalName: name, ...(parent === undefined ? {} : { parent }) };
}
