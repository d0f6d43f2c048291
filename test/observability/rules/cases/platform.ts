/** Cases of the alerts on certificates and on what watches. */
import type { AlertCases } from "./types.ts";

const day = 24 * 3600;
const certificate = 'namespace="skywire",name="sd-tls",issuer_name="letsencrypt"';
const certificateLabels = { namespace: "skywire", name: "sd-tls", issuer_name: "letsencrypt" };
const ends = (days: number): Record<string, string> => ({
  [`certmanager_certificate_expiration_timestamp_seconds{${certificate}}`]: `${days * day}x100`,
});

/** {@inheritDoc AlertCases} */
export const certificateCases: AlertCases = {
  CertificateEnding: {
    fires: {
      series: ends(10),
      at: "61m",
      as: [
        {
          labels: certificateLabels,
          summary: "Certificate skywire/sd-tls ends in 9d 22h 59m 0s",
        },
      ],
    },
    silent: [
      { series: ends(20), at: "61m" },
      // One that was never had ends in 1970, as cert-manager says it: CertificateNotReady tells of it.
      { series: ends(0), at: "61m" },
    ],
  },
  CertificateAboutToEnd: {
    fires: {
      series: ends(2),
      at: "60m",
      as: [
        { labels: certificateLabels, summary: "Certificate skywire/sd-tls ends in 1d 23h 0m 0s" },
      ],
    },
    silent: [
      { series: ends(5), at: "60m" },
      // A new host waits for its first one.
      { series: ends(0), at: "1m" },
    ],
  },
  CertificateNotReady: {
    fires: {
      series: {
        [`certmanager_certificate_ready_status{${certificate},condition="True"}`]: "0x100",
      },
      at: "61m",
      as: [
        {
          labels: { ...certificateLabels, condition: "True" },
          summary: "Certificate skywire/sd-tls is not ready",
        },
      ],
    },
    silent: [
      // A new host waits for its first one.
      {
        series: {
          [`certmanager_certificate_ready_status{${certificate},condition="True"}`]: "0x5 1x100",
          [`certmanager_certificate_ready_status{${certificate},condition="False"}`]: "1x5 0x100",
        },
        at: "61m",
      },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const servedCertificateCases: AlertCases = {
  ServedCertificateEnding: {
    fires: {
      // Two pods; one still has the old certificate.
      series: {
        'traefik_tls_certs_not_after{cn="a.example",sans="a.example",pod="1"}': `${80 * day}x100`,
        'traefik_tls_certs_not_after{cn="a.example",sans="a.example",pod="2"}': `${5 * day}x100`,
      },
      at: "61m",
      as: [
        {
          labels: { cn: "a.example", sans: "a.example" },
          summary: "The certificate that is served for a.example ends in 4d 22h 59m 0s",
        },
      ],
    },
    silent: [
      {
        series: {
          'traefik_tls_certs_not_after{cn="a.example",sans="a.example",pod="1"}': `${80 * day}x100`,
        },
        at: "61m",
      },
      // It was renewed, and the pod goes on telling of the old one as well.
      {
        series: {
          'traefik_tls_certs_not_after{cn="a.example",sans="a.example",serial="1",pod="1"}': `${5 * day}x100`,
          'traefik_tls_certs_not_after{cn="a.example",sans="a.example",serial="2",pod="1"}': `${65 * day}x100`,
        },
        at: "61m",
      },
    ],
  },
};

/** Every exporter but one, as `up` tells of them. */
const readBut = (missing: string): Record<string, string> =>
  Object.fromEntries(
    [
      ...["alertmanager", "node-exporter", "log-shipper", "push-gateway", "kube-state-metrics"],
      ...["statsd", "cert-manager", "elasticsearch-exporter"],
    ]
      .filter((name) => name !== missing)
      .map((name) => [`up{workload="${name}"}`, "1x30"]),
  );

/** {@inheritDoc AlertCases} */
export const exporterCases: AlertCases = {
  ExporterMissing: {
    fires: {
      series: readBut("kube-state-metrics"),
      at: "20m",
      as: [
        {
          labels: { workload: "kube-state-metrics" },
          summary: "Prometheus finds no kube-state-metrics to read",
        },
      ],
    },
    silent: [
      { series: readBut("nothing"), at: "20m" },
      // One that is down is TargetDown's to tell.
      { series: { ...readBut("statsd"), 'up{workload="statsd"}': "0x30" }, at: "20m" },
      // A pod that follows another one.
      { series: { ...readBut("statsd"), 'up{workload="statsd"}': "1x2 _x5 1x30" }, at: "20m" },
    ],
  },
  KubeletsMissing: {
    fires: {
      series: { 'up{job="pods"}': "1x30" },
      at: "20m",
      as: [{ labels: { job: "kubelet" }, summary: "Prometheus finds no node to read" }],
    },
    silent: [{ series: { 'up{job="kubelet",node="n"}': "0x30" }, at: "20m" }],
  },
};

const pod = 'job="pods",instance="10.0.0.1:2121",workload="tpd"';

/** Requests to a service that a controller passed on. */
const passed = (service: string, code: string, pod = "t-0"): string =>
  `traefik_service_requests_total{workload="traefik",pod="${pod}",service="${service}@kubernetes",code="${code}",method="GET",protocol="http"}`;

/** {@inheritDoc AlertCases} */
export const entryCases: AlertCases = {
  HostFails: {
    fires: {
      series: {
        [passed("skywire-sd-http", "200")]: "0+30x60",
        [passed("skywire-sd-http", "502")]: "0+90x60",
        [passed("skywire-ut-http", "200")]: "0+900x60",
      },
      at: "30m",
      as: [
        {
          labels: { workload: "traefik", service: "skywire-sd-http@kubernetes" },
          summary: "75% of requests to skywire-sd-http@kubernetes are answered with 5xx",
        },
      ],
    },
    silent: [
      // It was exchanged: four minutes.
      {
        series: {
          [passed("skywire-sd-http", "200")]: "0+60x10 600x4 600+60x60",
          [passed("skywire-sd-http", "502")]: "0x10 0+60x4 240x60",
        },
        at: "20m",
      },
      // One of two requests in a quarter of an hour.
      {
        series: {
          [passed("skywire-sd-http", "200")]: "0x15 1x60",
          [passed("skywire-sd-http", "500")]: "0x15 1x60",
        },
        at: "20m",
      },
    ],
  },
  NginxConfigRefused: {
    fires: {
      series: {
        'nginx_ingress_controller_nginx_last_reload_status{workload="nginx",pod="n-0",class="nginx"}':
          "1x5 0x20",
        'nginx_ingress_controller_nginx_last_reload_status{workload="nginx",pod="n-1",class="nginx"}':
          "1x25",
      },
      at: "17m",
      as: [
        {
          labels: { workload: "nginx" },
          summary: "NGINX of nginx does not take what the controller writes for it",
        },
      ],
    },
    silent: [
      // The next one was right.
      {
        series: {
          'nginx_ingress_controller_nginx_last_reload_status{workload="nginx",pod="n-0",class="nginx"}':
            "1x5 0x5 1x20",
        },
        at: "17m",
      },
    ],
  },
  TrafficGone: {
    fires: {
      // The pods are new, and nobody finds them.
      series: {
        [passed("skywire-ut-http", "200")]: "0+600x60 _x200",
        // They are there, and have nothing but questions of our own to answer.
        'nginx_ingress_nginx_http_requests_total{workload="nginx",pod="n-0",class="nginx"}':
          "0+600x60 36000+6x200",
      },
      at: "100m",
      as: [
        {
          labels: { workload: "nginx" },
          summary: "nginx passes on a fifth of the requests of an hour or a day ago, or fewer",
        },
        {
          labels: { workload: "traefik" },
          summary: "traefik passes on a fifth of the requests of an hour or a day ago, or fewer",
        },
      ],
    },
    silent: [
      // An update of all its pods.
      {
        series: {
          [passed("skywire-ut-http", "200")]: "0+600x60 _x200",
          [passed("skywire-ut-http", "200", "t-1")]: "_x62 0+600x60",
        },
        at: "100m",
      },
      // Of two controllers one is left as it is, and the other is a new one.
      {
        series: {
          [passed("skywire-ut-http", "200")]: "0+600x200",
          'nginx_ingress_nginx_http_requests_total{workload="nginx",pod="n-0",class="nginx"}':
            "_x60 0+6x100",
        },
        at: "100m",
      },
      // Few came, and fewer come.
      { series: { [passed("skywire-ut-http", "200")]: "0+20x60 1200x60" }, at: "100m" },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const silenceCases: AlertCases = {
  SilenceForgotten: {
    fires: {
      // Alertmanager's pod was exchanged meanwhile.
      series: {
        'alertmanager_silences{state="active",pod="a"}': "2x5000 _x6000",
        'alertmanager_silences{state="active",pod="b"}': "_x5000 2x6000",
      },
      at: "10090m",
      as: [
        { labels: {}, summary: "Something has been silenced for a week: 2 silences are active" },
      ],
    },
    silent: [
      // One each night.
      {
        series: { 'alertmanager_silences{state="active",pod="a"}': "1x9000 0x30 1x2000" },
        at: "10090m",
      },
      { series: { 'alertmanager_silences{state="expired",pod="a"}': "1x11000" }, at: "10090m" },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const prometheusCases: AlertCases = {
  DeadMansSwitch: {
    fires: {
      // A target that is down is something new, too: others tell of it.
      series: {
        'up{job="pods",instance="10.0.0.1:2121"}': "0x10",
        'ALERTS{alertname="AlertmanagerCannotTell",alertstate="pending",severity="critical"}':
          "1x10",
      },
      at: "8m",
      as: [{ labels: {}, summary: "Metrics are read, alerts are evaluated and sent" }],
    },
    silent: [
      // A disk that is full: nothing is written any more, and what was there is five minutes old.
      { series: { 'up{job="prometheus",instance="localhost:9090"}': "1x3 _x10" }, at: "10m" },
      // Nobody can be told.
      {
        series: {
          'up{job="prometheus",instance="localhost:9090"}': "1x10",
          'ALERTS{alertname="AlertmanagerCannotTell",alertstate="firing",integration="slack",severity="critical"}':
            "1x10",
        },
        at: "8m",
      },
    ],
  },
  TargetDown: {
    fires: {
      series: { [`up{${pod}}`]: "1x5 0x20", 'up{job="pods",instance="10.0.0.2:2121"}': "1x30" },
      at: "20m",
      as: [
        {
          labels: { job: "pods", instance: "10.0.0.1:2121", workload: "tpd" },
          summary: "pods of 10.0.0.1:2121 tpd does not answer Prometheus",
        },
      ],
    },
    silent: [
      { series: { [`up{${pod}}`]: "0x4 1x20" }, at: "20m" },
      // A pod that was replaced is no target any more.
      { series: { [`up{${pod}}`]: "0x4 stale" }, at: "20m" },
    ],
  },
  TargetsAllDown: {
    fires: {
      series: {
        'up{job="kubelet",instance="a"}': "0x20",
        'up{job="kubelet",instance="b"}': "0x20",
        [`up{${pod}}`]: "1x20",
      },
      at: "6m",
      as: [{ labels: { job: "kubelet" }, summary: "No target of kubelet answers Prometheus" }],
    },
    silent: [
      {
        series: {
          'up{job="kubelet",instance="a"}': "0x20",
          'up{job="kubelet",instance="b"}': "1x20",
        },
        at: "6m",
      },
    ],
  },
  PrometheusConfigBad: {
    fires: {
      series: { prometheus_config_last_reload_successful: "0x20" },
      at: "6m",
      as: [{ labels: {}, summary: "Prometheus could not read its config again" }],
    },
    silent: [{ series: { prometheus_config_last_reload_successful: "1x20" }, at: "6m" }],
  },
  PrometheusRuleFails: {
    fires: {
      series: { 'prometheus_rule_evaluation_failures_total{rule_group="own"}': "0+1x30" },
      at: "20m",
      as: [{ labels: { rule_group: "own" }, summary: "Rules of own cannot be evaluated" }],
    },
    silent: [
      {
        series: { 'prometheus_rule_evaluation_failures_total{rule_group="own"}': "7x30" },
        at: "20m",
      },
    ],
  },
  PrometheusDropsSamples: {
    fires: {
      series: { prometheus_target_scrapes_sample_duplicate_timestamp_total: "0+3x60" },
      at: "40m",
      as: [{ labels: {}, summary: "Prometheus drops what it reads" }],
    },
    silent: [
      { series: { prometheus_target_scrapes_sample_duplicate_timestamp_total: "5x60" }, at: "40m" },
    ],
  },
  PrometheusDiskTrouble: {
    fires: {
      series: { prometheus_tsdb_compactions_failed_total: "0x10 1x30" },
      at: "20m",
      as: [{ labels: {}, summary: "Prometheus has trouble with its disk" }],
    },
    silent: [{ series: { prometheus_tsdb_compactions_failed_total: "2x40" }, at: "20m" }],
  },
};

/** {@inheritDoc AlertCases} */
export const alertmanagerCases: AlertCases = {
  AlertmanagerUnknown: {
    fires: {
      series: { prometheus_notifications_alertmanagers_discovered: "0x10" },
      at: "6m",
      as: [{ labels: {}, summary: "Prometheus knows no Alertmanager" }],
    },
    silent: [{ series: { prometheus_notifications_alertmanagers_discovered: "1x10" }, at: "6m" }],
  },
  AlertsNotSent: {
    fires: {
      series: {
        'prometheus_notifications_errors_total{alertmanager="am"}': "0+1x60",
        'prometheus_notifications_sent_total{alertmanager="am"}': "0+10x60",
      },
      at: "30m",
      as: [
        {
          labels: { alertmanager: "am" },
          summary: "Prometheus cannot hand its alerts to Alertmanager am",
        },
      ],
    },
    silent: [
      // One of many, while Alertmanager starts again.
      {
        series: {
          'prometheus_notifications_errors_total{alertmanager="am"}': "0x5 1x60",
          'prometheus_notifications_sent_total{alertmanager="am"}': "0+10x60",
        },
        at: "30m",
      },
    ],
  },
  AlertmanagerConfigBad: {
    fires: {
      series: { alertmanager_config_last_reload_successful: "0x10" },
      at: "6m",
      as: [{ labels: {}, summary: "Alertmanager could not read its config again" }],
    },
    silent: [{ series: { alertmanager_config_last_reload_successful: "1x10" }, at: "6m" }],
  },
  AlertmanagerCannotTell: {
    fires: {
      series: {
        'alertmanager_notifications_failed_total{integration="slack",reason="clientError"}':
          "0+1x60",
        'alertmanager_notifications_failed_total{integration="email",reason="other"}': "4x60",
      },
      at: "30m",
      as: [
        {
          labels: { integration: "slack" },
          summary: "Alertmanager's messages by slack do not arrive",
        },
      ],
    },
    silent: [
      {
        series: {
          'alertmanager_notifications_failed_total{integration="slack",reason="clientError"}':
            "4x60",
        },
        at: "30m",
      },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const pushGatewayCases: AlertCases = {
  PushRefused: {
    fires: {
      series: {
        'push_time_seconds{job="report"}': "0x20",
        'push_failure_time_seconds{job="report"}': "60x20",
      },
      at: "10m",
      as: [{ labels: { job: "report" }, summary: "The last push of report was refused" }],
    },
    silent: [
      // Refused once, and taken since.
      {
        series: {
          'push_time_seconds{job="report"}': "90x20",
          'push_failure_time_seconds{job="report"}': "60x20",
        },
        at: "10m",
      },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const statsdCases: AlertCases = {
  StatsdUnreadable: {
    fires: {
      series: {
        'statsd_exporter_sample_errors_total{reason="malformed_component"}': "0+20x60",
        statsd_exporter_tag_errors_total: "0x60",
      },
      at: "50m",
      as: [{ labels: {}, summary: "StatsD is sent what it cannot read" }],
    },
    silent: [
      // A line in ten minutes.
      {
        series: {
          'statsd_exporter_sample_errors_total{reason="malformed_component"}':
            "0x9 1x9 2x9 3x9 4x9 5x9",
          statsd_exporter_tag_errors_total: "0x60",
        },
        at: "50m",
      },
    ],
  },
  StatsdConflict: {
    fires: {
      series: {
        'statsd_exporter_events_conflict_total{type="counter",metric_name="logins"}': "0+1x20",
      },
      at: "10m",
      as: [
        {
          labels: { metric_name: "logins" },
          summary: "StatsD metric logins is sent with other labels or as another type than before",
        },
      ],
    },
    silent: [
      {
        series: {
          'statsd_exporter_events_conflict_total{type="counter",metric_name="logins"}': "3x20",
        },
        at: "10m",
      },
    ],
  },
};

/** {@inheritDoc AlertCases} */
export const logShipperCases: AlertCases = {
  LogSinkWaits: {
    fires: {
      series: {
        'vector_buffer_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "300x30",
        'vector_buffer_max_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "512x30",
      },
      at: "16m",
      as: [
        {
          labels: { buffer_id: "to-main", node: "node-1" },
          summary: "to-main of LogShipper does not get rid of its lines on node-1",
        },
      ],
    },
    silent: [
      // A batch that waits is no fault, nor a short outage.
      {
        series: {
          'vector_buffer_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "200x30",
          'vector_buffer_max_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "512x30",
        },
        at: "30m",
      },
      {
        series: {
          'vector_buffer_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "400x9 0x20",
          'vector_buffer_max_size_bytes{buffer_id="to-main",stage="0",node="node-1"}': "512x30",
        },
        at: "16m",
      },
    ],
  },
  LogLinesLost: {
    fires: {
      series: {
        'vector_component_discarded_events_total{component_id="to-main",intentional="false",node="node-1"}':
          "0+1x40",
        'vector_buffer_discarded_events_total{buffer_id="to-archive",intentional="true",node="node-2"}':
          "0+1x40",
        // A few at once, the first and the last: there is no counter before them.
        'vector_component_discarded_events_total{component_id="line",intentional="false",node="node-3"}':
          "_x18 3x20",
        'up{workload="log-shipper",node="node-3"}': "1x40",
      },
      at: "20m",
      as: [
        {
          labels: { component_id: "to-main", node: "node-1" },
          summary: "Lines of logs are lost on node-1, in to-main of LogShipper",
        },
        {
          labels: { component_id: "line", node: "node-3" },
          summary: "Lines of logs are lost on node-3, in line of LogShipper",
        },
        {
          labels: { buffer_id: "to-archive", node: "node-2" },
          summary: "Lines of logs are lost on node-2, in to-archive of LogShipper",
        },
      ],
    },
    silent: [
      // Lines of pods that ask to be left out are dropped on purpose.
      {
        series: {
          'vector_component_discarded_events_total{component_id="whose",intentional="true",node="node-1"}':
            "0+1x20",
          'vector_component_discarded_events_total{component_id="to-main",intentional="false",node="node-1"}':
            "3x20",
        },
        at: "10m",
      },
      // Prometheus was away for a while: what it did not read then is no counter that began since.
      {
        series: {
          'vector_component_discarded_events_total{component_id="to-main",intentional="false",node="node-1"}':
            "3x5 _x20 3x40",
          'up{workload="log-shipper",node="node-1"}': "1x5 _x20 1x40",
        },
        at: "32m",
      },
    ],
  },
};
