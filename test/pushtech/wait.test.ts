/** The container that holds pods back, as the real bash runs it against real ports. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { waitContainer, waitScript } from "../../components/pushtech/wait.ts";
import { freePorts } from "../data/programs.ts";

const open: Server[] = [];

afterEach(() => {
  for (const server of open.splice(0)) {
    server.close();
  }
});

const listen = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.destroy();
    });
    open.push(server);
    server.listen(port, "127.0.0.1", () => {
      resolve();
    });
  });

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs the container's command; `heard` is called with all that it has said so far. */
function wait(
  targets: string,
  seconds: number,
  heard: (said: string) => void = () => undefined,
): Promise<Ended> {
  const child = spawn("bash", ["-c", waitScript], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: "/usr/bin:/bin", TARGETS: targets, WAIT_SECONDS: `${seconds}` },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      heard(said);
    });
  }
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code, said });
    });
  });
}

describe("a wait", () => {
  it("ends at once where all answer", async () => {
    const [one = 0, two = 0] = await freePorts(2);
    await Promise.all([listen(one), listen(two)]);
    const { code, said } = await wait(`mongo=127.0.0.1:${one} kafka=127.0.0.1:${two}`, 300);
    expect(code).toBe(0);
    // It has said for nothing that it waits. The shell's own seconds turn whenever the clock's do.
    expect(said).toMatch(/^mongo answers after \d+ s\nkafka answers after \d+ s\n$/);
  });

  it("ends when what comes late is there, and says for what it waited", async () => {
    const [port = 0] = await freePorts(1);
    const { code, said } = await wait(`mongo=127.0.0.1:${port}`, 300, (text) => {
      if (text.includes("waiting for mongo") && open.length === 0) {
        void listen(port);
      }
    });
    expect(code).toBe(0);
    expect(said).toMatch(
      new RegExp(`^waiting for mongo at 127.0.0.1:${port}\nmongo answers after \\d+ s\n$`),
    );
  });

  it("gives up loudly when its time is over, and names what did not answer", async () => {
    const [there = 0, port = 0] = await freePorts(2);
    await listen(there);
    const { code, said } = await wait(`mongo=127.0.0.1:${there} kafka=127.0.0.1:${port}`, 1);
    expect(code).toBe(1);
    expect(said).toContain("mongo answers");
    expect(said).toMatch(/gave up after \d+ s: nothing answers at 127.0.0.1:\d+ \(kafka\)\n$/);
  });

  it("takes a name that nobody knows yet for one that does not answer", async () => {
    const { code, said } = await wait("kafka=kafka.invalid:9092", 0);
    expect(code).toBe(1);
    expect(said).toMatch(
      /^gave up after \d+ s: nothing answers at kafka\.invalid:9092 \(kafka\)\n$/,
    );
  });
});

describe("its container", () => {
  it("is told where, and for how long", () => {
    const targets = [{ name: "mongo", host: "storage-db", port: 27_017 }];
    const container = waitContainer({ image: "docker.io/example/app:1" }, targets, 300);
    expect(container.command).toEqual(["bash", "-c", waitScript]);
    expect(container.env).toEqual({ TARGETS: "mongo=storage-db:27017", WAIT_SECONDS: "300" });
  });
});
