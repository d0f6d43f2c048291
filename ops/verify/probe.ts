/** What every probe is given, and what it may say. */
import type { PublishedEndpoint } from "../outputs.ts";

/**
 * What a probe found. `unsure` is honest: nothing speaks against the endpoint, and nothing proves it.
 */
export interface Finding {
  readonly result: "ok" | "unsure" | "fault";
  readonly detail: string;
}

/** The world as probes see it. Tests have a smaller one. */
export interface Network {
  /** Where a name and port are dialled. Default: there. */
  readonly at: (host: string, port: number) => { readonly host: string; readonly port: number };
  /** For how long a single answer is waited. */
  readonly timeoutMilliseconds: number;
  /** Name servers as `address:port`. Default: the machine's own. */
  readonly nameServers?: readonly string[];
  /** Certificate authorities beside those of Node, as PEM. */
  readonly authorities?: readonly string[];
  readonly now: Date;
}

/** The internet. */
export const internet = (): Network => ({
  at: (host, port) => ({ host, port }),
  timeoutMilliseconds: 5_000,
  now: new Date(),
});

/** Where an endpoint is. */
export interface Address {
  readonly scheme: string;
  readonly host: string;
  /** As said; schemes that have one of their own bring it. */
  readonly port: number | undefined;
  /** What stands behind the host, with its slash. */
  readonly path: string;
}

const schemePorts: Readonly<Record<string, number>> = { http: 80, https: 443, stun: 3478, dns: 53 };

/** Takes an address apart: `tcp://host:1`, `stun:host:3478`, `dns://host/zone`; undefined for none. */
export function parseAddress({ url }: Pick<PublishedEndpoint, "url">): Address | undefined {
  const [, scheme = "", host, port, path = ""] =
    /^([a-z]+):(?:\/\/)?(\[[0-9a-fA-F:]+\]|[^/:\s]+)(?::(\d{1,5}))?(\/\S*)?$/.exec(url) ?? [];
  if (host === undefined) {
    return undefined;
  }
  const number = port === undefined ? schemePorts[scheme] : Number(port);
  return { scheme, host: host.replace(/^\[|\]$/g, ""), port: number, path };
}

/** What the system says of a connection that did not come about. */
export function connectionFault(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  switch (code) {
    case "ECONNREFUSED":
      return "refused: nothing listens there";
    case "ETIMEDOUT":
      return noAnswer;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "its name does not resolve";
    case "ECONNRESET":
      return "the connection is cut off at once: a PROXY protocol at one end only looks like this";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `no way there (${code})`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

/** Of what stays silent. */
export const noAnswer = "no answer: a firewall that drops, or the wrong node";
