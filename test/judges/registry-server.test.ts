/**
 * Proves on the registry that Docker's own is, out of Debian's packages, that it takes the config file of the
 * registry in the cluster: who gets in, where clients are sent, and that images outlive it.
 *
 * The login is one that libxcrypt hashed: `htpasswd`, which hashes it where the pod starts, is not to be had
 * here. What is proved of its script is that the token is in no argument.
 */
import { chmodSync } from "node:fs";

import { afterEach, describe, expect, it } from "vitest";

import {
  registryConfig,
  registryFolders,
  writeLogin,
} from "../../components/platform/registry-server.ts";
import { registryPort } from "../../components/platform/registry-server-shape.ts";
import { freePorts, Place, until } from "../data/programs.ts";

const places: Place[] = [];
afterEach(async () => {
  await Promise.all(places.splice(0).map((place) => place.clear()));
});

function placeWith(...programs: readonly string[]): Place {
  const place = new Place(programs);
  places.push(place);
  return place;
}

/** `difference engine`, with the least of rounds. */
const list = "charles:$2y$04$abcdefghijklmnopqrstuu1JNk2QShdvC23sDvLNzDfgirNhtQKaK\n";
const as = (password: string) => ({
  authorization: `Basic ${Buffer.from(`charles:${password}`).toString("base64")}`,
});
const known = as("difference engine");

/** Starts the registry in a folder, and tells where it answers. */
async function start(place: Place): Promise<{ readonly url: string; end: () => Promise<void> }> {
  const data = await place.makeFolder("data");
  const auth = await place.makeFolder("auth");
  place.write("auth/htpasswd", list);
  const [port = 0] = await freePorts(1);
  const text = registryConfig({ host: "registry.example.org" })
    .replaceAll(registryFolders.data, data)
    .replaceAll(registryFolders.auth, auth)
    .replace(`:${registryPort}`, `127.0.0.1:${port}`);
  const running = place.start(["docker-registry", "serve", place.write("config.yml", text)]);
  const url = `http://127.0.0.1:${port}`;
  await until("the registry answers", async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`the registry ended: ${running.said()}`);
    }
    return (await fetch(`${url}/v2/`).catch(() => undefined)) !== undefined;
  });
  return {
    url,
    end: async () => {
      running.child.kill("SIGTERM");
      await running.done;
    },
  };
}

describe("the registry in the cluster", () => {
  it("lets nobody in but who has the login", async () => {
    const { url } = await start(placeWith("docker-registry"));
    const asked = await fetch(`${url}/v2/`);
    expect(asked.status).toBe(401);
    expect(asked.headers.get("www-authenticate")).toBe('Basic realm="registry.example.org"');
    expect((await fetch(`${url}/v2/`, { headers: as("wrong") })).status).toBe(401);
    expect((await fetch(`${url}/v2/`, { headers: known })).status).toBe(200);
  });

  it("sends whoever pushes on to its public name, over TLS, and keeps what was pushed", async () => {
    const place = placeWith("docker-registry");
    const first = await start(place);
    const begun = await fetch(`${first.url}/v2/demo/blobs/uploads/`, {
      method: "POST",
      headers: known,
    });
    const location = new URL(begun.headers.get("location") ?? "");
    expect([location.protocol, location.host]).toEqual(["https:", "registry.example.org"]);
    const digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    location.searchParams.set("digest", digest);
    const here = `${first.url}${location.pathname}${location.search}`;
    const headers = { ...known, "content-type": "application/octet-stream" };
    expect((await fetch(here, { method: "PUT", headers, body: "hello" })).status).toBe(201);
    await first.end();
    const second = await start(place);
    const blob = await fetch(`${second.url}/v2/demo/blobs/${digest}`, { headers: known });
    expect(await blob.text()).toBe("hello");
  });

  it("gets its login from a program that reads the token, and is not told it by argument", async () => {
    const place = placeWith();
    const auth = await place.makeFolder("auth");
    await place.makeFolder("bin");
    const program = place.write("bin/htpasswd", '#!/bin/sh\necho "$*"\ncat\n');
    chmodSync(program, 0o755);
    const script = writeLogin.replaceAll(registryFolders.auth, auth);
    const path = `${place.at("bin")}:${process.env["PATH"] ?? ""}`;
    await place.ok(["sh", "-c", script], {
      PATH: path,
      USERNAME: "bot",
      PASSWORD: "token with %s $(and) words",
    });
    const written = await place.ok(["cat", place.at("auth/htpasswd")]);
    expect(written).toBe("-niB bot\ntoken with %s $(and) words");
    expect(await place.ok(["stat", "-c", "%a", place.at("auth/htpasswd")])).toBe("600");
  });
});
