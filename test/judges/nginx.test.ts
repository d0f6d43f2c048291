/**
 * Proves on a real nginx, of the version in the controller's image, that it takes what we make of the typed
 * terms, and what then reaches a service: whose address, which headers, how large a body, over how many
 * connections, and whether a WebSocket comes through.
 *
 * It proves nothing about F5's controller, which writes the configuration live: nginx-host.ts says what
 * stands in for it. Certificates, redirects and its status are its own.
 */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { NginxConfig } from "../../components/platform/ingress.schema.ts";
import { Place, until } from "../data/programs.ts";
import { opened, proxyHeader, spoofed } from "./edge-client.ts";
import { clientOf, valuesOf } from "./edge-service.ts";
import { locationTemplate, NginxHost, seeded } from "./nginx-host.ts";

const running: { clear(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((host) => host.clear()));
});

async function start(change: Readonly<Record<string, unknown>> = {}): Promise<NginxHost> {
  const exposure = { kind: "load-balancer" };
  const host = await NginxHost.start(NginxConfig.parse({ kind: "nginx", exposure, ...change }));
  running.push(host);
  return host;
}

/** Sends the rest of a body. @returns what came back. */
async function finished(socket: Socket, rest: number): Promise<string> {
  const parts: Buffer[] = [];
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.write("x".repeat(rest));
  await until(
    "an answer, or the end of the connection",
    () => parts.length > 0 || socket.destroyed,
  );
  socket.destroy();
  return Buffer.concat(parts).toString();
}

const behind = (from: string) => ({
  exposure: { kind: "load-balancer", proxyProtocol: { from: [from] } },
});

describe("what a client says of itself", () => {
  it("does not reach a service, in whatever header", async () => {
    const host = await start();
    expect(await host.send({ headers: spoofed })).toMatchObject({ status: 200 });
    const [arrived] = host.arrived;
    expect(JSON.stringify(arrived)).not.toMatch(/192\.0\.2|forged/);
    expect(valuesOf(arrived, "x-forwarded-for")).toEqual(["127.0.0.2"]);
    expect(valuesOf(arrived, "x-real-ip")).toEqual(["127.0.0.2"]);
    expect(clientOf(arrived)).toBe("127.0.0.2");
  });

  it("does not reach a service in several lines of one header, or in other letters", async () => {
    const host = await start();
    const lines = "192.0.2.66\r\nX-FORWARDED-FOR: 192.0.2.67\r\nX_Forwarded_For: 192.0.2.68";
    await host.send({ headers: { "x-forwarded-for": lines, "TRUE-CLIENT-IP": "192.0.2.66" } });
    expect(JSON.stringify(host.arrived)).not.toContain("192.0.2");
  });

  it("takes nothing away from what nginx says, by a Connection header that names it", async () => {
    const host = await start();
    const headers = { Connection: "close, X-Real-IP, X-Forwarded-For" };
    await host.send({ headers: { ...spoofed, ...headers } });
    expect(valuesOf(host.arrived[0], "x-real-ip")).toEqual(["127.0.0.2"]);
    expect(valuesOf(host.arrived[0], "x-forwarded-for")).toEqual(["127.0.0.2"]);
  });

  it("is believed of X-Forwarded-For where it comes from a trusted proxy, as far as that goes", async () => {
    const host = await start({ trustedProxies: ["127.0.0.0/8"] });
    await host.send({ headers: { ...spoofed, "X-Forwarded-For": "192.0.2.66, 198.51.100.9" } });
    expect(clientOf(host.arrived[0])).toBe("198.51.100.9");
    expect(valuesOf(host.arrived[0], "x-forwarded-for")).toEqual(["198.51.100.9"]);
  });
});

describe("the template of the image", () => {
  const place = () => {
    const made = new Place([]);
    running.push(made);
    return made;
  };

  it("keeps every line but those that append to X-Forwarded-For, and the one about bodies", async () => {
    const grpc = "grpc_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    const before = `${locationTemplate}\n${grpc}`.split("\n");
    const after = (await seeded(place(), before.join("\n"))).split("\n");
    expect(after.filter((line, index) => line !== before[index])).toEqual([
      // Go's words: only hosts that take any size have the second directive.
      'client_max_body_size {{$location.ClientMaxBodySize}};{{if eq $location.ClientMaxBodySize "0"}} proxy_request_buffering off;{{end}}',
      "proxy_set_header X-Forwarded-For $remote_addr;",
      "grpc_set_header X-Forwarded-For $remote_addr;",
    ]);
  });

  it.each([
    ["says nothing of it", locationTemplate.replace(/.*X-Forwarded-For.*\n/, "")],
    [
      "passes the client's own on",
      `${locationTemplate}\nproxy_set_header X-Forwarded-For $http_x_forwarded_for;`,
    ],
  ])("stops the pod where it %s: a release that nobody looked at", async (_, template) => {
    await expect(seeded(place(), template)).rejects.toThrow(
      "says X-Forwarded-For in another way than is known here",
    );
  });
});

