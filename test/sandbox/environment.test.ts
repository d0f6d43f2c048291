import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  engineEnvironment,
  inherited,
  prepareFolder,
  sandboxEnvironment,
} from "../../sandbox/environment.ts";
import {
  apiAccess,
  kubeconfigText,
  nowhereKubeconfig,
  writeKubeconfig,
} from "../../sandbox/kubeconfig.ts";
import { type SandboxPlace, sandboxPlace } from "../../sandbox/place.ts";
import { isLoopback } from "../../stacks/kubeconfig.ts";

let root = "";
let place: SandboxPlace;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-environment-"));
  place = sandboxPlace("test", { root });
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Everything that could lead a tool to something live, or into its process. */
const hostile: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...["KUBECONFIG", "KUBERNETES_MASTER", "PULUMI_K8S_KUBECONFIG", "PULUMI_K8S_CONTEXT"],
    ...[
      "PULUMI_BACKEND_URL",
      "PULUMI_ACCESS_TOKEN",
      "PULUMI_CONFIG",
      "PULUMI_HOME",
      "PULUMI_STACK",
    ],
    ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_OPTION_TARGET"],
    ...["PULUMI_OPTION_CONFIG_FILE", "PULUMI_SKIP_CHECKPOINTS", "PULUMI_DEBUG_PROVIDERS"],
    ...["LINODE_TOKEN", "LINODE_CONFIG", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"],
    ...["GOOGLE_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG"],
    ...["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "DOCKER_HOST", "DOCKER_CONFIG"],
    ...["HTTP_PROXY", "https_proxy", "NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS"],
    ...["LD_PRELOAD", "BASH_ENV", "ENV", "SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "TMPDIR"],
    ...["FLEET_SANDBOX_TOKEN", "FLEET_SANDBOX_DIR", "FLEET_SANDBOX_ENGINE"],
  ].map((name) => [name, `hostile ${name}`]),
);

describe("the environment of a sandbox", () => {
  it("holds nothing of a hostile shell", () => {
    const environment = engineEnvironment(place, {
      ...hostile,
      HOME: "/home/user",
      PATH: "/usr/bin",
    });
    expect(Object.entries(environment).filter(([, value]) => value.includes("hostile"))).toEqual(
      [],
    );
    // The cache is shared by all clones; it is all that is taken of the user's folder.
    expect(Object.entries(environment).filter(([, value]) => value.includes("/home/user"))).toEqual(
      [
        ["NODE_COMPILE_CACHE", "/home/user/.cache/fleet/node-compile"],
        ["FLEET_CACHE_DIR", "/home/user/.cache/fleet"],
      ],
    );
  });

  it("takes from the shell only what is listed, and PATH behind its own", () => {
    const outer = Object.fromEntries(inherited.map((name) => [name, `own ${name}`]));
    const environment = sandboxEnvironment(place, { ...outer, PATH: "/tools:relative::/usr/bin" });
    expect(environment).toMatchObject(outer);
    const path = environment["PATH"]?.split(delimiter) ?? [];
    expect(path[0]).toBe(place.bin);
    expect(path[1]).toMatch(/sandbox\/standins\/bin$/);
    // A relative entry would be another folder for each program that is started elsewhere.
    expect(path[2]).toMatch(/sandbox\/policy\/bin$/);
    expect(path.slice(3)).toEqual(["/tools", "/usr/bin"]);
  });

  it("leads every tool to the sandbox's own folder", () => {
    const environment = sandboxEnvironment(place, hostile);
    for (const name of [
      "HOME",
      "TMPDIR",
      "KUBECONFIG",
      "PULUMI_HOME",
      "PULUMI_OPTION_CONFIG_FILE",
    ]) {
      expect(environment[name]?.startsWith(`${place.folder}/`), name).toBe(true);
    }
    expect(environment["PULUMI_BACKEND_URL"]).toBe(`file://${place.folder}/backend`);
    expect(environment["PULUMI_STACK"]).toBe("test");
  });

  it("has a token and a passphrase of its own, kept between commands, for the owner alone", () => {
    const first = sandboxEnvironment(place, {});
    const second = sandboxEnvironment(place, {});
    const other = sandboxEnvironment(sandboxPlace("other", { root }), {});
    for (const name of ["FLEET_SANDBOX_TOKEN", "PULUMI_CONFIG_PASSPHRASE"]) {
      expect(first[name]?.length).toBeGreaterThan(20);
      expect(second[name]).toBe(first[name]);
      expect(other[name]).not.toBe(first[name]);
    }
    expect(readFileSync(place.token, "utf8").trim()).toBe(first["FLEET_SANDBOX_TOKEN"]);
    expect([place.token, place.passphrase].map((path) => statSync(path).mode & 0o777)).toEqual([
      0o600, 0o600,
    ]);
  });

  it("has a token of each cloud's form, which is no other's and the same at every run", () => {
    const tokens = (stack: string): readonly string[] => {
      const environment = sandboxEnvironment(sandboxPlace(stack, { root }), {});
      return ["FLEET_SANDBOX_TOKEN", "LINODE_TOKEN", "CLOUDFLARE_API_TOKEN"].map(
        (name) => environment[name] ?? "",
      );
    };
    const [own = "", linode = "", cloudflare = ""] = tokens("test");
    expect(linode).toMatch(/^[0-9a-f]{64}$/);
    // The provider refuses others (cloudflare/terraform-provider-cloudflare, api_token: [A-Za-z0-9-_]{40}).
    expect(cloudflare).toMatch(/^[0-9a-f]{40}$/);
    expect(linode.startsWith(cloudflare)).toBe(false);
    // They lie in the state: the sandbox's own does not come out of them.
    expect([linode, own].some((token) => token.includes(cloudflare))).toBe(false);
    expect(tokens("test")).toEqual([own, linode, cloudflare]);
    expect(tokens("other")).not.toContain(linode);
  });

  it("has every folder and file that it names, and this very Node as its first program", () => {
    prepareFolder(place);
    const folders = [place.backend, place.engineHome, place.home, place.temporary, place.logs];
    expect(folders.filter((folder) => !statSync(folder).isDirectory())).toEqual([]);
    const link = join(place.bin, "node");
    expect(readlinkSync(link)).toBe(process.execPath);
    // Where the system's Node was exchanged for another, or is gone.
    for (const other of ["/nowhere/node", "/bin/sh"]) {
      rmSync(link);
      symlinkSync(other, link);
      prepareFolder(place);
      expect(readlinkSync(link)).toBe(process.execPath);
    }
    // A cluster that a stand-in makes is the sandbox's.
    expect(
      JSON.parse(readFileSync(join(place.folder, "standins", "settings.json"), "utf8")),
    ).toEqual({ kubeconfig: place.kubeconfig });
  });

  it.each<[NodeJS.ProcessEnv, string]>([
    [{ FLEET_CACHE_DIR: "/c/own", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c/own"],
    [{ FLEET_CACHE_DIR: "", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/fleet"],
    [{ XDG_CACHE_HOME: "", HOME: "/h" }, "/h/.cache/fleet"],
    [{ HOME: "" }, join(homedir(), ".cache", "fleet")],
  ])("finds with %j the tools that are installed: %s", (outer, folder) => {
    expect(sandboxEnvironment(place, outer)["FLEET_CACHE_DIR"]).toBe(folder);
  });

  it("makes a token anew where its file is empty: an empty one would keep nobody out", () => {
    mkdirSync(place.folder, { recursive: true });
    writeFileSync(place.token, "\n");
    expect(sandboxEnvironment(place, {})["FLEET_SANDBOX_TOKEN"]?.length).toBeGreaterThan(20);
  });

  it("keeps no log of the engine's makers, and takes away what an older run has left of it", () => {
    const path = join(place.engineHome, "logs");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "pulumi-1.log"), "old");
    prepareFolder(place);
    expect(readFileSync(path, "utf8")).toContain("sandbox/environment.ts");
    // Twice is once.
    prepareFolder(place);
    expect(statSync(path).isFile()).toBe(true);
  });

  it("refuses a backend outside the sandbox's folder, and one that is the folder itself", () => {
    for (const backend of [join(root, "backend"), "/", place.folder, `${place.folder}-2/backend`]) {
      expect(() => sandboxEnvironment({ ...place, backend }, {})).toThrow(/backend .* must lie in/);
    }
  });
});

describe("the sandbox's kubeconfig", () => {
  const access = { server: "https://127.0.0.1:6443", authority: "a", certificate: "b", key: "c" };

  it("has one context, named as the stack file says, and its own credentials", () => {
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    expect(parse(kubeconfigText("skycoin-test", access))).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "skycoin-test",
      clusters: [
        {
          name: "skycoin-test",
          cluster: { server: access.server, "certificate-authority-data": base64("a") },
        },
      ],
      contexts: [{ name: "skycoin-test", context: { cluster: "skycoin-test", user: "sandbox" } }],
      users: [
        {
          name: "sandbox",
          user: { "client-certificate-data": base64("b"), "client-key-data": base64("c") },
        },
      ],
    });
  });

  it("is its owner's alone", () => {
    writeKubeconfig(place, "skycoin-test", access);
    expect(statSync(place.kubeconfig).mode & 0o777).toBe(0o600);
  });

  it("of a preview without a cluster leads nowhere, and asks nobody for a name", () => {
    const { clusters, contexts, users } = parse(nowhereKubeconfig("c")) as {
      clusters: { cluster: { server: string } }[];
      contexts: object[];
      users: object[];
    };
    const [{ cluster } = { cluster: { server: "" } }] = clusters;
    expect(isLoopback(cluster.server)).toBe(true);
    expect(contexts).toEqual([{ name: "c", context: { cluster: "c", user: "nobody" } }]);
    expect(users).toEqual([{ name: "nobody", user: { token: "none" } }]);
  });

  it.each(["https://10.0.0.1:6443", "https://prod.example.com", "https://127.0.0.1.evil.org"])(
    "never leads to %s",
    (server) => {
      expect(() => kubeconfigText("x", { ...access, server })).toThrow(/loopback/);
      expect(() => apiAccess(place, server)).toThrow(/loopback/);
    },
  );
});
