/** STUN servers that visors are told (facts/skywire.md 4.17). */
import * as z from "zod";

import { Hostname, Ipv4 } from "../base/scalars.ts";
import { stunPorts } from "./ports.ts";

/** Address of a STUN server. */
export const StunServer = z.string().refine((text) => {
  const [, host = "", digits] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits ?? 0);
  return port >= 1 && port <= 65_535 && z.union([Ipv4, Hostname]).safeParse(host).success;
}, "must be host:port, e.g. 192.0.2.10:3478");

/** STUN servers that visors are told. */
export const StunServers = z
  .array(StunServer)
  .min(1, "must name at least one STUN server")
  .refine(
    (servers) => new Set(servers).size === servers.length,
    "must not name a server twice: visors ask for their NAT at one after the other",
  );

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
