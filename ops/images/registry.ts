/**
 * Asks a registry for the digest of a tag: the Docker Registry HTTP API, version 2, with its tokens.
 *
 * Not through the Docker provider, which resolves no platform and tells «not found», «not allowed» and
 * «too often» apart in a text only. Sources: distribution.github.io/distribution (spec/api,
 * spec/auth/token), github.com/opencontainers/distribution-spec, docs.docker.com/docker-hub/usage/pulls.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

import { ImageDigest, parseImage } from "../../components/base/images.ts";
import type { RegistryLogin } from "../../components/base/secrets.ts";
import { reason } from "../unanswered.ts";
import { textOf } from "./registry-answer.ts";
import { RegistryFault } from "./registry-fault.ts";
import { authorization } from "./registry-token.ts";

/** What nodes run: machines of Linode and of most clouds are of this kind. */
export const nodePlatform = "linux/amd64";

/** How a registry is asked. */
export interface RegistryOptions {
  /** Whose name it is asked in; nobody's when undefined. */
  readonly login: RegistryLogin | undefined;
  /** Default: ten seconds for each answer. */
  readonly timeoutMilliseconds?: number;
  /** Before what failed for the moment is asked for once more. Default: one second. */
  readonly pauseMilliseconds?: number;
}

/** Errors of a registry that are often gone at the next try. */
const passing = [502, 503, 504];

/** Longest wait that a registry is granted when it was asked too often. */
const patienceSeconds = 10;

const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/** One repository of one registry, with the token that opens it. */
interface Repository {
  readonly url: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: RegistryOptions;
}

/**
 * The digest that a tag has now.
 *
 * A digest that is known already costs one HEAD, which Docker Hub does not count as a pull. Any other is
 * looked into: it must be an image for {@link nodePlatform}, and its content have that very digest.
 *
 * @param image `registry/name:tag`.
 * @param known Digest that was taken before.
 * @throws RegistryFault with what stands in the way.
 */
export async function resolveDigest(
  image: string,
  known: string | undefined,
  options: RegistryOptions,
): Promise<string> {
  const { repository: name, tag } = parseImage(image);
  const repository = await open(name, options);
  const head = await request(repository, `manifests/${tag}`, "HEAD");
  const digest = head.headers.get("docker-content-digest") ?? undefined;
  return digest !== undefined && digest === known ? digest : inspect(repository, tag);
}

async function inspect(repository: Repository, tag: string): Promise<string> {
  const response = await request(repository, `manifests/${tag}`, "GET");
  const text = await textOf(repository.name, response);
  const digest = contentDigest(text);
  const told = response.headers.get("docker-content-digest");
  if (told !== null && told !== digest) {
    throw new RegistryFault(
      `${repository.name}:${tag} came with another content than its digest says`,
      "ask again; if it stays, something between here and the registry changes what passes",
    );
  }
  const platforms = await platformsOf(repository, parse(text, repository.name));
  if (!platforms.includes(nodePlatform)) {
    throw new RegistryFault(
      `${repository.name}:${tag} is for ${platforms.join(", ")}, not for ${nodePlatform}: no node could start it`,
      `push it for ${nodePlatform}: docker buildx build --platform ${nodePlatform}`,
    );
  }
  return digest;
}

const Platform = z.looseObject({
  os: z.string().default("?"),
  architecture: z.string().default("?"),
});
const Index = z.looseObject({
  manifests: z.array(z.looseObject({ platform: Platform.prefault({}) })),
});
const Manifest = z.looseObject({ config: z.looseObject({ digest: ImageDigest }) });

/** An index names its platforms; of a single image they stand in its configuration. */
async function platformsOf(repository: Repository, content: unknown): Promise<string[]> {
  const index = Index.safeParse(content).data;
  const platforms =
    index === undefined
      ? [await platformOf(repository, content)]
      : index.manifests.map(({ platform }) => platform);
  const names = platforms.map(({ os, architecture }) => `${os}/${architecture}`);
  // Attestations stand in an index as images for no machine.
  return [...new Set(names)].filter((name) => name !== "unknown/unknown");
}

async function platformOf(
  repository: Repository,
  content: unknown,
): Promise<z.infer<typeof Platform>> {
  const manifest = Manifest.safeParse(content).data;
  if (manifest === undefined) {
    throw new RegistryFault(
      `${repository.name}: the registry's answer is no image that this version knows`,
      "an image of the first schema, of 2016 and before, is pushed anew with a newer docker",
    );
  }
  const { digest } = manifest.config;
  const text = await textOf(repository.name, await request(repository, `blobs/${digest}`, "GET"));
  const configuration = Platform.safeParse(parse(text, repository.name)).data;
  if (configuration === undefined || contentDigest(text) !== digest) {
    throw new RegistryFault(
      `${repository.name}: its configuration has another content than its digest says`,
      "ask again; if it stays, something between here and the registry changes what passes",
    );
  }
  return configuration;
}

const contentDigest = (text: string): string =>
  `sha256:${createHash("sha256").update(text).digest("hex")}`;

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new RegistryFault(`${name}: the registry's answer is no JSON`, "is it a registry?");
  }
}

