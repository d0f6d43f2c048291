/** The state a preview starts from, as the report tells it. Pure. */
import { createHash } from "node:crypto";

import * as z from "zod";

import type { StackProvenance } from "../../review/model.ts";

/** The engine's mark on a secret value, in state and events alike: key and value of the wrapper. */
const secretMark = [
  "4dabf18193072939515e22adb298388d",
  "1b47061264138c4ac30d75fd1eb44270",
] as const;

const Deployment = z.looseObject({
  manifest: z.looseObject({ time: z.string().optional() }).optional(),
  resources: z
    .array(
      z.looseObject({
        urn: z.string(),
        id: z.string().optional(),
        delete: z.boolean().optional(),
        protect: z.boolean().optional(),
        inputs: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .nullish(),
});

/**
 * Serial and hash of a deployment as `pulumi stack export` and the backends have it; undefined where
 * there is none.
 *
 * The hash is over what identifies a state for a change: which resources, with which inputs. Secrets are
 * left out, because each encryption of one gives another text, and so are outputs: a cluster counts there.
 */
export function stateOf(deployment: unknown): StackProvenance["state"] {
  const parsed = Deployment.safeParse(deployment);
  if (!parsed.success) {
    return undefined;
  }
  const resources = (parsed.data.resources ?? [])
    .map(({ urn, id, inputs, ...rest }) =>
      JSON.stringify([urn, id, rest.delete === true, rest.protect === true, sorted(inputs ?? {})]),
    )
    .sort();
  const time = parsed.data.manifest?.time;
  return {
    // Backends of one's own count nothing: the time of the last write is the nearest.
    ...(time === undefined ? {} : { serial: time }),
    hash: createHash("sha256").update(resources.join("\n")).digest("hex"),
    resources: resources.length,
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = value as Readonly<Record<string, unknown>>;
  if (entries[secretMark[0]] === secretMark[1]) {
    return "[secret]";
  }
  return Object.fromEntries(
    Object.keys(entries)
      .sort()
      .map((key) => [key, sorted(entries[key])]),
  );
}
