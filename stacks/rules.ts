/** What rules across fields of several systems share. */
import type { PlatformFault } from "../components/platform/fault.ts";
import { writePath } from "./faults.ts";

/** Values that stand at more than one path, with the first path that has each. */
export function repeated<Value>(
  entries: readonly (readonly [path: PlatformFault["path"], value: Value])[],
  message: (value: Value, first: string) => string,
): PlatformFault[] {
  const owners = new Map<Value, string>();
  return entries.flatMap(([path, value]) => {
    const owner = owners.get(value);
    if (owner === undefined) {
      owners.set(value, `fleet:${writePath(path)}`);
      return [];
    }
    return [{ path, message: message(value, owner) }];
  });
}
