/** Cases of the alerts on disks, claims and backups. */
import type { AlertCases } from "./types.ts";

const claim = 'namespace="skywire",persistentvolumeclaim="data",node="n"';
const claimLabels = { namespace: "skywire", persistentvolumeclaim: "data", node: "n" };
const disk = 'node="n",mountpoint="/",device="sda",fstype="ext4"';
const diskLabels = { node: "n", mountpoint: "/", device: "sda", fstype: "ext4" };

/** {@inheritDoc AlertCases} */
export const claimCases: AlertCases = {
  ClaimFilling: {
    fires: {
      series: {
        [`kubelet_volume_stats_available_bytes{${claim}}`]: "14x30",
        [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100x30",
      },
      at: "20m",
      as: [{ labels: claimLabels, summary: "skywire/data has 14% left" }],
    },
    silent: [
      {
        series: {
          [`kubelet_volume_stats_available_bytes{${claim}}`]: "16x30",
          [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100x30",
        },
        at: "20m",
      },
    ],
  },
  ClaimFull: {
    fires: {
      series: {
        [`kubelet_volume_stats_available_bytes{${claim}}`]: "4x30",
        [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100x30",
      },
      at: "6m",
      as: [{ labels: claimLabels, summary: "skywire/data is all but full: 4% left" }],
    },
    silent: [
      {
        series: {
          [`kubelet_volume_stats_available_bytes{${claim}}`]: "6x30",
          [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100x30",
        },
        at: "6m",
      },
    ],
  },
  ClaimWillFill: {
    fires: {
      // A third left, and gone in two days.
      series: {
        [`kubelet_volume_stats_available_bytes{${claim}}`]: "33000-10x500",
        [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100000x500",
      },
      at: "480m",
      as: [
        {
          labels: claimLabels,
          summary: "skywire/data will be full within four days, at the rate of the last six hours",
        },
      ],
    },
    silent: [
      // As steep, and empty: the first data of a new claim.
      {
        series: {
          [`kubelet_volume_stats_available_bytes{${claim}}`]: "90000-10x500",
          [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100000x500",
        },
        at: "480m",
      },
      // Well used, and slow.
      {
        series: {
          [`kubelet_volume_stats_available_bytes{${claim}}`]: "33000-1x500",
          [`kubelet_volume_stats_capacity_bytes{${claim}}`]: "100000x500",
        },
        at: "480m",
      },
    ],
  },
  ClaimFilesFull: {
    fires: {
      series: {
        [`kubelet_volume_stats_inodes_free{${claim}}`]: "4x30",
        [`kubelet_volume_stats_inodes{${claim}}`]: "100x30",
      },
      at: "20m",
      as: [{ labels: claimLabels, summary: "skywire/data has room for few more files: 4%" }],
    },
    silent: [
      {
        series: {
          [`kubelet_volume_stats_inodes_free{${claim}}`]: "50x30",
          [`kubelet_volume_stats_inodes{${claim}}`]: "100x30",
        },
        at: "20m",
      },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const machineCases: AlertCases = {
  NodeDiskFilling: {
    fires: {
      series: {
        [`node_filesystem_avail_bytes{${disk}}`]: "5x30",
        [`node_filesystem_size_bytes{${disk}}`]: "100x30",
        [`node_filesystem_readonly{${disk}}`]: "0x30",
      },
      at: "20m",
      as: [{ labels: diskLabels, summary: "/ of node n has 5% left" }],
    },
    silent: [
      // One that nobody can write to is always full.
      {
        series: {
          [`node_filesystem_avail_bytes{${disk}}`]: "0x30",
          [`node_filesystem_size_bytes{${disk}}`]: "100x30",
          [`node_filesystem_readonly{${disk}}`]: "1x30",
        },
        at: "20m",
      },
      // In memory.
      {
        series: {
          'node_filesystem_avail_bytes{node="n",mountpoint="/run",fstype="tmpfs"}': "0x30",
          'node_filesystem_size_bytes{node="n",mountpoint="/run",fstype="tmpfs"}': "100x30",
          'node_filesystem_readonly{node="n",mountpoint="/run",fstype="tmpfs"}': "0x30",
        },
        at: "20m",
      },
    ],
  },
  NodeFilesFilling: {
    fires: {
      series: {
        [`node_filesystem_files_free{${disk}}`]: "2x30",
        [`node_filesystem_files{${disk}}`]: "100x30",
        [`node_filesystem_readonly{${disk}}`]: "0x30",
      },
      at: "20m",
      as: [{ labels: diskLabels, summary: "/ of node n has room for few more files: 2%" }],
    },
    silent: [
      // A file system without a fixed number of files says none.
      {
        series: {
          [`node_filesystem_files_free{${disk}}`]: "0x30",
          [`node_filesystem_files{${disk}}`]: "0x30",
          [`node_filesystem_readonly{${disk}}`]: "0x30",
        },
        at: "20m",
      },
    ],
  },
  NodeMemoryFull: {
    fires: {
      series: {
        'node_memory_MemAvailable_bytes{node="n"}': "3x30",
        'node_memory_MemTotal_bytes{node="n"}': "100x30",
      },
      at: "20m",
      as: [{ labels: { node: "n" }, summary: "Node n has 3% of its memory left" }],
    },
    silent: [
      {
        series: {
          'node_memory_MemAvailable_bytes{node="n"}': "3x10 20x30",
          'node_memory_MemTotal_bytes{node="n"}': "100x40",
        },
        at: "20m",
      },
    ],
  },
  NodeClockOff: {
    fires: {
      series: {
        'node_timex_offset_seconds{node="n"}': "-0.5x40",
        'node_timex_sync_status{node="n"}': "1x40",
        // Nobody sets this one's.
        'node_timex_offset_seconds{node="m"}': "0x40",
        'node_timex_sync_status{node="m"}': "0x40",
        'node_timex_maxerror_seconds{node="m"}': "16x40",
      },
      at: "35m",
      as: [
        { labels: { node: "n" }, summary: "The clock of node n is off, or follows no other" },
        { labels: { node: "m" }, summary: "The clock of node m is off, or follows no other" },
      ],
    },
    silent: [
      {
        series: {
          'node_timex_offset_seconds{node="n"}': "0.002x40",
          'node_timex_sync_status{node="n"}': "1x40",
          'node_timex_maxerror_seconds{node="n"}': "0.05x40",
        },
        at: "35m",
      },
      // Chrony without rtcsync: the clock is right, and the kernel is not told that it is followed.
      {
        series: {
          'node_timex_offset_seconds{node="n"}': "0x40",
          'node_timex_sync_status{node="n"}': "0x40",
          'node_timex_maxerror_seconds{node="n"}': "0.05x40",
        },
        at: "35m",
      },
    ],
  },
};

const postgres = 'namespace="skywire",cronjob="postgres-backup"';
const redis = 'namespace="skywire",cronjob="redis-dmsg-discovery-backup"';
const postgresLabels = { namespace: "skywire", cronjob: "postgres-backup" };

/** Both that the stack has. */
const there = {
  [`kube_cronjob_info{${postgres}}`]: "1x2000",
  [`kube_cronjob_info{${redis}}`]: "1x2000",
};

/** {@inheritDoc AlertCases} */
export const backupCases: AlertCases = {
  BackupOld: {
    fires: {
      // Every hour on the hour; the last that succeeded was at one. At four and five past it is three hours old.
      series: {
        ...there,
        [`kube_cronjob_status_last_schedule_time{${postgres}}`]:
          "0x59 3600x59 7200x59 10800x59 14400x59",
        [`kube_cronjob_next_schedule_time{${postgres}}`]:
          "3600x59 7200x59 10800x59 14400x59 18000x59",
        [`kube_cronjob_status_last_successful_time{${postgres}}`]: "0x59 3600x300",
      },
      at: "247m",
      as: [
        {
          labels: postgresLabels,
          summary: "The last backup of skywire/postgres-backup is 3h 7m 0s old",
        },
      ],
    },
    silent: [
      // One run failed and the next is under way.
      {
        series: {
          ...there,
          [`kube_cronjob_status_last_schedule_time{${postgres}}`]: "0x59 3600x59 7200x59 10800x59",
          [`kube_cronjob_next_schedule_time{${postgres}}`]: "3600x59 7200x59 10800x59 14400x59",
          [`kube_cronjob_status_last_successful_time{${postgres}}`]: "0x59 3600x300",
        },
        at: "190m",
      },
      // A day old, once a day.
      {
        series: {
          ...there,
          [`kube_cronjob_status_last_schedule_time{${postgres}}`]: "0x1500",
          [`kube_cronjob_next_schedule_time{${postgres}}`]: "86400x1500",
          [`kube_cronjob_status_last_successful_time{${postgres}}`]: "60x1500",
        },
        at: "23h",
      },
      // What is no backup may be as old as it likes.
      {
        series: {
          ...there,
          'kube_cronjob_status_last_schedule_time{namespace="a",cronjob="report"}': "36000x1500",
          'kube_cronjob_next_schedule_time{namespace="a",cronjob="report"}': "39600x1500",
          'kube_cronjob_status_last_successful_time{namespace="a",cronjob="report"}': "0x1500",
        },
        at: "10h",
      },
    ],
  },
  BackupNeverMade: {
    fires: {
      series: {
        ...there,
        [`kube_cronjob_status_last_schedule_time{${postgres}}`]: "0x300",
      },
      at: "190m",
      as: [
        {
          labels: postgresLabels,
          summary: "skywire/postgres-backup has never made a backup",
        },
      ],
    },
    silent: [
      // A new stack, before its first night.
      {
        series: { ...there, [`kube_cronjob_next_schedule_time{${postgres}}`]: "86400x300" },
        at: "190m",
      },
      {
        series: {
          ...there,
          [`kube_cronjob_status_last_schedule_time{${postgres}}`]: "0x300",
          [`kube_cronjob_status_last_successful_time{${postgres}}`]: "_x20 1200x300",
        },
        at: "190m",
      },
    ],
  },
  BackupOverdue: {
    fires: {
      series: { ...there, [`kube_cronjob_next_schedule_time{${postgres}}`]: "600x300" },
      at: "80m",
      as: [
        {
          labels: postgresLabels,
          summary: "skywire/postgres-backup should have run 1h 10m 0s ago",
        },
      ],
    },
    silent: [
      {
        series: { ...there, [`kube_cronjob_next_schedule_time{${postgres}}`]: "4800x300" },
        at: "80m",
      },
    ],
  },
  BackupSuspended: {
    fires: {
      series: { ...there, [`kube_cronjob_spec_suspend{${postgres}}`]: "1x2000" },
      at: "25h",
      as: [
        {
          labels: postgresLabels,
          summary: "skywire/postgres-backup has been suspended for a day",
        },
      ],
    },
    silent: [
      // The pattern of restores is never due, and meant so.
      {
        series: {
          ...there,
          'kube_cronjob_spec_suspend{namespace="skywire",cronjob="postgres-restore"}': "1x2000",
          [`kube_cronjob_spec_suspend{${postgres}}`]: "0x2000",
        },
        at: "25h",
      },
    ],
  },
  BackupMissing: {
    fires: {
      series: {
        [`kube_cronjob_info{${redis}}`]: "1x30",
        'up{workload="kube-state-metrics"}': "1x30",
      },
      at: "20m",
      as: [
        {
          labels: postgresLabels,
          summary: "skywire has no CronJob postgres-backup, which the stack says",
        },
      ],
    },
    silent: [
      { series: { ...there, 'up{workload="kube-state-metrics"}': "1x30" }, at: "20m" },
      // Who tells of CronJobs is down, or gone: TargetDown and ExporterMissing say so.
      { series: { 'up{workload="kube-state-metrics"}': "0x30" }, at: "20m" },
      { series: {}, at: "20m" },
    ],
  },
};
