/**
 * Runs what the pods of the web services run of ours: the program that asks a node whether it is in sync, and
 * the shell that waits for the collector. It proves nothing of the node's own answers, which are played.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, expect, it } from "vitest";

import { WebServicesConfig } from "../../components/spacemesh/web-services.schema.ts";
import { webNodeContainer } from "../../components/spacemesh/web-node.ts";
import { freePorts, until } from "../data/programs.ts";

const program = join(import.meta.dirname, "../../components/spacemesh/sync-check-program.mjs");
const folder = mkdtempSync(join(tmpdir(), "fleet-web-"));
const started: ChildProcess[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
  }
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A node that answers what it is told to, and notes how it was asked. */
async function node(
  answer: (asked: { method: string; url: string }) => { status: number; body: string } | "silence",
): Promise<string> {
  const server = createServer((request, response) => {
    const said = answer({ method: request.method ?? "", url: request.url ?? "" });
    if (said !== "silence") {
      response.writeHead(said.status).end(said.body);
    }
  });
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/node/status`;
}

/** Starts the check, and asks it as the kubelet does. */
async function check(
  statusUrl: string,
  patience = 60_000,
): Promise<{ child: ChildProcess; ask: () => Promise<number> }> {
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, [program], {
    env: {
      ...{ PATH: process.env["PATH"], STATUS_URL: statusUrl, PORT: `${port}` },
      PATIENCE_MS: `${patience}`,
    },
    stdio: "ignore",
  });
  started.push(child);
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/`)).status;
  await until("the check answers", async () => {
    try {
      return (await ask()) > 0;
    } catch {
      return false;
    }
  });
  return { child, ask };
}

it("a node is ready once it says so itself, in the words of old and new versions", async () => {
  const asked = new Set<string>();
  let body = "";
  const url = await node(({ method, url }) => {
    asked.add(`${method} ${url}`);
    return { status: 200, body };
  });
  const { ask } = await check(url);
  const answers: number[] = [];
  for (const status of [
    { is_synced: true },
    { isSynced: true },
    { is_synced: false },
    { connected_peers: "7" },
  ]) {
    body = JSON.stringify({ status });
    answers.push(await ask());
  }
  expect(answers).toEqual([200, 200, 503, 503]);
  expect([...asked]).toEqual(["POST /v1/node/status"]);
});

it("a node that answers nonsense, an error or nobody is not ready", async () => {
  let said = { status: 200, body: "<html>" };
  const { ask } = await check(await node(() => said));
  expect(await ask()).toBe(503);
  said = { status: 500, body: '{"status":{"isSynced":true}}' };
  expect(await ask()).toBe(503);
  const nobody = await check("http://127.0.0.1:9/");
  expect(await nobody.ask()).toBe(503);
});

it("a node that does not answer is not ready: the kubelet is not kept waiting for it", async () => {
  // The node would never answer: that the check does at all is its own patience.
  const { ask } = await check(await node(() => "silence"), 300);
  expect(await ask()).toBe(503);
});

it("the check ends when its pod does", async () => {
  const { child } = await check(await node(() => "silence"), 300);
  const ended = new Promise((settle) => child.on("exit", settle));
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

/** The node's container as the collector's pod starts it, with another program in the node's place. */
function waiting(marker: string, words: readonly string[]): ChildProcess {
  const { command = [], args = [] } = webNodeContainer({
    network: {
      image: { reference: "docker.io/spacemeshos/go-spacemesh-dev:38056f5", pullSecrets: [] },
      version: "v0.2.17",
      config: pulumi.output(""),
    },
    config: WebServicesConfig.parse({}).publicApi.node,
    json: false,
    apis: ["node"],
    awaits: { volume: "marker", folder, file: marker },
  });
  const [file = ""] = args as string[];
  const [shell = "", ...rest] = command;
  const child = spawn(shell, [...rest, file, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  return child;
}

/** Processes that one has started itself. */
const childrenOf = ({ pid = 0 }: ChildProcess): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((one) => one !== "");

const saidBy = (child: ChildProcess): Promise<string> =>
  new Promise((settle) => {
    let said = "";
    child.stdout?.on("data", (part: Buffer) => (said += part.toString()));
    child.on("close", () => {
      settle(said);
    });
  });

it("the collector's node starts once the collector listens, with its arguments as they are", async () => {
  const child = waiting("explorer-collector", ["printf", "%s|", "a b", "$HOME", "--x=*"]);
  const said = saidBy(child);
  await new Promise((settle) => setTimeout(settle, 300));
  expect(child.exitCode).toBeNull();
  writeFileSync(join(folder, "explorer-collector"), "started");
  expect(await said).toBe("a b|$HOME|--x=*|");
});

it("the collector's node ends at once with its pod while it waits", async () => {
  const child = waiting("never", ["true"]);
  const ended = new Promise((settle) => child.on("exit", settle));
  // Its first pause begins after it is ready to be told.
  await until("it waits", () => childrenOf(child).length > 0);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});
