import { describe, expect, it } from "vitest";
import * as z from "zod";

import {
  ComposeConfigs,
  ComposeNetworks,
  ComposeVolumes,
  SwarmHost,
} from "../../components/compose/compose-stack.schema.ts";
import { ComposeService } from "../../components/compose/compose.schema.ts";
import { parseAll } from "../../stacks/parse.ts";
import { layoutOf } from "../../components/compose/layout.ts";
import { faultsOf, lecture, nested, service, some } from "./fixtures.ts";

describe("the two layouts", () => {
  it("say the same of the lecture's worker", () => {
    const { deploy, warnings } = layoutOf(service(lecture));
    expect(deploy).toEqual(layoutOf(service(nested)).deploy);
    expect(warnings).toEqual([]);
    expect(deploy).toEqual({
      mode: "replicated",
      replicas: 2,
      labels: ["APP=VOTING"],
      resources: {
        limits: { cpus: "0.25", memory: "512M" },
        reservations: { cpus: "0.25", memory: "256M" },
      },
      restart_policy: { condition: "on-failure", delay: "5s", max_attempts: 3, window: "120s" },
      update_config: {
        parallelism: 1,
        delay: "10s",
        failure_action: "continue",
        monitor: "60s",
        max_failure_ratio: 0.3,
      },
      placement: { constraints: ["node.role == worker"] },
    });
  });

  it("are merged word by word: the lecture's counts, and what it overrules is told", () => {
    const { deploy, warnings } = layoutOf(
      some({
        update_config: { parallelism: 2 },
        resources: { limits: { memory: "1G" } },
        deploy: {
          update_config: { parallelism: 3, delay: "5s" },
          resources: { limits: { memory: "1G", cpus: "1" } },
        },
      }),
    );
    expect(deploy.update_config).toEqual({ parallelism: 2, delay: "5s" });
    expect(deploy.resources).toEqual({ limits: { memory: "1G", cpus: "1" } });
    expect(warnings).toEqual([
      {
        path: ["deploy", "update_config", "parallelism"],
        message: "does not count: update_config.parallelism beside deploy says otherwise",
      },
    ]);
  });

  it("let a fault point at the place that has to change", () => {
    const both = { update_config: { delay: "5s" }, deploy: { update_config: { monitor: "9s" } } };
    const { at } = layoutOf(some(both));
    expect(at("update_config", "delay")).toEqual(["update_config", "delay"]);
    expect(at("update_config", "monitor")).toEqual(["deploy", "update_config", "monitor"]);
    expect(at("placement", "constraints")).toEqual(["deploy", "placement", "constraints"]);
  });
});

