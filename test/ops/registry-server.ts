/** A registry on this machine: the API that a real one speaks, with its tokens, indexes and refusals. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { LocalServer } from "../local-server.ts";

/** What a tag stands for. */
export interface Pushed {
  /** Platforms such as `linux/amd64`; several make an index. */
  readonly platforms: readonly string[];
  /** Makes the content another one. */
  readonly build?: number;
}

const types = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.docker.distribution.manifest.v2+json",
};

const digestOf = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

function platform(name: string) {
  const [os, architecture] = name.split("/");
  return { os, architecture };
}

/** A registry under test. */
export class RegistryServer extends LocalServer {
  /** `organisation/name:tag` → what was pushed. */
  readonly tags = new Map<string, Pushed>();
  /** Repositories that a login alone opens. */
  readonly private = new Set<string>();
  /** The login that opens them, as `user:password`. */
  login = "somebody:dckr-token";
  /** Path → status that it answers instead, with these headers. */
  readonly refusals = new Map<
    string,
    { status: number; headers?: Record<string, string>; times?: number }
  >();
  /** Path → body that it answers instead; undefined breaks off in the middle. */
  readonly bodies = new Map<string, string | undefined>();
  /** Told in the header, whatever the content is. */
  wrongDigest = false;
  /** Requests that it takes and ends the connection at. */
  cuts = 0;
  /** Requests as they came: method and path. */
  readonly asked: string[] = [];
  /** What each of them showed to be let in. */
  readonly authorizations: (string | undefined)[] = [];
  readonly #blobs = new Map<string, string>();

  /** The digest that a tag has. */
  digest(tag: string): string {
    return digestOf(this.#content(tag)?.text ?? "");
  }

  /** The configuration of a tag for one platform. */
  config(tag: string): string {
    const { os, architecture } = platform(this.tags.get(tag)?.platforms[0] ?? "");
    return JSON.stringify({ os, architecture, build: this.tags.get(tag)?.build ?? 0, tag });
  }

  /** Its digest. */
  configDigest(tag: string): string {
    return digestOf(this.config(tag));
  }

  #content(tag: string): { readonly text: string; readonly type: string } | undefined {
    const pushed = this.tags.get(tag);
    if (pushed === undefined) {
      return undefined;
    }
    const platforms = pushed.platforms.map(platform);
    if (platforms.length === 1) {
      const config = this.config(tag);
      this.#blobs.set(digestOf(config), config);
      const manifest = { mediaType: types.manifest, config: { digest: digestOf(config) } };
      return { text: JSON.stringify(manifest), type: types.manifest };
    }
    const manifests = platforms.map((platform) => ({ platform, build: pushed.build ?? 0, tag }));
    return { text: JSON.stringify({ mediaType: types.index, manifests }), type: types.index };
  }

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = request;
    this.asked.push(`${method} ${url}`);
    this.authorizations.push(headers.authorization);
    if (this.cuts > 0) {
      this.cuts -= 1;
      request.socket.destroy();
      return;
    }
    const refusal = this.refusals.get(url.split("?")[0] ?? "");
    const { pathname, searchParams } = new URL(url, "http://registry");
    if (refusal !== undefined && refusal.times !== 0) {
      refusal.times = (refusal.times ?? Infinity) - 1;
      response.writeHead(refusal.status, refusal.headers).end();
    } else if (this.bodies.has(pathname) && method === "GET") {
      this.#giveBody(this.bodies.get(pathname), response);
    } else if (pathname === "/token") {
      this.#giveToken(headers.authorization, searchParams.get("scope") ?? "", response);
    } else if (!/^Bearer anonymous|^Bearer known/.test(headers.authorization ?? "")) {
      const challenge = `Bearer realm="http://${this.host}/token",service="registry.test"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
    } else {
      this.#giveContent(request, pathname, response);
    }
  }

  #giveBody(body: string | undefined, response: ServerResponse): void {
    if (body === undefined) {
      response.writeHead(200, { "content-length": "1000" });
      response.write("{", () => response.destroy());
    } else {
      response.writeHead(200).end(body);
    }
  }

  #giveToken(authorization: string | undefined, scope: string, response: ServerResponse): void {
    const expected = `Basic ${Buffer.from(this.login).toString("base64")}`;
    if (authorization !== undefined && authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    const token = authorization === undefined ? "anonymous" : "known";
    response.end(JSON.stringify({ token: `${token} ${scope}` }));
  }

  #giveContent(request: IncomingMessage, path: string, response: ServerResponse): void {
    const [, repository = "", kind, reference = ""] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const token = request.headers.authorization ?? "";
    const isOpen = !this.private.has(repository) || token.startsWith("Bearer known");
    if (!isOpen || !token.endsWith(`repository:${repository}:pull`)) {
      response.writeHead(401, { "www-authenticate": 'Bearer realm="",error="insufficient_scope"' });
      response.end();
      return;
    }
    const found =
      kind === "blobs"
        ? { text: this.#blobs.get(reference) ?? "", type: "application/octet-stream" }
        : this.#content(`${repository}:${reference}`);
    if (found === undefined || found.text === "") {
      response.writeHead(404).end();
      return;
    }
    if (kind === "manifests" && request.headers.accept?.includes(found.type) !== true) {
      response.writeHead(406).end();
      return;
    }
    const digest = this.wrongDigest ? digestOf("another") : digestOf(found.text);
    response.writeHead(200, { "content-type": found.type, "docker-content-digest": digest });
    response.end(request.method === "HEAD" ? undefined : found.text);
  }
}
