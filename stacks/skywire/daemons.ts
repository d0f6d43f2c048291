/** Makes the daemons beside the services, each after all that it dials (facts/skywire.md 4.12). */
import type { Awaitable } from "../../components/base/ready.ts";
import { clusterUrl } from "../../components/skywire/addresses.ts";
import { Daemon } from "../../components/skywire/daemon.ts";
import { daemonsOf, isPrivileged } from "./daemon-shape.ts";
import { stunServersOf } from "./extras-shape.ts";
import { keyOf } from "./identity.ts";
import { setupNodeKeys, visorUrls } from "./services.ts";
import type { ServicesInput } from "./services-input.ts";
import { hostsOf } from "./shape.ts";

/**
 * Makes the stack's daemons.
 *
 * @param before The services and the hosts that lead to them.
 */
export function makeDaemons(input: ServicesInput, before: readonly Awaitable[]): Daemon[] {
  const { stack, keys, foundation, stores } = input;
  return daemonsOf(stack).map((daemon) => {
    const { name, kind } = daemon;
    const redis = stores.daemonRedis(name);
    const [around, namespace] = isPrivileged(daemon)
      ? [foundation.aroundMonitor, foundation.monitor]
      : [foundation.around, foundation.services];
    return new Daemon(
      name,
      {
        ...around,
        kind,
        image: foundation.image(kind),
        key: keyOf(keys.daemons, name),
        urls: visorUrls(hostsOf(stack)),
        dmsgDiscoveryUrl: clusterUrl("dmsg-discovery", foundation.around.namespaceName),
        setupNodes: setupNodeKeys(input),
        stunServers: stunServersOf(stack),
        redis,
        options: daemon,
      },
      {
        ...foundation.opts,
        dependsOn: [
          ...namespace.ready,
          ...[...before, ...(redis?.resources ?? [])].flatMap(({ ready }) => ready),
        ],
      },
    );
  });
}
