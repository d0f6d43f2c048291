/** Cases of a Spacemesh network's own alerts, of one with three miners that push their metrics. */
import type { AlertCases, Series } from "./types.ts";

const labels = (workload: string, more = ""): string =>
  `namespace="spacemesh",workload="${workload}"${more}`;

/** One series, of a miner each. */
const ofMiners = (
  metric: string,
  values: Readonly<Record<string, string>>,
  more?: string,
): Series =>
  Object.fromEntries(
    Object.entries(values).map(([miner, over]) => [`${metric}{${labels(miner, more)}}`, over]),
  );

const started = (...miners: readonly string[]): Series =>
  ofMiners(
    "process_start_time_seconds",
    Object.fromEntries(miners.map((miner) => [miner, "1x120"])),
  );

const layers = (kind: string, values: Readonly<Record<string, string>>): Series =>
  ofMiners("spacemesh_tortoise_state_layers", values, `,kind="${kind}"`);

const wanted = (replicas: number): Series => ({
  [`kube_deployment_spec_replicas{namespace="spacemesh",deployment="miner-7"}`]: `${replicas}x120`,
});

const lastPush = (over: string): Series =>
  ofMiners("push_time_seconds", { "miner-7": over }, ',job="spacemesh"');

/** Labels of what the miners of a network pushed that was here before, under the same names. */
const formerNetwork = ',node_id="12D3KooWabc",network_id="204"';

/** When it pushed last: at the begin of time. */
const formerPush = (...miners: readonly string[]): Series =>
  ofMiners(
    "push_time_seconds",
    Object.fromEntries(miners.map((miner) => [miner, "0x180"])),
    `,job="spacemesh"${formerNetwork}`,
  );

