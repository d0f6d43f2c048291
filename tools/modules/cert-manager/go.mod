// Pins the source of cert-manager, of which only its chart and its kinds are taken: nothing is built of it.
module fleet/tools/cert-manager

go 1.26.0

require github.com/cert-manager/cert-manager v1.21.2
