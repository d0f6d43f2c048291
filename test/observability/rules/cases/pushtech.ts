/** Cases of PushTech's own alerts. */
import type { AlertCases } from "./types.ts";

const namespace = "pushtech";
const deployment = (name: string): string => `namespace="${namespace}",deployment="${name}"`;
const available = (name: string): string =>
  `kube_deployment_status_replicas_available{${deployment(name)}}`;
const wanted = (name: string): string => `kube_deployment_spec_replicas{${deployment(name)}}`;
const mongo = `kube_statefulset_status_replicas_ready{namespace="${namespace}",statefulset="storage-db"}`;
const kafka = `kube_statefulset_status_replicas_ready{namespace="${namespace}",statefulset="kafka"}`;
const list = `namespace="${namespace}",pod="tracker-0",container="redis-tracker"`;
const wait = `namespace="${namespace}",pod="storage-0",container="wait"`;
const job = (name: string): string =>
  `kube_job_failed{namespace="${namespace}",job_name="${name}",condition="true"}`;

/** {@inheritDoc AlertCases} */
export const pushtechCases: AlertCases = {
  PublicServerGone: {
    fires: {
      series: { [available("storage")]: "3x5 0x30", [wanted("storage")]: "3x40" },
      at: "20m",
      as: [
        {
          labels: { namespace, deployment: "storage" },
          summary: "storage has no pod that answers: its public host says bad gateway",
        },
      ],
    },
    silent: [
      // One pod of three answers.
      { series: { [available("storage")]: "1x40", [wanted("storage")]: "3x40" }, at: "20m" },
      // Parked on purpose.
      { series: { [available("website")]: "0x40", [wanted("website")]: "0x40" }, at: "20m" },
      // An update that stops all first.
      {
        series: { [available("website")]: "3x5 0x5 3x30", [wanted("website")]: "3x40" },
        at: "20m",
      },
      // For administrators.
      { series: { [available("kafidx")]: "0x40", [wanted("kafidx")]: "2x40" }, at: "20m" },
    ],
  },
  EventReadersGone: {
    fires: {
      series: {
        [available("consumers-ruby-worker")]: "0x40",
        [wanted("consumers-ruby-worker")]: "1x40",
      },
      at: "20m",
      as: [
        {
          labels: { namespace, deployment: "consumers-ruby-worker" },
          summary: "consumers-ruby-worker does not work: what it should read piles up",
        },
      ],
    },
    silent: [
      {
        series: {
          [available("offerserver-worker")]: "1x40",
          [wanted("offerserver-worker")]: "1x40",
        },
        at: "20m",
      },
    ],
  },
  StorageWithoutData: {
    fires: {
      series: { [available("storage")]: "2x40", [wanted("storage")]: "3x40", [mongo]: "1x40" },
      at: "15m",
      as: [
        {
          labels: { namespace, deployment: "storage" },
          summary: "Only 2 pods of the storage get at their data, though Mongo is there",
        },
      ],
    },
    silent: [
      // Mongo itself is away, which another alert says.
      {
        series: { [available("storage")]: "0x40", [wanted("storage")]: "3x40", [mongo]: "0x40" },
        at: "9m",
      },
      {
        series: { [available("storage")]: "3x40", [wanted("storage")]: "3x40", [mongo]: "1x40" },
        at: "15m",
      },
    ],
  },
  EventsLost: {
    fires: {
      series: { [`kube_pod_container_status_restarts_total{${list}}`]: "0x10 1x20" },
      at: "15m",
      as: [
        {
          labels: { namespace, pod: "tracker-0", container: "redis-tracker" },
          summary: "The list of events of tracker-0 has gone with its Redis",
        },
      ],
    },
    silent: [
      { series: { [`kube_pod_container_status_restarts_total{${list}}`]: "3x40" }, at: "30m" },
    ],
  },
  EventsHeldBack: {
    fires: {
      series: { [kafka]: "2x5 0x20" },
      at: "15m",
      as: [
        {
          labels: { namespace, statefulset: "kafka" },
          summary: "No broker of Kafka is ready: trackers hold events in memory",
        },
      ],
    },
    silent: [{ series: { [kafka]: "1x30" }, at: "15m" }],
  },
  MigrationFailed: {
    fires: {
      series: { [job("website-migrate-1a2b3c4d")]: "1x10" },
      at: "5m",
      as: [
        {
          labels: { namespace, job_name: "website-migrate-1a2b3c4d", condition: "true" },
          summary: "website-migrate-1a2b3c4d has failed: the pods of its program stay as they were",
        },
      ],
    },
    silent: [
      { series: { [job("website-migrate-1a2b3c4d")]: "0x10" }, at: "5m" },
      { series: { [job("storage-db-indexes-1a2b3c4d")]: "1x10" }, at: "5m" },
    ],
  },
  StoreAwaited: {
    fires: {
      series: { [`kube_pod_init_container_status_restarts_total{${wait}}`]: "0x5 1x5 2x5 3x30" },
      at: "30m",
      as: [
        {
          labels: { namespace, pod: "storage-0" },
          summary: "storage-0 has given up waiting for a store more than once",
        },
      ],
    },
    silent: [
      {
        series: { [`kube_pod_init_container_status_restarts_total{${wait}}`]: "0x40" },
        at: "30m",
      },
    ],
  },
};
