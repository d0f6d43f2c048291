/**
 * `make verify` against real servers on this machine: every kind of endpoint in good order, and with
 * the faults that it is there to find. What it says of the internet is proved by using it.
 */
import type { ServerResponse } from "node:http";

import { afterEach, describe, expect, it } from "vitest";

import type { StackOutputs } from "../../ops/outputs.ts";
import { type Verified, verifyAll, verifyReport } from "../../ops/verify/command.ts";
import { judgeCertificate } from "../../ops/verify/http.ts";
import { internet, type Network, parseAddress } from "../../ops/verify/probe.ts";
import { type ClusterObjects, verifyObjects } from "../../ops/verify/sandbox.ts";
import { freePorts } from "../data/programs.ts";
import { authority, expired, good, selfSigned } from "./certificates.ts";
import {
  httpServer,
  httpsServer,
  nameServer,
  type Running,
  stunServer,
  tcpServer,
  udpServer,
} from "./verify-servers.ts";

const servers: Running[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ stop }) => stop()));
});

const run = async (starting: Promise<Running>): Promise<number> => {
  const server = await starting;
  servers.push(server);
  return server.port;
};

/** A port at which nothing listens. */
const closedPort = async (): Promise<number> => (await freePorts(1))[0] ?? 0;

/** Where nobody answers: all other answers come by themselves, however slow this machine is. */
const silence = { timeoutMilliseconds: 600 };
/** Where one thing answers and another does not. */
const halfSilence = { timeoutMilliseconds: 3_000 };

/** A world in which every name and port is one of ours. */
const world = (ports: Readonly<Record<string, number>>, more: Partial<Network> = {}): Network => ({
  ...internet(),
  at: (host, port) => ({ host: "127.0.0.1", port: ports[`${host}:${port}`] ?? 1 }),
  timeoutMilliseconds: 60_000,
  authorities: [authority],
  ...more,
});

interface One {
  readonly url: string;
  readonly check?: string;
  readonly name?: string;
}

const outputs = (...endpoints: One[]): StackOutputs => ({
  endpoints: endpoints.map((one) => ({
    name: "one",
    kind: one.url.split(":")[0] ?? "",
    ...one,
  })),
  records: [],
});

async function verdicts(stack: StackOutputs, network: Network): Promise<string[]> {
  return (await verifyAll(stack, network)).map(({ result, detail }) => `${result}: ${detail}`);
}

const only = async (one: One, ports: Record<string, number>, more?: Partial<Network>) =>
  (await verdicts(outputs(one), world(ports, more)))[0] ?? "";

const health = { url: "http://ar.skywire.dev", verify: "/health" };
const secure = { url: "https://ar.skywire.dev", verify: "/health" };

