/** What a job is to be given to log in at Google, and what is written then. That clients take it: test/judges. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { needOfGoogle } from "../../../ops/pipeline/google.ts";
import { logIn, logOut } from "../../../ops/pipeline/login.ts";
import { parseStackFile, readStackFile } from "../../../ops/stack-file.ts";
import { clone } from "../../rendered.ts";

const requestToken = "a-token-of-this-job";
const provider = "projects/123456/locations/global/workloadIdentityPools/github/providers/fleet";
const account = "fleet-mini@spacemesh-networks.iam.gserviceaccount.com";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-google-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What a job of GitHub's has. */
const job = (more: NodeJS.ProcessEnv = {}) => ({
  KUBECONFIG: join(folder, "kubeconfig"),
  GOOGLE_APPLICATION_CREDENTIALS: join(folder, "google.json"),
  GOOGLE_WORKLOAD_IDENTITY_PROVIDER: provider,
  GOOGLE_SERVICE_ACCOUNT: account,
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://pipelines.example/idtoken/1?api-version=2.0",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
  ...more,
});

describe("a log-in at Google", () => {
  const file = readStackFile(clone, "spacemesh-mini");

  test("has GitHub asked for this provider alone, and Google for the service account", () => {
    const environment = job();
    const told = logIn(file, environment);
    expect(told).toContain("spacemesh-mini needs no kubeconfig: its cluster is made by it");
    expect(told).toContain("google.json: its cluster is made there");
    expect(told).not.toContain(requestToken);
    const path = environment.GOOGLE_APPLICATION_CREDENTIALS;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      type: "external_account",
      audience: `//iam.googleapis.com/${provider}`,
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: "https://sts.googleapis.com/v1/token",
      service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
      service_account_impersonation: { token_lifetime_seconds: 3600 },
      credential_source: {
        url: `https://pipelines.example/idtoken/1?api-version=2.0&audience=${encodeURIComponent(`https://iam.googleapis.com/${provider}`)}`,
        headers: { Authorization: `Bearer ${requestToken}` },
        format: { type: "json", subject_token_field_name: "value" },
      },
    });
  });

  test("is not written over, and is gone afterwards", () => {
    const environment = job();
    logIn(file, environment);
    expect(() => logIn(file, environment)).toThrow("google.json is there already");
    expect(logOut(environment)).toBeUndefined();
    expect(existsSync(environment.GOOGLE_APPLICATION_CREDENTIALS)).toBe(false);
    expect(logOut(environment)).toBeUndefined();
  });

  test("is asked for in plain text on this very machine alone, and none is taken away that nobody names", () => {
    const at = (url: string) => () =>
      logIn(file, job({ ACTIONS_ID_TOKEN_REQUEST_URL: `http://${url}/` }));
    expect(at("127.0.0.1.example.org")).toThrow("begins with https://");
    expect(at("127.0.0.1:8080")).not.toThrow();
    expect(logOut(job({ GOOGLE_APPLICATION_CREDENTIALS: "" }))).toBeUndefined();
  });

  test.each([
    ["the key of a service account", '{"type":"service_account","private_key":"k"}'],
    ["a log-in of gcloud's", '{"type":"authorized_user","refresh_token":"t"}'],
    ["another's log-in", '{"type":"external_account","credential_source":{"file":"/a"}}'],
    ["no JSON", "{"],
  ])("of somebody's own stays: %s", (_, text) => {
    const environment = job();
    writeFileSync(environment.GOOGLE_APPLICATION_CREDENTIALS, text);
    expect(logOut(environment)).toContain("was not written by live-login: it stays");
    expect(readFileSync(environment.GOOGLE_APPLICATION_CREDENTIALS, "utf8")).toBe(text);
  });

  const named = (from: string, to: string) => ({
    GOOGLE_WORKLOAD_IDENTITY_PROVIDER: provider.replace(from, to),
  });
  test.each<[string, NodeJS.ProcessEnv, string]>([
    ["no path", { GOOGLE_APPLICATION_CREDENTIALS: "" }, "must be a path from the root on"],
    ["a path from here", { GOOGLE_APPLICATION_CREDENTIALS: "a.json" }, "from the root on"],
    [
      "no provider",
      { GOOGLE_WORKLOAD_IDENTITY_PROVIDER: "" },
      "GOOGLE_WORKLOAD_IDENTITY_PROVIDER is empty, and its cluster is made there",
    ],
    ["a project's id", named("123456", "spacemesh-networks"), "projects/<number>/"],
    ["a pool alone", named("/providers/fleet", ""), "the whole name of a provider"],
    ["an address before it", named("projects", "//iam.googleapis.com/projects"), "the whole name"],
    ["two lines", named("fleet", "fleet\n"), "the whole name of a provider"],
    ["another place", named("global", "europe"), "the whole name of a provider"],
    ["no account", { GOOGLE_SERVICE_ACCOUNT: "" }, "GOOGLE_SERVICE_ACCOUNT is empty"],
    ["an account's name", { GOOGLE_SERVICE_ACCOUNT: "fleet-mini" }, "a service account's address"],
    ["a person", { GOOGLE_SERVICE_ACCOUNT: "someone@example.com" }, "service account's address"],
    [
      "another path at Google's",
      { GOOGLE_SERVICE_ACCOUNT: `x/../${account}` },
      "a service account's address",
    ],
    ["no right to ask", { ACTIONS_ID_TOKEN_REQUEST_URL: "" }, "permissions: id-token: write"],
    ["no token to ask", { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "" }, "permissions: id-token: write"],
    ["plain HTTP", { ACTIONS_ID_TOKEN_REQUEST_URL: "http://a.example/" }, "begins with https://"],
    ["no address", { ACTIONS_ID_TOKEN_REQUEST_URL: "a b" }, "begins with https://"],
    ["two headers", { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret\r\nHost: a" }, "is no token"],
  ])("is refused with %s, nothing secret told and nothing written", (_, change, told) => {
    const environment = job(change);
    let message = "";
    try {
      logIn(file, environment);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(told);
    for (const secret of [requestToken, "secret"]) {
      expect(message).not.toContain(secret);
    }
    expect(existsSync(join(folder, "google.json"))).toBe(false);
    expect(existsSync(join(folder, "kubeconfig"))).toBe(false);
  });
});

describe("who needs Google", () => {
  const needs = (text: string, environment: NodeJS.ProcessEnv = {}) =>
    needOfGoogle(parseStackFile("one", text), environment);
  const elsewhere = "config:\n  fleet:cluster: { kind: kubeconfig, context: c }\n";

  test.each([
    ["config:\n  fleet:cluster: { kind: gke, project: p }\n", "its cluster"],
    [
      "config:\n  fleet:cluster: { kind: kubeconfig, context: c, google: { project: p } }\n",
      "its addresses",
    ],
    [`${elsewhere}  fleet:system: spacemesh\n`, "what it publishes"],
    ["config:\n  fleet:system: spacemesh-discovery\n", "what it publishes"],
    [`secretsprovider: gcpkms://projects/p\n${elsewhere}`, "its secrets' key"],
  ])("%j does", (text, told) => {
    expect(needs(text)).toContain(told);
  });

  test("a stack does whose state lies in a bucket there, and no other", () => {
    expect(needs(elsewhere, { PULUMI_BACKEND_URL: "gs://fleet-state" })).toContain("its state");
    expect(needs(elsewhere, { PULUMI_BACKEND_URL: "s3://fleet-state" })).toBeUndefined();
    expect(needs(`secretsprovider: awskms://a\n${elsewhere}`)).toBeUndefined();
    expect(needs("config: {}\n")).toBeUndefined();
  });

  test.each(["test", "prod", "voting", "pushtech-production", "fxa-production"])(
    "%s does not, and is given no log-in there",
    (stack) => {
      expect(needOfGoogle(readStackFile(clone, stack), {})).toBeUndefined();
    },
  );

  test.each(["devnet", "discovery", "mini", "testnet"])("spacemesh-%s does", (network) => {
    expect(needOfGoogle(readStackFile(clone, `spacemesh-${network}`), {})).toMatch(/there$/);
  });
});
