/**
 * What the node-keeper's pods do, whose containers do not run here: by the very settings that are
 * rendered for them, on the stand-in's account and the nodes' own addresses. The program itself is
 * tested against servers that speak both APIs (test/platform/node-keeper.test.ts).
 */
import { setTimeout as sleep } from "node:timers/promises";

import * as z from "zod";

import { workloadLabel } from "../../components/base/labels.ts";
import {
  type KeeperSettings,
  nodeKeeperName,
  nodeKeeperSettings,
} from "../../components/platform/node-keeper-plan.ts";
import type { Api, KubeObject } from "../api.ts";
import { isReady, nodePatience } from "../cluster-contents.ts";
import { fault } from "../fault.ts";
import { addressType, deviceType, firewallType } from "../standins/rules/linode/types.ts";
import type { Store } from "../standins/store.ts";
import { asText, without } from "../standins/values.ts";
import type { World } from "../standins/world.ts";

const PodSpec = z.object({
  nodeName: z.string().optional(),
  volumes: z
    .array(z.object({ name: z.string(), configMap: z.object({ name: z.string() }).optional() }))
    .default([]),
});
const NodeAddresses = z.array(z.object({ type: z.string(), address: z.string() }));

type Settings = Pick<KeeperSettings, "addresses" | "firewalls">;

/** Lets every keeper's pod that runs look after its node. */
export async function lookAfterNodes(api: Api, store: Store): Promise<void> {
  const selector = encodeURIComponent(`${workloadLabel}=${nodeKeeperName}`);
  const pods = (await api.list(`/api/v1/pods?labelSelector=${selector}`)).filter(isReady);
  for (const pod of pods) {
    const { nodeName } = PodSpec.parse(pod.spec);
    const node = nodeName === undefined ? undefined : await api.find(`/api/v1/nodes/${nodeName}`);
    const settings = await settingsOf(api, pod);
    if (node !== undefined && settings !== undefined) {
      await lookAfter(api, store, node, settings);
    }
  }
}

/**
 * Until a node has the keeper's pod, where there is a keeper: a DaemonSet brings it by itself.
 *
 * @throws SandboxError where it does not come.
 */
export async function waitForKeeper(api: Api, node: string): Promise<void> {
  const daemons = await api.list("/apis/apps/v1/daemonsets");
  if (!daemons.some(({ metadata }) => metadata.name === nodeKeeperName)) {
    return;
  }
  const end = Date.now() + nodePatience;
  while (Date.now() < end) {
    const pods = await api.list(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`);
    if (
      pods.some((pod) => pod.metadata.labels?.[workloadLabel] === nodeKeeperName && isReady(pod))
    ) {
      return;
    }
    await sleep(200);
  }
  throw fault(`${node} got no pod of the node-keeper`, "kubectl get pods -A -o wide");
}

/** The settings in the ConfigMap that the pod mounts. */
async function settingsOf(api: Api, pod: KubeObject): Promise<Settings | undefined> {
  for (const { configMap } of PodSpec.parse(pod.spec).volumes) {
    const path = `/api/v1/namespaces/${pod.metadata.namespace ?? ""}/configmaps/${configMap?.name ?? ""}`;
    const found = configMap === undefined ? undefined : await api.find(path);
    const text = z
      .record(z.string(), z.string())
      .safeParse((found as { data?: unknown } | undefined)?.data);
    const settings = text.data?.[nodeKeeperSettings];
    if (settings !== undefined) {
      return JSON.parse(settings) as Settings;
    }
  }
  return undefined;
}

async function lookAfter(
  api: Api,
  store: Store,
  { metadata, spec, status }: KubeObject,
  { addresses, firewalls }: Settings,
): Promise<void> {
  const machine = Number(/^linode:\/\/(\d+)$/.exec(String(spec?.["providerID"]))?.[1]);
  const slot = metadata.labels?.["fleet/slot"] ?? "";
  const wanted = addresses[slot] ?? [];
  const given = await store.change("linode", {}, (world) => {
    putBehind(world, machine, firewalls.slots[slot] ?? firewalls.others);
    return wanted.filter((address) => assign(world, machine, address));
  });
  const known = NodeAddresses.parse(status?.["addresses"] ?? []);
  const fresh = given.filter((address) => known.every((one) => one.address !== address));
  if (fresh.length > 0) {
    const told = [...known, ...fresh.map((address) => ({ type: "ExternalIP", address }))];
    await api.patch(`/api/v1/nodes/${metadata.name}/status`, { status: { addresses: told } });
  }
}

/** Puts a machine into one firewall and out of every other. */
function putBehind(world: World, machine: number, firewall: number | null): void {
  if (firewall === null || world.find(firewallType, `${firewall}`) === undefined) {
    return;
  }
  const devices = world.all(deviceType).filter(({ inputs }) => inputs["entityId"] === machine);
  const inside = devices.filter(({ inputs }) => asText(inputs["firewallId"]) === `${firewall}`);
  devices
    .filter((device) => !inside.includes(device))
    .forEach((device) => {
      world.remove(device);
    });
  if (inside.length === 0) {
    const id = world.decimalId(`${firewall}/${machine}`);
    const inputs = { firewallId: firewall, entityId: machine, entityType: "linode" };
    world.add({ type: deviceType, id, urn: "", birth: 0, inputs, facts: {} });
  }
}

/** Assigns an address; false where the account has not reserved it, as the API would refuse. */
function assign(world: World, machine: number, address: string): boolean {
  const held = world.find(addressType, address);
  if (held?.inputs["reserved"] !== true) {
    return false;
  }
  if (held.inputs["linodeId"] !== machine) {
    world.change({ ...held, inputs: { ...held.inputs, linodeId: machine } });
  }
  return true;
}

/** What goes with a machine that is exchanged: its place behind a firewall, and its addresses' assignment. */
export async function forgetMachine(store: Store, machine: number): Promise<void> {
  await store.change("linode", {}, (world) => {
    for (const device of world.all(deviceType)) {
      if (device.inputs["entityId"] === machine) {
        world.remove(device);
      }
    }
    for (const held of world.all(addressType)) {
      if (held.inputs["linodeId"] === machine) {
        world.change({ ...held, inputs: without(held.inputs, "linodeId") });
      }
    }
  });
}
