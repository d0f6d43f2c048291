/**
 * Dashboards of a network: the two that the original had, over what its nodes export today
 * (facts/spacemesh.md 6.4). Where a node is read and pushes too, each line stands once.
 */
import type { Dashboard, Panel, Variable } from "../observability/dashboards/types.ts";
import { graph, number, query } from "../observability/dashboards/words.ts";
import type { Family } from "../observability/families/types.ts";
import { ofMiners } from "./alerts.ts";

/** What of a network its dashboards depend on. */
export interface DrawnNetwork {
  /** Namespace of its members. */
  readonly namespace: string;
  /** What its nodes export. */
  readonly family: Family;
}

/** A panel, and the metric that it needs. */
type Needing = readonly [metric: string, panel: Panel];

const there = ({ family }: DrawnNetwork, panels: readonly Needing[]): Panel[] =>
  panels.flatMap(([metric, panel]) => (metric in family ? [panel] : []));

const minerChoice = ({ namespace }: DrawnNetwork): Variable => ({
  name: "miner",
  title: "Miner",
  selector: `process_start_time_seconds{${ofMiners(namespace)}}`,
  label: "workload",
});

/** A line for each miner. */
const each = (expression: string): string => `max by (workload) (${expression})`;

const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

/** What the network does. */
function networkPanels(network: DrawnNetwork): Panel[] {
  const all = ofMiners(network.namespace);
  const chosen = ofMiners(network.namespace, "$miner");
  const layer = (kind: string): string => `spacemesh_tortoise_state_layers{${all},kind="${kind}"}`;
  return there(network, [
    [
      "process_start_time_seconds",
      number(
        "Miners that tell of themselves",
        `count(count by (workload) (process_start_time_seconds{${all}}))`,
      ),
    ],
    [
      "spacemesh_p2p_total_peers",
      number("Fewest peers of a miner", `min(${each(`spacemesh_p2p_total_peers{${all}}`)})`, {
        bad: { below: 1 },
      }),
    ],
    ["spacemesh_tortoise_state_layers", number("Verified layer", `max(${layer("verified")})`)],
    [
      "spacemesh_tortoise_state_layers",
      number("Layers not verified yet", `max(${layer("last")}) - max(${layer("verified")})`, {
        bad: { from: 10 },
      }),
    ],
    [
      "spacemesh_genvm_applied_layer",
      graph(
        "Applied layer",
        "none",
        each(`spacemesh_genvm_applied_layer{${chosen}}`),
        "{{workload}}",
      ),
    ],
    [
      "spacemesh_tortoise_state_layers",
      graph(
        "Layers behind the first",
        "none",
        `scalar(max(${layer("verified")})) - ${each(`spacemesh_tortoise_state_layers{${chosen},kind="verified"}`)}`,
        "{{workload}}",
      ),
    ],
    [
      "spacemesh_syncer_sync_state",
      graph(
        "Miners by how far they are in step",
        "none",
        `count by (state) (max by (workload, state) (spacemesh_syncer_sync_state{${all}}) == 1)`,
        "{{state}}",
      ),
    ],
    [
      "spacemesh_beacons_beacon_calculated_weight",
      graph(
        "Nodes by their beacon",
        "none",
        "count by (epoch, beacon) (spacemesh_beacons_beacon_calculated_weight)",
        "{{epoch}}: {{beacon}}",
        { description: "In each epoch there should be one." },
      ),
    ],
    [
      "spacemesh_hare_consensus",
      graph(
        "Consensus rounds an hour",
        "none",
        `sum by (outcome) (increase(spacemesh_hare_consensus{${chosen}}[1h]))`,
        "{{outcome}}",
      ),
    ],
    [
      "spacemesh_blocks_generate",
      graph(
        "Blocks an hour",
        "none",
        `sum by (outcome) (increase(spacemesh_blocks_generate{${chosen}}[1h]))`,
        "{{outcome}}",
      ),
    ],
    [
      "spacemesh_txs_gossip_txs",
      graph(
        "Transactions from peers",
        "cps",
        `sum by (outcome) (${rate(`spacemesh_txs_gossip_txs{${chosen}}`)})`,
        "{{outcome}}",
      ),
    ],
  ]);
}

