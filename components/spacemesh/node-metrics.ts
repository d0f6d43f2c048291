/**
 * What the node exports, version by version (read in spacemeshos/go-spacemesh at those tags). The
 * metrics that the original's dashboards asked for, `spacemesh_consensus_*`, were gone by then.
 */
import { goProgram } from "../observability/families/go.ts";
import { type Family, familyOf } from "../observability/families/types.ts";
import { type NodeVersion, nodeVersions } from "./node-profiles.ts";

/** Version → what it added: what one has, the later ones have, too. */
const added: Readonly<Record<NodeVersion, Family>> = {
  // Those of a peer or a protocol are there from its first one on, and none before.
  "v0.2.17": familyOf([
    ["gauge", "spacemesh_p2p_", "", "total_connections total_peers"],
    ["gauge", "spacemesh_p2p_", "protocol", "streams_per_protocol peers_per_protocol"],
    ["histogram", "spacemesh_p2p_", "protocol", "requests_duration"],
    // The node swaps these two names: `total_send` is what it received. The next two are right.
    ["counter", "spacemesh_p2p_", "", "total_send total_recv"],
    ["counter", "spacemesh_p2p_", "protocol direction", "messages_per_protocol"],
    ["counter", "spacemesh_p2p_", "protocol direction", "traffic_per_protocol"],
    ["histogram", "spacemesh_miner_", "", "proposal_build_duration"],
    ["histogram", "spacemesh_proposals_", "", "proposal_size num_txs_in_proposal"],
    ["histogram", "spacemesh_tortoise_", "", "layer_distance_to_base_ballot"],
    ["counter", "spacemesh_beacons_beacon_", "epoch beacon", "observed_total observed_weight"],
    ["counter", "spacemesh_beacons_beacon_", "epoch beacon", "calculated_weight"],
  ]),
  "v0.2.18": familyOf([
    ["gauge", "spacemesh_genvm_", "", "applied_layer"],
    ["counter", "spacemesh_genvm_", "", "txs invalid_txs fees subsidy rewards rewards_burn"],
    ["counter", "spacemesh_hare_", "outcome", "consensus"],
    ["counter", "spacemesh_hare_", "", "in_proposals out_proposals"],
    ["histogram", "spacemesh_hare_", "", "num_iterations"],
    ["counter", "spacemesh_blocks_", "outcome", "generate"],
    ["counter", "spacemesh_fetch_", "hint", "cache_hits cache_lookup"],
    ["counter", "spacemesh_txs_", "outcome", "gossip_txs proposal_txs block_txs mempool_txs"],
    ["histogram", "spacemesh_p2p_", "protocol result", "processed_messages_duration"],
    ["gauge", "spacemesh_database_", "", "total_size"],
    ["gauge", "spacemesh_database_", "name", "table_size index_size"],
  ]),
  "v0.2.20": familyOf([
    ["gauge", "spacemesh_activation_", "", "post_duration"],
    ["counter", "spacemesh_p2p_", "protocol", "delivered_messages_bytes delivered_messages_count"],
    ["counter", "spacemesh_p2p_", "protocol", "received_messages_bytes received_messages_count"],
    ["gauge", "spacemesh_tortoise_", "", "ballots delayed_ballots blocks layers epochs mode"],
    ["gauge", "spacemesh_tortoise_", "kind", "state_layers"],
    ["counter", "spacemesh_tortoise_", "", "errors"],
  ]),
  "v1.0": familyOf([
    ["counter", "spacemesh_syncer_", "outcome", "runs state_runs hash_resolution"],
    ["gauge", "spacemesh_syncer_", "state", "sync_state"],
    ["gauge", "spacemesh_syncer_", "", "layer"],
    ["gauge", "spacemesh_clock_", "", "peers_offset"],
    ["counter", "spacemesh_malfeasance_", "type", "num_proofs num_invalid_proofs"],
    ["gauge", "spacemesh_discovery_", "", "total_addresses connected_addresses"],
    ["gauge", "spacemesh_activation_", "", "poet_pow_duration"],
    ["gauge", "spacemesh_hare_", "", "processes"],
  ]),
};

/** What a node of a version exports, Go's own metrics included. */
export const nodeMetrics = (version: NodeVersion): Family =>
  Object.assign(
    { ...goProgram },
    ...nodeVersions.slice(0, nodeVersions.indexOf(version) + 1).map((one) => added[one]),
  ) as Family;