describe("a host over HTTP", () => {
  const answer = (status: number, headers: Record<string, string> = {}) =>
    run(httpServer((_, response) => response.writeHead(status, headers).end("x")));

  it("is well when its path answers 200, asked by its own name", async () => {
    const asked: string[] = [];
    const port = await run(
      httpServer((request, response) => {
        asked.push(`${request.headers.host ?? ""}${request.url ?? ""}`);
        response.end("{}");
      }),
    );
    expect(await only(health, { "ar.skywire.dev:80": port })).toBe("ok: 200 at /health");
    expect(asked).toEqual(["ar.skywire.dev/health"]);
  });

  it.each([
    [301, { location: "https://ar.skywire.dev/health" }, /fault: 301, sent on to https/],
    [404, {}, /fault: 404 at \/health instead of 200/],
    [503, {}, /fault: 503 .*nobody behind this host/],
    [500, {}, /fault: 500 .*the program has a fault/],
  ])("is at fault that answers %s", async (status, headers, expected) => {
    const port = await answer(status, headers);
    expect(await only(health, { "ar.skywire.dev:80": port })).toMatch(expected);
  });

  it("may send on within itself, and need a login, where it tells no path of its health", async () => {
    const host = { url: "http://grafana.skycoin.com" };
    const ports = { "grafana.skycoin.com:80": await answer(302, { location: "/login" }) };
    expect(await only(host, ports)).toBe("ok: 302 at /");
  });

  it("stays unsure that answers 404 where it tells no path: controllers and programs say the same", async () => {
    const host = { url: "http://auth.skycoin.com" };
    expect(await only(host, { "auth.skycoin.com:80": await answer(404) })).toMatch(
      /^unsure: 404 at \/: no controller serves this host, or its program has nothing there$/,
    );
  });

  it("is at fault whose answer drips and is never whole", async () => {
    const port = await run(
      tcpServer((socket) => {
        const drip = setInterval(() => socket.write("X"), 20);
        socket.write("HTTP/1.1 200 OK\r\nX: ");
        socket.on("close", () => {
          clearInterval(drip);
        });
      }),
    );
    const patience = { timeoutMilliseconds: 100 };
    expect(await only(health, { "ar.skywire.dev:80": port }, patience)).toMatch(/fault: no answer/);
  });

  it("is left once it has answered, also where its body never ends", async () => {
    const left = Promise.withResolvers<undefined>();
    const port = await run(
      httpServer((_, response) => {
        response.writeHead(200).write("x");
        response.on("close", () => {
          left.resolve(undefined);
        });
      }),
    );
    expect(await only(health, { "ar.skywire.dev:80": port })).toBe("ok: 200 at /health");
    await left.promise;
  });

  it("is at fault where nothing listens, and where nobody answers", async () => {
    expect(await only(health, { "ar.skywire.dev:80": await closedPort() })).toMatch(
      /fault: refused: nothing listens there/,
    );
    const silent = await run(tcpServer());
    expect(await only(health, { "ar.skywire.dev:80": silent }, silence)).toMatch(
      /fault: no answer/,
    );
  });

  it("is at fault where it waits for a PROXY line that nobody sends", async () => {
    const port = await run(
      tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())),
    );
    expect(await only(health, { "ar.skywire.dev:80": port })).toMatch(/fault: .*PROXY protocol/);
  });
});

describe("a host over HTTPS", () => {
  const answer = (certificate: typeof good) =>
    run(httpsServer(certificate, (_, response) => response.end("{}")));

  it("is well with a certificate that visitors accept, and says for how long", async () => {
    const ports = { "ar.skywire.dev:443": await answer(good) };
    expect(await only(secure, ports)).toMatch(
      /^ok: 200 at \/health; certificate of Fleet tests for \d{5} days$/,
    );
  });

  it("is at fault shortly before its certificate ends: it should have been renewed", async () => {
    const ports = { "ar.skywire.dev:443": await answer(good) };
    const now = new Date("2124-12-25T00:00:00Z");
    expect(await only(secure, ports, { now })).toMatch(/fault: .*ends in 7 days: renewing/);
  });

  it("is at fault with a certificate that has ended, is another's, or nobody's", async () => {
    const tpd = { ...secure, url: "https://tpd.skywire.dev" };
    expect(await only(tpd, { "tpd.skywire.dev:443": await answer(expired) })).toMatch(
      /fault: 200 at \/health; certificate of Fleet tests ended \d+ days ago/,
    );
    expect(await only(tpd, { "tpd.skywire.dev:443": await answer(good) })).toMatch(
      /fault: .*certificate is for another host \(ar\.skywire\.dev\)/,
    );
    expect(await only(secure, { "ar.skywire.dev:443": await answer(selfSigned) })).toMatch(
      /fault: .*signed by nobody that visitors know \(TRAEFIK DEFAULT CERT\)/,
    );
  });

  it("is at fault where plain HTTP answers", async () => {
    const port = await run(httpServer((_, response) => response.end("{}")));
    expect(await only(secure, { "ar.skywire.dev:443": port })).toMatch(/^fault: /);
  });

  it("is judged by the issuer that the certificate names", () => {
    const certificate = {
      issuer: { O: "Let's Encrypt" },
      subject: { CN: "x" },
      valid_to: "Jan 31 00:00:00 2027 GMT",
    } as never;
    const now = new Date("2026-12-01T00:00:00Z");
    expect(judgeCertificate(certificate, undefined, now).detail).toBe(
      "certificate of Let's Encrypt for 61 days",
    );
  });
});

