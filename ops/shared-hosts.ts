/** What no stack file shows by itself: a public host that two of them keep the record of. */
import type { HostUse } from "../components/platform/dns.schema.ts";
import { writePath } from "../stacks/faults.ts";
import { publicHostsOf } from "../stacks/public-hosts.ts";
import { inFile } from "../stacks/secrets.ts";
import { readSections } from "./sections.ts";
import type { StackFile } from "./stack-file.ts";

/**
 * Hosts that stand in more than one stack file and whose records both stacks keep.
 *
 * No name server refuses the second record: callers would reach now the one stack, now the other, whichever answer they
 * draw. A stack that keeps no records (`fleet:dns.kind: none`) may have the hosts of another, which it is to follow.
 *
 * @param files All stack files of a clone. Of one with faults nothing is said: its preview tells them.
 * @returns A line for each host and stack after the first.
 */
export function sharedHosts(files: readonly StackFile[]): readonly string[] {
  const first = new Map<string, string>();
  return files.flatMap((file) =>
    keptHosts(file).flatMap(({ host, path }) => {
      const holder = first.get(host);
      if (holder === undefined) {
        first.set(host, file.name);
        return [];
      }
      return holder === file.name
        ? []
        : [
            `${file.name}: ${writePath(inFile(path))} makes the host ${host}, whose record ${holder} keeps already: ` +
              "callers would reach now one stack, now the other; give it another name, or say fleet:dns.kind: none until the other stack is gone",
          ];
    }),
  );
}

/** Public hosts of a file whose stack keeps their records. */
function keptHosts(file: StackFile): readonly HostUse[] {
  const parsed = readSections(file);
  if (!parsed.ok || !("dns" in parsed.value) || parsed.value.dns?.kind === "none") {
    return [];
  }
  return publicHostsOf(parsed.value);
}
