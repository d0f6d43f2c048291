/** The sandbox's kubeconfig: one context, and it leads to this machine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

import { isLoopback } from "../stacks/kubeconfig.ts";
import { fault } from "./fault.ts";
import { privateMode, writeWhole } from "./files.ts";
import type { SandboxPlace } from "./place.ts";

/** How to reach an API server. */
export interface ApiAccess {
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** PEM texts. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/**
 * Access to the control plane that kwokctl made in the sandbox's folder.
 *
 * @throws SandboxError for an address beyond this machine.
 */
export function apiAccess(place: Pick<SandboxPlace, "cluster">, server: string): ApiAccess {
  requireLoopback(server);
  const pem = (name: string): string => readFileSync(join(place.cluster, "pki", name), "utf8");
  return {
    server,
    authority: pem("ca.crt"),
    certificate: pem("admin.crt"),
    key: pem("admin.key"),
  };
}

/** A kubeconfig with one context, whose name is the one the stack file asks for. */
export function kubeconfigText(context: string, access: ApiAccess): string {
  requireLoopback(access.server);
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [
      {
        name: context,
        cluster: {
          server: access.server,
          "certificate-authority-data": base64(access.authority),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: "sandbox" } }],
    users: [
      {
        name: "sandbox",
        user: {
          "client-certificate-data": base64(access.certificate),
          "client-key-data": base64(access.key),
        },
      },
    ],
  });
}

/**
 * A kubeconfig whose context leads to no cluster at all: nobody listens at that port of this machine. It
 * names a token, because a client that is told of no credentials asks for a user's name, and waits.
 */
export function nowhereKubeconfig(context: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: context, cluster: { server: "https://127.0.0.1:1" } }],
    contexts: [{ name: context, context: { cluster: context, user: "nobody" } }],
    users: [{ name: "nobody", user: { token: "none" } }],
  });
}

/** Writes the kubeconfig, readable by the owner alone. */
export function writeKubeconfig(place: SandboxPlace, context: string, access: ApiAccess): void {
  writeWhole(place.kubeconfig, kubeconfigText(context, access), privateMode);
}

function requireLoopback(server: string): void {
  if (!isLoopback(server)) {
    throw fault(`a sandbox's API server must be on this machine's loopback, not at ${server}`);
  }
}