describe("a dmsg-server", () => {
  const server = { url: "tcp://192.0.2.7:30081" };
  it("is well when it takes connections", async () => {
    const ports = { "192.0.2.7:30081": await run(tcpServer()) };
    expect(await only(server, ports)).toBe("ok: takes connections");
  });

  it("is at fault where a proxy takes connections for it and ends or cuts them at once", async () => {
    const ended = await run(tcpServer((socket) => socket.end()));
    expect(await only(server, { "192.0.2.7:30081": ended })).toMatch(
      /^fault: takes connections and ends them at once/,
    );
    const cut = await run(tcpServer((socket) => socket.resetAndDestroy()));
    expect(await only(server, { "192.0.2.7:30081": cut })).toMatch(/^fault: .*cut off at once/);
  });

  it("is at fault when it refuses them, or its name is no one's", async () => {
    expect(await only(server, { "192.0.2.7:30081": await closedPort() })).toMatch(/fault: refused/);
    const nowhere = { at: (_: string, port: number) => ({ host: "no-such-host.invalid", port }) };
    expect(await only(server, {}, nowhere)).toMatch(/fault: its name does not resolve/);
  });
});

describe("the address-resolver's UDP port", () => {
  const resolver = { url: "udp://ar.skywire.dev:30178" };
  const at = (port: number) => ({ "ar.skywire.dev:30178": port });

  it("is well when it answers as KCP does", async () => {
    const port = await run(
      udpServer((question, reply) => {
        // A segment that asks for the window; the answer is one that tells it.
        if (question.length === 24 && question[4] === 83) {
          const answer = Buffer.from(question);
          answer[4] = 84;
          reply(answer);
        }
      }),
    );
    expect(await only(resolver, at(port))).toBe("ok: answers KCP");
  });

  it("stays unsure when it is silent, or says what is no answer", async () => {
    const silent = await run(udpServer(() => undefined));
    expect(await only(resolver, at(silent), silence)).toMatch(/^unsure: no answer, not refused/);
    const echo = await run(
      udpServer((question, reply) => {
        reply(question);
      }),
    );
    expect(await only(resolver, at(echo), silence)).toMatch(/^unsure: no answer, not refused/);
  });

  it("is at fault when its machine refuses", async () => {
    expect(await only(resolver, at(await closedPort()))).toMatch(/^fault: refused/);
  });

  it("is asked again when a packet is lost", async () => {
    let seen = 0;
    const port = await run(
      udpServer((question, reply) => {
        seen += 1;
        if (seen === 2) {
          const answer = Buffer.from(question);
          answer[4] = 84;
          reply(answer);
        }
      }),
    );
    expect(await only(resolver, at(port), halfSilence)).toBe("ok: answers KCP");
  });
});

describe("a STUN server", () => {
  const stun = { url: "stun:45.118.133.242:3478" };
  const at = (port: number) => ({ "45.118.133.242:3478": port });

  it.each([false, true])(
    "is well that answers from two addresses (classic: %s)",
    async (classic) => {
      const port = await run(stunServer({ other: true, classic }));
      expect(await only(stun, at(port))).toMatch(
        /^ok: sees us at 127\.0\.0\.1:\d+; answers from its second address too \(127\.0\.0\.1:\d+\)$/,
      );
    },
  );

  it("is at fault that names no second address: visors skip it", async () => {
    const port = await run(stunServer({ other: false }));
    expect(await only(stun, at(port))).toMatch(
      /^fault: sees us at 127\.0\.0\.1:\d+, but names no second address/,
    );
  });

  it("stays unsure whose second address answers, but not here for the first: a NAT may be before us", async () => {
    const server = await stunServer({ other: true, second: "when asked" });
    servers.push(server);
    const { port, secondPort } = server;
    const ports = { ...at(port), [`127.0.0.1:${secondPort}`]: secondPort };
    expect(await only(stun, ports, halfSilence)).toMatch(
      /^unsure: .*; its second address 127\.0\.0\.1:\d+ answers, but not for the first/,
    );
  });

  it("is at fault whose second address is dead, or the first one again: visors skip it", async () => {
    const dead = await run(stunServer({ other: true, second: "never" }));
    expect(await only(stun, at(dead), halfSilence)).toMatch(
      /^fault: .*nothing answers at 127\.0\.0\.1:\d+, its second address/,
    );
    const same = await run(stunServer({ other: true, otherHost: "45.118.133.242" }));
    expect(await only(stun, at(same))).toMatch(/^fault: .*the first one again/);
    // What it does not understand of a question it may pass over, and answer as ever.
    const deaf = await run(stunServer({ other: true, second: "as the first" }));
    expect(await only(stun, at(deaf))).toMatch(/^fault: .*answers from its first address/);
    // By a name, too: it leads to the very address that the server names as its second.
    const named = await run(stunServer({ other: true }));
    expect(await only({ url: "stun:stun.example:3478" }, { "stun.example:3478": named })).toMatch(
      /^fault: .*the first one again/,
    );
  });

  it("is at fault that is silent, answers another's question, or is not there", async () => {
    const echo = await run(
      udpServer((question, reply) => {
        reply(Buffer.alloc(20, question));
      }),
    );
    expect(await only(stun, at(echo), silence)).toBe("fault: no answer: visors skip it");
    expect(await only(stun, at(await closedPort()))).toMatch(/^fault: refused/);
  });
});

