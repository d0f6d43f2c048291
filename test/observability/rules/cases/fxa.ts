/** Cases of Firefox Accounts' own alerts. */
import type { AlertCases, Series } from "./types.ts";

const namespace = "fxa";
const deployment = (name: string): string => `namespace="${namespace}",deployment="${name}"`;
const available = (name: string): string =>
  `kube_deployment_status_replicas_available{${deployment(name)}}`;
const wanted = (name: string): string => `kube_deployment_spec_replicas{${deployment(name)}}`;
const restarts = (container: string, pod = `${container}-0`): string =>
  `kube_pod_container_status_restarts_total{namespace="${namespace}",pod="${pod}",container="${container}"}`;
const mysql = `namespace="${namespace}",statefulset="mysql"`;
const job = (name: string): string =>
  `kube_job_failed{namespace="${namespace}",job_name="${name}",condition="true"}`;
const autoscaler = (metric: string, name: string, more = ""): string =>
  `kube_horizontalpodautoscaler_${metric}{namespace="${namespace}",horizontalpodautoscaler="${name}"${more}}`;
const active = (name: string): string =>
  autoscaler("status_condition", name, ',condition="ScalingActive",status="false"');

/** Requests with an answer, so many more a minute. */
const requests = (code: string, each: number, path = "v1_account_login"): Series => ({
  [`fxa_auth_request_seconds_count{server="fxa-auth-server",path="${path}",method="POST",statusCode="${code}",errno="0"}`]: `0+${each}x60`,
});
const verdicts = (block: string, each: number): Series => ({
  [`fxa_customs_verdicts_total{server="fxa-auth-server",check="check",action="accountLogin",block="${block}"}`]: `0+${each}x60`,
});
const calls = (service: string, outcome: string, each: number): Series => ({
  [`fxa_auth_call_seconds_count{server="fxa-auth-server",service="${service}",call="check",outcome="${outcome}"}`]: `0+${each}x60`,
});
const redis = (event: string): string =>
  `fxa_redis_events_total{server="fxa-auth-server",event="${event}"}`;
/** Events of the broker: so many a minute, and seconds of delay of all of them. */
const delay = (count: number, seconds: number): Series => ({
  'fxa_broker_delay_seconds_sum{server="fxa-event-broker"}': `0+${count * seconds}x60`,
  'fxa_broker_delay_seconds_count{server="fxa-event-broker"}': `0+${count}x60`,
});
const packets = 'statsd_exporter_udp_packets_total{workload="statsd"}';

