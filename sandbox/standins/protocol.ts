/**
 * The SDK's own copies of the provider protocol, wherever the package manager put them: a plugin that
 * needs the protocol only does not load the whole SDK.
 */
import { createRequire } from "node:module";
import type * as GrpcModule from "@grpc/grpc-js";
import type * as AnyModule from "google-protobuf/google/protobuf/any_pb.js";
import type * as EmptyModule from "google-protobuf/google/protobuf/empty_pb.js";
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb.js";
import type * as PluginModule from "@pulumi/pulumi/proto/plugin_pb.js";
import type * as ServiceModule from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type * as ProviderModule from "@pulumi/pulumi/proto/provider_pb.js";
import type * as MonitorModule from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import type * as ResourceModule from "@pulumi/pulumi/proto/resource_pb.js";
import type * as StatusModule from "@pulumi/pulumi/proto/status_pb.js";

const ours = createRequire(import.meta.url);
const theirs = createRequire(ours.resolve("@pulumi/pulumi/package.json"));

export const grpc = theirs("@grpc/grpc-js") as typeof GrpcModule;
export const any = theirs("google-protobuf/google/protobuf/any_pb.js") as typeof AnyModule;
export const empty = theirs("google-protobuf/google/protobuf/empty_pb.js") as typeof EmptyModule;
export const struct = theirs("google-protobuf/google/protobuf/struct_pb.js") as typeof StructModule;
export const plugin = ours("@pulumi/pulumi/proto/plugin_pb.js") as typeof PluginModule;
export const service = ours("@pulumi/pulumi/proto/provider_grpc_pb.js") as typeof ServiceModule;
export const provider = ours("@pulumi/pulumi/proto/provider_pb.js") as typeof ProviderModule;
export const monitor = ours("@pulumi/pulumi/proto/resource_grpc_pb.js") as typeof MonitorModule;
export const resource = ours("@pulumi/pulumi/proto/resource_pb.js") as typeof ResourceModule;
export const status = ours("@pulumi/pulumi/proto/status_pb.js") as typeof StatusModule;
