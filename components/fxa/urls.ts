/**
 * The two classes of addresses, which no URL setting may mix up: a browser cannot resolve what a Service is called,
 * and servers that dial each other by public hosts leave the cluster for nothing (facts/fxa.md 7).
 *
 * A value of the one class is not one of the other for the compiler, too; texts that come from elsewhere are told
 * apart by {@link internalFault} and {@link publicFault}.
 */
import type { PublicName } from "./hosts.ts";
import type { Program, Store } from "./roles.ts";
import { storePorts, traitsOf } from "./servers.ts";

/** Whom a program dials inside the cluster. */
export type Callee = Program | Store | "statsd";

/** An address inside the cluster. */
export class InternalAddress {
  readonly kind = "internal";
  readonly callee: Callee;
  /** What the program is told: a URL, a host, or a host with its port. */
  readonly text: string;

  constructor(callee: Callee, text: string) {
    this.callee = callee;
    this.text = text;
  }
}

/** An address that browsers dial. */
export class PublicAddress {
  readonly kind = "public";
  /** Which of the hosts it is. */
  readonly name: PublicName;
  readonly text: string;

  constructor(name: PublicName, text: string) {
    this.name = name;
    this.text = text;
  }
}

/** URL of a program inside the cluster, with a path that begins with a slash. */
export function internal(program: Program, path = ""): InternalAddress {
  const { service, port } = traitsOf(program);
  return new InternalAddress(program, `http://${service}:${port}${path}`);
}

/** Service of a program, without its port. */
export const internalHost = (program: Program): InternalAddress =>
  new InternalAddress(program, traitsOf(program).service);

/** A store or exporter, wherever it is. */
export const storeHost = (store: Store | "statsd", host: string): InternalAddress =>
  new InternalAddress(store, host);

/** The same with its port. */
export const storeAddress = (store: Store, host: string, port: number): InternalAddress =>
  new InternalAddress(store, `${host}:${port}`);

/** Where a store of the cluster is dialled. */
export const builtinStore = (store: Store): { readonly host: string; readonly port: number } => ({
  host: storePorts[store].service,
  port: storePorts[store].port,
});

/** URL of a public host, with a path that begins with a slash. */
export const publicUrl = (name: PublicName, host: string, path = ""): PublicAddress =>
  new PublicAddress(name, `https://${host}${path}`);

/** A public host alone, where a setting wants no URL. */
export const publicHost = (name: PublicName, host: string): PublicAddress =>
  new PublicAddress(name, host);

const isIp = (host: string): boolean => /^\d+(\.\d+){3}$/.test(host) || host.includes(":");

/** Whether a name is one that only the cluster, or the machine itself, can resolve. */
export const isInternalName = (host: string): boolean =>
  !host.includes(".") ||
  /\.(?:svc|cluster|local|localhost|internal|lan|home|corp)$/.test(host) ||
  /\.svc\./.test(host);

/** Host of a URL, or of `host[:port]`; undefined for what is neither. */
function hostOf(text: string): string | undefined {
  const url = text.includes("://") ? text : `none://${text}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : undefined;
}

/** Why a text is no address that a browser can dial, or undefined. */
export function publicFault(text: string): string | undefined {
  const example = "e.g. https://accounts.example.org";
  const host = hostOf(text);
  if (host === undefined || host === "") {
    return `must be the URL of a public host, ${example}`;
  }
  if (isIp(host)) {
    return `must name a public host, not the address ${host}, ${example}`;
  }
  if (isInternalName(host)) {
    return `goes to browsers, which cannot resolve ${host}: name a public host, ${example}`;
  }
  return text.includes("://") && !/^(?:https|wss):\/\//.test(text)
    ? `goes to browsers and must be https, ${example}`
    : undefined;
}

/** Why a text is no address inside the cluster, or undefined. */
export function internalFault(text: string): string | undefined {
  const example = "e.g. http://fxa-auth-server:9000";
  const host = hostOf(text);
  if (host === undefined || host === "" || isIp(host)) {
    return `must be the name of a Service, ${example}`;
  }
  if (text.includes("://") && !text.startsWith("http://")) {
    return `stays in the cluster, where nobody has a certificate: http, ${example}`;
  }
  return isInternalName(host)
    ? undefined
    : `must not leave the cluster by way of ${host}: name the Service, ${example}`;
}
