/** Doing once what dozens of rules ask for: a schema takes an object apart whole, and files of pods are long. */
import type * as z from "zod";

import type { PodSet, World } from "./objects.ts";

/**
 * What reads a value by a schema, and the same value only once. What was read is shared: none may change it.
 *
 * @throws ZodError where a value is not what the schema says, every time.
 */
export function once<Read extends object>(schema: z.ZodType<Read>): (value: object) => Read {
  const known = new WeakMap<object, Read>();
  return (value) => {
    let read = known.get(value);
    if (read === undefined) {
      read = schema.parse(value);
      known.set(value, read);
    }
    return read;
  };
}

/** What is told of the pods of a world, found out once for each. */
export function ofPods<Told>(
  find: (world: World, pods: PodSet) => Told,
): (world: World, pods: PodSet) => Told {
  const known = new WeakMap<World, Map<PodSet, Told>>();
  return (world, pods) => {
    const all = known.get(world) ?? new Map<PodSet, Told>();
    known.set(world, all);
    const told = all.get(pods) ?? find(world, pods);
    all.set(pods, told);
    return told;
  };
}
