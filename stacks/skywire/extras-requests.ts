/** What a stack's extras ask of the nodes. Pure. */
import { storeWorkloads } from "../../components/data/requests.ts";
import type { CapacityRequest } from "../../components/platform/capacity.ts";
import { coturnPorts } from "../../components/skywire/coturn-files.ts";
import { pinned } from "../../components/skywire/program.ts";
import type { Placement, Resources } from "../../components/workload/workload.schema.ts";
import { extraNames } from "./extras-shape.ts";
import type { StackWorkload } from "../requests.ts";
import type { SkywireStack } from "./schema.ts";

/** Settings that every workload has. */
interface Asked {
  readonly resources: Resources;
  readonly placement?: Placement | Omit<Placement, "slot"> | undefined;
}

/** One pod, which is stopped before its successor starts. */
const single = (
  workload: string,
  namespace: string,
  path: readonly string[],
  { resources, placement }: Asked,
  more: Partial<CapacityRequest> = {},
): StackWorkload => ({
  path: ["extras", ...path],
  namespace,
  request: {
    workload,
    replicas: 1,
    ...resources.requests,
    placement: placement ?? {},
    ...more,
  },
});

function whitelistWorkloads({ extras: { whitelist } }: SkywireStack): StackWorkload[] {
  if (whitelist === undefined) {
    return [];
  }
  const { namespace, auth, whitelist: miners, postgres } = whitelist;
  return [
    single(extraNames.auth, namespace, ["whitelist", "auth"], auth),
    single(extraNames.whitelist, namespace, ["whitelist", "whitelist"], miners),
    ...(postgres.kind === "builtin"
      ? storeWorkloads(
          "postgres",
          { name: extraNames.postgres, namespace, path: ["extras", "whitelist", "postgres"] },
          postgres,
        )
      : []),
  ];
}

function coturnWorkloads({ extras: { coturn } }: SkywireStack): StackWorkload[] {
  return Object.entries(coturn?.members ?? {}).map(([name, member]) =>
    single(name, coturn?.namespace ?? "", ["coturn", "members", name], member, {
      placement: pinned(member, member.slot),
      hostPorts: coturnPorts.map(({ hostPort, protocol }) => ({ port: hostPort, protocol })),
    }),
  );
}

/** Every workload of the extras. */
export function extraWorkloads(stack: SkywireStack): StackWorkload[] {
  const { geoip, utilities } = stack.extras;
  return [
    ...(geoip === undefined ? [] : [single(extraNames.geoip, geoip.namespace, ["geoip"], geoip)]),
    ...Object.entries(utilities?.bots ?? {}).map(([name, bot]) =>
      single(name, utilities?.namespace ?? "", ["utilities", "bots", name], bot),
    ),
    ...whitelistWorkloads(stack),
    ...coturnWorkloads(stack),
  ];
}
