/** `recycle`: exchanges the machine behind a node, as a cloud does when it recycles a pool. */
import { recycleNode } from "../cluster-contents.ts";
import { fault } from "../fault.ts";
import { forgetMachine, waitForKeeper } from "../linode/keeper.ts";
import { attend } from "../linode/watch.ts";
import { withLock } from "../lock.ts";
import { stackFile } from "../place.ts";
import { readPlan } from "../plan.ts";
import { requireRunning } from "../sandbox.ts";
import { readSecrets } from "../secrets.ts";
import { Store } from "../standins/store.ts";
import { readState, writeState } from "../state.ts";
import type { Command } from "./command.ts";

/** Recycles one node. Returns the exit code. */
export async function recycle({ options, place, say }: Command): Promise<number> {
  const { node, stack } = options;
  if (node === undefined) {
    throw fault("--node is missing: the name of the node to recycle");
  }
  return withLock(place, "recycle", async () => {
    const { api } = requireRunning(place);
    const { nodes } = readPlan(stack, stackFile(place, options.file), readSecrets(place));
    const state = readState(place);
    if (state === undefined) {
      throw fault(`${place.state} is missing`, `make up STACK=${stack}`);
    }
    const before = (await api.find(`/api/v1/nodes/${node}`))?.spec?.["providerID"];
    const machines = await recycleNode(api, { stack, nodes, machines: state.machines }, node);
    writeState(place, { ...state, machines });
    const machine = /^linode:\/\/(\d+)$/.exec(String(before))?.[1];
    if (machine !== undefined) {
      await forgetMachine(new Store(place.folder), Number(machine));
    }
    await waitForKeeper(api, node);
    await attend(api, place.folder);
    api.close();
    say(`${node} came back as another machine`);
    return 0;
  });
}
