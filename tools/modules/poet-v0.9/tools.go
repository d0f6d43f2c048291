//go:build tools

// Package poet pins the PoET that the judges run as v0.9.
package poet

import _ "github.com/spacemeshos/poet"
