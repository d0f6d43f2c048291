/** Cases of Skywire's own alerts, of a stack with six dmsg-servers. */
import type { AlertCases } from "./types.ts";

const kinds = ["stcp", "stcpr", "sudph", "dmsg"];

/** The same number of transports of each kind, over time. */
const transports = (values: string): Record<string, string> =>
  Object.fromEntries(
    kinds.map((kind) => [
      `transport_discovery_${kind}_count{workload="transport-discovery"}`,
      values,
    ]),
  );

/** {@inheritDoc AlertCases} */
export const skywireCases: AlertCases = {
  DmsgServersMissing: {
    fires: {
      // Each pod of the discovery tells of the one store; the last to have read it knows best.
      series: {
        'dmsg_discovery_servers_count{pod="a"}': "5x20",
        'dmsg_discovery_servers_count{pod="b"}': "5x20",
      },
      at: "12m",
      as: [{ labels: {}, summary: "dmsg-discovery knows 5 dmsg-servers, and the stack runs 6" }],
    },
    silent: [
      { series: { 'dmsg_discovery_servers_count{pod="a"}': "8x20" }, at: "12m" },
      {
        series: {
          'dmsg_discovery_servers_count{pod="a"}': "5x20",
          'dmsg_discovery_servers_count{pod="b"}': "6x20",
        },
        at: "12m",
      },
    ],
  },
  DmsgServerEmpty: {
    fires: {
      series: {
        'dmsg_server_clients_count{workload="dmsg-server-1"}': "0x40",
        'dmsg_server_clients_count{workload="dmsg-server-2"}': "300x40",
      },
      at: "35m",
      as: [
        {
          labels: { workload: "dmsg-server-1" },
          summary: "dmsg-server-1 has had no client for half an hour",
        },
      ],
    },
    silent: [
      {
        series: { 'dmsg_server_clients_count{workload="dmsg-server-1"}': "0x10 40x40" },
        at: "35m",
      },
    ],
  },
  DmsgSessionsFailing: {
    fires: {
      series: {
        'dmsg_server_vm_session_fail_total{workload="dmsg-server-1"}': "0+30x60",
        'dmsg_server_vm_session_success_total{workload="dmsg-server-1"}': "0+10x60",
      },
      at: "40m",
      as: [
        {
          labels: { workload: "dmsg-server-1" },
          summary: "75% of the sessions of dmsg-server-1 fail",
        },
      ],
    },
    silent: [
      {
        series: {
          'dmsg_server_vm_session_fail_total{workload="dmsg-server-1"}': "0+10x60",
          'dmsg_server_vm_session_success_total{workload="dmsg-server-1"}': "0+30x60",
        },
        at: "40m",
      },
      // None at all is no share of anything.
      {
        series: {
          'dmsg_server_vm_session_fail_total{workload="dmsg-server-1"}': "0x60",
          'dmsg_server_vm_session_success_total{workload="dmsg-server-1"}': "0x60",
        },
        at: "40m",
      },
    ],
  },
  DmsgClientsGone: {
    fires: {
      series: { 'dmsg_discovery_clients_count{pod="a"}': "4000x60 1000x60" },
      at: "80m",
      as: [{ labels: {}, summary: "Half of the dmsg clients are gone within an hour" }],
    },
    silent: [{ series: { 'dmsg_discovery_clients_count{pod="a"}': "4000x60 2500x60" }, at: "80m" }],
  },
  VisorsGone: {
    fires: {
      series: { 'uptime_tracker_entries_count{pod="a"}': "4000x60 1000x60" },
      at: "80m",
      as: [
        {
          labels: {},
          summary: "The uptime-tracker sees half of the visors of an hour ago, or fewer",
        },
      ],
    },
    silent: [{ series: { 'uptime_tracker_entries_count{pod="a"}': "4000x60 3900x60" }, at: "80m" }],
  },
  TransportsGone: {
    fires: {
      series: transports("1000x60 200x60"),
      at: "80m",
      as: [{ labels: {}, summary: "Half of the transports are gone within an hour" }],
    },
    silent: [
      // One kind is left for another.
      {
        series: {
          ...transports("1000x120"),
          'transport_discovery_stcp_count{workload="transport-discovery"}': "1000x60 0x60",
        },
        at: "80m",
      },
    ],
  },
  SkywireSlow: {
    fires: {
      series: {
        'vm_request_duration_sum{workload="tpd"}': "0+300x60",
        'vm_request_duration_count{workload="tpd"}': "0+100x60",
      },
      at: "40m",
      as: [{ labels: { workload: "tpd" }, summary: "tpd takes 3s for a request" }],
    },
    silent: [
      {
        series: {
          'vm_request_duration_sum{workload="tpd"}': "0+3x60",
          'vm_request_duration_count{workload="tpd"}': "0+100x60",
        },
        at: "40m",
      },
    ],
  },
  RoutesFailing: {
    fires: {
      series: {
        'setup_node_no_of_failed_route_setups{workload="setup-node"}': "0+8x90",
        'setup_node_no_of_route_setups{workload="setup-node"}': "0+10x90",
      },
      at: "75m",
      as: [
        {
          labels: { workload: "setup-node" },
          summary: "setup-node fails to set up more routes than half of those it does",
        },
      ],
    },
    silent: [
      {
        series: {
          'setup_node_no_of_failed_route_setups{workload="setup-node"}': "0+2x90",
          'setup_node_no_of_route_setups{workload="setup-node"}': "0+10x90",
        },
        at: "75m",
      },
    ],
  },
};