/** What passes between peers. */
function peerPanels(network: DrawnNetwork): Panel[] {
  const chosen = ofMiners(network.namespace, "$miner");
  const directed = (metric: string, direction: string): string =>
    `sum by (protocol) (${rate(`${metric}{${chosen},direction="${direction}"}`)})`;
  return there(network, [
    [
      "spacemesh_p2p_total_peers",
      graph("Peers", "none", each(`spacemesh_p2p_total_peers{${chosen}}`), "{{workload}}"),
    ],
    [
      "spacemesh_p2p_total_connections",
      graph(
        "Connections",
        "none",
        each(`spacemesh_p2p_total_connections{${chosen}}`),
        "{{workload}}",
      ),
    ],
    [
      "spacemesh_p2p_messages_per_protocol",
      graph(
        "Messages received",
        "cps",
        directed("spacemesh_p2p_messages_per_protocol", "incoming"),
        "{{protocol}}",
      ),
    ],
    [
      "spacemesh_p2p_traffic_per_protocol",
      {
        title: "Bytes received and sent",
        unit: "Bps",
        queries: [
          query(directed("spacemesh_p2p_traffic_per_protocol", "incoming"), "{{protocol}} in"),
          query(directed("spacemesh_p2p_traffic_per_protocol", "outgoing"), "{{protocol}} out"),
        ],
      },
    ],
    [
      "spacemesh_clock_peers_offset",
      graph(
        "Clock against peers",
        "s",
        each(`spacemesh_clock_peers_offset{${chosen}}`),
        "{{workload}}",
      ),
    ],
  ]);
}

/** The page of a network, with what its pods do below. */
export const networkDashboard = (network: DrawnNetwork, more: readonly Panel[]): Dashboard => ({
  uid: "spacemesh",
  title: "Spacemesh",
  variables: [minerChoice(network)],
  panels: [...networkPanels(network), ...peerPanels(network), ...more],
});

/** The page of single miners: what their program takes of its machine. */
export function minerDashboard(network: DrawnNetwork): Dashboard {
  const chosen = ofMiners(network.namespace, "$miner");
  const one = (title: string, unit: string, expression: string): Panel =>
    graph(title, unit, expression, "{{workload}}");
  return {
    uid: "spacemesh-miner",
    title: "Spacemesh: miners",
    variables: [minerChoice(network)],
    panels: there(network, [
      [
        "process_resident_memory_bytes",
        one("Memory", "bytes", each(`process_resident_memory_bytes{${chosen}}`)),
      ],
      [
        "go_memstats_alloc_bytes",
        one(
          "Memory that Go has given out",
          "bytes",
          each(`max_over_time(go_memstats_alloc_bytes{${chosen}}[5m])`),
        ),
      ],
      [
        "go_memstats_sys_bytes",
        one("Memory that Go holds", "bytes", each(`go_memstats_sys_bytes{${chosen}}`)),
      ],
      [
        "go_memstats_stack_inuse_bytes",
        one("Stacks", "bytes", each(`go_memstats_stack_inuse_bytes{${chosen}}`)),
      ],
      [
        "process_cpu_seconds_total",
        one("Processors", "short", each(rate(`process_cpu_seconds_total{${chosen}}`))),
      ],
      ["process_open_fds", one("Open files", "none", each(`process_open_fds{${chosen}}`))],
      [
        "go_memstats_mallocs_total",
        one(
          "Objects in memory",
          "none",
          each(`go_memstats_mallocs_total{${chosen}} - go_memstats_frees_total{${chosen}}`),
        ),
      ],
      ["go_goroutines", one("Goroutines", "none", each(`go_goroutines{${chosen}}`))],
      [
        "go_gc_duration_seconds",
        one(
          "Time spent in collecting garbage",
          "percentunit",
          each(rate(`go_gc_duration_seconds_sum{${chosen}}`)),
        ),
      ],
      [
        "spacemesh_database_total_size",
        one("Database", "bytes", each(`spacemesh_database_total_size{${chosen}}`)),
      ],
      [
        "spacemesh_activation_post_duration",
        one("Last proof of space", "ns", each(`spacemesh_activation_post_duration{${chosen}}`)),
      ],
    ]),
  };
}
