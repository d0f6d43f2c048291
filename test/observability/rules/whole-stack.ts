/** A stack that has everything alerts and dashboards can be about. */
import { exporters } from "../../../components/observability/families/types.ts";
import { observedPods } from "../../../components/observability/dashboards/system.ts";
import { LogFamilies } from "../../../components/observability/logs/families.ts";
import type { ObservedParts } from "../../../components/observability/rules/types.ts";
import { contextOf } from "../../../components/fxa/context.ts";
import { observedFxa } from "../../../components/fxa/observed.ts";
import { observedPushtech } from "../../../components/pushtech/observed.ts";
import { observedSkywire } from "../../../components/skywire/observed.ts";
import { observedSpacemesh } from "../../../components/spacemesh/observed.ts";
import { everything, fxaConfig, merge } from "../../fxa/fixtures.ts";

const accounts = merge(everything, {
  mysql: { kind: "builtin", backup: { kind: "none" }, inProduction: "trial" },
  servers: { "auth-server": { autoscale: { min: 2, max: 4 }, parallelSafe: true } },
});

/** {@inheritDoc ObservedParts} */
export const wholeStack: ObservedParts = {
  exporters,
  systems: [
    observedSkywire({
      namespaces: ["skywire", "skywire-nm"],
      dmsgServers: 6,
      setupNodes: ["setup-node"],
      exporters,
    }),
    observedPods("voting", ["voting"], exporters),
    observedSpacemesh({
      namespace: "spacemesh",
      webServices: "ws",
      miners: 3,
      version: "v1.0",
      metrics: "both",
      exporters,
    }),
    observedPushtech({
      namespace: "pushtech",
      others: [],
      exporters,
      builtin: { mongo: true, kafka: true },
    }),
    observedFxa(contextOf(fxaConfig(accounts)), exporters),
  ],
  backups: [
    { namespace: "skywire", name: "postgres-backup" },
    { namespace: "skywire", name: "redis-dmsg-discovery-backup" },
  ],
  logs: {
    families: LogFamilies.parse({
      skywire: { namespaces: ["skywire", "skywire-nm"], retention: "14d" },
      sm: { namespaces: ["spacemesh"], containers: ["miner", "poet*"], retention: "7d" },
    }),
    members: 3,
  },
  mapped: {},
  families: [],
  rules: {},
  dashboards: {},
};

/** A stack of which nothing is read but Prometheus itself. */
export const bareStack: ObservedParts = {
  exporters: [],
  systems: [],
  backups: [],
  mapped: {},
  families: [],
  rules: {},
  dashboards: {},
};