describe("a service is refused", () => {
  it.each<[string, Record<string, unknown>, string]>([
    ["with an unknown word", { restart: "always" }, "Unrecognized key"],
    ["with an unknown word of deploy", { deploy: { replica: 2 } }, "Unrecognized key"],
    ["with an unknown word of a block", { update_config: { paralelism: 1 } }, "Unrecognized key"],
    [
      "with a ratio above 1",
      { update_config: { max_failure_ratio: 1.5 } },
      "update_config.max_failure_ratio must be from 0 to 1",
    ],
    [
      "with a ratio below 0",
      { deploy: { update_config: { max_failure_ratio: -0.1 } } },
      "deploy.update_config.max_failure_ratio must be from 0 to 1",
    ],
    [
      "with a negative parallelism",
      { update_config: { parallelism: -1 } },
      "must not be negative: 0 exchanges all at once",
    ],
    ["with a time of no unit", { update_config: { delay: "10" } }, "must be a time with its unit"],
    ["that is a global job", { deploy: { mode: "global-job" } }, "must not be global-job"],
    [
      "that limits its processes",
      { resources: { limits: { pids: 100 } } },
      "podPidsLimit of its kubelet",
    ],
    [
      "that counts the tasks of a global one",
      { deploy: { mode: "global", replicas: 2 } },
      "deploy.replicas must go",
    ],
    [
      "that exchanges a job",
      { deploy: { mode: "replicated-job" }, update_config: { delay: "1s" } },
      "update_config must go",
    ],
    [
      "that repeats a job that succeeded",
      { deploy: { mode: "replicated-job", restart_policy: { condition: "any" } } },
      "deploy.restart_policy.condition must be on-failure or none",
    ],
    [
      "that limits a global one by node",
      { deploy: { mode: "global" }, placement: { max_replicas_per_node: 1 } },
      "placement.max_replicas_per_node must go",
    ],
    [
      "that reserves more memory than it may use",
      { resources: { limits: { memory: "1G" }, reservations: { memory: "2G" } } },
      "resources.reservations.memory must not be above",
    ],
    [
      "that reserves more processors than it may use, by the other name",
      { resources: { limits: { cpus: 1 }, softLimit: { cpus: 2 } } },
      "resources.softLimit.cpus must not be above",
    ],
    [
      "that reserves under both names",
      { resources: { reservations: { cpus: 1 }, softLimit: { cpus: 1 } } },
      "resources.softLimit must go",
    ],
    [
      "that publishes a port twice",
      { ports: ["80:80", "80:8080"] },
      "ports.1 publishes 80/tcp, as ports[0] does",
    ],
    [
      "that publishes at an address it does not have",
      { ports: ["80:80"], deploy: { endpoint_mode: "dnsrr" } },
      "ports.0 must have mode: host",
    ],
    [
      "that starts first with a port of the node",
      {
        ports: [{ target: 80, published: 80, mode: "host" }],
        update_config: { order: "start-first" },
      },
      "update_config.order must be stop-first",
    ],
    [
      "that mounts twice at one place",
      { configs: [{ source: "a", target: "/etc/a" }], volumes: ["b:/etc/a"] },
      "volumes.0 puts something at /etc/a, as configs[0] does",
    ],
    ["with a variable of the shell", { environment: { TAG: "${TAG}" } }, "from the shell"],
    [
      "with a variable that the shell sets",
      { environment: ["TAG"] },
      "nothing comes from the shell",
    ],
    ["with a port of one address", { ports: ["127.0.0.1:80:80"] }, "no address of a node"],
    ["with ports in a range", { ports: ["8000-8010:80"] }, "no range"],
    ["with a port that is none", { ports: ["80:70000"] }, "must be a port"],
    [
      "with a constraint Swarm does not know",
      { placement: { constraints: ["node.disk==a"] } },
      "node.labels.<name>",
    ],
    [
      "with a role there is not",
      { placement: { constraints: ["node.role==leader"] } },
      "node.role",
    ],
    ["with a check of two minds", { healthcheck: { test: "true", disable: true } }, "not both"],
    ["with a mode YAML reads in two ways", { configs: [{ source: "a", mode: 440 }] }, "configs"],
    ["with a user by name", { user: "postgres" }, "user's number"],
    ["with a user that no system counts to", { user: "1:2147483648" }, "must be below 2147483648"],
    ["with a command of no word", { command: " " }, "command must have a word"],
    ["with an entry point of no word", { entrypoint: [] }, "entrypoint must have a word"],
    ["with a quote left open", { command: "sh -c 'a b" }, "command must close its quotes"],
    ["with a backslash at the end", { entrypoint: "a \\" }, "entrypoint must close its quotes"],
    [
      "with a check that is made without a pause",
      { healthcheck: { test: "true", interval: "0s" } },
      "healthcheck.interval must be more than 0",
    ],
    [
      "with a check that has no time",
      { healthcheck: { test: "true", timeout: "0m" } },
      "healthcheck.timeout must be more than 0",
    ],
    [
      "with a check that is made at the start without a pause",
      { healthcheck: { test: "true", start_period: "1m", start_interval: "0s" } },
      "healthcheck.start_interval must be more than 0",
    ],
    ["with processors by a word", { resources: { limits: { cpus: "two" } } }, "e.g. '0.25'"],
    ["with memory of no unit", { resources: { limits: { memory: "1X" } } }, "e.g. 512M or 1G"],
    ["with an exposed port that is none", { expose: ["a"] }, "must be a port of the container"],
    ["without a tag", { image: "postgres" }, "must be an image with its tag"],
  ])("%s", (_, words, message) => {
    const faults = faultsOf(words);
    expect(faults.join("\n")).toContain(message);
  });

  // The value may be the secret itself, put where its name belongs.
  it("without the text of what should be a secret's name", () => {
    const words = { image: "docker.io/example/echo:v1", secrets: ["Hunter_2"] };
    const parsed = parseAll(ComposeService, words, (path) => path);
    expect(parsed.ok ? [] : parsed.faults.map(({ path }) => path)).toEqual(["secrets[0]"]);
    expect(JSON.stringify(parsed)).not.toContain("Hunter_2");
  });
});

it.each(["secrets", "configs", "secret-files", "scratch-0"])(
  "a volume is not called %s, as a pod's other volumes are",
  (name) => {
    expect(ComposeVolumes.safeParse({ [name]: { size: "1Gi" } }).success).toBe(false);
    expect(ComposeVolumes.safeParse({ [`${name}-data`]: { size: "1Gi" } }).success).toBe(true);
  },
);

describe("a Swarm is refused", () => {
  it.each([
    ["without a host", {}],
    ["with two", { host: "ssh://a", context: "b" }],
    ["with a host of no kind", { host: "manager.example.org" }],
    ["with a password in its address", { host: "tcp://a:secret@b:2376" }],
  ])("%s", (_, words) => {
    expect(SwarmHost.safeParse(words).success).toBe(false);
  });

  it.each([{ host: "ssh://deploy@manager.example.org" }, { context: "production" }])(
    "but not %j",
    (words) => {
      expect(SwarmHost.parse(words)).toEqual(words);
    },
  );
});

it("editors can be told every word", () => {
  for (const schema of [
    ComposeService,
    ComposeNetworks,
    ComposeVolumes,
    ComposeConfigs,
    SwarmHost,
  ]) {
    expect(z.toJSONSchema(schema, { io: "input", target: "draft-7" })).toHaveProperty("type");
  }
});
