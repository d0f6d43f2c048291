module fleet/tools/node-api-bytes

go 1.26.0

require (
	github.com/spacemeshos/api/release/go v1.4.1-0.20220208052242-dd7698a0ca84
	google.golang.org/grpc v1.83.2
	google.golang.org/protobuf v1.36.11
)

require (
	github.com/golang/protobuf v1.5.4 // indirect
	github.com/grpc-ecosystem/grpc-gateway v1.14.6 // indirect
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
	golang.org/x/text v0.41.0 // indirect
	google.golang.org/genproto v0.0.0-20200726014623-da3ae01ef02d // indirect
)
