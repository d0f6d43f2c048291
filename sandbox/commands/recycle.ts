/** `recycle`: exchanges the machine behind a node, as a cloud does when it recycles a pool. */
import type { Api } from "../api.ts";
import { Clouds } from "../cloud-watch.ts";
import { recycleNode, waitForNodes } from "../cluster-contents.ts";
import { fault } from "../fault.ts";
import { waitForAgent } from "../google/kubeip.ts";
import { exchangeMachine } from "../google/pools.ts";
import { forgetMachine, waitForKeeper } from "../linode/keeper.ts";
import { withLock } from "../lock.ts";
import { type SandboxPlace, stackFile } from "../place.ts";
import { type Plan, readPlan } from "../plan.ts";
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
    const store = new Store(place.folder);
    const clouds = new Clouds(api, place.folder);
    if (await exchangeMachine(store, node)) {
      // Google makes the machines of its pools itself, and the nodes with them.
      await clouds.attend();
      await waitForNodes(api, [node]);
      await waitForAgent(api, node);
    } else {
      const { nodes } = readPlan(stack, stackFile(place, options.file), readSecrets(place));
      const machine = await recyclePlanned(place, api, nodes, node);
      if (machine !== undefined) {
        await forgetMachine(store, machine);
      }
      await waitForKeeper(api, node);
    }
    await clouds.attend();
    api.close();
    say(`${node} came back as another machine`);
    return 0;
  });
}

/** Recycles a node that the sandbox itself made for a pool. Returns the number of the machine it had. */
async function recyclePlanned(
  place: SandboxPlace,
  api: Api,
  nodes: Plan["nodes"],
  node: string,
): Promise<number | undefined> {
  const { stack } = place;
  const state = readState(place);
  if (state === undefined) {
    throw fault(`${place.state} is missing`, `make up STACK=${stack}`);
  }
  const before = (await api.find(`/api/v1/nodes/${node}`))?.spec?.["providerID"];
  const machines = await recycleNode(api, { stack, nodes, machines: state.machines }, node);
  writeState(place, { ...state, machines });
  const machine = /^linode:\/\/(\d+)$/.exec(String(before))?.[1];
  return machine === undefined ? undefined : Number(machine);
}
