//go:build tools

// Package filebeat pins the program that ships logs, for the judges of its config and script.
package filebeat

import _ "github.com/elastic/beats/v7/filebeat"