describe("records", () => {
  const ask = async (table: Parameters<typeof nameServer>[0], ...records: string[]) => {
    const port = await run(nameServer(table));
    const network = world({}, { nameServers: [`127.0.0.1:${port}`] });
    return verdicts({ endpoints: [], records }, network);
  };

  it("are well that say what the stack says, several of one name together", async () => {
    expect(
      await ask(
        {
          "ar.skywire.dev A": ["192.0.2.2", "192.0.2.1"],
          "sd.skywire.dev CNAME": ["Edge.skywire.dev"],
          "skywire.dev TXT": ["v=spf1 -all"],
        },
        "ar.skywire.dev. 300 IN A 192.0.2.1",
        "ar.skywire.dev. 300 IN A 192.0.2.2",
        "sd.skywire.dev. 300 IN CNAME edge.skywire.dev.",
        'skywire.dev. 300 IN TXT "v=spf1 -all"',
      ),
    ).toEqual([
      expect.stringMatching(/^ok: 192\.0\.2\.[12], 192\.0\.2\.[12]$/),
      "ok: edge.skywire.dev",
      'ok: "v=spf1 -all"',
    ]);
  });

  it("are at fault that lead elsewhere, or elsewhere as well", async () => {
    const table = { "ar.skywire.dev A": ["192.0.2.1", "192.0.2.9"] };
    expect(await ask(table, "ar.skywire.dev. 300 IN A 192.0.2.1")).toEqual([
      "fault: leads to 192.0.2.9, which the stack does not say",
    ]);
    expect(await ask(table, "ar.skywire.dev. 300 IN A 192.0.2.5")).toEqual([
      "fault: does not lead to 192.0.2.5; leads to 192.0.2.1, 192.0.2.9, which the stack does not say",
    ]);
  });

  it("are at fault where the name has an IPv6 address that the stack does not say: half of all visitors take it", async () => {
    const ipv6 = (prefix: string): string => `${prefix}:0000:0000:0000:c000:0201`;
    const table = {
      "ar.skywire.dev A": ["192.0.2.1"],
      "ar.skywire.dev AAAA": [ipv6("2001:0db8:0000")],
      "sd.skywire.dev A": ["192.0.2.1"],
      // A resolver's own, for networks without IPv4.
      "sd.skywire.dev AAAA": [ipv6("0064:ff9b:0000")],
    };
    expect(
      await ask(table, "ar.skywire.dev. 300 IN A 192.0.2.1", "sd.skywire.dev. 300 IN A 192.0.2.1"),
    ).toEqual([
      "fault: leads to 2001:db8::c000:201, which the stack does not say",
      "ok: 192.0.2.1",
    ]);
    expect(
      await ask(
        table,
        "ar.skywire.dev. 300 IN A 192.0.2.1",
        "ar.skywire.dev. 300 IN AAAA 2001:db8::c000:201",
      ),
    ).toEqual(["ok: 192.0.2.1", "ok: 2001:db8::c000:201"]);
  });

  it("before which Cloudflare's proxy stands lead to the proxy, and to what is behind it only by a fault", async () => {
    const mark = " ; cf_tags=cf-proxied:true";
    const table = {
      "dash.example.org A": ["198.51.100.1", "198.51.100.2"],
      "dash.example.org AAAA": ["2001:0db8:0000:0000:0000:0000:c000:0201"],
      "open.example.org A": ["192.0.2.1"],
    };
    expect(
      await ask(
        table,
        `dash.example.org. 1 IN A 192.0.2.1${mark}`,
        `dash.example.org. 1 IN CNAME edge.example.org.${mark}`,
        `open.example.org. 1 IN A 192.0.2.1${mark}`,
        `none.example.org. 1 IN A 192.0.2.1${mark}`,
      ),
    ).toEqual([
      expect.stringMatching(/^ok: by a proxy: 198\.51\.100\.\d, 198\.51\.100\.\d$/),
      expect.stringMatching(/^ok: by a proxy/),
      "fault: leads to 192.0.2.1 itself: the proxy that the stack says does not stand before it",
      "fault: the name does not exist",
    ]);
  });

  it("are at fault that do not exist, are of another type, or that nobody tells", async () => {
    const table = { "a.skywire.dev TXT": ["x"], "b.skywire.dev A": 2, "c.skywire.dev A": 5 };
    expect(
      await ask(
        table,
        ...["none", "a", "b", "c"].map((name) => `${name}.skywire.dev. 300 IN A 192.0.2.1`),
      ),
    ).toEqual([
      "fault: the name does not exist",
      "fault: the name has no record of this type",
      expect.stringContaining("SERVFAIL"),
      "fault: the name server refuses: it does not have the zone",
    ]);
  });

  it("of types that are not looked at stay unsure, and strange lines are told", async () => {
    expect(
      await ask({}, "_sip._udp.skywire.dev. 300 IN SRV 1 1 5060 x.", "ar.skywire.dev"),
    ).toEqual([
      "unsure: records of type SRV are not looked at",
      expect.stringMatching(/^fault: is no line of a zone/),
    ]);
  });
});

