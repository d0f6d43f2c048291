/**
 * What Google's cloud controllers do with a Service of type LoadBalancer that names reserved addresses
 * (facts/clouds-gke-ingress-tls.md 3): it gets the first of them that the account has, in the cluster's
 * region and free, and else, silently, an address that nobody reserved.
 *
 * A Service that names none gets its address from `stages/addresses.yaml`.
 */
import * as z from "zod";

import type { Api, KubeObject } from "../api.ts";
import { addressType, clusterType } from "../standins/rules/gcp/common.ts";
import { text } from "../standins/rules/rule.ts";
import type { Store } from "../standins/store.ts";
import { asText } from "../standins/values.ts";
import type { CloudObject, World } from "../standins/world.ts";

/** Names of reserved addresses, with commas between them. */
export const addressesAnnotation = "networking.gke.io/load-balancer-ip-addresses";

const Spec = z.object({ loadBalancerClass: z.string().optional() });

/** Whoever uses an address for a Service, as the account notes it. */
const userOf = ({ metadata }: KubeObject): string =>
  `forwardingRules/${metadata.namespace ?? ""}/${metadata.name}`;

/** Gives every Service that names reserved addresses its address, and frees those of Services that are gone. */
export async function giveServiceAddresses(
  store: Store,
  api: Api,
  services: readonly KubeObject[],
): Promise<void> {
  const look = store.look("gcp");
  const named = services.filter(({ metadata }) => metadata.annotations?.[addressesAnnotation]);
  if (named.length === 0 && look.all(addressType).length === 0) {
    return;
  }
  if (settle(look, named).changes > 0) {
    await store.change("gcp", {}, (world) => settle(world, named));
  }
  const { addresses } = settle(store.look("gcp"), named);
  for (const service of named) {
    const { metadata, status } = service;
    const ip = addresses.get(userOf(service));
    const ingress = [{ ip, ipMode: "VIP" }];
    if (JSON.stringify(status?.["loadBalancer"]) !== JSON.stringify({ ingress })) {
      const path = `/api/v1/namespaces/${metadata.namespace ?? ""}/services/${metadata.name}/status`;
      await api.patch(path, { status: { loadBalancer: { ingress } } });
    }
  }
}

interface Settled {
  /** User → its address. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly changes: number;
}

function settle(world: World, services: readonly KubeObject[]): Settled {
  const users = services.map(userOf);
  let changes = 0;
  const note = (address: CloudObject, user: string): void => {
    world.change({ ...address, facts: { ...address.facts, users: user } });
    changes += 1;
  };
  for (const address of world.all(addressType)) {
    const user = asText(address.facts["users"]);
    if (user.startsWith("forwardingRules/") && !users.includes(user)) {
      note(address, "");
    }
  }
  const addresses = new Map(
    services.map((service) => {
      const user = userOf(service);
      const found = reserved(world, service, user);
      if (found === undefined) {
        // Of its own for as long as the Service is, and no one's before.
        return [user, world.address("gcp", `${user}|${service.metadata.uid ?? ""}`)] as const;
      }
      if (found.facts["users"] !== user) {
        note(found, user);
      }
      return [user, asText(found.facts["address"])] as const;
    }),
  );
  return { addresses, changes };
}

function reserved(world: World, service: KubeObject, user: string): CloudObject | undefined {
  const { annotations = {} } = service.metadata;
  // Only the newer of Google's two controllers reads the names.
  const isNewer =
    annotations["cloud.google.com/l4-rbs"] === "enabled" ||
    Spec.parse(service.spec).loadBalancerClass === "networking.gke.io/l4-regional-external";
  // None where the cluster is somebody else's: then its region is not known here.
  const regions = world
    .all(clusterType)
    .map(({ facts }) => asText(facts["location"]).replace(/-[a-z]$/, ""));
  const names = (annotations[addressesAnnotation] ?? "").split(",").map((name) => name.trim());
  const fitting = names
    .slice(0, isNewer ? 2 : 0)
    .flatMap((name) =>
      world
        .all(addressType)
        .filter(
          ({ inputs, facts }) =>
            text(inputs, "name") === name &&
            (regions.length === 0 || regions.includes(asText(facts["region"]))) &&
            text(inputs, "addressType", "EXTERNAL") === "EXTERNAL" &&
            text(inputs, "networkTier", "PREMIUM") ===
              (annotations["cloud.google.com/network-tier"] ?? "Premium").toUpperCase(),
        ),
    );
  return fitting.find(({ facts }) => facts["users"] === user || facts["users"] === "");
}
