/** What the services are made from, and what each waits for. */
import type { Awaitable } from "../../components/base/ready.ts";
import type { Geoip } from "../../components/skywire/geoip.ts";
import type { Foundation } from "./foundation.ts";
import type { StackKeys } from "./identity.ts";
import type { SkywireStack } from "./schema.ts";
import type { Stores } from "./stores.ts";

/** What the services are made from. */
export interface ServicesInput {
  readonly stack: SkywireStack;
  readonly keys: StackKeys;
  readonly foundation: Foundation;
  readonly stores: Stores;
  /** The IP service, where it runs in the cluster. */
  readonly geoip: Geoip | undefined;
}

/** Options of a component: the stack's provider, and what must be ready before it. */
export function after(input: ServicesInput, ...before: Awaitable[]) {
  const ready = before.flatMap((one) => one.ready);
  return { ...input.foundation.opts, dependsOn: [...input.foundation.services.ready, ...ready] };
}
