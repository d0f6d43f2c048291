import { describe, expect, it } from "vitest";

import { tcp } from "../../components/base/flows.ts";
import { mongoEnd, mongoFlows } from "../../components/data/flows.ts";
import { mongoCache, mongoConfig, mongoUrl } from "../../components/data/mongo-files.ts";
import { indexCommands, indexName } from "../../components/data/mongo-index-script.ts";
import { MongoIndexes } from "../../components/data/mongo-indexes.ts";
import { MongoConfig, MongoIndex } from "../../components/data/mongo.schema.ts";
import { Mongo } from "../../components/data/mongo.ts";
import { furtherIndexes, placeIndexes } from "../../components/pushtech/indexes.ts";
import { find } from "../harness.ts";
import {
  cronJob,
  passwords,
  faultsOf,
  resourcesOf,
  settled,
  statefulPod,
  surroundings,
  under,
  variables,
} from "./surroundings.ts";

const program = (change: Record<string, unknown> = {}, names = {}) => {
  const config = MongoConfig.parse({ kind: "builtin", ...change });
  const around = surroundings(mongoFlows("storage-db", config, "demo"));
  return under((opts) => new Mongo("storage-db", { ...around, config, names }, opts));
};

describe("Mongo", () => {
  it("makes exactly its children", async () => {
    expect(resourcesOf(await program())).toEqual([
      "apps/v1:StatefulSet storage-db",
      "batch/v1:CronJob storage-db-backup",
      "batch/v1:CronJob storage-db-restore",
      "core/v1:ConfigMap storage-db-backup-scripts",
      "core/v1:ConfigMap storage-db-config",
      "core/v1:ConfigMap storage-db-restore-scripts",
      "core/v1:ConfigMap storage-db-scripts",
      "core/v1:PersistentVolumeClaim storage-db-backup-data",
      "core/v1:PersistentVolumeClaim storage-db-data",
      "core/v1:Service storage-db-service",
      "core/v1:ServiceAccount storage-db-account",
      "core/v1:ServiceAccount storage-db-backup-account",
      "core/v1:ServiceAccount storage-db-restore-account",
      "networking.k8s.io/v1:NetworkPolicy storage-db-backup-policy",
      "networking.k8s.io/v1:NetworkPolicy storage-db-policy",
      "networking.k8s.io/v1:NetworkPolicy storage-db-restore-policy",
      "policy/v1:PodDisruptionBudget storage-db-budget",
    ]);
  });

  it("keeps its data on a claim of the name that operators know", async () => {
    const claim = find(
      await program({}, { claim: "mongostoredb" }),
      "kubernetes:core/v1:PersistentVolumeClaim",
      "mongostoredb",
    );
    expect(claim.inputs).toMatchObject({ metadata: { name: "mongostoredb" } });
  });

  it("goes without a disk only where that is said", async () => {
    const made = resourcesOf(await program({ storage: "none", backup: { kind: "none" } }));
    expect(made.filter((line) => line.includes("PersistentVolumeClaim"))).toEqual([]);
    expect(made).toContain("apps/v1:StatefulSet storage-db");
  });

  it("is no root, writes to its volumes only, and runs the server on our file", async () => {
    const { spec } = statefulPod(await program(), "storage-db");
    expect(spec.securityContext).toMatchObject({ runAsUser: 999, runAsNonRoot: true });
    expect(spec.containers[0]).toMatchObject({
      image: "docker.io/library/mongo:3.6",
      command: ["mongod"],
      args: ["--config", "/etc/mongo/mongod.conf"],
      securityContext: { readOnlyRootFilesystem: true },
    });
  });

  it("tells backups where it is, by the name that programs dial", async () => {
    const backup = cronJob(await program({}, { service: "mongo" }), "storage-db-backup");
    expect(variables(backup.jobTemplate.spec.template)).toMatchObject({
      MONGO_HOST: "mongo.demo.svc",
      MONGO_PORT: "27017",
      KEEP: "14",
    });
  });

  it("makes nothing for a server elsewhere, whose login is secret", async () => {
    const collected = await program({
      kind: "external",
      host: "mongo.example.org",
      login: { user: "storage", password: "redis-ar" },
    });
    expect(resourcesOf(collected)).toEqual([]);
    const url = await settled((collected.result as Mongo).url("store"));
    expect(url.isSecret).toBe(true);
    expect(url.value).toBe(
      `mongodb://storage:${passwords["redis-ar"] ?? ""}@mongo.example.org:27017/store?authSource=admin`,
    );
  });

  it("tells programs the address of its own, in which nothing is secret", async () => {
    const url = await settled(((await program()).result as Mongo).url("store"));
    expect(url).toEqual({ value: "mongodb://storage-db.demo.svc:27017/store", isSecret: false });
  });
});

