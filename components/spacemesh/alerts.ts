/**
 * A network's own alerts, by what its nodes export. They are about workloads, however their metrics came:
 * where a node is read and pushes too, the one says what the other does.
 */
import type { Exporter, Family } from "../observability/families/types.ts";
import type { AlertRule, RuleGroup } from "../observability/rules/types.ts";
import type { MetricsPath } from "./miner.schema.ts";
import { isPushed, pushJob, pushSeconds } from "./telemetry.ts";

/** What of a network its alerts depend on. */
export interface AlertedNetwork {
  /** Namespace of its members. */
  readonly namespace: string;
  /** How many miners it runs. */
  readonly miners: number;
  /** What its nodes export. */
  readonly family: Family;
  readonly metrics: MetricsPath;
  readonly exporters: readonly Exporter[];
}

/** Series of the managed miners alone: the web services have nodes, too. */
export const ofMiners = (namespace: string, miners = "miner-[0-9]+"): string =>
  `namespace="${namespace}",workload=~"${miners}"`;

/** Seconds without a push after which what was pushed is history. */
const historySeconds = 10 * pushSeconds;

/**
 * Series that somebody still tells of. What was pushed last stays in the gateway, on its disk, when a miner is deleted
 * and when a network begins anew under the same names: without this the layers of the old one would have all miners
 * of the new one lie behind for months. What is read bears no labels of a push, and stays.
 */
const current = (metrics: MetricsPath, series: string): string =>
  isPushed(metrics)
    ? `(${series} unless on (namespace, workload, node_id, network_id) (time() - push_time_seconds{job="${pushJob}"} > ${historySeconds}))`
    : series;

/** Layers by which one may lie behind another before somebody is told. */
const layers = 10;

/** A rule, and the metric that it needs beside those of every program. */
interface Needing {
  readonly needs: string;
  readonly rule: AlertRule;
}

/** Whatever every version tells. */
function presence({ namespace, miners, metrics, exporters }: AlertedNetwork): AlertRule[] {
  const told = current(metrics, `process_start_time_seconds{${ofMiners(namespace)}}`);
  const all = `count(count by (workload) (${told}))`;
  // A group stays in the gateway when its miner goes: whether there should be one the cluster knows.
  const isWanted = exporters.includes("kube-state-metrics")
    ? ` and on (namespace, workload) label_replace(kube_deployment_spec_replicas{namespace="${namespace}"} > 0, "workload", "$1", "deployment", "(.+)")`
    : "";
  return [
    {
      name: "MinersMissing",
      expression: `(${all} or vector(0)) < ${miners}`,
      for: "30m",
      severity: "warning",
      summary: `{{ $value | printf "%.0f" }} miners tell of themselves, and the stack runs ${miners}`,
      description:
        "The others never started their node, or their metrics do not arrive. Pods that wait for a node or a disk are told of by themselves.",
    },
    ...(isPushed(metrics)
      ? [
          {
            name: "MinerSilent",
            expression: `(time() - push_time_seconds{job="${pushJob}"} > ${5 * pushSeconds})${isWanted}`,
            for: "5m",
            severity: "warning",
            summary:
              "{{ $labels.workload }} has pushed no metrics for {{ $value | humanizeDuration }}",
            description:
              "Its node has ended (the container stays, with its logs), or it cannot reach the push gateway. What it pushed last is shown until then.",
          } as const,
        ]
      : []),
  ];
}

