/** The list of members that spacemesh-watch is given. Pure, and without the engine's SDK. */
import type { Member } from "./members.ts";
import { grpcPort } from "./ports.ts";

/** Whom it asks. */
export type Watched = readonly Pick<Member, "name">[];

/** Longest argument that Linux lets a program have, with the zero at its end. */
const longestArgument = 128 * 1024 - 1;

/** The members as the program takes them: `host:port/name`. It runs in their own namespace. */
const watchList = (members: Watched): string =>
  members.map(({ name }) => `${name}:${grpcPort}/${name}`).join(",");

/** Why so many members cannot be watched, or undefined. */
export function watchFault(members: Watched): string | undefined {
  const flag = watchFlag(members);
  return flag.length > longestArgument
    ? `must be left out with ${members.length} miners: their list has ${flag.length} characters, and a program takes ${longestArgument} in one argument`
    : undefined;
}

/** The list as an argument of the program. */
export const watchFlag = (members: Watched): string => `--nodes=${watchList(members)}`;
