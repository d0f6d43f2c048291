import type { Resources } from "./workload.schema.ts";

/** Memory that a container may take, as a quantity: its limit or, where it has none, what it asks for. Pure. */
export const memoryOf = ({ limits, requests }: Resources): string =>
  limits.memory ?? requests.memory;
