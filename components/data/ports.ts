/** Ports of the stores: on which the built-in ones listen, and where others are looked for unless the file says more. */

/** Port of a Postgres. */
export const postgresPort = 5_432;

/** Port of a Redis. */
export const redisPort = 6_379;

/** Port of the Redis that a restore starts for the real one to copy from. */
export const redisRestorePort = 6_380;

/** Port of a MongoDB. */
export const mongoPort = 27_017;

/** Port of a MySQL. */
export const mysqlPort = 3_306;

/** Port of a Memcached. */
export const memcachedPort = 11_211;

/** Port of a ZooKeeper. */
export const zookeeperPort = 2_181;

/** Port of a Kafka's brokers. */
export const kafkaPort = 9_092;

/** Ports of the NFS server: the files', and that of the one that tells where they are. */
export const nfsPorts = { nfs: 2_049, mountd: 20_048 } as const;