describe("a name server", () => {
  const own = { url: "dns://ns1.skycoin.com/skycoin.com" };
  it("is well that has its zone, and says the serial", async () => {
    const port = await run(nameServer({ "skycoin.com SOA": ["2026112101"] }));
    await run(tcpServer(undefined, port));
    expect(await only(own, { "ns1.skycoin.com:53": port })).toBe(
      "ok: has skycoin.com, serial 2026112101",
    );
  });

  it("is at fault that answers over UDP alone: a long answer is asked for again over TCP", async () => {
    const port = await run(nameServer({ "skycoin.com SOA": ["2026112101"] }));
    expect(await only(own, { "ns1.skycoin.com:53": port })).toBe(
      "fault: has skycoin.com, serial 2026112101, but over TCP: refused: nothing listens there",
    );
  });

  it("is at fault that does not have it, or does not answer", async () => {
    const refusing = await run(nameServer({ "skycoin.com SOA": 5 }));
    expect(await only(own, { "ns1.skycoin.com:53": refusing })).toMatch(/fault: .*does not have/);
    const silent = await run(udpServer(() => undefined));
    expect(await only(own, { "ns1.skycoin.com:53": silent }, silence)).toMatch(
      /fault: .*does not answer/,
    );
  });
});

describe("a key on the dmsg network", () => {
  const key = `02${"ab".repeat(32)}`;
  const dmsg = { url: `dmsg://${key}:80` };
  const discovery = { name: "dmsg-discovery", url: "http://dmsgd.skywire.dev" };
  const client = JSON.stringify({ static: key, client: { delegated_servers: [] } });

  /** What is found where the dmsg-discovery answers so. */
  async function found(status: number, body: string, ...endpoints: One[]): Promise<string> {
    const asked: string[] = [];
    const port = await run(
      httpServer((request, response) => {
        asked.push(request.url ?? "");
        response.writeHead(status).end(body);
      }),
    );
    const stack = outputs(...endpoints, discovery);
    const [verdict = ""] = await verdicts(stack, world({ "dmsgd.skywire.dev:80": port }));
    expect(asked).toContain(`/dmsg-discovery/entry/${key}`);
    return verdict;
  }

  it.each([
    [200, client, /^ok: registered/],
    [200, "<html>", /^unsure: .*something else/],
    [200, client.replaceAll("ab", "cd"), /^unsure: .*something else/],
    [404, "", /^fault: not registered: it is on no dmsg-server/],
    [502, "", /^unsure: the dmsg-discovery answers 502/],
  ])("is looked up at the dmsg-discovery: %s %s", async (status, body, expected) => {
    expect(await found(status, body, dmsg)).toMatch(expected);
  });

  it.each([
    [
      200,
      { server: { address: "192.0.2.7:30081" } },
      "ok: registered at the dmsg-discovery, at 192.0.2.7:30081",
    ],
    [
      200,
      { server: { address: "192.0.2.8:30081" } },
      "fault: registered at 192.0.2.8:30081 instead of 192.0.2.7:30081: visors are sent there",
    ],
    [200, { client: {} }, "fault: registered as a client, and is a dmsg-server"],
    [404, {}, "fault: not registered: no visor is told of it"],
  ])(
    "of a dmsg-server must be registered at the address where it is dialled: %s %j",
    async (status, entry, expected) => {
      const server = { name: "dmsg-server-1", url: `dmsg://${key}` };
      const tcp = { name: "dmsg-server-1", url: "tcp://192.0.2.7:30081" };
      expect(await found(status, JSON.stringify({ static: key, ...entry }), server, tcp)).toBe(
        expected,
      );
    },
  );

  it("stays unsure where there is no dmsg-discovery to ask", async () => {
    expect(await only(dmsg, {})).toMatch(/^unsure: the stack publishes no dmsg-discovery/);
  });
});

