module fleet/tools/poet-v0.2

go 1.26.0

require github.com/spacemeshos/poet v0.2.0

require (
	github.com/golang/protobuf v1.5.2 // indirect
	github.com/golang/snappy v0.0.4 // indirect
	github.com/grpc-ecosystem/grpc-gateway v1.16.0 // indirect
	github.com/jessevdk/go-flags v1.5.0 // indirect
	github.com/klauspost/cpuid/v2 v2.1.1 // indirect
	github.com/minio/sha256-simd v1.0.0 // indirect
	github.com/nullstyle/go-xdr v0.0.0-20180726165426-f4c839f75077 // indirect
	github.com/spacemeshos/api/release/go v1.4.1-0.20221019140708-be44e0fa9cfc // indirect
	github.com/spacemeshos/go-scale v1.0.0 // indirect
	github.com/spacemeshos/merkle-tree v0.0.0-20221019141051-1d2e1586ca5b // indirect
	github.com/spacemeshos/smutil v0.0.0-20220819180433-6aaadca3eb1d // indirect
	github.com/syndtr/goleveldb v1.0.1-0.20210819022825-2ae1ddf74ef7 // indirect
	go.uber.org/atomic v1.10.0 // indirect
	go.uber.org/multierr v1.8.0 // indirect
	go.uber.org/zap v1.23.0 // indirect
	golang.org/x/crypto v0.0.0-20220919173607-35f4265a4bc0 // indirect
	golang.org/x/net v0.0.0-20220920203100-d0c6ba3f52d9 // indirect
	golang.org/x/sys v0.0.0-20220919091848-fb04ddd9f9c8 // indirect
	golang.org/x/text v0.3.8 // indirect
	google.golang.org/genproto v0.0.0-20221014213838-99cd37c6964a // indirect
	google.golang.org/grpc v1.50.1 // indirect
	google.golang.org/protobuf v1.28.1 // indirect
	gopkg.in/natefinch/lumberjack.v2 v2.0.0 // indirect
)

// The release's own version of the API cannot be verified: the checksum database does not have it.
replace github.com/spacemeshos/api/release/go => github.com/spacemeshos/api/release/go v1.4.1-0.20220208052242-dd7698a0ca84
