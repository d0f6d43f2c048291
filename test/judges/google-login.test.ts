/**
 * Proves on real clients that a job's log-in at Google is one: on the library by which the engine and the Google provider
 * log in, on Google's own gke-gcloud-auth-plugin where the machine has it, and on the one that is built where it has none.
 * GitHub and Google are played, on loopback: that they grant what the real ones would, and to whom, is theirs to say.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { gkeKubeconfig } from "../../components/platform/gke.ts";
import { logIn, logOut } from "../../ops/pipeline/login.ts";
import { readStackFile } from "../../ops/stack-file.ts";
import { build } from "../../tools/lib/build.mjs";
import { readManifest } from "../../tools/lib/manifest.mjs";
import { bodyOf, LocalServer } from "../local-server.ts";
import { authority, good } from "../ops/certificates.ts";
import { clone } from "../rendered.ts";
import { run, toolPath } from "./tools.ts";

const provider = "projects/123456/locations/global/workloadIdentityPools/github/providers/fleet";
const account = "fleet-mini@spacemesh-networks.iam.gserviceaccount.com";
const requestToken = "a-token-of-this-job";
const plugin = "gke-gcloud-auth-plugin";

/** GitHub, Google's token service and its accounts: each gives a thing once, and knows only what it gave. */
class Givers extends LocalServer {
  readonly asked: string[] = [];
  /** How long what Google gives is good for. */
  seconds = 3600;
  /** How often GitHub is not up to it. */
  stumbles = 0;
  readonly #given: Record<"identity" | "federated", Set<string>> = {
    identity: new Set(),
    federated: new Set(),
  };

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    const body = (await bodyOf(request)).toString();
    this.asked.push(`${request.method ?? ""} ${url.pathname}`);
    const answer = this.#answerOf(url, request.headers.authorization, body);
    response.writeHead(answer === undefined ? 403 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? { error: "access_denied" }));
  }

  #answerOf(url: URL, authorization: string | undefined, body: string): object | undefined {
    switch (url.pathname) {
      case "/idtoken":
        return this.#identity(url, authorization);
      case "/v1/token":
        return this.#federated(new URLSearchParams(body));
      case `/v1/projects/-/serviceAccounts/${account}:generateAccessToken`:
        return this.#access(authorization, body);
      default:
        return undefined;
    }
  }

  #identity(url: URL, authorization: string | undefined): object | undefined {
    const isOurs =
      url.searchParams.get("audience") === `https://iam.googleapis.com/${provider}` &&
      url.searchParams.get("api-version") === "2.0" &&
      authorization === `Bearer ${requestToken}`;
    if (this.stumbles > 0) {
      this.stumbles -= 1;
      return undefined;
    }
    return isOurs ? { count: 1, value: this.#give("identity") } : undefined;
  }

  #federated(form: URLSearchParams): object | undefined {
    const given = form.get("subject_token") ?? "";
    const isRight =
      form.get("grant_type") === "urn:ietf:params:oauth:grant-type:token-exchange" &&
      form.get("subject_token_type") === "urn:ietf:params:oauth:token-type:jwt" &&
      form.get("audience") === `//iam.googleapis.com/${provider}` &&
      this.#given.identity.delete(given);
    return isRight
      ? {
          access_token: this.#give("federated"),
          issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
          token_type: "Bearer",
          expires_in: this.seconds,
        }
      : undefined;
  }

  #access(authorization: string | undefined, body: string): object | undefined {
    const { lifetime, scope } = JSON.parse(body) as { lifetime?: string; scope?: string[] };
    const isRight =
      lifetime === "3600s" &&
      scope?.includes("https://www.googleapis.com/auth/cloud-platform") === true &&
      this.#given.federated.has(authorization?.replace("Bearer ", "") ?? "");
    const expireTime = new Date(Date.now() + this.seconds * 1000).toISOString();
    return isRight ? { accessToken: `access-${this.asked.length}`, expireTime } : undefined;
  }

  #give(kind: "identity" | "federated"): string {
    const made = `${kind}-${this.asked.length}`;
    this.#given[kind].add(made);
    return made;
  }
}

const givers = new Givers();
let folder: string;
let environment: Record<string, string>;