describe("the report", () => {
  const found: Verified[] = [
    { name: "a", kind: "http", where: "http://a", result: "ok", detail: "fine" },
    { name: "b", kind: "tcp", where: "tcp://b:1", result: "fault", detail: "refused" },
    { name: "c", kind: "udp", where: "udp://c:1", result: "unsure", detail: "silent" },
  ];

  it("has faults first, and a sum", () => {
    const lines = verifyReport(found).split("\n");
    expect(lines.slice(1, 4).map((line) => line.split(/ +/)[0])).toEqual(["FAULT", "unsure", "ok"]);
    expect(lines.at(-1)).toBe("1 FAULT, 1 unsure, 1 ok.");
  });

  it("reads every scheme, and tells what is none", async () => {
    expect(parseAddress({ url: "stun:45.118.133.242" })).toMatchObject({ port: 3478 });
    expect(parseAddress({ url: "https://[2001:db8::1]:8443/x" })).toEqual({
      ...{ scheme: "https", host: "2001:db8::1", port: 8443, path: "/x" },
    });
    expect(await verdicts(outputs({ url: "nonsense" }, { url: "gopher://x" }), world({}))).toEqual([
      expect.stringMatching(/^fault: is no address/),
      expect.stringMatching(/^unsure: this version has no probe/),
    ]);
  });

  it("dials many at once, but not all", async () => {
    const many = Array.from({ length: 60 }, (_, index) => ({
      url: `http://h${index}.skywire.dev`,
    }));
    const open = new Set<ServerResponse>();
    let left = many.length;
    let most = 0;
    // Nobody is answered before all that may be are open, and one too many has had the time to come.
    const port = await run(
      httpServer((_, response) => {
        open.add(response);
        most = Math.max(most, open.size);
        if (open.size === Math.min(16, left)) {
          setTimeout(() => {
            left -= open.size;
            open.forEach((one) => one.end());
            open.clear();
          }, 50);
        }
      }),
    );
    const network = { ...world({}), at: () => ({ host: "127.0.0.1", port }) };
    expect(await verdicts(outputs(...many), network)).toHaveLength(60);
    expect(most).toBe(16);
  });
});

