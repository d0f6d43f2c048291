// What a node-keeper's pod runs: it puts the machine under its node where the stack wants it. A recycled node is
// another machine, which no run of the stack's program knows of; this one starts on it, looks, and mends.
//
//   node node-keeper.mjs <settings.json>
//
// Environment: NODE_NAME, LINODE_TOKEN, and what Kubernetes gives every pod. Nothing secret is ever written.

import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/**
 * @typedef {object} Settings
 * @property {string} linode Address of Linode's API.
 * @property {string} region Where the cluster lies.
 * @property {number} everySeconds How often to look.
 * @property {string} ready File that is there while all is as it should be.
 * @property {string} alive File that is written at each look.
 * @property {Readonly<Record<string, readonly string[]>>} addresses Slot → addresses that its machine has.
 * @property {Firewalls} firewalls
 *
 * @typedef {object} Firewalls
 * @property {number | null} others Of nodes whose slot has none of its own; null where there are no firewalls.
 * @property {Readonly<Record<string, number>>} slots Slot → its firewall.
 *
 * @typedef {(method: string, path: string, body?: unknown) => Promise<any>} Call
 *
 * @typedef {object} Machine What the node stands on.
 * @property {number} id Linode's number.
 * @property {string | undefined} slot
 * @property {readonly string[]} addresses Its node's, inner and outer.
 *
 * @typedef {object} Host The node itself.
 * @property {() => ReadonlyMap<string, string>} addresses Address → interface.
 * @property {(change: "add" | "del", address: string, device: string) => Promise<void>} change
 */

const slotLabel = "fleet/slot";

/**
 * Asks an API that speaks JSON.
 *
 * @param {string} base
 * @param {() => string} token Read anew for each call: Kubernetes renews its own.
 * @returns {Call}
 */
export function api(base, token) {
  return async (method, path, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token()}`, "content-type": "application/json" },
      signal: AbortSignal.timeout(20_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text === "" ? {} : JSON.parse(text);
  };
}

/** @param {any} node @returns {Machine} */
export function machineOf(node) {
  const id = /^linode:\/\/(\d+)$/.exec(node.spec?.providerID ?? "")?.[1];
  if (id === undefined) throw new Error(`node ${node.metadata.name} has no machine at Linode yet`);
  return {
    id: Number(id),
    slot: node.metadata.labels?.[slotLabel],
    addresses: (node.status?.addresses ?? []).map((/** @type {any} */ one) => one.address),
  };
}

/**
 * Puts the machine into the firewall of its slot. It has just one: another of the stack's is taken off first, one of
 * somebody else's is a fault to look at.
 *
 * @param {Machine} machine @param {Firewalls} firewalls @param {Call} linode
 * @returns {Promise<string[]>} what was done
 */
export async function keepFirewall(machine, firewalls, linode) {
  const wanted = firewalls.slots[machine.slot ?? ""] ?? firewalls.others;
  if (wanted === null) return [];
  const { data } = await linode("GET", `/linode/instances/${machine.id}/firewalls`);
  const present = data.map((/** @type {any} */ { id }) => id);
  if (present.includes(wanted)) return [];
  const done = [];
  const own = [firewalls.others, ...Object.values(firewalls.slots)];
  for (const id of present) {
    if (!own.includes(id)) {
      throw new Error(
        `machine ${machine.id} is in firewall ${id}, which is not the stack's: one is all it takes`,
      );
    }
    const devices = await linode("GET", `/networking/firewalls/${id}/devices?page_size=500`);
    const device = devices.data.find(
      (/** @type {any} */ { entity }) => entity.type === "linode" && entity.id === machine.id,
    );
    if (device !== undefined)
      await linode("DELETE", `/networking/firewalls/${id}/devices/${device.id}`);
    done.push(`machine ${machine.id} taken out of firewall ${id}`);
  }
  await linode("POST", `/networking/firewalls/${wanted}/devices`, {
    id: machine.id,
    type: "linode",
  });
  return [...done, `machine ${machine.id} put into firewall ${wanted}`];
}

/**
 * Assigns one address of the slot to the machine, unless another live node of the slot has it: of two that stand side by
 * side for a while, the older one goes on serving.
 *
 * @param {string} address @param {Machine} machine @param {string} region
 * @param {readonly number[]} others Machines of the slot's other nodes.
 * @param {Call} linode @param {Host} host
 * @returns {Promise<string[]>} what was done
 */
