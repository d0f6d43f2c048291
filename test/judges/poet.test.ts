import { readFileSync } from "node:fs";

import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from "@grpc/grpc-js";
import { afterAll, describe, expect, it } from "vitest";

import { restarting } from "../../components/spacemesh/container-command.ts";
import type { NetworkTimes } from "../../components/spacemesh/node-template.ts";
import { poetCalendar } from "../../components/spacemesh/poet-calendar.ts";
import {
  poetArguments,
  poetConfigName,
  poetFile,
  type PoetInput,
} from "../../components/spacemesh/poet-files.ts";
import type { PoetVersion } from "../../components/spacemesh/poet-profiles.ts";
import { freePorts, Place, type Running, until } from "../data/programs.ts";

// The judge is the real PoET, of the commit that the facts name (v0.1), of the release next to the other
// one (v0.2), and of one that nodes fetch proofs from (v0.9). The nodes that they broadcast through are
// played: they take any call. What this does not prove: that a node takes the proof.

const programs = ["poet-v0.1", "poet-v0.2", "poet-v0.9"] as const;
const place = new Place(programs);
const gateways: Server[] = [];

afterAll(async () => {
  gateways.forEach((gateway) => {
    gateway.forceShutdown();
  });
  await place.clear();
});

/** A node's gateway API, and how many proofs it was handed. */
async function openGateway(port: number): Promise<{ proofs: () => number }> {
  const raw = (bytes: Buffer): Buffer => bytes;
  let proofs = 0;
  const server = new Server();
  gateways.push(server);
  server.addService(
    {
      broadcastPoet: {
        path: "/spacemesh.v1.GatewayService/BroadcastPoet",
        requestStream: false,
        responseStream: false,
        requestSerialize: raw,
        requestDeserialize: raw,
        responseSerialize: raw,
        responseDeserialize: raw,
      },
    },
    {
      broadcastPoet: (
        call: ServerUnaryCall<Buffer, Buffer>,
        answer: sendUnaryData<Buffer>,
      ): void => {
        proofs += call.request.length > 1_000 ? 1 : 0;
        // A status that is all right: an empty message in the first field.
        answer(null, Buffer.from([0x0a, 0x00]));
      },
    },
  );
  await new Promise<void>((settle, fail) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
      if (error === null) {
        settle();
      } else {
        fail(error);
      }
    });
  });
  return { proofs: () => proofs };
}

interface Deployed {
  readonly running: Running;
  /** Ends the program alone, as a crash does: what is round it stays. */
  readonly crash: () => void;
  /** What the REST API tells of the service; undefined while it serves nobody. */
  readonly info: () => Promise<{ servicePubKey?: string; openRoundId?: string } | undefined>;
  readonly said: (pattern: RegExp) => number;
}

/** A PoET as its container runs it: arguments and file are those that are deployed, ports and pause the test's. */
async function deploy(
  name: string,
  version: PoetVersion,
  over: Partial<PoetInput> & { readonly times: NetworkTimes },
  words: readonly string[] = [],
): Promise<Deployed> {
  const [rest = 0, rpc = 0] = await freePorts(2);
  const folder = await place.makeFolder(name);
  const input: PoetInput = {
    version,
    calendar: poetCalendar({}, over.times, 0, 0),
    genesisTime: "2022-11-22T12:00:00Z",
    genesisDelayMinutes: 0,
    index: 0,
    shiftSeconds: 0,
    gateways: [],
    ...over,
  };
  place.write(`${name}/${poetConfigName}`, poetFile(input));
  const { command, args } = restarting(`poet-${version}`, [
    ...poetArguments(input, `${folder}/data`, folder),
    // Said twice, the later word counts.
    `--restlisten=127.0.0.1:${rest}`,
    `--rpclisten=127.0.0.1:${rpc}`,
    ...words,
  ]);
  const pause = command.map((text) => text.replace(/sleep 10 &/, "sleep 0.2 &"));
  const running = place.start([...pause, ...args]);
  return {
    running,
    crash: () => {
      const shell = `${running.child.pid ?? 0}`;
      for (const pid of readFileSync(`/proc/${shell}/task/${shell}/children`, "utf8").split(" ")) {
        if (pid.trim() !== "") {
          process.kill(Number(pid), "SIGKILL");
        }
      }
    },
    info: async () => {
      try {
        const answer = await fetch(`http://127.0.0.1:${rest}/v1/info`);
        return answer.ok ? ((await answer.json()) as object) : undefined;
      } catch {
        return undefined;
      }
    },
    said: (pattern) => running.said().match(new RegExp(pattern, "g"))?.length ?? 0,
  };
}