/** Finds out how the registry wants to be asked, and gets a token where it asks for one. */
async function open(name: string, options: RegistryOptions): Promise<Repository> {
  const { server, path } = addressOf(name);
  // What runs on this machine has no certificate: docker itself takes it without one, too.
  const scheme = isLoopback(server) ? "http" : "https";
  const repository = { url: `${scheme}://${server}/v2/${path}`, name, headers: {}, options };
  const answer = await sendTwice(repository, `${scheme}://${server}/v2/`, "GET");
  if (answer.status === 429 || answer.status >= 500) {
    // What it then said without a token would pass for a word about the image.
    throw refusal(repository, "", answer);
  }
  const challenge = answer.headers.get("www-authenticate");
  if (answer.status !== 401 || challenge === null) {
    return repository;
  }
  const header = await authorization(challenge, {
    scope: `repository:${path}:pull`,
    login: options.login,
    ask: (url, headers) => send({ ...repository, headers }, url, "GET"),
    isTrusted: (url) => url.protocol === "https:" || isLoopback(url.host),
  });
  return { ...repository, headers: { authorization: header } };
}

/** Server and path of a repository. Docker Hub's are named after its web site, or after no registry. */
export function addressOf(name: string): { readonly server: string; readonly path: string } {
  const [first = "", ...rest] = name.split("/");
  const isServer = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const server = isServer ? first : "docker.io";
  const path = isServer ? rest : [first, ...rest];
  return server === "docker.io"
    ? {
        server: "registry-1.docker.io",
        path: (path.length === 1 ? ["library", ...path] : path).join("/"),
      }
    : { server, path: path.join("/") };
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
}

async function request(
  repository: Repository,
  path: string,
  method: "GET" | "HEAD",
): Promise<Response> {
  const response = await sendTwice(repository, `${repository.url}/${path}`, method);
  if (response.ok) {
    return response;
  }
  throw refusal(repository, path.replace(/^manifests\//, ""), response);
}

/** Once more where it failed for the moment. */
async function sendTwice(
  repository: Repository,
  url: string,
  method: "GET" | "HEAD",
): Promise<Response> {
  const response = await send(repository, url, method);
  const pause = pauseBefore(response, repository.options);
  if (pause === undefined) {
    return response;
  }
  await sleep(pause);
  return send(repository, url, method);
}

/** Milliseconds after which it is worth asking once more; undefined where it is not. */
function pauseBefore(
  { status, headers }: Response,
  { pauseMilliseconds = 1_000 }: RegistryOptions,
): number | undefined {
  const told = Number(headers.get("retry-after") ?? NaN);
  if (status === 429) {
    return told <= patienceSeconds ? told * 1_000 : undefined;
  }
  return passing.includes(status) ? pauseMilliseconds : undefined;
}

async function send(
  repository: Pick<Repository, "name" | "headers" | "options">,
  url: string,
  method: "GET" | "HEAD",
  isAgain = false,
): Promise<Response> {
  const { headers, name, options } = repository;
  try {
    return await fetch(url, {
      method,
      headers: { accept: [...indexTypes, ...manifestTypes].join(", "), ...headers },
      signal: AbortSignal.timeout(options.timeoutMilliseconds ?? 10_000),
    });
  } catch (error) {
    const why = reason(error);
    // A connection that is kept may be ended by the other side in the moment that it is used again.
    if (cutOff.includes(why) && !isAgain) {
      return send(repository, url, method, true);
    }
    throw new RegistryFault(
      `${name}: ${new URL(url).host} cannot be reached (${why})`,
      "check the network, a proxy's settings, and the registry's status page",
      true,
    );
  }
}

/** What the system and undici call that. */
const cutOff = ["ECONNRESET", "UND_ERR_SOCKET"];

function refusal({ name, options }: Repository, what: string, response: Response): RegistryFault {
  const { status } = response;
  switch (status) {
    case 401:
    case 403:
      return options.login === undefined
        ? new RegistryFault(
            `${name}: the registry does not let strangers read it`,
            "what is private, or does not exist, looks like this: import its login (make keys), or mend its name",
          )
        : new RegistryFault(
            `${name}: the registry does not let this login read it`,
            "it may lack the right to pull, or the name be wrong: Docker Hub tells none of these apart",
          );
    case 404:
      return new RegistryFault(
        `${name} has no ${what}`,
        "push that tag, or say another one in the stack file",
      );
    case 429:
      return new RegistryFault(
        `${name}: asked too often${waitOf(response)}`,
        "wait, or log in: Docker Hub lets a login ask more often than an address",
        true,
      );
    default:
      return new RegistryFault(
        `${name}: the registry answers ${status}`,
        "see the registry's status page, and ask again",
        true,
      );
  }
}

function waitOf({ headers }: Response): string {
  const seconds = headers.get("retry-after");
  return seconds === null ? "" : `; it says to wait ${seconds} s`;
}

// What reads whole images (registry-image.ts) asks as this file does.
export {
  contentDigest,
  open as openRepository,
  parse as parseAnswer,
  request as askRepository,
  send as sendQuestion,
  type Repository,
};
