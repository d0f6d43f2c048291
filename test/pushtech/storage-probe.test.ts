/**
 * The storage's checks as a real node runs them, against a server that behaves as gorenje/backend's does. That the
 * image's node 8.9 takes the program is shown by a parser of that language's words.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server as HttpServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "acorn";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";

import { storageProbeScript } from "../../components/pushtech/storage-probe.ts";
import { freePorts } from "../data/programs.ts";

const folder = mkdtempSync(join(tmpdir(), "fleet-storage-probe-"));
const file = join(folder, "storage-probe.js");
writeFileSync(file, storageProbeScript);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a process of the storage does with a request: answers, or leaves it open. */
type Process = number | "hangs";

let storage: HttpServer;
let mongo: Server;
let processes: Process[];
let asked: IncomingMessage[];
let sockets: number;

const portOf = (server: HttpServer | Server): number => (server.address() as AddressInfo).port;
const up = (server: HttpServer | Server): Promise<void> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve();
    });
  });

beforeEach(async () => {
  processes = [200, 200, 200, 200];
  asked = [];
  sockets = 0;
  storage = createServer((request, response) => {
    const behaviour = processes[asked.length % processes.length] ?? 200;
    asked.push(request);
    if (behaviour !== "hangs") {
      response.writeHead(behaviour).end('{"version":"1.0","data":[]}');
    }
  });
  storage.on("connection", () => (sockets += 1));
  mongo = createTcpServer((socket) => socket.destroy());
  await Promise.all([up(storage), up(mongo)]);
});

afterEach(() => {
  storage.closeAllConnections();
  storage.close();
  mongo.close();
});

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the check as the kubelet would, with the container's variables. */
function check(
  mode: "ready" | "alive",
  change: {
    readonly mongoPort?: number;
    readonly port?: number;
    readonly seconds?: number;
  } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [file, mode, `${change.seconds ?? 60}`], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PORT: `${change.port ?? portOf(storage)}`,
      API_USER: "storage-user",
      API_PASSWORD: "storage-password",
      WEB_CONCURRENCY: "4",
      MONGOHQ_URL: `mongodb://127.0.0.1:${change.mongoPort ?? portOf(mongo)}/store`,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  }
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, said });
    });
  });
}

describe("the check of a storage that has its data", () => {
  it("asks every process over a connection of its own, for an offer that does not exist", async () => {
    expect(await check("ready")).toEqual({ code: 0, said: "" });
    expect([asked.length, sockets]).toEqual([4, 4]);
    const [first] = asked;
    expect(first?.url).toBe("/offers?_id=000000000000000000000000");
    const login = Buffer.from("storage-user:storage-password").toString("base64");
    expect(first?.headers.authorization).toBe(`Basic ${login}`);
  });

  it("finds it alive", async () => {
    expect(await check("alive")).toEqual({ code: 0, said: "" });
  });
});

describe("the check of a storage of which one process never got to Mongo", () => {
  it.each<[string, Process, string]>([
    ["fails its requests", 500, "1 of 4 requests for data fail: answers 500\n"],
    ["never answers them", "hangs", "1 of 4 requests for data fail: no answer within 4 s\n"],
  ])("that %s finds it not ready, and to be started anew", async (_, behaviour, said) => {
    processes[2] = behaviour;
    // As long as that the others may take.
    expect(await check("ready", { seconds: 4 })).toEqual({ code: 1, said });
    asked = [];
    expect(await check("alive", { seconds: 4 })).toEqual({ code: 1, said });
  });

  it("says nothing of the login where that is refused", async () => {
    processes.fill(401);
    const { code, said } = await check("ready");
    expect([code, said]).toEqual([1, "4 of 4 requests for data fail: answers 401\n"]);
  });
});

describe("the check of a storage whose Mongo is away", () => {
  it("finds it not ready and alive: a restart would mend nothing", async () => {
    processes.fill(500);
    const [mongoPort = 0] = await freePorts(1);
    expect((await check("ready", { mongoPort })).code).toBe(1);
    const { code, said } = await check("alive", { mongoPort });
    expect(code).toBe(0);
    expect(said).toContain("Mongo is away");
  });
});

describe("the check of a storage that does not listen", () => {
  it("finds it neither ready nor alive", async () => {
    const [port = 0] = await freePorts(1);
    const expected = { code: 1, said: "4 of 4 requests for data fail: ECONNREFUSED\n" };
    expect(await check("ready", { port })).toEqual(expected);
    expect(await check("alive", { port })).toEqual(expected);
  });
});

describe("the program", () => {
  it("has no word that node 8.9 does not know", () => {
    expect(() => parse(storageProbeScript, { ecmaVersion: 2017 })).not.toThrow();
    expect(() => parse("a?.b", { ecmaVersion: 2017 })).toThrow();
  });
});
