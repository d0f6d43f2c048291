/**
 * The registry that Docker's own is, out of Debian's packages, with images that the tests make and push
 * over its API. On loopback, with or without tokens.
 */
import { createHash, createPrivateKey, randomUUID, sign } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";

import { freePorts, Place, until } from "../data/programs.ts";
import { LocalServer } from "../local-server.ts";
import { authority, good } from "../ops/certificates.ts";

/** What a test's image says of itself. */
export interface MadeImage {
  /** Such as `linux/amd64`. */
  readonly platform: string;
  /** `config` of the image specification. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Contents of its layers. */
  readonly layers?: readonly string[];
  /** Docker's own types, and not those of the specification. */
  readonly isDockers?: boolean;
}

/** A part of an image, as a manifest names it. */
interface Pushed {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const types = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  dockers: {
    manifest: "application/vnd.docker.distribution.manifest.v2+json",
    config: "application/vnd.docker.container.image.v1+json",
    layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  },
} as const;

const digestOf = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** The issuer of tokens. It knows one login, which may do anything; strangers may pull what is public. */
class TokenServer extends LocalServer {
  readonly login = "somebody:dckr-token";
  /** Repositories that a login alone opens. */
  readonly private = new Set<string>();
  readonly #service: string;

  constructor(service: string) {
    super();
    this.#service = service;
  }

