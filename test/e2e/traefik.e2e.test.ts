/**
 * Proves on a real Traefik, of the image's version, with the arguments, the file and the rights that the
 * program renders, before a real API server: which host goes where, whose address a service is told, what of
 * a client's own words reaches it, and that WebSockets and gRPC come through.
 *
 * It proves nothing about the balancer, whose half of the PROXY protocol the test plays, nor about the way
 * from a pod to a pod: traefik-edge.ts says what differs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectHttp2, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { Api } from "../../sandbox/api.ts";
import { apiAccess } from "../../sandbox/kubeconfig.ts";
import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";
import { Place, until } from "../data/programs.ts";
import {
  opened,
  proxyHeader,
  send,
  sendSecurely,
  spoofed,
  webSocket,
} from "../judges/edge-client.ts";
import { clientOf, EdgeService, valuesOf } from "../judges/edge-service.ts";
import { good } from "../ops/certificates.ts";
import { backendAnnotations } from "../../components/platform/ingress.ts";
import { ingress } from "../platform/fixtures.ts";
import {
  apply,
  edgeObjects,
  hostNamespace,
  may,
  type Reached,
  startTraefik,
  type Traefik,
} from "./traefik-edge.ts";

// Each takes milliseconds on a quiet machine: one that waits for an answer waits in vain.
vi.setConfig({ testTimeout: 300_000 });

const balancer = (...from: string[]) => ({
  kind: "load-balancer",
  ...(from.length === 0 ? {} : { proxyProtocol: { from } }),
});

const config = ingress({
  controllers: {
    // The balancer's range is loopback's here.
    balanced: { kind: "traefik", exposure: balancer("127.0.0.0/8") },
    plain: { kind: "traefik", exposure: balancer() },
    // An answer must begin within the second: nothing is asked of it but what is to be cut.
    impatient: { kind: "traefik", exposure: balancer(), answerTimeoutSeconds: 1 },
    trusting: { kind: "traefik", exposure: balancer(), trustedProxies: ["127.0.0.0/8"] },
    narrow: { kind: "traefik", exposure: balancer("192.168.255.0/24"), maximumBody: "1Mi" },
    streaming: {
      kind: "traefik",
      exposure: balancer(),
      answerTimeoutSeconds: 600,
      readTimeoutSeconds: 600,
    },
  },
  default: "balanced",
  hosts: {
    "plain.example.org": "plain",
    "trusting.example.org": "trusting",
    "narrow.example.org": "narrow",
    "streaming.example.org": "streaming",
    "stream.example.org": "streaming",
    "impatient.example.org": "impatient",
    "cut.example.org": "impatient",
  },
  tls: { kind: "secret", name: "hosts" },
});

const root = mkdtempSync(join(tmpdir(), "fleet-traefik-"));
const place = sandboxPlace("test", { root });
const programs = new Place(["traefik"]);
const first = new EdgeService("first");
const second = new EdgeService("second");
const grpc = createServer();
grpc.on("stream", (stream, headers) => {
  const answer = () => {
    // Cut in the meantime.
    if (stream.destroyed) {
      return;
    }
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => {
      stream.sendTrailers({ "grpc-status": "0" });
    });
    stream.end("an answer");
  };
  if (headers[":path"] === "/silent") {
    // A server of gRPC sends nothing at all, no header either, until it has something to tell.
    setTimeout(answer, 4_000);
  } else {
    answer();
  }
});

const classes = ["balanced", "plain", "impatient", "trusting", "narrow", "streaming"] as const;
type Class = (typeof classes)[number];
const traefiks = new Map<Class, Traefik>();
const at = (
  className: Class,
  host = `${className}.example.org`,
  entry: "web" | "websecure" | "metrics" = "web",
) => ({ port: traefiks.get(className)?.ports[entry] ?? 0, host });

let api: Api;
let reached: Reached;

const service = (name: string, spec: object, annotations = {}) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: hostNamespace, annotations },
  spec,
});
const outside = (port: number) => ({
  type: "ExternalName",
  externalName: "localhost",
  ports: [{ port }],
});

beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  const sandbox = await openSandbox(place, plan, process.env, () => undefined);
  ({ api } = sandbox);
  const { authority } = apiAccess(place, sandbox.server);
  reached = { kubeconfig: place.kubeconfig, server: sandbox.server, authority };
  const [one, two] = await Promise.all([first.open(), second.open()]);
  await new Promise<void>((settle) => grpc.listen(0, "127.0.0.1", settle));
  const three = (grpc.address() as AddressInfo).port;
  const objects = await edgeObjects(config, [
    ...classes.map((name) => ({ host: `${name}.example.org`, service: "first", port: one })),
    { host: "ar.skywire.dev", service: "second", port: two },
    { host: "grpc.example.org", service: "grpc", port: three },
    { host: "stream.example.org", service: "grpc", port: three },
    { host: "cut.example.org", service: "grpc", port: three },
    { host: "waiting.example.org", service: "waiting", port: 80 },
  ]);
  await apply(reached, objects, [
    service("first", outside(one)),
    service("second", outside(two)),
    service("grpc", outside(three), backendAnnotations("grpc")),
    service("waiting", { selector: { app: "nobody" }, ports: [{ port: 80 }] }),
    {
      apiVersion: "v1",
      kind: "Secret",
      type: "kubernetes.io/tls",
      metadata: { name: "hosts", namespace: hostNamespace },
      stringData: { "tls.crt": good.cert, "tls.key": good.key },
    },
  ]);
  for (const name of classes) {
    const traefik = await startTraefik(name, objects, reached, programs);
    traefiks.set(name, traefik);
    await until(
      `traefik ${name} serves its host`,
      async () => (await send(at(name))).status === 200,
    ).catch((error: unknown) => {
      throw new Error(traefik.said(), { cause: error });
    });
  }
});

afterAll(async () => {
  api.close();
  first.close();
  second.close();
  grpc.close();
  await programs.clear();
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

beforeEach(() => {
  first.arrived.splice(0);
  second.arrived.splice(0);
});

describe("what a client says of itself", () => {
  it("does not reach a service, in whatever header", async () => {
    expect(await send({ ...at("plain"), headers: spoofed })).toMatchObject({ status: 200 });
    const [arrived] = first.arrived;
    expect(JSON.stringify(arrived)).not.toMatch(/192\.0\.2|forged/);
    expect(valuesOf(arrived, "x-forwarded-for")).toEqual(["127.0.0.2"]);
    expect(clientOf(arrived)).toBe("127.0.0.2");
  });

  it("takes nothing away from what Traefik says, by a Connection header that names it", async () => {
    const headers = { ...spoofed, Connection: "close, X-Real-Ip, X-Forwarded-For" };
    await send({ ...at("plain"), headers });
    expect(valuesOf(first.arrived[0], "x-real-ip")).toEqual(["127.0.0.2"]);
    expect(valuesOf(first.arrived[0], "x-forwarded-for")).toEqual(["127.0.0.2"]);
  });

  it("is believed of X-Forwarded-For where it comes from a trusted proxy, and of nothing else", async () => {
    await send({ ...at("trusting"), headers: { ...spoofed, "X-Real-IP": "198.51.100.9" } });
    const [arrived] = first.arrived;
    expect(valuesOf(arrived, "x-forwarded-for")).toEqual(["192.0.2.66, 192.0.2.67, 127.0.0.2"]);
    expect(valuesOf(arrived, "true-client-ip")).toEqual([]);
    expect(valuesOf(arrived, "forwarded")).toEqual([]);
  });
});

describe("behind a balancer that speaks the PROXY protocol", () => {
  it("the client is whom the balancer names, in either version, on 80 and on 443", async () => {
    const version1 = "PROXY TCP4 198.51.100.10 192.0.2.1 12345 80\r\n";
    await send({ ...at("balanced"), headers: spoofed, before: proxyHeader("198.51.100.9") });
    await send({ ...at("balanced"), headers: spoofed, before: version1 });
    const before = proxyHeader("198.51.100.11");
    const secure = at("balanced", "balanced.example.org", "websecure");
    await sendSecurely({ ...secure, headers: spoofed, before });
    const told = ["198.51.100.9", "198.51.100.10", "198.51.100.11"];
    expect(first.arrived.map(clientOf)).toEqual(told);
    expect(first.arrived.flatMap((one) => valuesOf(one, "x-forwarded-for"))).toEqual(told);
    expect(JSON.stringify(first.arrived)).not.toContain("192.0.2");
  });

  it("nobody else may name a client", async () => {
    await send({ ...at("narrow"), before: proxyHeader("198.51.100.9") });
    expect(clientOf(first.arrived[0])).toBe("127.0.0.2");
  });

  it("a connection of its range without the header is served: its own address is told", async () => {
    await send(at("balanced"));
    expect(clientOf(first.arrived[0])).toBe("127.0.0.2");
  });

  it("a header is refused where nobody speaks it", async () => {
    const before = proxyHeader("198.51.100.9");
    expect(await send({ ...at("plain"), before })).toMatchObject({ status: 400 });
    expect(first.arrived).toEqual([]);
  });
});

describe("a host", () => {
  it("leads to its own service, on 80 without a redirect and on 443 with its certificate", async () => {
    expect((await send(at("balanced"))).text).toContain("served by first");
    const resolver = "ar.skywire.dev";
    expect((await send(at("balanced", resolver))).text).toContain("served by second");
    const secure = await sendSecurely(at("balanced", resolver, "websecure"));
    expect(secure).toMatchObject({ status: 200, certificateOf: "ar.skywire.dev" });
    expect(valuesOf(second.arrived[1], "x-forwarded-proto")).toEqual(["https"]);
  });

  it("is served by the controller of its class alone, and not where metrics are asked", async () => {
    expect(await send(at("balanced", "plain.example.org"))).toMatchObject({ status: 404 });
    expect(await send(at("plain", "balanced.example.org"))).toMatchObject({ status: 404 });
    const asked = at("balanced", "balanced.example.org", "metrics");
    expect(await send(asked)).toMatchObject({ status: 404 });
    expect(first.arrived).toEqual([]);
  });

  it("answers 503 while no pod of its service is there, and 404 where nobody knows it", async () => {
    expect(await send(at("balanced", "waiting.example.org"))).toMatchObject({ status: 503 });
    expect(await send(at("balanced", "unknown.example.org"))).toMatchObject({ status: 404 });
  });

  it("may have a body of the size that is said", async () => {
    const body = "x".repeat(2 ** 20);
    expect(await send({ ...at("narrow"), body })).toMatchObject({ status: 200 });
    expect(await send({ ...at("narrow"), body: `${body}x` })).toMatchObject({ status: 413 });
    expect(await send({ ...at("plain"), body: `${body}x` })).toMatchObject({ status: 200 });
  });

  it("tells the address of the controller's balancer, with the rights that the program gives", async () => {
    const hostname = "balanced.nodebalancer.example.org";
    await api.patch("/api/v1/namespaces/ingress/services/balanced/status", {
      status: { loadBalancer: { ingress: [{ hostname }] } },
    });
    const path = `/apis/networking.k8s.io/v1/namespaces/${hostNamespace}/ingresses/ar-skywire-dev`;
    await until("the host tells it", async () =>
      JSON.stringify((await api.find(path))?.status).includes(hostname),
    );
    expect(await may(reached, "balanced", "update", "ingresses", "--subresource=status")).toBe(
      true,
    );
    expect(await may(reached, "balanced", "update", "ingresses")).toBe(false);
    expect(await may(reached, "balanced", "create", "pods")).toBe(false);
  });
});

describe("more than requests", () => {
  it("a WebSocket comes through, there and back, with nothing of what its client says of itself", async () => {
    const before = proxyHeader("198.51.100.9");
    expect(await webSocket({ ...at("balanced"), headers: spoofed, before })).toEqual(opened);
    expect(clientOf(first.arrived[0])).toBe("198.51.100.9");
    expect(JSON.stringify(first.arrived)).not.toMatch(/192\.0\.2|forged/);
  });

  it("by h2c a client does not get past what is dropped", async () => {
    const headers = { Upgrade: "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__", ...spoofed };
    const { status } = await webSocket({
      ...at("plain"),
      headers: { ...headers, Connection: "close, Upgrade, HTTP2-Settings" },
    });
    expect(status).toBe(200);
    expect(valuesOf(first.arrived[0], "upgrade")).toEqual([]);
  });

  it("gRPC comes through where a Service says h2c: HTTP/2 at both ends, and its trailers", async () => {
    const trailers = await callOf(at("balanced", "grpc.example.org", "websecure"), "/");
    expect(trailers).toMatchObject({ "grpc-status": "0" });
  });

  // streamFaults refuses the other one before.
  it("a stream of gRPC may be silent for as long as the controller gives any answer, and no longer", async () => {
    const [open, cut] = await Promise.all([
      callOf(at("streaming", "stream.example.org", "websecure"), "/silent"),
      callOf(at("impatient", "cut.example.org", "websecure"), "/silent"),
    ]);
    expect(open).toMatchObject({ "grpc-status": "0" });
    expect(cut).toBe("ended without trailers");
  });
});

/** Trailers of a call, whose client says all it has to say after a moment. */
async function callOf(
  { port, host }: { readonly port: number; readonly host: string },
  path: string,
): Promise<unknown> {
  const session = connectHttp2(`https://${host}`, {
    createConnection: () =>
      connect({
        port,
        host: "127.0.0.1",
        servername: host,
        ALPNProtocols: ["h2"],
        rejectUnauthorized: false,
      }),
  });
  const trailers = await new Promise((settle, fail) => {
    session.on("error", fail);
    const call = session.request({
      ":method": "POST",
      ":path": path,
      te: "trailers",
      "content-type": "application/grpc",
    });
    call.on("trailers", settle);
    call.on("error", fail);
    call.on("end", () => {
      settle("ended without trailers");
    });
    call.resume();
    call.write("a question");
    call.end();
  });
  session.close();
  return trailers;
}
