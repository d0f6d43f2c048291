/**
 * PushTech's programs against facts/pushtech.md 3.1 and 3.2, and as the engine is asked for them. That the images
 * run so is live's to show.
 */
import { beforeAll, describe, expect, it } from "vitest";

import { databaseProbeCommand } from "../../components/pushtech/database-probe.ts";
import {
  isServer,
  type ProgramName,
  programNames,
  programs,
  startOrder,
} from "../../components/pushtech/programs.ts";
import { serverNames, servers } from "../../components/pushtech/servers.ts";
import { settingsAnnotation } from "../../components/pushtech/settings-objects.ts";
import { stores } from "../../components/pushtech/stores.ts";
import type { Source } from "../../components/pushtech/types.ts";
import type { Collected } from "../harness.ts";
import { containerOf, controllerOf, renderSystem } from "./system.ts";

let all: Collected;

beforeAll(async () => {
  all = await renderSystem();
});

/** Replicas, strategy, requests and limits, start: as the facts' tables have them. */
const table: Readonly<Record<ProgramName, readonly [number, string, string, string | undefined]>> =
  {
    tracker: [3, "Recreate", "100Mi/50m 200Mi/200m", undefined],
    storage: [3, "RollingUpdate", "400Mi/300m 800Mi/600m", undefined],
    website: [3, "Recreate", "200Mi/40m 400Mi/80m", "exec foreman start web --timeout 50"],
    imageserver: [2, "Recreate", "400Mi/40m 800Mi/300m", "exec foreman start web --timeout 50"],
    notificationserver: [
      1,
      "RollingUpdate",
      "300Mi/10m 600Mi/100m",
      "exec foreman start web --timeout 50",
    ],
    offerserver: [1, "RollingUpdate", "200Mi/40m 400Mi/60m", "foreman start web --timeout 50"],
    // Not the facts' own word: where one is all there may be, old and new never overlap.
    "consumers-ruby": [1, "Recreate", "200Mi/30m 400Mi/60m", "foreman start web --timeout 50"],
    kafidx: [2, "RollingUpdate", "150Mi/100m 300Mi/300m", undefined],
    "consumers-nodejs-event-counter": [1, "Recreate", "25Mi/10m 50Mi/30m", undefined],
    "consumers-nodejs-metadata-counter": [1, "Recreate", "25Mi/10m 50Mi/30m", undefined],
    "consumers-nodejs-search-counter": [1, "Recreate", "25Mi/10m 50Mi/30m", undefined],
    "consumers-nodejs-stats-consumer": [1, "Recreate", "25Mi/10m 50Mi/30m", undefined],
    "consumers-ruby-worker": [
      1,
      "Recreate",
      "200Mi/500m 300Mi/550m",
      "foreman start worker --timeout 50",
    ],
    "offerserver-worker": [
      1,
      "Recreate",
      "1500Mi/1200m 1500Mi/1200m",
      "foreman start worker --timeout 50",
    ],
  };

const written = ({ requests, limits }: Record<string, Record<string, string>>): string =>
  [requests, limits].map((one) => `${one?.["memory"] ?? ""}/${one?.["cpu"] ?? ""}`).join(" ");

