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

/** Requests that a pod of the uptime-tracker answered. */
const answered = (code: string, pod: string): string =>
  `vm_request_duration_count{workload="uptime-tracker",pod="${pod}",code="${code}",method="GET"}`;

const deployed = (
  deployment: string,
  wanted: string,
  available: string,
): Record<string, string> => ({
  [`kube_deployment_spec_replicas{namespace="skywire",deployment="${deployment}"}`]: wanted,
  [`kube_deployment_status_replicas_available{namespace="skywire",deployment="${deployment}"}`]:
    available,
});

/** {@inheritDoc AlertCases} */
export const skywireCases: AlertCases = {
  SkywireServiceGone: {
    fires: {
      series: {
        ...deployed("uptime-tracker", "1x30", "1x5 0x30"),
        // One of both is enough.
        ...deployed("dmsg-discovery", "1x30", "0x30"),
        ...deployed("dmsg-discovery-keyless", "4x30", "4x30"),
        ...deployed("node-visualizer", "1x30", "0x30"),
      },
      at: "20m",
      as: [
        {
          labels: { namespace: "skywire", service: "uptime-tracker" },
          summary: "uptime-tracker has no pod that answers",
        },
      ],
    },
    silent: [
      // Parked, and an update.
      {
        series: {
          ...deployed("uptime-tracker", "0x30", "0x30"),
          ...deployed("address-resolver", "1x30", "1x5 0x6 1x30"),
        },
        at: "20m",
      },
    ],
  },
  SkywireFails: {
    fires: {
      series: { [answered("200", "a")]: "0+30x60", [answered("500", "a")]: "0+30x60" },
      at: "30m",
      as: [
        {
          labels: { workload: "uptime-tracker" },
          summary: "uptime-tracker answers 50% of requests with 5xx",
        },
      ],
    },
    silent: [
      // Nobody is there, the service says, as it should.
      {
        series: { [answered("200", "a")]: "0+30x60", [answered("404", "a")]: "0+90x60" },
        at: "30m",
      },
      // Two a minute, of probes alone.
      { series: { [answered("503", "a")]: "0+2x60" }, at: "30m" },
    ],
  },
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
      // The discovery forgets nobody: that they are gone the servers know.
      series: {
        'dmsg_discovery_clients_count{pod="a"}': "4000x120",
        'dmsg_server_clients_count{workload="dmsg-server-1",pod="b"}': "600x60 0x60",
        'dmsg_server_clients_count{workload="dmsg-server-2",pod="c"}': "300x120",
      },
      at: "80m",
      as: [{ labels: {}, summary: "Half of the dmsg clients of an hour or a day ago are gone" }],
    },
    silent: [
      {
        series: {
          'dmsg_discovery_clients_count{pod="a"}': "4000x60 2500x60",
          'dmsg_server_clients_count{workload="dmsg-server-1",pod="b"}': "600x60 400x60",
        },
        at: "80m",
      },
      // A server is updated, and its clients come back to the pod that follows.
      {
        series: {
          'dmsg_server_clients_count{workload="dmsg-server-1",pod="b"}': "600x60 _x60",
          'dmsg_server_clients_count{workload="dmsg-server-1",pod="c"}': "_x62 0x3 600x60",
        },
        at: "80m",
      },
    ],
  },
  VisorsGone: {
    fires: {
      // Its probes are all that is left.
      series: {
        [answered("200", "a")]: "0+800x60 48000+12x200",
      },
      // The day before still knows it.
      at: "90m",
      as: [
        {
          labels: {},
          summary:
            "The uptime-tracker answers half of the requests of an hour or a day ago, or fewer",
        },
      ],
    },
    silent: [
      { series: { [answered("200", "a")]: "0+800x60 48000+600x60" }, at: "90m" },
      // Month's end: everybody is new.
      {
        series: {
          [answered("200", "a")]: "0+800x120",
          'uptime_tracker_entries_count{workload="uptime-tracker",pod="a"}': "4000x60 10x60",
        },
        at: "90m",
      },
      // An update: another pod counts anew.
      {
        series: {
          [answered("200", "a")]: "0+800x60 _x60",
          [answered("200", "b")]: "_x63 0+800x60",
        },
        at: "90m",
      },
      // A deployment that nobody uses but its probes.
      { series: { [answered("200", "a")]: "0+24x60 1440+12x60" }, at: "90m" },
    ],
  },
  TransportsGone: {
    fires: {
      series: transports("1000x60 200x60"),
      at: "80m",
      as: [{ labels: {}, summary: "Half of the transports of an hour or a day ago are gone" }],
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
