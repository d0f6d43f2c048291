/** What the stand-in for Linode holds of a sandbox: machines, firewalls, balancers. */
import { deviceType, firewallType } from "../../sandbox/standins/rules/linode/types.ts";
import { Store } from "../../sandbox/standins/store.ts";
import { asText } from "../../sandbox/standins/values.ts";
import type { World } from "../../sandbox/standins/world.ts";
import type { Node } from "./live-objects.ts";
import type { TestSandbox } from "./sandbox.ts";

/** Linode as the sandbox has it now. */
export const linodeOf = (sandbox: Pick<TestSandbox, "folder">): World =>
  new Store(sandbox.folder).look("linode");

/** Number of the machine under a node. */
export function machineOf(node: Node | undefined): number {
  const id = /^linode:\/\/(\d+)$/.exec(String(node?.spec["providerID"]))?.[1];
  if (id === undefined) {
    throw new Error(`node ${node?.metadata.name ?? "that is not there"} has no machine`);
  }
  return Number(id);
}

/** Machine → label of its firewall; one in two of them throws. */
export function behind(linode: World): ReadonlyMap<number, string> {
  const labels = new Map(
    linode.all(firewallType).map(({ id, inputs }) => [id, asText(inputs["label"])]),
  );
  const machines = new Map<number, string>();
  for (const { inputs } of linode.all(deviceType)) {
    const machine = Number(inputs["entityId"]);
    if (machines.has(machine)) {
      throw new Error(`machine ${machine} is in two firewalls`);
    }
    machines.set(machine, labels.get(asText(inputs["firewallId"])) ?? "none");
  }
  return machines;
}
