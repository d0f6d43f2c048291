//go:build tools

// Package alertmanager pins amtool, which reads Alertmanager's config for the judges.
package alertmanager

import _ "github.com/prometheus/alertmanager/cmd/amtool"
