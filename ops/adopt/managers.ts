/**
 * Who owns which field of an object. A server-side apply conflicts with the fields that others set, and the
 * provider takes them over from kubectl in updates only: a preview before the first one would fail. So adopting an
 * object passes on what people's tools have set. Then what the program does not say goes, too, as it
 * should: a container of another name, say. Source: k8s.io/client-go/util/csaupgrade.
 */
import * as z from "zod";

/** Tools of people. Controllers keep what is theirs: status, replicas, addresses. */
const tools =
  /^(kubectl|helm|before-first-apply|pulumi|terraform|hashicorp|argocd|kustomize|lens|openlens|k9s|dashboard|node-fetch|curl|unknown)/i;

const Entry = z.looseObject({
  manager: z.string(),
  operation: z.string(),
  apiVersion: z.string(),
  subresource: z.string().optional(),
  fieldsV1: z.record(z.string(), z.unknown()).default({}),
});
type Entry = z.infer<typeof Entry>;

const Managed = z.looseObject({
  metadata: z.looseObject({ managedFields: z.array(Entry).default([]) }),
});

/**
 * An object's owners with one in the place of all tools, or undefined where there is nothing to pass on.
 *
 * @param manager Who applies from now on.
 */
export function passedOn(live: unknown, manager: string): readonly object[] | undefined {
  const entries = Managed.parse(live).metadata.managedFields;
  const passed = entries.filter(isTool);
  const [first] = passed;
  if (first === undefined || (passed.length === 1 && first.manager === manager)) {
    return undefined;
  }
  const { apiVersion } = first;
  const fieldsV1 = passed.map((entry) => entry.fieldsV1).reduce(union);
  return [
    { manager, operation: "Apply", apiVersion, fieldsType: "FieldsV1", fieldsV1 },
    ...entries.filter((entry) => !isTool(entry)),
  ];
}

function isTool({ manager, subresource = "" }: Entry): boolean {
  return subresource === "" && tools.test(manager);
}

type Fields = Readonly<Record<string, unknown>>;

/** Sets of fields are trees of maps: `{"f:spec": {"f:selector": {}}}`. */
function union(left: Fields, right: Fields): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => [
      key,
      union((left[key] ?? {}) as Fields, (right[key] ?? {}) as Fields),
    ]),
  );
}