describe("the programs", () => {
  it.each(programNames)(
    "%s has the replicas, strategy, resources and start of the facts",
    (name) => {
      const { spec } = controllerOf(all, name);
      const container = containerOf(all, name, name);
      const [replicas, strategy, resources, start] = table[name];
      expect([spec.replicas, spec.strategy?.type, written(container.resources)]).toEqual([
        ...[replicas, strategy, resources],
      ]);
      const command = container.args?.join(" ");
      if (start === undefined) {
        expect(command).toBeUndefined();
      } else {
        expect(command?.endsWith(start)).toBe(true);
      }
    },
  );

  it("are images of one repository, which every pod may pull, and see no Services of others", () => {
    for (const name of programNames) {
      const { spec } = controllerOf(all, name).spec.template;
      expect(spec.imagePullSecrets).toEqual([{ name: "meatdocker" }]);
      expect(spec.enableServiceLinks).toBe(false);
      expect(containerOf(all, name, name).image).toBe(
        `docker.io/gorenje/pushtech:${programs[name].image}`,
      );
    }
  });

  it("run as nobody in particular, with no right at all and nothing to write to but volumes", () => {
    for (const name of programNames) {
      const { spec } = controllerOf(all, name).spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 65_532 });
      for (const container of [...spec.containers, ...spec.initContainers]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          readOnlyRootFilesystem: true,
        });
      }
    }
  });

  it("pull by the stack's word, every container of them", async () => {
    const rendered = await renderSystem({ pullPolicy: "IfNotPresent" });
    const policies = [...programNames, "website-migrate", "imageserver-migrate"].flatMap((name) => {
      const { containers, initContainers } = controllerOf(rendered, name).spec.template.spec;
      return [...containers, ...initContainers].map(({ imagePullPolicy }) => imagePullPolicy);
    });
    expect(policies).toHaveLength(programNames.length * 2 + 2 + 2 * 2);
    expect(new Set(policies)).toEqual(new Set(["IfNotPresent"]));
  });

  it("have a Service each that is called, with the name of its public host", () => {
    const services = all.resources
      .filter(({ type }) => type === "kubernetes:core/v1:Service")
      .map(({ inputs }) => {
        const { metadata, spec } = inputs as {
          metadata: { name: string; annotations: Record<string, string> };
          spec: { ports: { port: number }[]; type: string };
        };
        const { name, annotations } = metadata;
        return [name, spec.type, spec.ports[0]?.port, annotations["subdomain.name"]];
      });
    expect(services.sort()).toEqual([
      ["consumers-ruby", "ClusterIP", 5051, "consumers"],
      ["imageserver", "ClusterIP", 5061, "assets"],
      ["kafidx", "ClusterIP", 5031, "kafidx"],
      ["notificationserver", "ClusterIP", 5041, "notify"],
      ["offerserver", "ClusterIP", 5000, "offers"],
      ["storage", "ClusterIP", 5011, "store"],
      ["tracker", "ClusterIP", 5222, "trk"],
      ["website", "ClusterIP", 5123, "www"],
    ]);
    const admin = Object.entries(servers).filter(([, one]) => one.admin === true);
    expect(admin.map(([name]) => name)).toEqual(["offerserver", "consumers-ruby", "kafidx"]);
  });

  it("mount the uploaded images in the imageserver, without a right to mount anything", () => {
    const { containers, volumes } = controllerOf(all, "imageserver").spec.template.spec;
    expect(containers[0]?.volumeMounts).toContainEqual({
      name: "images",
      mountPath: "/var/lib/imagesrv/store",
    });
    expect(volumes).toContainEqual({
      name: "images",
      persistentVolumeClaim: { claimName: "imgserverstore" },
    });
  });
});

/** Hosts that a program's variables name, by the key of the setting. */
const serverOfKey: Readonly<Record<string, string>> = {
  TRACKER_HOST: "tracker",
  IMAGE_HOST: "imageserver",
  PUSHTECH_API_HOST: "storage",
  NOTIFY_HOST: "notificationserver",
};

const storeOfKey: Readonly<Record<string, string>> = {
  WEBSITE_DB_URL: "website-db",
  IMGSERVER_DB_URL: "imgserver-db",
  NOTIFSERVER_DB_URL: "notifserver-db",
  STORAGE_DB_URL: "storage-db",
  NOTIFSERVER_REDIS_URL: "notifserver-redis",
  OFFERSERVER_REDIS_URL: "offerserver-redis",
  CONSUMERS_RUBY_REDIS_URL: "consumers-ruby-redis",
  KAFIDX_REDIS_URL: "consumers-nodejs-redis",
  EVENT_COUNTER_REDIS_URL: "consumers-nodejs-redis",
  METADATA_COUNTER_REDIS_URL: "consumers-nodejs-redis",
  SEARCH_COUNTER_REDIS_URL: "consumers-nodejs-redis",
  STATS_CONSUMER_REDIS_URL: "consumers-nodejs-redis",
  ZOOKEEPER_HOST: "zookeeper",
};

const keysOf = (env: Readonly<Record<string, Source>>): string[] =>
  Object.values(env).flatMap((source) => (source.from === "k8scfg" ? [source.key] : []));

const named = (keys: readonly string[], table: Readonly<Record<string, string>>): string[] =>
  [...new Set(keys.flatMap((key) => table[key] ?? []))].sort();

