/** Public names of a Spacemesh stack. Pure. */
import { pagesOf } from "../../components/observability/shape.ts";
import { type WebPage, webPages } from "../../components/spacemesh/web-shape.ts";
import type { SpacemeshStack } from "./schema.ts";

/** A public name. */
export interface PublicHost {
  /** What it leads to, e.g. `api-json` or `grafana`. */
  readonly name: string;
  readonly host: string;
  /** Place in the file that makes it what it is. */
  readonly path: readonly string[];
  /** Whether a web proxy stands before it, where whoever keeps the zone has one. */
  readonly proxied: boolean;
}

/** Names of the web services, where there are any. */
export const webPagesOf = ({ webServices, only, network, domain }: SpacemeshStack): WebPage[] =>
  webServices === undefined || only !== undefined ? [] : webPages(network.name, domain);

/** All of them: pages of what watches are proxied, as the original had them (facts/spacemesh.md 5.1). */
export const publicHosts = (stack: SpacemeshStack): PublicHost[] => [
  ...webPagesOf(stack),
  ...pagesOf(stack.observability).map((page) => ({ ...page, proxied: true })),
];
