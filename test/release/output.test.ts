/** The stack output `release`: what it holds, and what it waits for. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack.js";
import { afterAll, afterEach, describe, expect, it } from "vitest";

import type { StackContext } from "../../stacks/context.ts";
import { Digests } from "../../stacks/digests.ts";
import { readRelease } from "../../stacks/environment.ts";
import { withRelease } from "../../stacks/release.ts";
import { unwrapSecrets } from "../unwrap-secrets.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const digest = `sha256:${"ab".repeat(32)}`;

/** A monitor that answers a resource named `slow` only when told to. */
async function monitor(): Promise<{ readonly release: () => void }> {
  let release = (): void => undefined;
  const held = new Promise<void>((settle) => (release = settle));
  const mocks: pulumi.runtime.Mocks = {
    newResource: async ({ name, inputs }) => {
      if (name === "slow") {
        await held;
      }
      const state = inputs as Record<string, unknown>;
      const metadata = { ...(state["metadata"] as object), uid: `uid-of-${name}` };
      return { id: `${name}-id`, state: { ...state, metadata } };
    },
    call: () => ({}),
  };
  // Named: else URNs carry the project and stack of whichever test ran before in this worker.
  await pulumi.runtime.setMocks(mocks, "fleet", "voting");
  return { release };
}

type Context = Pick<StackContext, "stack" | "release" | "digests">;

const contextOf = (more: Partial<Context> = {}): Context => ({
  stack: "voting",
  release: { commit, config: "the text", digests: {} },
  digests: new Digests(),
  ...more,
});

/** Runs a program as the engine would and gives its outputs. */
function outputsOf(
  context: Context,
  compose: () => Record<string, unknown>,
  onFailure: "pause" | "rollback" = "rollback",
): Promise<Record<string, unknown>> {
  return new Promise((settle, fail) => {
    const program = async (): Promise<object> => {
      settle(await withRelease({ onFailure }, context, compose));
      return {};
    };
    runInPulumiStack(program).catch(fail);
  });
}

const valueOf = async (output: unknown): Promise<unknown> =>
  new Promise((settle) => {
    pulumi.output(output as Record<string, unknown>).apply((value) => {
      settle(unwrapSecrets(value));
    });
  });

afterEach(async () => {
  await pulumi.runtime.disconnect();
});

describe("the release of a stack that rolls back", () => {
  it("is known only when the last resource is ready, nested ones included", async () => {
    const { release } = await monitor();
    const outputs = await outputsOf(contextOf(), () => {
      const parent = new pulumi.ComponentResource("fleet:test:Parent", "parent");
      new kubernetes.core.v1.ConfigMap("slow", { metadata: { name: "slow" } }, { parent });
      return { system: "voting" };
    });
    let known = false;
    const value = valueOf(outputs["release"]).then((found) => {
      known = true;
      return found;
    });
    await new Promise((settle) => setTimeout(settle, 100));
    expect(known).toBe(false);
    release();
    expect(await value).toEqual({ commit, config: "the text", digests: {}, migrations: {} });
    expect(outputs["system"]).toBe("voting");
  });

  it("marks the config's text as secret", async () => {
    await monitor();
    const { release } = await outputsOf(contextOf(), () => ({}));
    const { commit: hash, config } = release as Readonly<Record<string, pulumi.Output<string>>>;
    expect(await pulumi.isSecret(pulumi.output(hash))).toBe(false);
    expect(await pulumi.isSecret(pulumi.output(config))).toBe(true);
  });

  it("names the Jobs that migrated data, each as the one that ran, and no other Job", async () => {
    await monitor();
    const { release } = await outputsOf(contextOf(), () => {
      const job = (name: string, annotations: Record<string, string>): void => {
        new kubernetes.batch.v1.Job(name, { metadata: { annotations } });
      };
      job("migrate", { "fleet/migration": "true" });
      job("report", {});
      return {};
    });
    expect(await valueOf(release)).toMatchObject({
      migrations: {
        "urn:pulumi:voting::fleet::pulumi:pulumi:Stack$kubernetes:batch/v1:Job::migrate":
          "uid-of-migrate",
      },
    });
  });

  it("keeps the digests that were looked up, and looks up none that is settled", async () => {
    await monitor();
    const asked: string[] = [];
    const lookUp = (reference: string) => (): pulumi.Output<string> => {
      asked.push(reference);
      return pulumi.output(`sha256:${"cd".repeat(32)}`);
    };
    const digests = new Digests({ "docker.io/a/vote:latest": digest });
    const { release } = await outputsOf(contextOf({ digests }), () => {
      for (const image of ["docker.io/a/vote:latest", "docker.io/a/result:1"]) {
        digests.resolve(image, lookUp(image));
        digests.resolve(image, lookUp(image));
      }
      return {};
    });
    expect(asked).toEqual(["docker.io/a/result:1"]);
    expect(await valueOf(release)).toMatchObject({
      digests: {
        "docker.io/a/vote:latest": digest,
        "docker.io/a/result:1": `sha256:${"cd".repeat(32)}`,
      },
    });
  });
});

describe("a stack without a release", () => {
  it("has no such output where it pauses, or nobody says which release this is", async () => {
    await monitor();
    expect(await outputsOf(contextOf(), () => ({ system: "x" }), "pause")).toEqual({ system: "x" });
    const plain = contextOf({ release: undefined });
    expect(await outputsOf(plain, () => ({ system: "x" }))).toEqual({ system: "x" });
  });
});

describe("what the runner hands over", () => {
  const folder = mkdtempSync(join(tmpdir(), "fleet-release-"));
  const path = join(folder, "release.json");
  afterEach(() => {
    rmSync(path, { force: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("is read, and what a later runner adds is passed over", () => {
    writeFileSync(path, JSON.stringify({ commit, config: "text", later: true }));
    expect(readRelease(path)).toEqual({ commit, config: "text", digests: {} });
    expect(readRelease(undefined)).toBeUndefined();
  });

  it.each([["{"], ['{"commit": "main", "config": ""}']])(
    "is refused where it is no release: %s",
    (text) => {
      writeFileSync(path, text);
      expect(() => readRelease(path)).toThrow(/is no release/);
    },
  );
});