describe("the order", () => {
  it("lets everybody start: each after those it starts after", () => {
    const order = startOrder();
    expect([...order].sort()).toEqual([...programNames].sort());
    for (const name of programNames) {
      for (const before of programs[name].after) {
        expect(order.indexOf(before)).toBeLessThan(order.indexOf(name));
      }
    }
  });

  it("breaks the circle of storage and notificationserver at the storage, which starts alone", () => {
    expect(programs.storage.calls).toContain("notificationserver");
    expect(programs.storage.after).not.toContain("notificationserver");
    expect(programs.notificationserver.after).toEqual(["storage", "tracker"]);
  });

  it("refuses a circle, and shows it", () => {
    expect(() =>
      startOrder({
        tracker: { after: ["storage"] },
        storage: { after: ["website"] },
        website: { after: ["tracker"] },
      }),
    ).toThrow("programs wait for each other: tracker → storage → website → tracker");
  });

  it("names every server and store whose address a program is told", () => {
    for (const name of programNames) {
      const { env, calls, stores: needed } = programs[name];
      const keys = keysOf(env);
      expect([name, [...calls].sort()]).toEqual([name, named(keys, serverOfKey)]);
      // Kafka's brokers are told by ZooKeeper; the tracker's side-car asks for them.
      const told = named(keys, storeOfKey);
      const expected =
        told.includes("zookeeper") || name === "tracker"
          ? [...new Set([...told, "kafkasrv", "zookeeper"])].sort()
          : told;
      expect([name, [...needed].sort()]).toEqual([name, expected]);
    }
  });
});

describe("waits", () => {
  const targets = (name: string): string =>
    containerOf(all, name, "wait").env?.find((one) => one.name === "TARGETS")?.value ?? "";

  it.each(programNames)("hold %s back until each of its stores answers", (name) => {
    const waited = targets(name)
      .split(" ")
      .map((target) => target.split("=")[0]);
    expect(waited).toEqual(expect.arrayContaining([...programs[name].stores]));
  });

  it("hold the notification server back until all it needs answers", () => {
    expect(targets("notificationserver")).toBe(
      [
        "notifserver-db=notifserver-db:5432",
        "notifserver-redis=notifserver-redis:6379",
        "storage=storage.pushtech.svc.cluster.local:5011",
        "tracker=tracker.pushtech.svc.cluster.local:5222",
      ].join(" "),
    );
  });

  it("never hold back in a circle, whoever starts first", () => {
    const waitedBy = Object.fromEntries(
      programNames.map((name) => [name, { after: programs[name].waitsFor ?? [] }]),
    );
    expect(() => startOrder(waitedBy)).not.toThrow();
  });

  it("use the pod's own image, so that nothing else is pulled, and take the stack's patience", async () => {
    const rendered = await renderSystem({ services: { waitSeconds: 45 } });
    const wait = containerOf(rendered, "kafidx", "wait");
    expect(wait.image).toBe("docker.io/gorenje/pushtech:kafidx");
    expect(wait.env).toContainEqual({ name: "WAIT_SECONDS", value: "45" });
  });
});

describe("checks", () => {
  it("are of every program, each of a kind that does no harm", () => {
    for (const name of programNames) {
      const { readinessProbe, startupProbe } = containerOf(all, name, name);
      expect(readinessProbe, name).toBeDefined();
      expect(startupProbe, name).toBeDefined();
    }
  });

  it("never ask the tracker anything: it would take it for an event", () => {
    const { readinessProbe, livenessProbe, startupProbe } = containerOf(all, "tracker", "tracker");
    for (const probe of [readinessProbe, livenessProbe, startupProbe]) {
      expect(probe).toHaveProperty("tcpSocket");
    }
  });

  it("take the storage for ready when its data answers, and alive while a restart would mend nothing", () => {
    const { readinessProbe, livenessProbe, startupProbe } = containerOf(all, "storage", "storage");
    const command = (mode: string) => ({
      command: ["node", "/etc/fleet/probes/storage-probe.js", mode, "5"],
    });
    expect(readinessProbe).toMatchObject({ exec: command("ready") });
    expect(livenessProbe).toMatchObject({ exec: command("alive") });
    expect(startupProbe).toMatchObject({ tcpSocket: { port: "http" } });
  });

  it("start a server anew whose database was: its connections never come back by themselves", () => {
    for (const name of ["website", "imageserver", "notificationserver"] as const) {
      const { readinessProbe, livenessProbe } = containerOf(all, name, name);
      expect(livenessProbe, name).toMatchObject({ exec: { command: databaseProbeCommand } });
      expect(readinessProbe, name).toMatchObject({ httpGet: { path: "/", port: "http" } });
    }
    const others = programNames.filter((name) => programs[name].migrates !== true);
    for (const name of others) {
      const { livenessProbe } = containerOf(all, name, name);
      expect(livenessProbe?.["exec"], name).not.toEqual({ command: databaseProbeCommand });
    }
  });

  it("ask what needs Redis whether that answers, and start nobody anew for it", () => {
    const { readinessProbe, livenessProbe } = containerOf(all, "offerserver", "offerserver");
    expect(readinessProbe).toMatchObject({ httpGet: { path: "/pingdom", port: "http" } });
    expect(livenessProbe).toHaveProperty("tcpSocket");
  });
});