/** {@inheritDoc AlertCases} */
export const fxaCases: AlertCases = {
  AccountsServerGone: {
    fires: {
      series: {
        [available("fxa-auth-server")]: "2x5 0x30",
        [wanted("fxa-auth-server")]: "2x40",
        [available("browserid-verifier")]: "0x40",
        [wanted("browserid-verifier")]: "2x40",
      },
      at: "15m",
      as: [
        {
          labels: { namespace, deployment: "fxa-auth-server" },
          summary: "fxa-auth-server has no pod that answers",
        },
        {
          labels: { namespace, deployment: "browserid-verifier" },
          summary: "browserid-verifier has no pod that answers",
        },
      ],
    },
    silent: [
      // One of two answers.
      {
        series: { [available("fxa-auth-server")]: "1x40", [wanted("fxa-auth-server")]: "2x40" },
        at: "20m",
      },
      // Parked on purpose.
      {
        series: { [available("mozilla-sync")]: "0x40", [wanted("mozilla-sync")]: "0x40" },
        at: "20m",
      },
      // One pod, exchanged: it is stopped before its successor starts.
      {
        series: { [available("mozilla-sync")]: "1x5 0x3 1x30", [wanted("mozilla-sync")]: "1x40" },
        at: "9m",
      },
      // A relying party that only shows how to log in.
      { series: { [available("123done")]: "0x40", [wanted("123done")]: "1x40" }, at: "20m" },
    ],
  },
  AccountsWorkerGone: {
    fires: {
      series: {
        [available("fxa-event-broker")]: "0x40",
        [wanted("fxa-event-broker")]: "1x40",
        [available("fxa-mail-queues")]: "0x40",
        [wanted("fxa-mail-queues")]: "1x40",
      },
      at: "20m",
      as: [
        {
          labels: { namespace, deployment: "fxa-event-broker" },
          summary: "fxa-event-broker does not work: what it should do is left undone",
        },
        {
          labels: { namespace, deployment: "fxa-mail-queues" },
          summary: "fxa-mail-queues does not work: what it should do is left undone",
        },
      ],
    },
    silent: [
      // It compiles when it starts.
      {
        series: {
          [available("fxa-event-broker")]: "0x10 1x30",
          [wanted("fxa-event-broker")]: "1x40",
        },
        at: "14m",
      },
      {
        series: { [available("fxa-auth-server")]: "0x40", [wanted("fxa-auth-server")]: "2x40" },
        at: "20m",
      },
    ],
  },
  AccountsServerRestarts: {
    fires: {
      // As seen first: content-server 33 times in six hours, payments-server 2526 times in a day.
      series: {
        [restarts("fxa-content-server")]: "0x10 1x10 2x10 3x10 4x10 5x10 6x10 7x10",
        // No pod of its has restarted twice.
        ...Object.fromEntries(
          [1, 2, 3, 4, 5].map((pod) => [
            restarts("fxa-payments-server", `payments-${pod}`),
            "0x20 1x60",
          ]),
        ),
      },
      at: "70m",
      as: [
        {
          labels: { namespace, container: "fxa-content-server" },
          summary: "fxa-content-server restarts over and over: 6 times in three hours",
        },
        {
          labels: { namespace, container: "fxa-payments-server" },
          summary: "fxa-payments-server restarts over and over: 5 times in three hours",
        },
      ],
    },
    silent: [
      // As often in two days, as mozilla-sync did.
      { series: { [restarts("fxa-content-server")]: "0x30 1x200" }, at: "3h" },
      // Long ago.
      { series: { [restarts("fxa-content-server")]: "33x300" }, at: "4h" },
      // Three, when its database was away.
      { series: { [restarts("fxa-graphql-api")]: "0x10 1x5 2x5 3x100" }, at: "1h" },
    ],
  },
  CustomsBlocksAll: {
    fires: {
      series: { [available("memcached")]: "1x5 0x30", [wanted("memcached")]: "1x40" },
      at: "10m",
      as: [
        {
          labels: { namespace, deployment: "memcached" },
          summary: "memcached is away: customs blocks every request, and nobody can log in",
        },
      ],
    },
    silent: [
      { series: { [available("memcached")]: "1x40", [wanted("memcached")]: "1x40" }, at: "10m" },
      // Its pod is moved to another node.
      {
        series: { [available("memcached")]: "1x5 0x1 1x30", [wanted("memcached")]: "1x40" },
        at: "8m",
      },
    ],
  },
  AccountsRedisGone: {
    fires: {
      series: { [available("redis-master")]: "1x5 0x30", [wanted("redis-master")]: "1x40" },
      at: "10m",
      as: [
        {
          labels: { namespace, deployment: "redis-master" },
          summary: "redis-master is away: sessions and tokens cannot be read or written",
        },
      ],
    },
    silent: [
      {
        series: { [available("redis-master")]: "1x5 0x1 1x30", [wanted("redis-master")]: "1x40" },
        at: "8m",
      },
    ],
  },
  AccountsDatabaseGone: {
    fires: {
      series: {
        [`kube_statefulset_status_replicas_ready{${mysql}}`]: "1x5 0x30",
        [`kube_statefulset_replicas{${mysql}}`]: "1x40",
      },
      at: "10m",
      as: [
        {
          labels: { namespace, statefulset: "mysql" },
          summary: "MySQL is away: no account can be read",
        },
      ],
    },
    silent: [
      {
        series: {
          [`kube_statefulset_status_replicas_ready{${mysql}}`]: "0x40",
          [`kube_statefulset_replicas{${mysql}}`]: "0x40",
        },
        at: "10m",
      },
    ],
  },
  SchemaPatchFailed: {
    fires: {
      series: { [job("fxa-auth-db-mysql-patch-1a2b3c4d")]: "1x10" },
      at: "5m",
      as: [
        {
          labels: { namespace, job_name: "fxa-auth-db-mysql-patch-1a2b3c4d", condition: "true" },
          summary:
            "fxa-auth-db-mysql-patch-1a2b3c4d has failed: the database may be half-way between two schemas",
        },
      ],
    },
    silent: [
      { series: { [job("fxa-auth-db-mysql-patch-1a2b3c4d")]: "0x10" }, at: "5m" },
      { series: { [job("mysql-backup-28000000")]: "1x10" }, at: "5m" },
    ],
  },
  AutoscalerAtMaximum: {
    fires: {
      series: {
        [autoscaler("status_current_replicas", "fxa-auth-server")]: "2x5 4x60",
        [autoscaler("spec_max_replicas", "fxa-auth-server")]: "4x60",
        [autoscaler("spec_min_replicas", "fxa-auth-server")]: "2x60",
      },
      at: "40m",
      as: [
        {
          labels: { namespace, horizontalpodautoscaler: "fxa-auth-server" },
          summary: "fxa-auth-server has had all of its 4 pods for half an hour",
        },
      ],
    },
    silent: [
      // For a quarter of an hour, as in the morning.
      {
        series: {
          [autoscaler("status_current_replicas", "fxa-auth-server")]: "2x5 4x15 3x40",
          [autoscaler("spec_max_replicas", "fxa-auth-server")]: "4x60",
          [autoscaler("spec_min_replicas", "fxa-auth-server")]: "2x60",
        },
        at: "40m",
      },
      // It can have one number only.
      {
        series: {
          [autoscaler("status_current_replicas", "fxa-auth-server")]: "2x60",
          [autoscaler("spec_max_replicas", "fxa-auth-server")]: "2x60",
          [autoscaler("spec_min_replicas", "fxa-auth-server")]: "2x60",
        },
        at: "40m",
      },
    ],
  },
  AutoscalerBlind: {
    fires: {
      series: { [active("fxa-content-server")]: "1x40" },
      at: "20m",
      as: [
        {
          labels: {
            namespace,
            horizontalpodautoscaler: "fxa-content-server",
            condition: "ScalingActive",
            status: "false",
          },
          summary: "fxa-content-server cannot see the load, and scales nothing",
        },
      ],
    },
    silent: [
      // New pods have no use yet.
      { series: { [active("fxa-content-server")]: "1x8 0x40" }, at: "20m" },
    ],
  },
  AccountsRequestsFail: {
    fires: {
      series: { ...requests("200", 54), ...requests("503", 6) },
      at: "20m",
      as: [{ labels: {}, summary: "10% of all requests to fxa-auth-server fail" }],
    },
    silent: [
      { series: { ...requests("200", 97), ...requests("500", 3) }, at: "20m" },
      // What people do wrong.
      { series: { ...requests("200", 10), ...requests("400", 90) }, at: "20m" },
      // Its own health, while the database was away.
      { series: { ...requests("200", 60), ...requests("503", 60, "__heartbeat__") }, at: "20m" },
      // One of five, at night.
      {
        series: {
          ...requests("200", 0),
          'fxa_auth_request_seconds_count{path="v1_session_status",statusCode="500"}': "0x10 1x50",
        },
        at: "16m",
      },
    ],
  },
  AccountsCallsFail: {
    fires: {
      series: {
        ...calls("customs", "success", 30),
        ...calls("customs", "failure", 30),
        ...calls("subhub", "success", 30),
      },
      at: "25m",
      as: [
        {
          labels: { service: "customs" },
          summary: "50% of fxa-auth-server's calls to customs fail",
        },
      ],
    },
    silent: [
      {
        series: { ...calls("customs", "success", 90), ...calls("customs", "failure", 5) },
        at: "25m",
      },
    ],
  },
  CustomsBlocksMost: {
    fires: {
      series: { ...verdicts("true", 45), ...verdicts("false", 15) },
      at: "25m",
      as: [{ labels: {}, summary: "Customs blocks 75% of what it is asked about" }],
    },
    silent: [
      { series: { ...verdicts("true", 15), ...verdicts("false", 45) }, at: "25m" },
      // One who tries at night, and nobody else.
      { series: { ...verdicts("true", 2), ...verdicts("false", 0) }, at: "25m" },
    ],
  },
  AccountsRedisErrors: {
    fires: {
      series: { [redis("error")]: "0x5 10+6x40" },
      at: "25m",
      as: [
        {
          labels: { server: "fxa-auth-server" },
          summary: "fxa-auth-server has lost Redis again and again",
        },
      ],
    },
    silent: [
      // Its one pod was exchanged.
      { series: { [redis("error")]: "0x5 4x40" }, at: "12m" },
      { series: { [redis("ready")]: "0+20x40" }, at: "25m" },
    ],
  },
  EventsLate: {
    fires: {
      series: delay(10, 600),
      at: "35m",
      as: [
        {
          labels: { server: "fxa-event-broker" },
          summary: "Account events reach the event-broker 10m 0s late, on average",
        },
      ],
    },
    silent: [
      { series: delay(10, 20), at: "35m" },
      // No event at all.
      { series: delay(0, 0), at: "35m" },
    ],
  },
  AccountsTellNothing: {
    fires: {
      series: { [packets]: "0+5x10 55x60", [available("fxa-auth-server")]: "2x70" },
      at: "50m",
      as: [{ labels: {}, summary: "StatsD gets no packet, though fxa-auth-server answers" }],
    },
    silent: [
      { series: { [packets]: "0+5x70", [available("fxa-auth-server")]: "2x70" }, at: "50m" },
      // Who should send is away, which another alert says.
      { series: { [packets]: "55x70", [available("fxa-auth-server")]: "0x70" }, at: "50m" },
    ],
  },
};
