module fleet/tools/go-spacemesh-v0.2.17

go 1.26.0

require github.com/spacemeshos/go-spacemesh v0.2.17-beta.0
