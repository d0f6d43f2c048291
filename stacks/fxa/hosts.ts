/** Public hosts of a stack of Firefox Accounts, its own and those of what watches it. Pure. */
import { publicPages } from "../../components/fxa/pages.ts";
import { type PublicPage, pagesOf } from "../../components/observability/shape.ts";
import type { HostUse } from "../../components/platform/dns.schema.ts";
import { type GuardedHost, tlsAlone } from "../../components/platform/guards.schema.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack } from "./shape.ts";

/** A public host with the name that its Ingress has. */
export type NamedHost = HostUse & Pick<PublicPage, "name">;

/** Every public host. */
export const publicHosts = (stack: FxaStack): NamedHost[] => [
  ...(stack.only === undefined
    ? publicPages(contextOfStack(stack)).map(({ name, host, path }) => ({ name, host, path }))
    : []),
  ...pagesOf(stack.observability),
];

/** All of them are https: there are passwords on every one. */
export const guardsOf = (stack: FxaStack): readonly GuardedHost[] =>
  tlsAlone(publicHosts(stack).map(({ host }) => host));