  protected answer({ headers, url }: IncomingMessage, response: ServerResponse): void {
    const { searchParams } = new URL(url ?? "", "http://tokens");
    const known = `Basic ${Buffer.from(this.login).toString("base64")}`;
    const { authorization } = headers;
    if (authorization !== undefined && authorization !== known) {
      response.writeHead(401).end();
      return;
    }
    const [type = "", name = "", actions = ""] = (searchParams.get("scope") ?? "").split(":");
    const isOpen = authorization !== undefined || !this.private.has(name);
    const access = isOpen ? [{ type, name, actions: actions.split(",") }] : [];
    response.end(JSON.stringify({ token: tokenFor(this.#service, access) }));
  }

  get realm(): string {
    return `${this.url}/token`;
  }
}

/** A token as the registry checks it: signed with a certificate of the authority that it trusts. */
function tokenFor(service: string, access: readonly unknown[]): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const leaf = good.cert.replaceAll(/-----[A-Z ]+-----|\s/g, "");
  const now = Math.floor(Date.now() / 1000);
  const head = part({ typ: "JWT", alg: "ES256", x5c: [leaf] });
  const body = part({
    ...{ iss: "tests", sub: "tests", aud: service, jti: randomUUID(), access },
    ...{ iat: now, nbf: now - 60, exp: now + 300 },
  });
  const key = { key: createPrivateKey(good.key), dsaEncoding: "ieee-p1363" } as const;
  return `${head}.${body}.${sign("sha256", Buffer.from(`${head}.${body}`), key).toString("base64url")}`;
}

/** A registry under test. */
export class RealRegistry {
  /** `127.0.0.1:port`. */
  readonly host: string;
  readonly tokens: TokenServer | undefined;
  readonly #place: Place;

  private constructor(host: string, place: Place, tokens: TokenServer | undefined) {
    this.host = host;
    this.#place = place;
    this.tokens = tokens;
  }

  /** Starts one. @param isGuarded Whether it asks for tokens. */
  static async start(isGuarded: boolean): Promise<RealRegistry> {
    const place = new Place(["docker-registry"]);
    const [port = 0] = await freePorts(1);
    const host = `127.0.0.1:${port}`;
    const tokens = isGuarded ? new TokenServer(host) : undefined;
    await tokens?.start();
    const bundle = place.write("authority.pem", authority);
    const store = await place.makeFolder("store");
    const config = {
      version: 0.1,
      log: { level: "warn" },
      storage: { filesystem: { rootdirectory: store }, delete: { enabled: true } },
      http: { addr: host },
      ...(tokens === undefined
        ? {}
        : {
            auth: {
              token: {
                realm: tokens.realm,
                service: host,
                issuer: "tests",
                rootcertbundle: bundle,
              },
            },
          }),
    };
    const running = place.start([
      "docker-registry",
      "serve",
      place.write("config.yml", JSON.stringify(config)),
    ]);
    const registry = new RealRegistry(host, place, tokens);
    try {
      await until("the registry answers", async () => {
        if (running.child.exitCode !== null) {
          throw new Error(`the registry ended: ${running.said()}`);
        }
        const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
        return answer !== undefined;
      });
    } catch (error) {
      await registry.stop();
      throw error;
    }
    return registry;
  }

  async stop(): Promise<void> {
    await this.tokens?.stop();
    await this.#place.clear();
  }

  /** Pushes an image under a tag; several make an index. Tells the tag's digest. */
  async push(name: string, tag: string, images: readonly MadeImage[]): Promise<string> {
    const pushed = [];
    for (const image of images) {
      const [only] = images.length === 1 ? [tag] : [];
      pushed.push({ ...(await this.#pushImage(name, image, only)), platform: split(image) });
    }
    const [first] = pushed;
    if (first === undefined || pushed.length === 1) {
      return first?.digest ?? "";
    }
    const index = { schemaVersion: 2, mediaType: types.index, manifests: pushed };
    return (await this.#put(name, tag, types.index, JSON.stringify(index))).digest;
  }

  /** Takes a part away, as a clean-up that went wrong does. */
  async deleteBlob(name: string, content: string): Promise<void> {
    await this.#ask(name, `blobs/${digestOf(content)}`, { method: "DELETE" });
  }

  async #pushImage(name: string, image: MadeImage, tag: string | undefined): Promise<Pushed> {
    const { config, layer, manifest } = image.isDockers === true ? types.dockers : types;
    const layers = [];
    for (const content of image.layers ?? ["a layer"]) {
      layers.push(await this.#pushBlob(name, layer, content));
    }
    const about = JSON.stringify({
      ...split(image),
      config: image.config ?? {},
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    });
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifest,
      config: await this.#pushBlob(name, config, about),
      layers,
    });
    return this.#put(name, tag ?? digestOf(text), manifest, text);
  }

  async #put(name: string, what: string, mediaType: string, text: string): Promise<Pushed> {
    const headers = { "content-type": mediaType };
    await this.#ask(name, `manifests/${what}`, { method: "PUT", headers, body: text });
    return { mediaType, digest: digestOf(text), size: Buffer.byteLength(text) };
  }

  async #pushBlob(name: string, mediaType: string, content: string): Promise<Pushed> {
    const digest = digestOf(content);
    const begun = await this.#ask(name, "blobs/uploads/", { method: "POST" });
    const place = new URL(begun.headers.get("location") ?? "", `http://${this.host}`);
    place.searchParams.set("digest", digest);
    const headers = { "content-type": "application/octet-stream" };
    await this.#ask(name, place.href, { method: "PUT", headers, body: content });
    return { mediaType, digest, size: Buffer.byteLength(content) };
  }

  async #ask(name: string, what: string, request: RequestInit): Promise<Response> {
    const url = URL.canParse(what) ? what : `http://${this.host}/v2/${name}/${what}`;
    const access = [{ type: "repository", name, actions: ["pull", "push", "delete"] }];
    const headers = {
      ...(request.headers as Record<string, string> | undefined),
      ...(this.tokens === undefined
        ? {}
        : { authorization: `Bearer ${tokenFor(this.host, access)}` }),
    };
    const answer = await fetch(url, { ...request, headers });
    if (!answer.ok) {
      throw new Error(`${request.method ?? ""} ${url}: ${answer.status} ${await answer.text()}`);
    }
    return answer;
  }
}

function split({ platform }: MadeImage): { readonly os: string; readonly architecture: string } {
  const [os = "", architecture = ""] = platform.split("/");
  return { os, architecture };
}
