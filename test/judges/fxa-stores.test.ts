/**
 * Runs Firefox Accounts' Redis and Memcached as production's pods would, by the words and files that are rendered for
 * them, with the real programs: what they are told is understood, and they keep within their memory.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseQuantity } from "../../components/base/quantity.ts";
import type { Container } from "../../policy/graph/objects.ts";
import { freePorts, killGroup, Place, type Running, until } from "../data/programs.ts";
import { render } from "../rendered.ts";
import { mount, podsNamed } from "./mounted.ts";

const { world } = await render("fxa-production");

let place: Place;

beforeAll(() => {
  place = new Place(["redis-server", "redis-cli", "memcached"]);
});

afterAll(async () => {
  await place.clear();
});

/** The main container of a store. */
function containerOf(name: string): Container {
  const [container] = podsNamed(world, name).spec.containers;
  if (container === undefined) {
    throw new Error(`${name} has no container`);
  }
  return container;
}

/** Limit of a store's memory in bytes. */
const limitOf = (name: string): number =>
  parseQuantity(containerOf(name).resources.limits?.["memory"] ?? "0");

/** The most memory in bytes that a program had until now. */
const mostMemory = ({ child }: Running): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, "utf8"))?.[1]) *
  1024;

describe("the Redis of Firefox Accounts", () => {
  it("keeps what was written over the loss of its pod, and holds less than its memory", async () => {
    const name = "redis-master";
    const [port = 0] = await freePorts(1);
    await place.makeFolder("data");
    const mounted = mount(world, podsNamed(world, name), place.folder);
    const { command = [], args = [] } = containerOf(name);
    const ask = (...words: string[]) => place.ok(["redis-cli", "-p", `${port}`, ...words]);
    const start = async (): Promise<Running> => {
      const running = place.start([
        ...[...command, ...args].map((word) => mounted.moved(word)),
        // Of this machine: the command line comes after the file.
        ...["--port", `${port}`, "--bind", "127.0.0.1"],
      ]);
      await until(`Redis answers (${running.said()})`, async () => {
        if (running.child.exitCode !== null) {
          throw new Error(`Redis did not start:\n${running.said()}`);
        }
        return (await place.run(["redis-cli", "-p", `${port}`, "PING"])).output === "PONG\n";
      });
      return running;
    };

    const first = await start();
    expect(await ask("CONFIG", "GET", "appendonly")).toBe("appendonly\nyes");
    expect(await ask("CONFIG", "GET", "maxmemory-policy")).toContain("noeviction");
    // Its callers know no password: network policies keep others out.
    expect(await ask("CONFIG", "GET", "protected-mode")).toBe("protected-mode\nno");
    const most = Number((await ask("CONFIG", "GET", "maxmemory")).split("\n")[1]);
    expect(most).toBeGreaterThan(limitOf(name) / 2);
    expect(most).toBeLessThan(limitOf(name));
    await ask("HSET", "session:1", "uid", "00ff");
    // With a slow disk it answers up to two seconds before it writes.
    await until("Redis' log has all", async () =>
      /aof_buffer_length:0\r?\n/.test(await ask("INFO", "persistence")),
    );
    await killGroup(first.child);
    const second = await start();
    expect(await ask("HGET", "session:1", "uid")).toBe("00ff");
    await killGroup(second.child);
  });
});

describe("the Memcached of Firefox Accounts", () => {
  const name = "memcached";
  let port: number;
  let running: Running;
  let socket: Socket;

  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    const { command = [], args = [] } = containerOf(name);
    // Of this machine: the last word on a setting counts.
    running = place.start([...command, ...args, "-p", `${port}`, "-l", "127.0.0.1"]);
    await until("Memcached answers", () => opened());
  });

  afterAll(async () => {
    socket.destroy();
    await killGroup(running.child);
  });

  const opened = (): Promise<boolean> =>
    new Promise((settle) => {
      if (running.child.exitCode !== null) {
        throw new Error(`Memcached did not start:\n${running.said()}`);
      }
      socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        settle(true);
      });
      socket.once("error", () => {
        settle(false);
      });
    });

  /** Sends a command, and hands back what is said until a line that ends it. */
  const ask = (command: string, end: RegExp): Promise<string> =>
    new Promise((settle) => {
      let said = "";
      const listen = (chunk: Buffer): void => {
        said += chunk.toString();
        if (end.test(said)) {
          socket.off("data", listen);
          settle(said);
        }
      };
      socket.on("data", listen);
      socket.write(command);
    });

  const stats = async (about = ""): Promise<Map<string, string>> => {
    const lines = await ask(`stats ${about}\r\n`, /END\r\n$/);
    const pairs = lines.matchAll(/^STAT (\S+) (.*)\r$/gm);
    return new Map(Array.from(pairs, ([, key = "", value = ""]) => [key, value]));
  };

  it("counts for its callers, with what it was told", async () => {
    expect(await ask("set fails 0 60 1\r\n1\r\n", /\r\n$/)).toBe("STORED\r\n");
    expect(await ask("incr fails 2\r\n", /\r\n$/)).toBe("3\r\n");
    expect(await ask("get fails\r\n", /END\r\n$/)).toContain("\r\n3\r\n");
    const told = await stats("settings");
    expect(told.get("udpport")).toBe("0");
    expect(Number(told.get("maxbytes"))).toBe(64 * 2 ** 20);
  });

  it("forgets what is old when it is full, rather than pass the limit of its memory", async () => {
    const value = "x".repeat(240);
    for (let batch = 0; batch < 50; batch += 1) {
      const writes = Array.from(
        { length: 10_000 },
        (_, count) => `set ${batch}-${count} 0 0 240 noreply\r\n${value}\r\n`,
      );
      await ask(`${writes.join("")}version\r\n`, /VERSION.*\r\n$/);
    }
    const large = "y".repeat(500_000);
    for (let count = 0; count < 200; count += 1) {
      await ask(`set large-${count} 0 0 500000\r\n${large}\r\n`, /\r\n$/);
    }
    expect(Number((await stats()).get("evictions"))).toBeGreaterThan(10_000);
    const most = mostMemory(running);
    expect(most).toBeGreaterThan(64 * 2 ** 20);
    // What the rule of its size takes for granted, in MiB.
    expect(most / 2 ** 20).toBeLessThan(64 + 32 + 4);
    expect(most).toBeLessThan(limitOf(name));
  });
});