const mininet: NetworkTimes = { layerSeconds: 200, layersPerEpoch: 6, epochSeconds: 1200 };

describe.concurrent("the real PoET", () => {
  it("of v0.1 starts once its gateways are there, and needs nobody after it ended", async () => {
    const [first = 0, second = 0] = await freePorts(2);
    const poet = await deploy("early", "v0.1", {
      times: mininet,
      gateways: [`127.0.0.1:${first}`, `127.0.0.1:${second}`],
    });
    // It gives up after ten seconds, ends, and is started again: as when a network is made.
    await until("a first try that fails", () => poet.said(/failed to start server/) > 0);
    expect(await poet.info()).toBeUndefined();
    await Promise.all([first, second].map(openGateway));
    await until("the service", async () => (await poet.info()) !== undefined);
    expect(poet.running.said()).toContain("N: 21");
    const before = await poet.info();
    expect(before?.openRoundId).toBeDefined();

    const starts = poet.said(/Service public key/);
    poet.crash();
    await until("another start", () => poet.said(/Service public key/) > starts);
    await until("the service again", async () => (await poet.info()) !== undefined);
    expect(poet.said(/started again/)).toBeGreaterThanOrEqual(2);
  });

  it("of v0.1 closes its first round when the file says, and hands its proof to the gateways", async () => {
    const ports = await freePorts(2);
    const nodes = await Promise.all(ports.map(openGateway));
    const given = {
      // The first round is closed after a second, the next ones are open for long.
      times: { layerSeconds: 1, layersPerEpoch: 60, epochSeconds: 60 },
      gateways: ports.map((port) => `127.0.0.1:${port}`),
    };
    // A shallow tree: one of the file's height takes half a minute of a core.
    const poet = await deploy("proof", "v0.1", given, ["--n=10"]);
    await until("a proof at each gateway", () => nodes.every(({ proofs }) => proofs() > 0));
    await until("its own word for it", () => poet.said(/execution ended/) > 0);
  });

  it("of v0.2 follows genesis and epochs of the file, with half of its gateways", async () => {
    const [there = 0, missing = 0] = await freePorts(2);
    await openGateway(there);
    const poet = await deploy("epochs", "v0.2", {
      times: mininet,
      genesisTime: "2999-11-22T12:00:00Z",
      gateways: [`127.0.0.1:${there}`, `127.0.0.1:${missing}`],
    });
    await until("the service", async () => (await poet.info()) !== undefined);
    expect(poet.running.said()).toMatch(/genesis: 2999-11-22T12:00:00Z/);
    expect(poet.running.said()).toMatch(/Failed to connect to 1\/2 gateway nodes/);
    // Before genesis the round of epoch 0 is open.
    expect(await poet.info()).toMatchObject({ openRoundId: "0" });
  });

  it("of v0.9 is told no gateway, and serves at once", async () => {
    const poet = await deploy("fetched", "v0.9", {
      times: mininet,
      gateways: ["127.0.0.1:1"],
      calendar: poetCalendar({}, mininet, 1, 60),
    });
    await until("the service", async () => (await poet.info()) !== undefined);
    expect(poet.running.said()).toContain(
      '{"epoch-duration":"20m0s","phase-shift":"11m0s","cycle-gap":"2m0s"}',
    );
  });

  // The judge sees what it is here for: words of one version end another.
  it.each([
    ["v0.1", "v0.2", /unknown flag `initialduration'/],
    ["v0.2", "v0.1", /unknown option: genesis-time/],
    ["v0.2", "v0.9", /unknown flag `gateway'/],
  ] as const)("ends at the words of %s where it is of %s", async (words, version, complaint) => {
    const name = `wrong-${words}-${version}`;
    const folder = await place.makeFolder(name);
    const input: PoetInput = {
      version: words,
      times: mininet,
      calendar: poetCalendar({}, mininet, 0, 0),
      genesisTime: "2022-11-22T12:00:00Z",
      genesisDelayMinutes: 0,
      index: 0,
      shiftSeconds: 0,
      gateways: ["127.0.0.1:1"],
    };
    place.write(`${name}/${poetConfigName}`, poetFile(input));
    const { code, output } = await place.run([
      `poet-${version}`,
      ...poetArguments(input, `${folder}/data`, folder),
      "--restlisten=127.0.0.1:0",
      "--rpclisten=127.0.0.1:0",
    ]);
    expect(code).not.toBe(0);
    expect(output).toMatch(complaint);
  });
});
