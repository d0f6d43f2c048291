/**
 * The policy pack under the real engine, without a cluster: which rules stop a preview, what is said of
 * them, what could not be told, and that nothing of it repeats a secret.
 *
 * That every stack keeps to the rules is test/policy/stacks.test.ts's; that `make up` runs the pack over
 * a whole stack, sandbox.e2e.test.ts's and its like.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import * as grpc from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { rules } from "../../policy/rules.ts";
import { packPrograms, packWords } from "../../sandbox/policy.ts";
import { parseEvent } from "../../sandbox/events.ts";
import { clone } from "../rendered.ts";
import { packedEngine, ScratchProgram } from "./scratch-program.ts";

/** A token by its shape, and worth nothing. */
const token = `ghp_${"a1B2".repeat(9)}`;

const program = `import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as linode from "@pulumi/linode";

const { token, unknown } = JSON.parse(readFileSync("wish.json", "utf8"));
const kubeconfig = JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [{ name: "x", cluster: { server: "https://127.0.0.1:1" } }], contexts: [{ name: "x", context: { cluster: "x", user: "x" } }], "current-context": "x", users: [{ name: "x", user: {} }] });
const provider = new kubernetes.Provider("cluster", { kubeconfig });
const account = new linode.Provider("account", {});
const balancer = new linode.NodeBalancer("balancer", { region: "eu-central", label: "scratch" }, { provider: account });
new kubernetes.core.v1.ConfigMap("settings", { metadata: { name: "settings", namespace: "shop" }, data: { "app.conf": "token = " + token } }, { provider });
if (unknown) new kubernetes.core.v1.Namespace("shop", { metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": balancer.hostname, "pod-security.kubernetes.io/enforce-version": "v1.36" } } }, { provider });
`;

const scratch = new ScratchProgram("policy", program, packedEngine());

interface Seen {
  readonly code: number | null;
  readonly said: string;
  /** Rule, level and resource of each policy event. */
  readonly events: readonly string[];
}

async function preview(wish: { token: string; unknown: boolean }): Promise<Seen> {
  const log = join(scratch.root, "events.json");
  rmSync(log, { force: true });
  scratch.wish(wish);
  const words = ["preview", "--color", "never", "--event-log", log, ...packWords(clone)];
  const { code, stdout, stderr } = await scratch.engine(words);
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  const events = text.split("\n").flatMap((line) => {
    const { policyEvent } = parseEvent(line) ?? {};
    return policyEvent === undefined
      ? []
      : [
          `${policyEvent.policyName} ${policyEvent.enforcementLevel} ${policyEvent.resourceUrn.split("::").at(-1) ?? ""}`,
        ];
  });
  return { code, said: `${stdout}\n${stderr}\n${text}`, events };
}

beforeAll(() => scratch.makeStack());
afterAll(() => {
  scratch.dispose();
});

describe("a preview under the pack", () => {
  test("passes where every rule is kept to", async () => {
    const { code, said, events } = await preview({ token: "none", unknown: false });
    expect(events).toEqual([]);
    expect(code, said).toBe(0);
  });

  test("fails where one is not, names the rule and the resource, and does not repeat the secret", async () => {
    const { code, said, events } = await preview({ token, unknown: false });
    expect(code).not.toBe(0);
    expect(events).toEqual(["plain-secrets mandatory settings"]);
    expect(said).toContain("data.app.conf looks like an access token");
    const told = said.split("\n").filter((line) => line.includes("policyEvent"));
    expect(told.join("\n")).not.toContain(token);
  });

  test("says of what is not known yet that it could not be told, and does not stop for it", async () => {
    const { code, said, events } = await preview({ token: "none", unknown: true });
    expect(events).toEqual(["namespace-enforces advisory shop"]);
    expect(said).toContain("can't run policy 'namespace-enforces'");
    expect(said).toContain("enforces «unknown until the update», not restricted");
    expect(code, said).toBe(0);
  });
});

/** Starts the pack by a command and asks it for its rules. */
async function rulesOf(
  command: string,
  words: readonly string[],
  folder: string,
): Promise<readonly string[]> {
  const child = spawn(command, words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = await new Promise<string>((settle, fail) => {
      child.stdout.once("data", (text: Buffer) => {
        settle(text.toString("utf8").trim());
      });
      child.once("close", (code) => {
        fail(new Error(`the pack ended with ${code ?? "a signal"}`));
      });
    });
    const client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const info = await new Promise<AnalyzerInfo>((settle, fail) => {
      client.getAnalyzerInfo(new empty.Empty(), (error, answer) => {
        if (error === null) {
          settle(answer);
        } else {
          fail(error);
        }
      });
    });
    client.close();
    return info.getPoliciesList().map((policy) => policy.getName());
  } finally {
    child.kill("SIGKILL");
  }
}

describe("the pack's process", () => {
  const names = rules.map(({ name }) => name);

  test("is started by the SDK's own runner, as the official engine does it", async () => {
    const runner = join(clone, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    const given = await rulesOf(
      process.execPath,
      [runner, "127.0.0.1:1", "."],
      join(clone, "policy"),
    );
    expect(given).toEqual(names);
  });

  test("is started by the sandbox's program, with the same rules", async () => {
    const shim = join(packPrograms, "pulumi-analyzer-policy-fleet");
    const given = await rulesOf(shim, ["127.0.0.1:1", "."], join(clone, "sandbox/policy"));
    expect(given).toEqual(names);
  });
});