describe("behind a balancer that speaks the PROXY protocol", () => {
  it("the client is whom the balancer names, in either version", async () => {
    const host = await start(behind("127.0.0.0/8"));
    await host.send({ headers: spoofed, before: proxyHeader("198.51.100.9") });
    const before = "PROXY TCP4 198.51.100.10 192.0.2.1 12345 80\r\n";
    await host.send({ headers: spoofed, before });
    expect(host.arrived.map(clientOf)).toEqual(["198.51.100.9", "198.51.100.10"]);
    expect(host.arrived.flatMap((one) => valuesOf(one, "x-forwarded-for"))).toEqual([
      "198.51.100.9",
      "198.51.100.10",
    ]);
  });

  it("a connection without its header is refused: both ends or neither", async () => {
    const host = await start(behind("127.0.0.0/8"));
    const { status } = await host.send();
    expect([0, 400]).toContain(status);
    expect(host.arrived).toEqual([]);
  });

  it("nobody else may name a client", async () => {
    const host = await start(behind("192.168.255.0/24"));
    await host.send({ before: proxyHeader("198.51.100.9") });
    expect(clientOf(host.arrived[0])).toBe("127.0.0.2");
  });

  it("a header is refused where nobody speaks it", async () => {
    const host = await start();
    const before = proxyHeader("198.51.100.9");
    expect(await host.send({ before })).toMatchObject({ status: 400 });
  });
});

describe("requests", () => {
  it("may have a body of any size, or of the size that is said", async () => {
    const body = "x".repeat(3 * 2 ** 20);
    const open = await start();
    expect(await open.send({ body })).toMatchObject({ status: 200 });
    expect(open.arrived[0]?.bodyBytes).toBe(body.length);
    const narrow = await start({ maximumBody: "2Mi" });
    expect(await narrow.send({ body })).toMatchObject({ status: 413 });
    expect(await narrow.send({ body: body.slice(0, 2 ** 20) })).toMatchObject({ status: 200 });
    expect(narrow.arrived).toHaveLength(1);
  });

  it("come through as they are sent where any size may be: nginx' disk holds none of them", async () => {
    const open = await start();
    const begun = open.begin(2 ** 20);
    await until("the beginning of a body comes through", () => open.connections === 1);
    begun.destroy();
  });

  it("come through when they are whole where their size is bounded: a pod waits for no slow client", async () => {
    const narrow = await start({ maximumBody: "2Mi" });
    const begun = narrow.begin(2 ** 20);
    expect(await narrow.send({ body: "x".repeat(2 ** 20) })).toMatchObject({ status: 200 });
    expect(narrow.connections).toBe(1);
    begun.destroy();
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
    expect(await host.send()).toMatchObject({ status: 200 });
  });
});

describe("what lasts longer than a pod", () => {
  const second = 1_000;

  it("goes on when nginx is told of another pod, for as long as an answer may take", async () => {
    const host = await start({ drainSeconds: 1, answerTimeoutSeconds: 60 });
    const begun = host.begin(64);
    await until("the beginning of a body comes through", () => host.connections === 1);
    host.reload();
    await sleep(3 * second);
    expect(await finished(begun, 32)).toContain("200 OK");
  });

  it("is ended when it takes longer than that: processes of before do not pile up", async () => {
    const terms = { drainSeconds: 1, readTimeoutSeconds: 2, answerTimeoutSeconds: 1 };
    const host = await start(terms);
    const socket = host.begin(64);
    await until("the beginning of a body comes through", () => host.connections === 1);
    host.reload();
    const closed = new Promise((resolve) => socket.once("close", resolve));
    // A part every so often: it is not the pause between two that ends it.
    const talk = setInterval(() => socket.write("x"), second / 2);
    await closed;
    clearInterval(talk);
  });
});

describe("a WebSocket", () => {
  it("comes through, there and back, with nothing of what its client says of itself", async () => {
    const host = await start(behind("127.0.0.0/8"));
    const before = proxyHeader("198.51.100.9");
    expect(await host.webSocket({ headers: spoofed, before })).toEqual(opened);
    expect(clientOf(host.arrived[0])).toBe("198.51.100.9");
    expect(JSON.stringify(host.arrived)).not.toMatch(/192\.0\.2|forged/);
  });

  it("may be asked for in any letters", async () => {
    const host = await start();
    expect(await host.webSocket({ headers: { Upgrade: "WebSocket" } })).toEqual(opened);
  });

  it("is all that a connection may become: by h2c a client would get past what is dropped", async () => {
    const host = await start();
    const headers = { Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__", ...spoofed };
    expect((await host.webSocket({ headers })).status).toBe(200);
    const [arrived] = host.arrived;
    expect(valuesOf(arrived, "upgrade")).toEqual([]);
    expect(valuesOf(arrived, "connection")).toEqual(["close"]);
  });
});