describe("a pod that goes", () => {
  it("takes requests until nobody is sent to it, and has time to answer the last of them", () => {
    for (const name of serverNames) {
      const { containers, terminationGracePeriodSeconds } = controllerOf(all, name).spec.template
        .spec;
      expect(containers[0]?.lifecycle, name).toEqual({
        preStop: { exec: { command: ["sleep", "5"] } },
      });
      // Foreman kills after fifty seconds, and Kubernetes after these.
      expect(terminationGracePeriodSeconds, name).toBeGreaterThan(5 + 50);
    }
  });
});

describe("the tracker's pod", () => {
  it("is tracker, kafkastore and a Redis that nobody else reaches", () => {
    const { containers, terminationGracePeriodSeconds } = controllerOf(all, "tracker").spec.template
      .spec;
    expect(containers.map(({ name }) => name)).toEqual(["tracker", "kafkastore", "redis-tracker"]);
    expect(containers[2]?.image).toBe("docker.io/library/redis:4.0.6");
    expect(containers[2]?.command).toEqual([
      ...["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
      // Three fifths of the limit of 100Mi: the rest is for what clients have not read yet.
      ...["--maxmemory", "62914560", "--maxmemory-policy", "noeviction"],
    ]);
    expect(terminationGracePeriodSeconds).toBe(120);
  });
});

describe("what pods are exchanged for", () => {
  const fingerprints = (rendered: Collected): Record<string, string> =>
    Object.fromEntries(
      programNames.map((name) => [
        name,
        controllerOf(rendered, name).spec.template.metadata.annotations[settingsAnnotation] ?? "",
      ]),
    );

  const changed = async (change: Parameters<typeof renderSystem>[0]): Promise<string[]> => {
    const [before, after] = [fingerprints(all), fingerprints(await renderSystem(change))];
    return programNames.filter((name) => before[name] !== after[name]);
  };

  it("is a fingerprint that tells nothing", () => {
    for (const fingerprint of Object.values(fingerprints(all))) {
      expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  it.each([
    ["WEBSITE_COOKIE_SECRET", ["website"]],
    [
      "PUSHTECH_API_PASSWORD",
      ["storage", "website", "consumers-ruby-worker", "offerserver-worker"],
    ],
  ] as const)("is a changed %s only for the pods that read it", async (key, names) => {
    expect((await changed({ environment: { [key]: "another" } })).sort()).toEqual(
      [...names].sort(),
    );
  });

  it("is another word of the stack's, where nothing else has changed", async () => {
    const rendered = await renderSystem({ services: { website: { redeploy: "2026-11-22" } } });
    const { annotations } = controllerOf(rendered, "website").spec.template.metadata;
    expect(annotations["fleet/redeploy"]).toBe("2026-11-22");
    expect(controllerOf(all, "website").spec.template.metadata.annotations).not.toHaveProperty(
      "fleet/redeploy",
    );
  });

  it("is another domain only for those that tell it to others", async () => {
    expect(await changed({ domain: "pushtech.de" })).toEqual(["storage", "website"]);
  });
});

describe("the table of stores", () => {
  it("has the eight of the facts by the names that programs dial, and what events go through", () => {
    const names = Object.entries(stores).map(([service, { workload }]) => [service, workload]);
    expect(names).toEqual([
      ["storage-db", "storage-db"],
      ["website-db", "website-db"],
      ["imgserver-db", "imgserver-db"],
      ["notifserver-db", "notifserver-db-pg"],
      ["notifserver-redis", "notifserver-db-redis"],
      ["offerserver-redis", "offerserver-db"],
      ["consumers-nodejs-redis", "consumers-nodejs-db"],
      ["consumers-ruby-redis", "consumers-ruby-db"],
      ["zookeeper", "zookeeper"],
      ["kafkasrv", "kafka"],
    ]);
  });

  it("tells servers from workers", () => {
    expect(programNames.filter(isServer)).toHaveLength(8);
    expect(programNames).toHaveLength(14);
  });
});
