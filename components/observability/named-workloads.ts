/** Workloads that a section of the file names, and that the stack must have. Pure. */
import type { PlatformFault } from "../platform/fault.ts";

/** Name → where its pods are. */
export type NamedWorkloads = Readonly<Record<string, { readonly namespace: string }>>;

/**
 * Named workloads that the stack does not have.
 *
 * @param path Their place in the file.
 * @param known Every workload of the stack, as `namespace/name`.
 */
export const namedFaults = (
  path: readonly string[],
  named: NamedWorkloads,
  known: readonly string[],
): PlatformFault[] =>
  Object.entries(named).flatMap(([name, { namespace }]) => {
    if (known.includes(`${namespace}/${name}`)) {
      return [];
    }
    const elsewhere = known.find((one) => one.endsWith(`/${name}`))?.split("/")[0];
    return [
      elsewhere === undefined
        ? { path: [...path, name], message: "is the name of no workload of this stack" }
        : {
            path: [...path, name, "namespace"],
            message: `must be ${elsewhere}: ${name} is there`,
          },
    ];
  });
