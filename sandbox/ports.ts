/** Free ports of this machine's loopback. */
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

import { fault } from "./fault.ts";
import type { Ports } from "./state.ts";

/**
 * Below the ranges from which systems take the ports of outgoing connections (32768 on Linux, 49152
 * elsewhere): what is free now is still free when the control plane starts.
 */
const range = { first: 20_000, end: 32_000 };

/** Ports for one control plane: drawn by chance, so that two that start at once do not meet. */
export async function freePorts(): Promise<Ports> {
  const found = new Set<number>();
  for (let attempt = 0; attempt < 500 && found.size < 6; attempt += 1) {
    const port = randomInt(range.first, range.end);
    if (!found.has(port) && (await isFree(port))) {
      found.add(port);
    }
  }
  const [apiServer, etcd, etcdPeer, controllerManager, scheduler, kwok] = found;
  if (
    apiServer === undefined ||
    etcd === undefined ||
    etcdPeer === undefined ||
    controllerManager === undefined ||
    scheduler === undefined ||
    kwok === undefined
  ) {
    throw fault(`this machine has no 6 free ports between ${range.first} and ${range.end}`);
  }
  return { apiServer, etcd, etcdPeer, controllerManager, scheduler, kwok };
}

/** Whether every port can be listened on. */
export async function areFree(ports: Ports): Promise<boolean> {
  const answers = await Promise.all(Object.values(ports).map((port) => isFree(port)));
  return answers.every((free) => free);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => {
      settle(false);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => {
        settle(true);
      });
    });
  });
}