/** {@inheritDoc AlertCases} */
export const spacemeshCases: AlertCases = {
  MinersMissing: {
    fires: {
      // The third is of the network that was here before, and has pushed nothing since.
      series: {
        ...started("miner-1", "miner-2"),
        ...ofMiners("process_start_time_seconds", { "miner-3": "1x120" }, formerNetwork),
        ...formerPush("miner-3"),
      },
      at: "45m",
      as: [{ labels: {}, summary: "2 miners tell of themselves, and the stack runs 3" }],
    },
    silent: [
      { series: started("miner-1", "miner-2", "miner-3"), at: "35m" },
      // One that is read and pushes is one; a program of another name is none.
      {
        series: {
          ...started("miner-1", "miner-2", "miner-3"),
          ...ofMiners("process_start_time_seconds", { "miner-3": "1x120" }, ',job="spacemesh"'),
        },
        at: "35m",
      },
    ],
  },
  MinerSilent: {
    fires: {
      // It pushed every minute for ten minutes, and never again.
      series: { ...lastPush("0+60x10 600x60"), ...wanted(1) },
      at: "25m",
      as: [
        {
          labels: { namespace: "spacemesh", workload: "miner-7", job: "spacemesh" },
          summary: "miner-7 has pushed no metrics for 15m 0s",
        },
      ],
    },
    silent: [
      { series: { ...lastPush("0+60x60"), ...wanted(1) }, at: "25m" },
      // Its push stays behind when a miner is deleted, or rests while the network is parked.
      { series: lastPush("0+60x10 600x60"), at: "25m" },
      { series: { ...lastPush("0+60x10 600x60"), ...wanted(0) }, at: "25m" },
    ],
  },
  MinerAlone: {
    fires: {
      series: {
        ...started("miner-1", "miner-2", "miner-3"),
        // The third never had one.
        ...ofMiners("spacemesh_p2p_total_peers", { "miner-1": "5x120", "miner-2": "5x5 0x120" }),
      },
      at: "30m",
      as: ["miner-2", "miner-3"].map((workload) => ({
        labels: { namespace: "spacemesh", workload },
        summary: `${workload} has no peer`,
      })),
    },
    silent: [
      {
        series: {
          ...started("miner-2"),
          ...ofMiners("spacemesh_p2p_total_peers", { "miner-2": "5x5 0x5 3x120" }),
        },
        at: "30m",
      },
    ],
  },
  BeaconsDiffer: {
    fires: {
      series: {
        ...ofMiners(
          "spacemesh_beacons_beacon_calculated_weight",
          { "miner-1": "1x120", "miner-2": "1x120" },
          ',epoch="5",beacon="aa"',
        ),
        ...ofMiners(
          "spacemesh_beacons_beacon_calculated_weight",
          { "miner-3": "1x120" },
          ',epoch="5",beacon="bb"',
        ),
      },
      at: "35m",
      as: [{ labels: { epoch: "5" }, summary: "Nodes have 2 different beacons for epoch 5" }],
    },
    silent: [
      // Another epoch has another.
      {
        series: {
          ...ofMiners(
            "spacemesh_beacons_beacon_calculated_weight",
            { "miner-1": "1x120" },
            ',epoch="5",beacon="aa"',
          ),
          ...ofMiners(
            "spacemesh_beacons_beacon_calculated_weight",
            { "miner-2": "1x120" },
            ',epoch="6",beacon="bb"',
          ),
        },
        at: "35m",
      },
    ],
  },
  LayersStuck: {
    fires: {
      series: {
        ...layers("verified", { "miner-1": "20x120", "miner-2": "19x120" }),
        ...layers("last", { "miner-1": "20+1x120", "miner-2": "20+1x120" }),
      },
      at: "30m",
      as: [{ labels: {}, summary: "No layer is verified: the network is 30 layers behind" }],
    },
    silent: [
      // While there is nothing to be verified yet, both stand still.
      {
        series: {
          ...layers("verified", { "miner-1": "11x120" }),
          ...layers("last", { "miner-1": "11x120" }),
        },
        at: "90m",
      },
      {
        series: {
          ...layers("verified", { "miner-1": "20+1x120" }),
          ...layers("last", { "miner-1": "22+1x120" }),
        },
        at: "90m",
      },
    ],
  },
  MinerBehind: {
    fires: {
      series: layers("verified", { "miner-1": "40+1x120", "miner-2": "40x120" }),
      at: "30m",
      as: [
        {
          labels: { namespace: "spacemesh", workload: "miner-2" },
          summary: "miner-2 is 30 layers behind the other miners",
        },
      ],
    },
    silent: [
      { series: layers("verified", { "miner-1": "45+1x120", "miner-2": "40+1x120" }), at: "30m" },
      // The one is deleted; the other's name is of a network, too, that had come further.
      {
        series: {
          ...layers("verified", { "miner-1": "45+1x120" }),
          ...ofMiners(
            "spacemesh_tortoise_state_layers",
            { "miner-1": "9000x120", "miner-2": "40x120" },
            `,kind="verified"${formerNetwork}`,
          ),
          ...formerPush("miner-1", "miner-2"),
        },
        at: "60m",
      },
    ],
  },
  HareFailing: {
    fires: {
      series: {
        ...ofMiners("spacemesh_hare_consensus", { "miner-1": "0+1x180" }, ',outcome="fail"'),
        ...ofMiners("spacemesh_hare_consensus", { "miner-1": "0+1x180" }, ',outcome="ok"'),
      },
      at: "90m",
      as: [{ labels: {}, summary: "50% of the miners' consensus rounds fail" }],
    },
    silent: [
      {
        series: {
          ...ofMiners("spacemesh_hare_consensus", { "miner-1": "0+1x180" }, ',outcome="fail"'),
          ...ofMiners("spacemesh_hare_consensus", { "miner-1": "0+9x180" }, ',outcome="ok"'),
        },
        at: "90m",
      },
    ],
  },
  MinerNotSynced: {
    fires: {
      series: {
        ...ofMiners("spacemesh_syncer_sync_state", { "miner-2": "0x180" }, ',state="synced"'),
        ...ofMiners("spacemesh_syncer_sync_state", { "miner-2": "1x180" }, ',state="gossip"'),
      },
      at: "70m",
      as: [
        {
          labels: { namespace: "spacemesh", workload: "miner-2" },
          summary: "miner-2 has not been in step with the network for an hour",
        },
      ],
    },
    silent: [
      {
        series: ofMiners(
          "spacemesh_syncer_sync_state",
          { "miner-2": "0x50 1x2 0x90" },
          ',state="synced"',
        ),
        at: "70m",
      },
      // A node of the web services is another's affair.
      {
        series: {
          'spacemesh_syncer_sync_state{namespace="ws",workload="public-api",state="synced"}':
            "0x180",
        },
        at: "70m",
      },
    ],
  },
  ClockOff: {
    fires: {
      series: ofMiners("spacemesh_clock_peers_offset", { "miner-1": "-8x60", "miner-2": "0.2x60" }),
      at: "20m",
      as: [
        {
          labels: { namespace: "spacemesh", workload: "miner-1" },
          summary: "The clock of miner-1 is off by 8s from its peers'",
        },
      ],
    },
    silent: [
      { series: ofMiners("spacemesh_clock_peers_offset", { "miner-1": "-8x5 1x60" }), at: "20m" },
    ],
  },
  MalfeasanceProved: {
    fires: {
      series: ofMiners(
        "spacemesh_malfeasance_num_proofs",
        { "miner-1": "0x10 1x60" },
        ',type="atx"',
      ),
      at: "20m",
      as: [
        {
          labels: { type: "atx" },
          summary: "Somebody was proved to have made two of what there is one of: atx",
        },
      ],
    },
    silent: [
      {
        series: ofMiners("spacemesh_malfeasance_num_proofs", { "miner-1": "3x90" }, ',type="atx"'),
        at: "20m",
      },
    ],
  },
};
