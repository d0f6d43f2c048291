/**
 * Zones that a name server of one's own serves: whole files, which it fetches from a bucket. To the engine each is a
 * text like any other; to those who look a name up, what it no longer says is gone.
 */
import { say } from "../say.ts";
import { type JsonObject, textAt } from "../values.ts";
import type { Subject } from "./subject.ts";

/** Types of files in buckets. */
export const zoneTypes = /:(ObjectStorageObject|BucketObject)$/;

/** A zone, or the list of those that are served. */
const zoneKey = /(^|\/)zones\/(index|[^/]+\.zone)$/;

/** Whether a file is a zone's, by the key that it has in its bucket. */
export function isZoneFile({ after, before }: Subject): boolean {
  return [before, after].some((inputs) => zoneKey.test(keyIn(inputs) ?? ""));
}

/** Its key: Linode calls it so, and Google its name. */
const keyIn = (inputs: JsonObject): string | undefined =>
  textAt(inputs, "key") ?? textAt(inputs, "name");

/** What a zone's file no longer says; undefined where it only says more, or says it for another time. */
export function lostFrom({ after, before }: Subject): string | undefined {
  if (keyIn(before) !== keyIn(after)) {
    return "a name server finds its zone under another key, or not at all";
  }
  const [was, is] = [before, after].map((inputs) => textAt(inputs, "content"));
  if (was === undefined || is === undefined) {
    return "names by which others find something: what they lead to is not known before the update";
  }
  const left = new Set(recordsIn(is));
  const lost = recordsIn(was).filter((record) => !left.has(record));
  const more = lost.length > named ? ` and ${lost.length - named} more` : "";
  return lost.length === 0
    ? undefined
    : `a name server no longer says ${lost
        .slice(0, named)
        .map((record) => say(record))
        .join(", ")}${more}`;
}

/** Records that are named in the sentence; the difference of the lines has all. */
const named = 3;

/** Records without the time for which they hold, and without the zone's own one, whose serial is the server's. */
function recordsIn(content: string): readonly string[] {
  return content
    .split(/\r?\n/)
    .map((line) => line.trim().replace(/^(\S+)\s+(?:\d+\s+)?IN\s+(\S+)\s+/, "$1 $2 "))
    .filter((line) => line !== "" && !line.startsWith(";") && !/^\S+ SOA /.test(line));
}
