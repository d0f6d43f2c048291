module fleet/tools/go-spacemesh-v0.2.20

go 1.26.0

require github.com/spacemeshos/go-spacemesh v0.2.20-beta.0
