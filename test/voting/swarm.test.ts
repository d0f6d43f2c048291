/**
 * The same services on a Swarm. Proves what the Docker provider is asked for and that it takes it:
 * no Swarm runs here.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Properties } from "../../sandbox/standins/values.ts";
import { find } from "../harness.ts";
import type { Rendered } from "../rendered.ts";
import { secretsIn } from "../../policy/graph/secrets.ts";
import { Box, removeBoxes } from "../standins/box.ts";
import { renderOnSwarm } from "./stack.ts";

const serviceType = "docker:index/service:Service";

let rendered: Rendered<unknown>;
beforeAll(async () => {
  rendered = await renderOnSwarm();
});
afterAll(removeBoxes);

describe("the voting application on a Swarm", () => {
  it("is six services, their networks and the password, and nothing of Kubernetes", () => {
    const custom = rendered.collected.resources.filter(({ custom }) => custom);
    const counts = Object.groupBy(custom, ({ type }) => type);
    expect(
      Object.fromEntries(Object.entries(counts).map(([type, all]) => [type, all?.length])),
    ).toEqual({
      "docker:index/network:Network": 2,
      "docker:index/secret:Secret": 1,
      [serviceType]: 6,
      "pulumi:providers:docker": 1,
    });
  });

  it("goes to the one host that the file names, never to a daemon of the shell", () => {
    const { inputs } = find(rendered.collected, "pulumi:providers:docker", "voting-docker");
    expect(inputs).toEqual({ host: "ssh://deploy@manager.example.org" });
    const others = rendered.collected.resources.filter(
      ({ type, provider }) => type.startsWith("docker:") && !provider.includes("::voting-docker::"),
    );
    expect(others).toEqual([]);
  });

  // Issue 4, word by word.
  it("has the worker as the lecture has it", () => {
    expect(find(rendered.collected, serviceType, "worker").inputs).toMatchObject({
      name: "voting_worker",
      labels: expect.arrayContaining([{ label: "APP", value: "VOTING" }]) as unknown,
      mode: { replicated: { replicas: 2 } },
      updateConfig: {
        parallelism: 1,
        delay: "10s",
        failureAction: "continue",
        monitor: "1m",
        maxFailureRatio: "0.3",
      },
      taskSpec: {
        containerSpec: { image: "docker.io/gaiadocker/example-voting-app-worker:latest" },
        placement: { constraints: ["node.role == worker"] },
        restartPolicy: { condition: "on-failure", delay: "5s", maxAttempts: 3, window: "2m" },
        resources: {
          limits: { nanoCpus: 250_000_000, memoryBytes: 512 * 2 ** 20 },
          reservation: { nanoCpus: 250_000_000, memoryBytes: 256 * 2 ** 20 },
        },
        networksAdvanceds: [{ aliases: ["worker", "workers"] }],
      },
    });
  });

  it("passes the checks of the Docker stand-in, every resource", async () => {
    const box = await Box.open("docker");
    const docker = rendered.collected.resources.filter(({ type }) => type.startsWith("docker:"));
    expect(docker).toHaveLength(9);
    for (const { type, name, inputs } of docker) {
      expect({ name, faults: await box.faults(type, inputs as Properties) }).toEqual({
        name,
        faults: [],
      });
    }
  });

  it("makes each service after those it depends on", () => {
    // Of the component: its service has no URN to hang on before all this is there.
    const worker = rendered.options.find(
      ({ type, name }) => type === "fleet:compose:SwarmService" && name === "worker",
    );
    const before = (worker?.dependencies ?? []).filter((urn) => urn.includes(serviceType));
    expect(before.map((urn) => urn.split("::").at(-1)).sort()).toEqual(["db", "redis"]);
  });

  it("has the password in the daemon's keeping, and nowhere else", () => {
    const holders = rendered.collected.resources
      .filter(({ inputs }) => {
        const text = JSON.stringify(inputs);
        const [password = ""] = rendered.secrets.values();
        const encoded = Buffer.from(password).toString("base64");
        return secretsIn(text, rendered.secrets).length > 0 || text.includes(encoded);
      })
      .map(({ type }) => type);
    expect(holders).toEqual(["docker:index/secret:Secret"]);
  });

  it("tells where it is reached: every node answers", () => {
    expect(rendered.collected.result).toMatchObject({
      target: "swarm",
      ports: [
        { name: "vote", port: 8080 },
        { name: "result", port: 8081 },
        { name: "registry", port: 5000 },
      ],
    });
  });
});
