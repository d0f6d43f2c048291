/**
 * `make preflight` before registries that misbehave: none holds it up, none is shown a login that is not
 * its own, and what could not be asked is never taken for a pass.
 */
import { createHash } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, expect, it } from "vitest";

import { checkImages, type Preflight } from "../../ops/preflight/preflight.ts";
import { preflightReport } from "../../ops/preflight/report.ts";
import type { ImageUse } from "../../ops/preflight/uses.ts";
import { freePorts } from "../data/programs.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((settle) => server.close(settle));
  }
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const use = (image: string): ImageUse => ({
  ...{ where: "Deployment shop/web: web", image, command: ["run"], words: undefined },
  ...{ user: 1000, mustNotBeRoot: true, ports: [], mounts: [], hasLogin: true },
  platform: "linux/amd64",
});

async function preflight(image: string, more: Partial<Preflight> = {}) {
  const request = {
    ...{ uses: { uses: [use(image)], untold: new Map() }, login: undefined, mustBePinned: false },
    ...{ lookedUp: new Set<string>(), built: new Set<string>(), timeoutMilliseconds: 60_000 },
    ...more,
  };
  return preflightReport("shop", await checkImages(request), new Map());
}

it.each<[string, RequestListener, Partial<Preflight>?]>([
  ["never answers", () => undefined, { timeoutMilliseconds: 300 }],
  ["is asked too often", (_, response) => response.writeHead(429, { "retry-after": "900" }).end()],
  ["is out of order", (_, response) => response.writeHead(500).end()],
])("a registry that %s says nothing of the image", async (_, answer, more) => {
  // The first question is let through: what asks for no login answers it.
  const host = await serve((request, response) => {
    if (request.url === "/v2/") {
      response.end();
    } else {
      answer(request, response);
    }
  });
  const { text, code } = await preflight(`${host}/shop/web:v1`, more);
  expect(text).toContain("0 faults, 1 not checked");
  expect(code).toBe(2);
});

it("a registry that is not there says nothing of the image", async () => {
  const [nobody = 0] = await freePorts(1);
  const { text, code } = await preflight(`127.0.0.1:${nobody}/shop/web:v1`);
  expect(text).toContain("cannot be reached (ECONNREFUSED)");
  expect(code).toBe(2);
});

it("an answer without an end is a fault, and ends the reading", async () => {
  const host = await serve((request, response) => {
    if (request.url === "/v2/") {
      response.end();
      return;
    }
    const more = (): void => {
      while (response.write("x".repeat(1 << 16)));
    };
    response.on("drain", more);
    more();
  });
  const { text, code } = await preflight(`${host}/shop/web:v1`);
  expect(text).toContain("the registry's answer is longer than 4 MiB");
  expect(code).toBe(1);
});

/** A registry that wants a login and keeps its blobs elsewhere, as Docker Hub does. */
async function redirecting(elsewhere: string, start: Record<string, unknown>): Promise<string> {
  const config = JSON.stringify({ os: "linux", architecture: "amd64", config: start });
  const digest = `sha256:${createHash("sha256").update(config).digest("hex")}`;
  const manifest = JSON.stringify({ config: { digest, size: config.length }, layers: [] });
  return serve((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="shop"' }).end();
    } else if (request.url?.includes("/blobs/") === true) {
      const location = `http://${elsewhere}/?content=${encodeURIComponent(config)}`;
      response.writeHead(307, { location }).end();
    } else {
      response.end(request.url?.includes("/manifests/") === true ? manifest : "");
    }
  });
}

it("a login is shown to its own registry, and not where this one sends its readers", async () => {
  const seen: (string | undefined)[] = [];
  const elsewhere = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end(new URL(request.url ?? "", "http://store").searchParams.get("content"));
  });
  const host = await redirecting(elsewhere, { User: "1000" });
  const login = { username: "somebody", password: "canary" };
  const { code, text } = await preflight(`${host}/shop/web:v1`, { login: { server: host, login } });
  expect({ code, seen, text }).toEqual({ code: 0, seen: [undefined], text });
});

it("another registry than the login's own is never shown it", async () => {
  const seen: (string | undefined)[] = [];
  const host = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401, { "www-authenticate": 'Basic realm="shop"' }).end();
  });
  const login = { username: "somebody", password: "canary" };
  const own = { server: "registry.example", login };
  const { code } = await preflight(`${host}/shop/web:v1`, { login: own });
  expect({ code, seen }).toEqual({ code: 1, seen: [undefined] });
});

it("what an image says of itself can neither move nor hide what the terminal shows", async () => {
  const elsewhere = await serve((request, response) => {
    response.end(new URL(request.url ?? "", "http://store").searchParams.get("content"));
  });
  const host = await redirecting(elsewhere, {
    User: "\u001b[2Kroot\n0 faults",
    Volumes: { "\u202e": {} },
  });
  const login = { server: host, login: { username: "somebody", password: "canary" } };
  const { text } = await preflight(`${host}/shop/web:v1`, { login });
  expect(text).not.toMatch(/[\u001b\u202e]/);
  expect(text.split("\n").at(-1)).toMatch(/^shop: 1 image, 0 faults/);
});

it("an image by its tag alone is a fault of production's, but for what each run looks up", async () => {
  const elsewhere = await serve((request, response) => {
    response.end(new URL(request.url ?? "", "http://store").searchParams.get("content"));
  });
  const host = await redirecting(elsewhere, { User: "1000" });
  const login = { server: host, login: { username: "somebody", password: "canary" } };
  const name = `${host}/shop/web:v1`;
  const tagged = await preflight(name, { login, mustBePinned: true });
  expect(tagged.text).toContain("is known by its tag alone, which can be moved");
  expect(tagged.code).toBe(1);
  const lookedUp = { login, mustBePinned: true, lookedUp: new Set([name]) };
  expect((await preflight(`${name}@sha256:${"0".repeat(64)}`, lookedUp)).code).toBe(0);
});

it("what the stack builds is looked for in no registry, and is no pass", async () => {
  const name = "127.0.0.1:1/shop/web:v1";
  const { text, code } = await preflight(name, { built: new Set([name]) });
  expect(text).toContain("the stack builds it");
  expect(code).toBe(2);
});
