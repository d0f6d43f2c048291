/** What must hold between the web services and the network that they show. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import { nodeProfiles } from "./node-profiles.ts";
import { networkId, nodeTemplate } from "./node-template.ts";
import type { NetworkConfig } from "./network.schema.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";

/** What the list of networks says of a network: a number, which nodes of later versions do not have. */
export function listedNumber(
  network: Pick<NetworkConfig, "node" | "extends">,
  web: Pick<WebServicesConfig, "listing">,
): number | undefined {
  return web.listing.networkId ?? networkId(nodeTemplate(network.node, network.extends?.config));
}

/** Faults of `fleet:webServices`. */
export function webFaults(
  network: Pick<NetworkConfig, "node" | "extends">,
  web: WebServicesConfig,
): PlatformFault[] {
  const { apis } = nodeProfiles[network.node.version];
  return [
    ...(listedNumber(network, web) === undefined
      ? [
          {
            path: ["webServices", "listing", "networkId"],
            message:
              "must say the number by which the list of networks knows this one: its node config has no p2p.network-id",
          },
        ]
      : []),
    ...web.publicApi.apis.flatMap((api, index) =>
      apis[api] === undefined
        ? [
            {
              path: ["webServices", "publicApi", "apis", index],
              message: `must be an API that nodes of ${network.node.version} have: ${Object.keys(apis).join(", ")}`,
            },
          ]
        : [],
    ),
  ];
}
