//go:build tools

// Package exporters pins the programs that export metrics, which the judges run.
package exporters

import (
	_ "github.com/prometheus-community/elasticsearch_exporter"
	_ "github.com/prometheus/node_exporter"
	_ "github.com/prometheus/statsd_exporter"
	_ "k8s.io/kube-state-metrics/v2"
)