/** The job's log-in as it is written, led to the givers here by its two addresses at Google's. */
beforeAll(async () => {
  await givers.start();
  folder = mkdtempSync(join(tmpdir(), "fleet-google-"));
  environment = {
    KUBECONFIG: join(folder, "kubeconfig"),
    GOOGLE_APPLICATION_CREDENTIALS: join(folder, "google.json"),
    GOOGLE_WORKLOAD_IDENTITY_PROVIDER: provider,
    GOOGLE_SERVICE_ACCOUNT: account,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${givers.url}/idtoken?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
  };
  logIn(readStackFile(clone, "spacemesh-mini"), environment);
  const path = environment["GOOGLE_APPLICATION_CREDENTIALS"] ?? "";
  const text = readFileSync(path, "utf8")
    .replace("https://sts.googleapis.com", givers.url)
    .replace("https://iamcredentials.googleapis.com", givers.url);
  expect(text).not.toMatch(/"https:\/\/\w+\.googleapis/);
  writeFileSync(path, text);
  await buildPrograms();
});

afterAll(async () => {
  logOut(environment);
  expect(existsSync(environment["GOOGLE_APPLICATION_CREDENTIALS"] ?? "")).toBe(false);
  await givers.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  givers.asked.length = 0;
  givers.seconds = 3600;
  givers.stumbles = 0;
});

/** The plugin of ours as a machine without Google's comes by it, and the library's user. */
async function buildPrograms(): Promise<void> {
  const { requires, tools } = readManifest();
  const builds = (tools[plugin]?.sources ?? []).flatMap((source) =>
    source.kind === "go" ? source.builds : [],
  );
  expect(builds).toHaveLength(1);
  // By the same flags: with others everything would be compiled again.
  const client = { binary: "client", module: "../../test/judges/google-client", package: "." };
  await build([...builds, client], folder, requires.go);
}

/** Nothing but the log-in: a home of its own, so that nobody's other log-in helps. */
const bare = (path = "/nowhere") => ({
  HOME: folder,
  PATH: path,
  GOOGLE_APPLICATION_CREDENTIALS: environment["GOOGLE_APPLICATION_CREDENTIALS"],
});

const start = (program: string, ...words: string[]) => run(program, words, { env: bare() });

/** An API server that answers anybody, and tells who asked. */
async function cluster(tell: (request: IncomingMessage) => void): Promise<Server> {
  const server = createServer(good, (request, response) => {
    tell(request);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return server;
}

const exchange = [
  "GET /idtoken",
  "POST /v1/token",
  `POST /v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
];

test("the library asks once for what is good for an hour, and all anew when that is over", async () => {
  const hour = await start(join(folder, "client"));
  expect(hour).toMatchObject({ code: 0, stdout: "access-3\naccess-3\n" });
  expect(givers.asked).toEqual(exchange);
  givers.asked.length = 0;
  givers.seconds = 1;
  const over = await start(join(folder, "client"));
  expect(over).toMatchObject({ code: 0, stdout: "access-3\naccess-6\n" });
  expect(givers.asked).toEqual([...exchange, ...exchange]);
});

test("the library says what was refused, and not what it was refused with", async () => {
  givers.stumbles = 1;
  const refused = await start(join(folder, "client"));
  expect(refused).toMatchObject({ code: 1, stdout: "" });
  expect(refused.stderr).toContain("status code 403");
  expect(refused.stderr).not.toContain(requestToken);
});

describe.each([
  ["found or built", () => toolPath(plugin)],
  ["of ours", () => join(folder, plugin)],
])("the plugin %s", (_, path) => {
  const word = "--use_application_default_credentials";

  test("gives a token of the service account's, another one each time, and keeps none", async () => {
    for (const round of [3, 6]) {
      const { code, stdout } = await start(path(), word);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        kind: "ExecCredential",
        apiVersion: "client.authentication.k8s.io/v1beta1",
        status: {
          token: `access-${round}`,
          expirationTimestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        },
      });
    }
    expect(givers.asked).toEqual([...exchange, ...exchange]);
    expect(existsSync(join(folder, ".kube"))).toBe(false);
    expect(existsSync(join(folder, "gke_gcloud_auth_plugin_cache"))).toBe(false);
  });

  test("lets a client of Kubernetes in by the kubeconfig of a cluster that is made there", async () => {
    const seen: (string | undefined)[] = [];
    const server = await cluster(({ headers }) => seen.push(headers.authorization));
    try {
      const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const kubeconfig = join(folder, "made");
      const encoded = Buffer.from(authority).toString("base64");
      writeFileSync(kubeconfig, gkeKubeconfig("mini", endpoint, encoded));
      const words = ["--kubeconfig", kubeconfig, "--tls-server-name=ar.skywire.dev"];
      const asked = await run(toolPath("kubectl"), [...words, "get", "--raw", "/version"], {
        env: bare(dirname(path())),
      });
      expect(asked).toMatchObject({ code: 0, stdout: "{}" });
    } finally {
      server.close();
    }
    expect(seen).toEqual(["Bearer access-3"]);
  });

  test("asks again where GitHub stumbles", async () => {
    givers.stumbles = 1;
    const { code, stdout } = await start(path(), word);
    expect(code).toBe(0);
    expect(stdout).toContain("access-4");
  });
});

test("the plugin of ours refuses what it does not know", async () => {
  for (const words of [[], ["--use_edge_cloud"], ["--use_application_default_credentials", "a"]]) {
    expect(await start(join(folder, plugin), ...words)).toMatchObject({ code: 1, stdout: "" });
  }
  expect(givers.asked).toEqual([]);
});
