/** The objects of a cluster that belong to no namespace. */
import * as z from "zod";

import type { Api } from "../../sandbox/api.ts";

const Groups = z.object({
  groups: z.array(z.object({ preferredVersion: z.object({ groupVersion: z.string() }) })),
});
const Resources = z.object({
  resources: z.array(
    z.object({ name: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()) }),
  ),
});
const Object = z.object({
  metadata: z.object({ name: z.string(), uid: z.string(), resourceVersion: z.string() }),
});

/** Kept by the control plane itself: they change by the second, whatever stacks do. */
const busy: ReadonlySet<string> = new Set(["nodes", "apiservices", "componentstatuses"]);

/**
 * Every object that belongs to no namespace, of whatever kind the API server has.
 *
 * @returns `group/kind/name` → what it changes by: written again, or another one of the name.
 */
export async function clusterWide(api: Api): Promise<ReadonlyMap<string, string>> {
  const { groups } = Groups.parse(await api.find("/apis"));
  const paths = [
    "/api/v1",
    ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`),
  ];
  const kinds = await Promise.all(
    paths.map(async (path) => {
      const { resources } = Resources.parse(await api.find(path));
      return resources
        .filter(
          ({ name, namespaced, verbs }) => !namespaced && verbs.includes("list") && !busy.has(name),
        )
        .map(({ name }) => ({ path: `${path}/${name}`, kind: kindOf(path, name) }));
    }),
  );
  const found = await Promise.all(
    kinds.flat().map(async ({ path, kind }) =>
      (await api.list(path)).map((object) => {
        const { name, uid, resourceVersion } = Object.parse(object).metadata;
        return [`${kind}/${name}`, `${uid}@${resourceVersion}`] as const;
      }),
    ),
  );
  return new Map(found.flat().sort(([left], [right]) => left.localeCompare(right)));
}

const kindOf = (path: string, name: string): string =>
  path === "/api/v1" ? name : `${path.split("/")[2] ?? ""}/${name}`;
