/** Which pods a change exchanges, under mocks. */
import { type Collected, find, type Registered } from "./harness.ts";
import { unwrapSecrets } from "./unwrap-secrets.ts";

/** What keeps pods, and exchanges them when their template changes. */
const controllerTypes = ["Deployment", "StatefulSet", "DaemonSet"]
  .map((kind) => `kubernetes:apps/v1:${kind}`)
  .concat("kubernetes:batch/v1:Job");

/** Data of the Secret or ConfigMap that a pod knows by this name. */
export function dataOf({ resources }: Collected, name: string): Record<string, string> {
  const found = resources.find(
    ({ type, name: logical, inputs }) =>
      /core\/v1:(?:Secret|ConfigMap)$/.test(type) &&
      ((inputs["metadata"] as { name?: string }).name ?? `${logical}-auto`) === name,
  );
  if (found === undefined) {
    throw new Error(`nothing is called ${name}`);
  }
  const data = unwrapSecrets(found.inputs["stringData"] ?? found.inputs["data"]);
  return Object.fromEntries(
    Object.entries(data as Record<string, unknown>).map(([key, value]) => [key, String(value)]),
  );
}

/** Controllers whose pods are exchanged between two renderings: their template, or the name of what it refers to. */
export function exchanged(before: Collected, after: Collected): string[] {
  const told = (collected: Collected, controller: Registered): string => {
    const { template } = controller.inputs["spec"] as { readonly template: unknown };
    // Content makes the engine's names; those of the mocks do not show it.
    const unnamed = [...JSON.stringify(template).matchAll(/"([a-z0-9-]+-auto)"/g)].map(([, name]) =>
      dataOf(collected, name ?? ""),
    );
    return JSON.stringify([template, unnamed]);
  };
  const controllers = before.resources.filter(({ type }) => controllerTypes.includes(type));
  return controllers
    .filter((one) => told(before, one) !== told(after, find(after, one.type, one.name)))
    .map(({ name }) => name)
    .sort();
}