describe("MongoDB's file", () => {
  it("sizes the cache by the pod's memory, not the node's", () => {
    expect(mongoCache("4Gi")).toBe(2);
    expect(mongoCache("600Mi")).toBe(0.29);
    // Less than the server would refuse.
    expect(mongoCache("64Mi")).toBe(0.25);
    const text = mongoConfig({ port: 27_017, data: "/data/db", memory: "1Gi" });
    expect(text).toContain("cacheSizeGB: 0.5\n");
    expect(text).toContain("bindIp: 0.0.0.0\n");
  });

  it("has addresses that drivers of every age read", () => {
    const place = { host: "m", port: 1, database: "store" };
    expect(mongoUrl(place)).toBe("mongodb://m:1/store");
    const login = { user: "u", password: "p", authSource: "admin" };
    expect(mongoUrl({ ...place, tls: true, login })).toBe(
      "mongodb://u:p@m:1/store?authSource=admin&ssl=true",
    );
  });
});

describe("the flows of a MongoDB", () => {
  it("let backups and restores in, and end at the pod", () => {
    const config = MongoConfig.parse({ kind: "builtin" });
    const peer = { kind: "workload", name: "m", namespace: "demo" } as const;
    expect(mongoEnd("m", config, "demo")).toEqual({ peer, port: 27_017 });
    expect(mongoFlows("m", config, "demo")).toEqual(
      ["m-backup", "m-restore"].map((name) => ({
        from: { ...peer, name },
        to: peer,
        ports: [tcp(27_017)],
      })),
    );
  });
});

describe("the indexes of a MongoDB", () => {
  const job = (indexes: readonly MongoIndex[]) =>
    under((opts) => {
      const around = surroundings([]);
      const config = MongoConfig.parse({ kind: "builtin", backup: { kind: "none" } });
      const mongo = new Mongo("storage-db", { ...around, config }, opts);
      const image = "docker.io/library/mongo:3.6";
      return new MongoIndexes(
        "indexes",
        { ...around, mongo, image, database: "store", indexes },
        opts,
      );
    });

  it("are made by a Job, whose tries are counted", async () => {
    const made = find(await job(placeIndexes), "kubernetes:batch/v1:Job", "indexes");
    expect(made.inputs).toMatchObject({
      spec: { backoffLimit: 3, template: { spec: { restartPolicy: "Never" } } },
    });
  });

  it("are another file where they change, which makes another Job", async () => {
    const text = async (indexes: readonly MongoIndex[]) =>
      JSON.stringify(
        find(await job(indexes), "kubernetes:core/v1:ConfigMap", "indexes-scripts").inputs,
      );
    const before = await text(placeIndexes);
    expect(before).toContain("2dsphere");
    expect(await text([...placeIndexes, ...furtherIndexes])).not.toBe(before);
    expect(await text(placeIndexes)).toBe(before);
  });

  it("are of offers and searches: by place always, six more where a stack asks for them", () => {
    expect(placeIndexes.map(({ collection, keys }) => [collection, keys])).toEqual([
      ["offers", { location: "2dsphere" }],
      ["searches", { location: "2dsphere" }],
    ]);
    expect(furtherIndexes).toHaveLength(6);
    expect(new Set(furtherIndexes.map(({ collection }) => collection)).size).toBe(2);
  });

  it("have the names that the server's shell gives, so that those made by hand are known again", () => {
    expect(indexName({ collection: "offers", keys: { location: "2dsphere" } })).toBe(
      "location_2dsphere",
    );
    expect(indexName({ collection: "offers", keys: { owner: 1, time: -1 } })).toBe(
      "owner_1_time_-1",
    );
  });

  it("go in one command a collection, and never bar the way to those who write", () => {
    const commands = indexCommands([...placeIndexes, ...furtherIndexes]);
    expect(commands).toHaveLength(2);
    expect(commands[0]).toMatchObject({
      createIndexes: "offers",
      indexes: [
        { key: { location: "2dsphere" }, background: true },
        { key: { text: "text" }, name: "text_text" },
        { name: "keywords_1" },
        { name: "owner_1" },
      ],
    });
  });

  it("are refused where they are none", () => {
    expect(faultsOf(MongoIndex, { collection: "offers", keys: {} })).toEqual([
      "keys: must name at least one field",
    ]);
    expect(faultsOf(MongoIndex, { collection: "offers", keys: { location: "3d" } })).toEqual([
      "keys.location: must be 1, -1, 2dsphere, text or hashed",
    ]);
    expect(faultsOf(MongoIndex, { collection: 'x"; drop', keys: { a: 1 } })).toEqual([
      "collection: must be the name of a collection, e.g. offers",
    ]);
  });
});
