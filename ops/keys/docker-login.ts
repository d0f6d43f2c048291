/** The login of a registry out of Docker's own config file. No text holds any of it. */
import * as z from "zod";

import { registryServer } from "../../components/platform/registry.schema.ts";
import { CommandError } from "../command.ts";
import type { KeyRow } from "./rows.ts";

const DockerConfig = z.looseObject({
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
      }),
    )
    .default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).default({}),
});

const OneRepository = z.looseObject({ images: z.looseObject({ repository: z.string() }) });
const PrivateSide = z.looseObject({
  images: z.looseObject({ private: z.looseObject({ repository: z.string() }) }),
});

/** Where the images behind the pull secret lie, e.g. `docker.io/gorenje/pushtech`. */
function repositoryOf(config: unknown): string | undefined {
  return (
    PrivateSide.safeParse(config).data?.images.private.repository ??
    OneRepository.safeParse(config).data?.images.repository
  );
}

/** Names of Docker Hub in such files, beside the historic one. */
const hub = ["index.docker.io", "docker.io", "registry-1.docker.io"];

/** A server's name without what may stand round it. */
const bare = (server: string): string => server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");

/**
 * The login that the stack's images are pulled with.
 *
 * @param text Content of the file, `~/.docker/config.json` above all.
 * @returns Entry's name → `user:token`.
 * @throws CommandError that says what to do instead.
 */
export function readDockerLogin(
  text: string,
  config: unknown,
  rows: readonly KeyRow[],
): Readonly<Record<string, string>> {
  const repository = repositoryOf(config);
  const row = rows.find(({ paths }) =>
    paths.some((path) => /^fleet:images\..*pullSecret$/.test(path)),
  );
  if (repository === undefined || row === undefined) {
    throw new CommandError("DOCKER_LOGIN: this stack pulls its images without a login");
  }
  const server = bare(registryServer(repository));
  const read = parse(text);
  const names = hub.includes(server) ? hub : [server];
  // One of several names may have an empty entry, which Docker leaves behind.
  const own = Object.entries(read.auths).flatMap(([name, entry]) =>
    names.includes(bare(name)) ? [entry] : [],
  );
  const found = own.map(loginOf).find((login) => login !== undefined);
  if (found === undefined) {
    const token = own.find(({ identitytoken }) => identitytoken !== undefined)?.identitytoken;
    throw new CommandError(faultOf(names, read, token));
  }
  return { [row.name]: found };
}

function parse(text: string): z.infer<typeof DockerConfig> {
  try {
    return DockerConfig.parse(JSON.parse(text));
  } catch {
    // The parser's message quotes what it could not read.
    throw new CommandError('DOCKER_LOGIN must be Docker\'s config file: {"auths": {…}}');
  }
}

interface Auth {
  readonly auth?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

function loginOf({ auth, username, password }: Auth): string | undefined {
  if (auth !== undefined && auth !== "") {
    const text = Buffer.from(auth, "base64").toString("utf8");
    return /^[^:]+:./s.test(text) ? text : undefined;
  }
  return username === undefined || password === undefined ? undefined : `${username}:${password}`;
}

function faultOf(
  names: readonly string[],
  { auths, credsStore, credHelpers }: z.infer<typeof DockerConfig>,
  identityToken: string | undefined,
): string {
  const [server = ""] = names;
  const instead = "give the user and an access token with IMPORT instead: user:token";
  if (identityToken !== undefined) {
    return `DOCKER_LOGIN: the login for ${server} is an identity token, which nodes cannot use: ${instead}`;
  }
  const isElsewhere =
    credsStore !== undefined || Object.keys(credHelpers).some((name) => names.includes(bare(name)));
  if (isElsewhere) {
    return `DOCKER_LOGIN: Docker keeps the login for ${server} in a store of the desktop, not in this file: ${instead}`;
  }
  const known = Object.keys(auths).map(bare).join(", ");
  return `DOCKER_LOGIN: the file has no login for ${server}${known === "" ? "" : ` (it has: ${known})`}: docker login ${server}`;
}
