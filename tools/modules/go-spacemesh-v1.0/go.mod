module fleet/tools/go-spacemesh-v1.0

go 1.26.0

require github.com/spacemeshos/go-spacemesh v1.0.2
