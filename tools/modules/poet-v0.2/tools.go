//go:build tools

// Package poet pins the PoET that the judges run as v0.2.
package poet

import _ "github.com/spacemeshos/poet"
