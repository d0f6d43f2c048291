import { describe, expect, it } from "vitest";

import { restartWarnings, toJobRun, toSwarmRestart } from "../../components/compose/restart.ts";
import { texts } from "./fixtures.ts";

const at = (...words: string[]) => words;

describe("a restart policy on Kubernetes", () => {
  it("of a service that stays up: always, which is what Swarm does too where nothing is said", () => {
    expect(restartWarnings({}, at)).toEqual([]);
    expect(restartWarnings({ condition: "any" }, at)).toEqual([]);
  });

  it("says of each word that has no counterpart what does not happen", () => {
    const policy = {
      condition: "on-failure",
      delay: "5s",
      max_attempts: 3,
      window: "120s",
    } as const;
    expect(texts(restartWarnings(policy, at))).toEqual([
      "condition has no effect: a container that ends well is started again too (a one-off is mode: replicated-job)",
      "delay has no effect: kubelets wait 10s, 20s, 40s and so on up to 5m before they start a container again",
      "max_attempts has no effect: a container that keeps failing is started again for ever; put an alert on restarts",
      "window has no effect: restarts are not counted; what starts badly is caught by minReadySeconds",
    ]);
  });

  it("none: is restarted all the same, and told so", () => {
    expect(texts(restartWarnings({ condition: "none" }, at)).join()).toContain("is started again");
  });

  it("of a job: as many tries, all runs at once", () => {
    const policy = { condition: "on-failure", max_attempts: 3 } as const;
    expect(toJobRun(policy, 4, at)).toEqual({
      value: { completions: 4, parallelism: 4, restartPolicy: "OnFailure", backoffLimit: 3 },
      warnings: [],
    });
  });

  it("of a job that is never tried again", () => {
    expect(toJobRun({ condition: "none", max_attempts: 3 }, 1, at)).toEqual({
      value: { completions: 1, parallelism: 1, restartPolicy: "Never", backoffLimit: 0 },
      warnings: [],
    });
  });

  it("of a job without limit: Kubernetes has one", () => {
    const { value, warnings } = toJobRun({}, 1, at);
    expect(value).toMatchObject({ restartPolicy: "OnFailure", backoffLimit: 6 });
    expect(texts(warnings)).toEqual([
      "max_attempts is no limit in Swarm: here a job is given up after 6 tries more",
    ]);
  });

  // activeDeadlineSeconds would end a job that simply works longer than the window.
  it("never makes a deadline of a job's window", () => {
    const { value, warnings } = toJobRun({ max_attempts: 1, window: "120s", delay: "5s" }, 1, at);
    expect(value).not.toHaveProperty("activeDeadlineSeconds");
    expect(warnings.map(({ path }) => path)).toEqual([["delay"], ["window"]]);
  });
});

describe("a restart policy on a Swarm", () => {
  // Without a delay the provider sends 0: a task that crashes would be started without a pause.
  it("has every word, with Swarm's defaults", () => {
    expect(toSwarmRestart({})).toEqual({
      condition: "any",
      delay: "5s",
      maxAttempts: 0,
      window: "0s",
    });
  });

  it("keeps what is said, times as the provider reads them back", () => {
    const policy = {
      condition: "on-failure",
      delay: "1s",
      max_attempts: 3,
      window: "120s",
    } as const;
    expect(toSwarmRestart(policy)).toEqual({
      condition: "on-failure",
      delay: "1s",
      maxAttempts: 3,
      window: "2m",
    });
  });
});
