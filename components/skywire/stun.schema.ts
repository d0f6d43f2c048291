/** STUN servers that visors are told (facts/skywire.md 4.17). */
import * as z from "zod";

import { stunPorts } from "./ports.ts";

/** Address of a STUN server. */
export const StunServer = z.string().refine((text) => {
  const match = /^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]+:(\d{1,5})$/.exec(text);
  const port = Number(match?.[1] ?? 0);
  return port >= 1 && port <= 65_535;
}, "must be host:port, e.g. 192.0.2.10:3478");

/** Addresses of the deployment's own servers in 2023. Visors of both deployments use them. */
export const publishedStunServers: readonly string[] = [
  "45.118.133.242",
  "192.53.173.68",
  "192.46.228.39",
  "192.53.113.106",
  "192.53.117.158",
  "192.53.114.142",
  "139.177.189.166",
  "192.46.227.227",
].map((address) => `${address}:${stunPorts[0]}`);
