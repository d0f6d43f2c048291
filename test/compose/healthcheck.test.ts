import { describe, expect, it } from "vitest";

import {
  type Healthcheck,
  toProbes,
  toSwarmHealthcheck,
} from "../../components/compose/healthcheck.ts";
import type { Probes } from "../../components/workload/types.ts";
import { texts } from "./fixtures.ts";

const at = ["healthcheck"];

const probesOf = (check: Healthcheck): Probes => {
  const { value } = toProbes(check, at);
  if ("none" in value) {
    throw new Error(value.none);
  }
  return value;
};

describe("a health check on Kubernetes", () => {
  const exec = { kind: "exec", command: ["pg_isready", "-U", "postgres"] };
  const test = ["CMD", "pg_isready", "-U", "postgres"] as ["CMD", string, ...string[]];

  it("is readiness and liveness both: a task that fails it gets no calls and is stopped", () => {
    const times = { check: exec, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 4 };
    expect(probesOf({ test, interval: "10s", timeout: "3s", retries: 4 })).toEqual({
      readiness: times,
      liveness: { ...times, initialDelaySeconds: 10 },
    });
  });

  it("has Docker's times where nothing is said", () => {
    expect(probesOf({ test: "true" }).readiness).toEqual({
      check: { kind: "exec", command: ["/bin/sh", "-c", "true"] },
      periodSeconds: 30,
      timeoutSeconds: 30,
      failureThreshold: 3,
    });
  });

  // Docker would give this container up after 60 s + 3 × 10 s.
  it("lets the start take as long as Docker does", () => {
    const { startup, liveness, readiness } = probesOf({
      test: "true",
      interval: "10s",
      start_period: "60s",
    });
    expect(startup).toMatchObject({ periodSeconds: 5, failureThreshold: 18 });
    expect(liveness).toEqual(readiness);
  });

  it("asks as often as said while it starts", () => {
    const check = { test: "true", interval: "10s", start_period: "1m", start_interval: "2s" };
    expect(probesOf(check).startup).toMatchObject({ periodSeconds: 2, failureThreshold: 45 });
  });

  it.each<[Healthcheck["test"], string[]]>([
    ["curl -f localhost", ["/bin/sh", "-c", "curl -f localhost"]],
    [
      ["CMD-SHELL", "pg_isready -U $$USER"],
      ["/bin/sh", "-c", "pg_isready -U $USER"],
    ],
    [
      ["CMD", "a", "b c"],
      ["a", "b c"],
    ],
  ])("runs %j", (command, run) => {
    expect(probesOf({ test: command }).readiness?.check).toEqual({ kind: "exec", command: run });
  });

  it.each<Healthcheck>([{ disable: true }, { test: ["NONE"] }])(
    "%j is none, on purpose",
    (check) => {
      expect(toProbes(check, at)).toEqual({
        value: { none: "its service switches the healthcheck off" },
        warnings: [],
      });
    },
  );

  it("warns where there is none: Swarm would use the image's", () => {
    const { value, warnings } = toProbes(undefined, at);
    expect(value).toEqual({ none: "its service has no healthcheck" });
    expect(texts(warnings)).toEqual([expect.stringContaining("healthcheck is missing")]);
  });

  it("counts whole seconds, and says so", () => {
    const { warnings } = toProbes({ test: "true", interval: "1500ms" }, at);
    expect(probesOf({ test: "true", interval: "1500ms" }).readiness?.periodSeconds).toBe(2);
    expect(texts(warnings)).toEqual([
      "healthcheck.interval is not 1500ms but 2s: kubelets count whole seconds",
    ]);
  });
});

describe("a health check on a Swarm", () => {
  it("keeps what is said, and leaves the rest to the image", () => {
    const check = { test: "true", interval: "10s", retries: 5, start_period: "60s" };
    expect(toSwarmHealthcheck(check, at)).toEqual({
      value: { tests: ["CMD-SHELL", "true"], interval: "10s", retries: 5, startPeriod: "1m" },
      warnings: [],
    });
  });

  it("switched off overrules the image's", () => {
    expect(toSwarmHealthcheck({ disable: true }, at).value).toEqual({ tests: ["NONE"] });
  });

  it("cannot ask more often at the start, and says so", () => {
    const { warnings } = toSwarmHealthcheck({ test: "true", start_interval: "1s" }, at);
    expect(texts(warnings)).toEqual([
      expect.stringContaining("healthcheck.start_interval has no effect"),
    ]);
  });
});