describe("in the sandbox, where nothing can be dialled", () => {
  const at = (name: string) => ({ metadata: { name, namespace: "skywire" } });
  const slice = (service: string, ready: boolean) => ({
    metadata: { namespace: "skywire", labels: { "kubernetes.io/service-name": service } },
    endpoints: [{ conditions: { ready } }],
  });
  const objects = (ready: boolean): ClusterObjects => ({
    ingresses: [
      {
        ...at("ar"),
        spec: {
          tls: [{ hosts: ["ar.skywire.dev"] }],
          rules: [
            { host: "ar.skywire.dev", http: { paths: [{ backend: { service: { name: "ar" } } }] } },
            { host: "nv.skywire.dev", http: { paths: [{ backend: { service: { name: "nv" } } }] } },
          ],
        },
      },
    ],
    services: [
      { ...at("ar-udp"), spec: { ports: [{ nodePort: 30178, protocol: "UDP" }] } },
      { ...at("poet"), spec: { type: "LoadBalancer", ports: [{ port: 5000, nodePort: 32574 }] } },
      { ...at("inside"), spec: { ports: [{ port: 6379 }] } },
    ],
    endpointSlices: [
      slice("ar", ready),
      slice("ar-udp", ready),
      slice("poet", ready),
      { ...slice("nv", true), endpoints: null },
    ],
    pods: [
      {
        ...at("coturn"),
        spec: {
          containers: [
            {
              ports: [
                { hostPort: 3478, protocol: "TCP" },
                { hostPort: 3478, protocol: "UDP" },
              ],
            },
          ],
        },
        status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
      },
    ],
  });
  const records = ["sd.skywire.dev. 300 IN A 192.0.2.1"];
  const judge = (ready: boolean, ...urls: string[]): string[] =>
    verifyObjects({ ...outputs(...urls.map((url) => ({ url }))), records }, objects(ready)).map(
      ({ result, detail }) => `${result}: ${detail}`,
    );

  it("an endpoint is well that the cluster's objects lead from to a ready pod", () => {
    expect(
      judge(
        true,
        "http://ar.skywire.dev",
        "https://ar.skywire.dev",
        "udp://x:30178",
        "tcp://x:3478",
        "stun:192.0.2.1:3478",
      ),
    ).toEqual([
      "ok: Ingress skywire/ar, 1 pod ready",
      "ok: Ingress skywire/ar, 1 pod ready",
      "ok: NodePort of Service skywire/ar-udp, 1 pod ready",
      "ok: host port, 1 pod ready",
      "ok: host port, 1 pod ready",
    ]);
  });

  it("a port is well that a balancer or the controller of its host leads from", () => {
    expect(judge(true, "tcp://192.0.2.3:5000", "tcp://ar.skywire.dev:443")).toEqual([
      "ok: balancer of Service skywire/poet, 1 pod ready",
      "ok: Ingress skywire/ar, 1 pod ready",
    ]);
    const found = judge(false, "tcp://192.0.2.3:5000", "tcp://ar.skywire.dev:443");
    expect(found.every((one) => one.startsWith("fault"))).toBe(true);
    expect(judge(true, "tcp://x:6379", "tcp://nobody.skywire.dev:443")).toEqual([
      "fault: no Service and no pod has TCP port 6379",
      "fault: no Service and no pod has TCP port 443",
    ]);
  });

  it("a page elsewhere, such as a bucket's, is not the cluster's to tell of", () => {
    expect(judge(true, "https://storage.googleapis.com/bucket/config.json")).toEqual([
      "unsure: no record leads it here: it is outside of the cluster",
    ]);
  });

  it("an endpoint is at fault that leads to nobody", () => {
    expect(
      judge(
        false,
        "http://ar.skywire.dev",
        "udp://x:30178",
        "tcp://x:3478",
        "stun:192.0.2.1:3478",
      ).map((one) => one.split(":")[0]),
    ).toEqual(["fault", "fault", "fault", "fault"]);
    expect(
      judge(
        true,
        "http://sd.skywire.dev",
        "https://nv.skywire.dev",
        "http://nv.skywire.dev",
        "tcp://x:30178",
      ),
    ).toEqual([
      "fault: no Ingress has this host",
      "fault: Ingress skywire/ar has no certificate for it",
      "fault: no pod of Service skywire/nv is ready",
      "fault: no Service and no pod has TCP port 30178",
    ]);
  });

  it("a host whose paths stand in several Ingresses needs a ready pod behind each", () => {
    const all = objects(true);
    const second = {
      metadata: { name: "ar-beside", namespace: "other" },
      spec: {
        rules: [
          { host: "ar.skywire.dev", http: { paths: [{ backend: { service: { name: "ar" } } }] } },
        ],
      },
    };
    const found = verifyObjects(outputs({ url: "http://ar.skywire.dev" }), {
      ...all,
      ingresses: [...all.ingresses, second],
    });
    // A Service of that name in the other's namespace is another Service.
    expect(found.map(({ detail }) => detail)).toEqual(["no pod of Service other/ar is ready"]);
  });

  it("what the cluster cannot tell stays unsure", () => {
    expect(judge(true, "stun:192.0.2.1:3500", "dmsg://02ab:80")).toEqual([
      "unsure: no pod here has its port: it may run elsewhere",
      "unsure: nothing in the cluster tells",
    ]);
  });
});