const needing = ({ namespace, family, metrics }: AlertedNetwork): Needing[] => {
  const miners = ofMiners(namespace);
  const now = (series: string): string => current(metrics, series);
  const verified = now(`spacemesh_tortoise_state_layers{${miners},kind="verified"}`);
  const last = now(`spacemesh_tortoise_state_layers{${miners},kind="last"}`);
  const state = "spacemesh_tortoise_state_layers" in family;
  // Versions before that one tell of applied layers alone.
  const layer = state ? verified : now(`spacemesh_genvm_applied_layer{${miners}}`);
  return [
    {
      needs: "spacemesh_p2p_total_peers",
      rule: {
        name: "MinerAlone",
        // A node that never had a peer has no number of them.
        expression: `max by (namespace, workload) (${now(`process_start_time_seconds{${miners}}`)}) unless on (namespace, workload) (${now("spacemesh_p2p_total_peers")} > 0)`,
        for: "15m",
        severity: "warning",
        summary: "{{ $labels.workload }} has no peer",
        description:
          "It can reach none of its bootnodes, or they know another network: compare their addresses in its config with the nodes' own, and the genesis of both.",
      },
    },
    {
      needs: "spacemesh_beacons_beacon_calculated_weight",
      rule: {
        name: "BeaconsDiffer",
        expression: `count by (epoch) (count by (epoch, beacon) (${now("spacemesh_beacons_beacon_calculated_weight")})) > 1`,
        for: "30m",
        severity: "critical",
        summary:
          'Nodes have {{ $value | printf "%.0f" }} different beacons for epoch {{ $labels.epoch }}',
        description:
          "They do not take each other's ballots in that epoch: the network is split. Look for nodes that were without peers when the epoch before ended, and for clocks that are off.",
      },
    },
    {
      needs: "spacemesh_tortoise_state_layers",
      rule: {
        name: "LayersStuck",
        expression: `max(${last}) - max(${verified}) > ${layers}`,
        for: "15m",
        severity: "critical",
        summary: 'No layer is verified: the network is {{ $value | printf "%.0f" }} layers behind',
        description:
          "Consensus fails: too little weight is online, messages do not arrive, or the nodes are split. HareFailing and the peers of the bootnodes say more.",
      },
    },
    {
      needs: state ? "spacemesh_tortoise_state_layers" : "spacemesh_genvm_applied_layer",
      rule: {
        name: "MinerBehind",
        expression: `scalar(max(${layer})) - max by (namespace, workload) (${layer}) > ${layers}`,
        for: "15m",
        severity: "warning",
        summary:
          '{{ $labels.workload }} is {{ $value | printf "%.0f" }} layers behind the other miners',
        description:
          "It catches up after a restart, or is too slow, or on another branch: its log says which layers it fetches and from whom.",
      },
    },
    {
      needs: "spacemesh_hare_consensus",
      rule: {
        name: "HareFailing",
        expression: `sum(increase(spacemesh_hare_consensus{${miners},outcome="fail"}[1h])) / sum(increase(spacemesh_hare_consensus{${miners}}[1h])) > 0.2`,
        for: "15m",
        severity: "warning",
        summary: "{{ $value | humanizePercentage }} of the miners' consensus rounds fail",
        description:
          "Rounds end without enough messages: miners are slow, apart from each other, or too few of those with weight are online.",
      },
    },
    {
      needs: "spacemesh_syncer_sync_state",
      rule: {
        name: "MinerNotSynced",
        expression: `max by (namespace, workload) (${now(`spacemesh_syncer_sync_state{${miners},state="synced"}`)}) == 0`,
        for: "1h",
        severity: "warning",
        summary: "{{ $labels.workload }} has not been in step with the network for an hour",
        description:
          "It takes no part in consensus meanwhile and earns nothing. A new miner may need so long; one that stood does not.",
      },
    },
    {
      needs: "spacemesh_clock_peers_offset",
      rule: {
        name: "ClockOff",
        expression: `max by (namespace, workload) (abs(${now(`spacemesh_clock_peers_offset{${miners}}`)})) > 5`,
        for: "10m",
        severity: "warning",
        summary:
          "The clock of {{ $labels.workload }} is off by {{ $value | humanizeDuration }} from its peers'",
        description:
          "From ten seconds on the node ends by itself. The clock is the machine's: look at its time service, and whether other pods there see the same.",
      },
    },
    {
      needs: "spacemesh_malfeasance_num_proofs",
      rule: {
        name: "MalfeasanceProved",
        expression: "sum by (type) (increase(spacemesh_malfeasance_num_proofs[1h])) > 0",
        severity: "warning",
        summary: "Somebody was proved to have made two of what there is one of: {{ $labels.type }}",
        description:
          "An identity that is used by two nodes at once loses its rewards for good. If it is a managed one: an imported key that another network or a copy of a disk still runs.",
      },
    },
  ];
};

/** Alerts of a network: those whose metrics its nodes export. */
export function spacemeshRules(network: AlertedNetwork): RuleGroup {
  return {
    name: "spacemesh",
    rules: [
      ...presence(network),
      ...needing(network).flatMap(({ needs, rule }) => (needs in network.family ? [rule] : [])),
    ],
  };
}
