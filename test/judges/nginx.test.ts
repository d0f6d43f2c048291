/**
 * Proves on a real nginx that it takes what we make of the typed terms, and what then reaches a service:
 * whose address, which headers, how large a body, and over how many connections.
 *
 * It proves nothing about F5's controller, which writes the configuration live: nginx-host.ts says what
 * stands in for it. Certificates, redirects and its status are its own.
 */
import { afterEach, describe, expect, it } from "vitest";

import { NginxConfig } from "../../components/platform/ingress.schema.ts";
import { type Arrived, NginxHost } from "./nginx-host.ts";

const running: NginxHost[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.clear()));
});

async function start(change: Readonly<Record<string, unknown>> = {}): Promise<NginxHost> {
  const exposure = { kind: "load-balancer" };
  const host = await NginxHost.start(NginxConfig.parse({ kind: "nginx", exposure, ...change }));
  running.push(host);
  return host;
}

/** All values of a header. */
const valuesOf = (arrived: Arrived | undefined, header: string): readonly string[] =>
  (arrived?.headers ?? []).flatMap(([name, value]) => (name === header ? [value] : []));

/**
 * The client as Skywire's services see it: True-Client-IP, else X-Real-IP, else the first entry of
 * X-Forwarded-For's first line (facts/skywire.md 2.1).
 */
const clientOf = (arrived: Arrived | undefined): string | undefined =>
  ["true-client-ip", "x-real-ip", "x-forwarded-for"]
    .flatMap((header) => valuesOf(arrived, header).slice(0, 1))
    .map((value) => value.split(",")[0]?.trim())[0];

const spoofed = {
  "True-Client-IP": "192.0.2.66",
  "X-Real-IP": "192.0.2.66",
  "X-Forwarded-For": "192.0.2.66, 192.0.2.67",
};

/** A PROXY header of version 2 for a TCP connection over IPv4. */
function proxyHeader(from: string): Buffer {
  const address = (text: string): number[] => text.split(".").map(Number);
  const signature = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
  const head = [...signature, 0x21, 0x11, 0x00, 0x0c];
  return Buffer.from([...head, ...address(from), ...address("192.0.2.1"), 0x30, 0x39, 0x00, 0x50]);
}

const behind = (from: string) => ({
  exposure: { kind: "load-balancer", proxyProtocol: { from: [from] } },
});

describe("what a client says of itself", () => {
  it("is not believed, in whatever header", async () => {
    const host = await start();
    expect(await host.send(spoofed)).toEqual({ status: 200 });
    const [arrived] = host.arrived;
    expect(clientOf(arrived)).toBe("127.0.0.2");
    expect(valuesOf(arrived, "true-client-ip")).toEqual([]);
    expect(valuesOf(arrived, "x-real-ip")).toEqual(["127.0.0.2"]);
    // The template's own line comes after ours, with the client's entries in it.
    expect(valuesOf(arrived, "x-forwarded-for")[0]).toBe("127.0.0.2");
  });

  it("is believed of X-Forwarded-For where it comes from a trusted proxy", async () => {
    const host = await start({ trustedProxies: ["127.0.0.0/8"] });
    await host.send({ ...spoofed, "X-Forwarded-For": "192.0.2.66, 198.51.100.9" });
    expect(clientOf(host.arrived[0])).toBe("198.51.100.9");
  });
});

describe("behind a balancer that speaks the PROXY protocol", () => {
  it("the client is whom the balancer names, in either version", async () => {
    const host = await start(behind("127.0.0.0/8"));
    await host.send(spoofed, "", proxyHeader("198.51.100.9"));
    await host.send(spoofed, "", "PROXY TCP4 198.51.100.10 192.0.2.1 12345 80\r\n");
    expect(host.arrived.map(clientOf)).toEqual(["198.51.100.9", "198.51.100.10"]);
  });

  it("a connection without its header is refused: both ends or neither", async () => {
    const host = await start(behind("127.0.0.0/8"));
    const { status } = await host.send();
    expect([0, 400]).toContain(status);
    expect(host.arrived).toEqual([]);
  });

  it("nobody else may name a client", async () => {
    const host = await start(behind("192.168.255.0/24"));
    await host.send({}, "", proxyHeader("198.51.100.9"));
    expect(clientOf(host.arrived[0])).toBe("127.0.0.2");
  });

  it("a header is refused where nobody speaks it", async () => {
    const host = await start();
    expect(await host.send({}, "", proxyHeader("198.51.100.9"))).toEqual({ status: 400 });
  });
});

describe("requests", () => {
  it("may have a body of any size, or of the size that is said", async () => {
    const large = "x".repeat(3 * 2 ** 20);
    const open = await start();
    expect(await open.send({}, large)).toEqual({ status: 200 });
    expect(open.arrived[0]?.bodyBytes).toBe(large.length);
    const narrow = await start({ maximumBody: "2Mi" });
    expect(await narrow.send({}, large)).toEqual({ status: 413 });
    expect(await narrow.send({}, large.slice(0, 2 ** 20))).toEqual({ status: 200 });
    expect(narrow.arrived).toHaveLength(1);
  });

  it("each have a connection of their own to the service: none is idle when it closes them", async () => {
    const host = await start();
    await host.send();
    await host.send();
    expect(host.arrived.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(host.arrived.flatMap((one) => valuesOf(one, "connection"))).toEqual(["close", "close"]);
  });

  it("may take as long as they like where the times are 0", async () => {
    const host = await start({ readTimeoutSeconds: 0, answerTimeoutSeconds: 0, drainSeconds: 0 });
    expect(await host.send()).toEqual({ status: 200 });
  });
});
