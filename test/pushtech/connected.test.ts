/** The check of programs that have no port of their own, against this machine's real connections. */
import { spawnSync } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { connectedTo } from "../../components/pushtech/probes.ts";
import { freePorts } from "../data/programs.ts";

/** Runs the check; its exit code. */
function run(port: number): number | null {
  const check = connectedTo(port);
  if (check.kind !== "exec") {
    throw new Error("not a command");
  }
  const [program = "", ...args] = check.command;
  return spawnSync(program, args, { stdio: "ignore" }).status;
}

describe("whether a pod is connected to a port", () => {
  it("is true while it is, and not when it only listens there or is gone", async () => {
    const server = createServer((accepted) => accepted.on("error", () => undefined));
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    expect(run(port)).toBe(1);
    const socket = connect(port, "127.0.0.1");
    await new Promise((resolve) => {
      server.once("connection", resolve);
    });
    expect(run(port)).toBe(0);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.resetAndDestroy();
    await closed;
    expect(run(port)).toBe(1);
    server.close();
  });

  it("is false of a port that nobody is connected to", async () => {
    const [port = 0] = await freePorts(1);
    expect(run(port)).toBe(1);
  });
});
