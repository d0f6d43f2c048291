/**
 * Families of logs: whose lines are read, and how long they are kept.
 *
 * Each family has an index of its own in Elasticsearch, and one template and one policy for it, so
 * that no family's retention or fields touch another's (facts/spacemesh.md 6.2).
 */
import * as z from "zod";

import { DnsLabel } from "../../base/scalars.ts";

/** Longest retention: ten years. */
const mostHours = 3650 * 24;

const hoursOf = (text: string): number => {
  const amount = Number.parseInt(text, 10);
  return text.endsWith("d") ? amount * 24 : amount;
};

/** How long lines are kept: Elasticsearch reads it as it stands. */
const Retention = z
  .string("must be a time with its unit, e.g. 7d")
  .regex(/^[1-9]\d{0,5}[hd]$/, "must be hours or days with the unit, e.g. 12h or 7d")
  // What is no time at all is told of above.
  .refine((text) => !(hoursOf(text) > mostHours), "must be at most 3650d");

/** Name of a container, or how its name begins: `miner-*`. */
const ContainerName = z
  .string()
  .max(63, "must have at most 63 characters")
  .regex(
    /^[a-z0-9]([-a-z0-9]*(\*|[a-z0-9]))?$/,
    "must be the name of a container, or its beginning and a star, e.g. poet or miner-*",
  );

/** The logs of one system, or of a part of it that is kept apart. */
export const LogFamily = z.strictObject({
  /** Namespaces whose pods are read, but for those that ask not to be (`fleet/logs: drop`). */
  namespaces: z.array(DnsLabel).min(1, "must list a namespace"),
  /** Only these containers. Default: all. */
  containers: z.array(ContainerName).min(1, "must list a container, or be left out").optional(),
  /** When lines are deleted. */
  retention: Retention,
  /**
   * What becomes of 64 or 128 hex digits on their own: such is a secret key, but in some systems
   * also the name of a node. Digests that say `sha256:` are kept always.
   */
  hexKeys: z.enum(["mask", "keep"], { message: "must be mask or keep" }).default("mask"),
});
/** {@inheritDoc LogFamily} */
export type LogFamily = z.infer<typeof LogFamily>;

/** Name of a family: of its index, with `-logs` behind it. */
const FamilyName = z
  .string()
  .regex(/^[a-z][-a-z0-9]{0,39}$/, "must be lower-case letters, digits and dashes, e.g. skywire");

/** Whether two lists of containers may mean the same one. No list means all. */
function overlap(one: readonly string[] | undefined, other: readonly string[] | undefined) {
  const meets = (left: string, right: string): boolean => {
    const [a, b] = [left.replace(/\*$/, ""), right.replace(/\*$/, "")];
    return (
      (left.endsWith("*") && b.startsWith(a)) ||
      (right.endsWith("*") && a.startsWith(b)) ||
      left === right
    );
  };
  return (
    one === undefined ||
    other === undefined ||
    one.some((left) => other.some((right) => meets(left, right)))
  );
}

/** Families that would both read one container: its lines would be stored twice. */
function overlaps(families: Readonly<Record<string, LogFamily>>): [string, string, string][] {
  const names = Object.keys(families);
  return names.flatMap((later, index) =>
    names.slice(0, index).flatMap((earlier): [string, string, string][] => {
      const [a, b] = [families[earlier], families[later]];
      if (a === undefined || b === undefined || !overlap(a.containers, b.containers)) return [];
      const shared = b.namespaces.find((namespace) => a.namespaces.includes(namespace));
      return shared === undefined ? [] : [[earlier, later, shared]];
    }),
  );
}

/** `fleet:observability.logs.families`: name → family. */
export const LogFamilies = z
  .record(FamilyName, LogFamily)
  .refine((families) => Object.keys(families).length > 0, "must name a family")
  .superRefine((families, context) => {
    for (const [earlier, later, namespace] of overlaps(families)) {
      context.addIssue({
        code: "custom",
        path: [later],
        message: `must not read what ${earlier} reads in namespace ${namespace}: say containers of both, or leave the namespace to one`,
      });
    }
  });
/** {@inheritDoc LogFamilies} */
export type LogFamilies = z.infer<typeof LogFamilies>;

/**
 * Name of a family's data stream in Elasticsearch, of its index template and of its policy. A
 * template's pattern is this name as it stands, without a star: no template can take another family.
 */
export const dataStreamOf = (family: string): string => `${family}-logs`;

/** Namespaces that families name and the stack has not, with the place of each in the section. */
export function unknownNamespaces(
  families: LogFamilies,
  known: readonly string[],
): { readonly path: (string | number)[]; readonly message: string }[] {
  return Object.entries(families).flatMap(([name, { namespaces }]) =>
    namespaces.flatMap((namespace, index) =>
      known.includes(namespace)
        ? []
        : [
            {
              path: ["families", name, "namespaces", index],
              message: `the stack has no namespace ${namespace}: it has ${known.join(", ")}`,
            },
          ],
    ),
  );
}
