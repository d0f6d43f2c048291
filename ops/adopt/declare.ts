/**
 * Providers put into a stack's state as the program declares them. An import needs its provider there; the engine's
 * own way to make one, an update of that one alone, goes for every other provider as well, and writes a state that
 * it then cannot read where one of those needs a cluster that is not in the state yet. Pure.
 */
import { createHash } from "node:crypto";

import * as z from "zod";

import { CommandError } from "../command.ts";
import { type Planned, withoutUnknown } from "./preview.ts";

const Exported = z.looseObject({
  version: z.literal(3, "must be 3"),
  deployment: z.looseObject({
    resources: z
      .array(z.looseObject({ urn: z.string() }))
      .nullish()
      .transform((resources) => resources ?? []),
  }),
});

/** What a preview prints in the place of a secret value. */
const hidden = "[secret]";

/**
 * What `pulumi stack import` reads.
 *
 * @param exported What `pulumi stack export` printed.
 * @param wanted Providers and the components above them, parents first. What the state has is left as it is.
 * @throws CommandError for a state of another version.
 */
export function declared(exported: string, wanted: readonly Planned[]): string {
  let state: z.infer<typeof Exported>;
  try {
    state = Exported.parse(JSON.parse(exported));
  } catch {
    throw new CommandError("pulumi stack export printed no state that this version can read");
  }
  const { deployment } = state;
  const known = new Set(deployment.resources.map(({ urn }) => urn));
  const root = rootOf(wanted);
  const missing = [...root, ...wanted.map((one) => resourceOf(one, root[0]?.urn))].filter(
    ({ urn }) => !known.has(urn),
  );
  const resources = [...missing.filter(isRoot), ...deployment.resources, ...missing.filter(isNone)];
  return JSON.stringify({ ...state, deployment: { ...deployment, resources } });
}

const isRoot = ({ urn }: { readonly urn: string }): boolean =>
  urn.includes("::pulumi:pulumi:Stack::");
const isNone = (resource: { readonly urn: string }): boolean => !isRoot(resource);

/** Everything stands below the stack, which a stack without resources has not. */
function rootOf(wanted: readonly Planned[]): readonly { readonly urn: string }[] {
  const [head, project] = wanted[0]?.urn.split("::") ?? [];
  if (head === undefined || project === undefined) {
    return [];
  }
  const type = "pulumi:pulumi:Stack";
  const name = `${project}-${head.replace("urn:pulumi:", "")}`;
  return [{ urn: [head, project, type, name].join("::"), ...{ custom: false, type } }];
}

function resourceOf(
  { urn, type, custom, parent, inputs }: Planned,
  root: string | undefined,
): { readonly urn: string } {
  const known = withoutUnknown(inputs) as Readonly<Record<string, unknown>>;
  // A provider without its token takes it from the environment, as the program does.
  const plain = Object.fromEntries(
    Object.entries(known).filter(([, value]) => !JSON.stringify(value).includes(hidden)),
  );
  const place = { urn, custom, type, parent: parent ?? root, inputs: plain };
  return { ...place, ...(custom ? { id: identifierOf(urn), outputs: plain } : {}) };
}

/** In the shape of a UUID, as the engine gives them; the same for one provider whoever asks. */
function identifierOf(urn: string): string {
  const hex = createHash("sha256").update(urn).digest("hex");
  return [8, 12, 16, 20, 32]
    .map((end, index, ends) => hex.slice(index === 0 ? 0 : ends[index - 1], end))
    .join("-");
}
