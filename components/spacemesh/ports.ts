/**
 * Ports of the Spacemesh programs, inside their pods. Every program is told its ports explicitly.
 *
 * Source: facts/spacemesh.md 2.1, 2.4, 2.5.
 */

/** gRPC API of a node. */
export const grpcPort = 6000;

/** JSON gateway of a node. */
export const jsonPort = 7000;

/** Profiling server of a node. Its number cannot be chosen. */
export const pprofPort = 6060;

/** Metrics of a node. */
export const minerMetricsPort = 1010;

/** gRPC listener of the APIs that are nobody's but the pod's own, from v1.0 on: bound on loopback. */
export const privateGrpcPort = 9093;

/**
 * Peer-to-peer port of a miner that nobody has in a config: what libp2p tells others of it is the
 * pod's own address, so that one number does for all (the program's default).
 */
export const peerPort = 7513;

/** REST API of a PoET: what miners and home smeshers dial. */
export const poetRestPort = 5000;

/** Ports that a node listens on beside its peer-to-peer one. */
export const minerServicePorts: Readonly<Record<string, number>> = {
  grpc: grpcPort,
  json: jsonPort,
  pprof: pprofPort,
  metrics: minerMetricsPort,
  "private grpc": privateGrpcPort,
};
