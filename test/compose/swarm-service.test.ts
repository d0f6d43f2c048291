import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { ComposeStack } from "../../components/compose/compose-stack.schema.ts";
import { inStartOrder } from "../../components/compose/dependencies.ts";
import { translatedExamples } from "../../components/compose/renderings.ts";
import { SwarmService } from "../../components/compose/swarm-service.ts";
import { SwarmStack } from "../../components/compose/swarm-stack.ts";
import { toSwarm } from "../../components/compose/swarm.ts";
import { type Collected, collect, find } from "../harness.ts";
import { Box, removeBoxes } from "../standins/box.ts";
import type { Properties } from "../../sandbox/standins/values.ts";
import { lecture, onSwarm, service, some, votingStack } from "./fixtures.ts";

const warn = vi.fn<typeof pulumi.log.warn>();

beforeEach(() => {
  warn.mockReset().mockResolvedValue();
  vi.spyOn(pulumi.log, "warn").mockImplementation(warn);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(removeBoxes);

const host = { host: "ssh://deploy@manager.example.org" };
const password = "hunter2-hunter2-hunter2";

const full = (): ComposeStack => {
  const { services, ...shared } = votingStack(service(lecture));
  return {
    ...shared,
    services: {
      ...services,
      db: some({
        image: "docker.io/library/postgres:17.5",
        networks: ["voteapp"],
        expose: [5_432],
        environment: { POSTGRES_PASSWORD_FILE: "/run/secrets/db-password" },
        secrets: ["db-password"],
        configs: [{ source: "tuning", target: "/etc/postgresql/tuning.conf" }],
        volumes: ["data:/var/lib/postgresql/data"],
        healthcheck: { test: ["CMD", "pg_isready"], interval: "10s", start_period: "30s" },
        deploy: {
          placement: { constraints: ["node.hostname == node-1"], max_replicas_per_node: 1 },
        },
      }),
      vote: some({ ports: ["5000:80"], deploy: { update_config: { order: "start-first" } } }),
      agent: some({ deploy: { mode: "global", placement: { preferences: [] } } }),
    },
    volumes: { data: { size: "10Gi", accessMode: "ReadWriteOnce" } },
    configs: { tuning: { content: "work_mem = '8MB'\n" } },
  };
};

const program = (stack: ComposeStack) =>
  collect(() => {
    const swarm = new SwarmStack("voting", {
      host,
      stack,
      secret: () => pulumi.secret(password),
      logins: [{ registry: "docker.io", login: pulumi.secret("robot:token-of-robot") }],
    });
    inStartOrder(
      stack.services,
      (name, words, before) =>
        new SwarmService(name, { service: words, swarm }, { dependsOn: [...before] }),
    );
  });

const made = (collected: Collected, type: string) =>
  collected.resources.filter((one) => one.type === type);

describe("SwarmStack", () => {
  it("makes networks, secrets and configs once, without names that a successor could not take", async () => {
    const collected = await program(full());
    const networks = made(collected, "docker:index/network:Network");
    expect(networks.map(({ name, inputs }) => [name, inputs["internal"]])).toEqual([
      ["voting-voteapp", true],
      ["voting-default", false],
    ]);
    for (const { inputs } of [
      ...networks,
      ...made(collected, "docker:index/secret:Secret"),
      ...made(collected, "docker:index/serviceConfig:ServiceConfig"),
    ]) {
      expect(inputs).not.toHaveProperty("name");
      expect(inputs["labels"]).toEqual([{ label: "com.docker.stack.namespace", value: "voting" }]);
    }
    expect(networks.map(({ inputs }) => inputs["driver"])).toEqual(["overlay", "overlay"]);
    const config = find(collected, "docker:index/serviceConfig:ServiceConfig", "voting-tuning");
    expect(config.inputs["data"]).toBe(Buffer.from("work_mem = '8MB'\n").toString("base64"));
  });

  // Left out, the provider takes DOCKER_HOST or the daemon of the machine the program runs on.
  it("gives every object the provider of the one host", async () => {
    const collected = await program(full());
    const provider = find(collected, "pulumi:providers:docker", "voting-docker");
    expect(provider.inputs).toMatchObject(host);
    const objects = collected.resources.filter(({ type }) => type.startsWith("docker:"));
    expect(objects).toHaveLength(9);
    for (const object of objects) {
      expect(object.provider).toContain("pulumi:providers:docker::voting-docker");
    }
  });

  it("keeps secrets in Secrets and logins in the provider, and nowhere else", async () => {
    const collected = await program(full());
    const holding = (text: string) =>
      collected.resources
        .filter(({ inputs }) => JSON.stringify(inputs).includes(text))
        .map(({ type }) => type);
    expect(holding(password)).toEqual([]);
    expect(holding(Buffer.from(password).toString("base64"))).toEqual([
      "docker:index/secret:Secret",
    ]);
    expect(holding("token-of-robot")).toEqual(["pulumi:providers:docker"]);
    expect(find(collected, "fleet:compose:SwarmStack", "voting").inputs).toEqual(host);
  });

  it("refuses to be made without a host", async () => {
    await expect(
      collect(
        () =>
          new SwarmStack("voting", {
            host: {},
            stack: full(),
            secret: () => pulumi.secret(password),
          }),
      ),
    ).rejects.toThrow("Swarm voting: must say either host or context");
  });
});

describe("SwarmService", () => {
  it("names what the stack made by its id", async () => {
    const collected = await program(full());
    const { inputs } = find(collected, "docker:index/service:Service", "db");
    expect(inputs).toMatchObject({
      name: "voting_db",
      convergeConfig: { delay: "7s", timeout: "195s" },
      taskSpec: {
        networksAdvanceds: [{ id: "voting-voteapp-id", aliases: ["db"] }],
        containerSpec: {
          secrets: [{ secretId: "voting-db-password-id", fileName: "db-password" }],
          configs: [{ configId: "voting-tuning-id", fileName: "/etc/postgresql/tuning.conf" }],
          healthcheck: { tests: ["CMD", "pg_isready"], interval: "10s", startPeriod: "30s" },
        },
        placement: { constraints: ["node.hostname == node-1"], maxReplicas: 1 },
      },
    });
  });

  it("waits for tasks, but not with continue nor for a global service, as the provider cannot", async () => {
    const collected = await program(full());
    const waits = made(collected, "docker:index/service:Service").map(({ name, inputs }) => [
      name,
      "convergeConfig" in inputs,
    ]);
    expect(Object.fromEntries(waits)).toEqual({
      db: true,
      redis: true,
      worker: false,
      vote: true,
      agent: false,
    });
  });

  it("tells each warning once", async () => {
    await program(full());
    const told = warn.mock.calls.map(([text]) => text).sort();
    const ofImages = told.filter((text) => text.includes(".image: is kept by its digest"));
    expect(ofImages).toHaveLength(Object.keys(full().services).length);
    expect(told.filter((text) => !ofImages.includes(text))).toEqual([
      "db.volumes[0]: is a folder of each node: a task that moves to another finds it empty, unless a constraint keeps it where it is",
      "worker.depends_on: is the order in which services are made: a task that starts later waits for none",
    ]);
  });

  it("is refused where the provider cannot do it, whatever checked it before", () => {
    const job = some({ deploy: { mode: "replicated-job" } });
    expect(() => toSwarm(job, onSwarm())).toThrow(
      "service worker: deploy.mode must not be replicated-job: the Docker provider knows no jobs",
    );
  });
});

// Proves the shape of what the provider is given; a daemon's view of it is live's alone.
describe("the Docker stand-in", () => {
  it("takes the whole stack: what it checks, and each service after what it names", async () => {
    const collected = await program(full());
    const box = await Box.open("docker");
    const ids = new Map<string, string>();
    const withIds = (inputs: Record<string, unknown>): Properties =>
      JSON.parse(
        JSON.stringify(inputs).replace(/"([a-z-]+)-id"/g, (text, name: string) =>
          JSON.stringify(ids.get(name) ?? text),
        ),
      ) as Properties;
    const objects = collected.resources.filter(({ type }) => type.startsWith("docker:"));
    const shared = objects.filter(({ type }) => type !== "docker:index/service:Service");
    const services = objects.filter(({ type }) => type === "docker:index/service:Service");
    for (const { type, name, inputs } of [...shared, ...services]) {
      expect([name, await box.faults(type, withIds(inputs))]).toEqual([name, []]);
      ids.set(name, (await box.make(type, name, withIds(inputs))).id);
    }
    expect(services).toHaveLength(5);
  });

  it("takes every word that the documentation shows", async () => {
    const box = await Box.open("docker");
    const specs = translatedExamples().filter(({ swarm }) => swarm !== undefined);
    expect(specs.length).toBeGreaterThan(70);
    for (const { says, swarm } of specs) {
      const inputs = JSON.parse(JSON.stringify(swarm)) as Properties;
      expect([says, await box.faults("docker:index/service:Service", inputs)]).toEqual([says, []]);
    }
  });

  it.each(["ssh://deploy@manager.example.org", "tcp://10.0.0.1:2376"])(
    "takes a provider of %s",
    async (address) => {
      const { standIn } = await Box.open("docker");
      expect(standIn.checkConfig({ host: address })).toEqual([]);
    },
  );

  // Else the first refresh after an update would find something to change.
  it("finds nothing to change in the same service, and no reason to replace one that is scaled", async () => {
    const box = await Box.open("docker");
    const worker = service(lecture);
    const spec = (words: typeof worker): Properties =>
      JSON.parse(JSON.stringify(toSwarm(words, onSwarm()).spec)) as Properties;
    const type = "docker:index/service:Service";
    expect((await box.diff(type, spec(worker), spec(worker))).changes).toEqual([]);
    const scaled = { ...worker, deploy: { ...worker.deploy, replicas: 5 } };
    const change = await box.diff(type, spec(worker), spec(scaled));
    expect(change.changes.map(({ path }) => path)).toEqual(["mode.replicated.replicas"]);
    expect(change.replaces).toEqual([]);
  });
});