export async function keepAddress(address, machine, region, others, linode, host) {
  const found = await linode("GET", `/networking/ips/${address}`);
  const interfaces = host.addresses();
  const device = interfaces.get(address);
  const holder = found.linode_id ?? null;
  if (holder !== machine.id && others.includes(holder)) {
    if (device !== undefined) await host.change("del", address, device);
    throw new Error(
      `${address} is at machine ${holder}, another node of slot ${machine.slot}: waiting for it to go`,
    );
  }
  const done = [];
  if (holder !== machine.id) {
    const assignments = [{ address, linode_id: machine.id }];
    await linode("POST", "/networking/ips/assign", { region, assignments });
    done.push(`${address} assigned to machine ${machine.id}`);
  }
  if (device === undefined) {
    // The machine was set up before it had this address, and learns of it at its next start only.
    const own = machine.addresses
      .map((one) => interfaces.get(one))
      .find((one) => one !== undefined);
    if (own === undefined)
      throw new Error("no interface of this node has an address that Kubernetes knows");
    await host.change("add", address, own);
    done.push(`${address} added to ${own}`);
  }
  // It works until the machine goes, and is then somebody else's: said while it can still be mended.
  if (found.reserved === false) {
    const lost = `${address} is not reserved and goes with machine ${machine.id}: reserve it at Linode, where it stays as it is`;
    throw new Error([...done, lost].join("\n"));
  }
  return done;
}

/**
 * One look at everything.
 *
 * @param {Settings} settings @param {string} nodeName @param {Call} kubernetes @param {Call} linode @param {Host} host
 * @returns {Promise<string[]>} what was done
 */
export async function keep(settings, nodeName, kubernetes, linode, host) {
  const node = await kubernetes("GET", `/api/v1/nodes/${nodeName}`);
  const machine = machineOf(node);
  // The firewall first: what is reachable by its address is then behind it.
  const done = await keepFirewall(machine, settings.firewalls, linode);
  const addresses = settings.addresses[machine.slot ?? ""] ?? [];
  if (addresses.length === 0) return done;
  const selector = encodeURIComponent(`${slotLabel}=${machine.slot}`);
  const nodes = await kubernetes("GET", `/api/v1/nodes?labelSelector=${selector}`);
  const others = nodes.items
    .filter(
      (/** @type {any} */ { metadata }) =>
        metadata.name !== nodeName && metadata.deletionTimestamp === undefined,
    )
    .filter((/** @type {any} */ one) => one.spec?.providerID !== undefined)
    .map((/** @type {any} */ one) => machineOf(one).id);
  const faults = [];
  for (const address of addresses) {
    try {
      done.push(...(await keepAddress(address, machine, settings.region, others, linode, host)));
    } catch (error) {
      faults.push(messageOf(error));
    }
  }
  // One that cannot be had keeps the others from nobody.
  if (faults.length > 0) throw new Error([...done, ...faults].join("\n"));
  return done;
}

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** The node that this pod shares its network with. @type {Host} */
const thisHost = {
  addresses: () =>
    new Map(
      Object.entries(networkInterfaces()).flatMap(([device, addresses = []]) =>
        addresses.map(({ address }) => /** @type {const} */ ([address, device])),
      ),
    ),
  change: async (change, address, device) => {
    await promisify(execFile)("ip", ["addr", change, `${address}/32`, "dev", device]);
  },
};

/** @param {string} path */
async function main(path) {
  const variable = (/** @type {string} */ name) => {
    const value = process.env[name];
    if (value === undefined || value === "") throw new Error(`${name} is not set`);
    return value;
  };
  /** @type {Settings} */
  const settings = JSON.parse(readFileSync(path, "utf8"));
  const [host, port] = [variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT")];
  const account = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  const kubernetes = api(`https://${host}:${port}`, () => readFileSync(account, "utf8"));
  const linode = api(settings.linode, () => variable("LINODE_TOKEN"));
  process.on("SIGTERM", () => process.exit(0));
  for (;;) {
    writeFileSync(settings.alive, "");
    try {
      const done = await keep(settings, variable("NODE_NAME"), kubernetes, linode, thisHost);
      for (const line of done) console.log(line);
      writeFileSync(settings.ready, "");
    } catch (error) {
      rmSync(settings.ready, { force: true });
      console.error(messageOf(error));
    }
    await sleep(settings.everySeconds * 1_000);
  }
}

if (import.meta.main) await main(process.argv[2] ?? "");
