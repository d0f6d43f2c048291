/**
 * `make doctor` on a sandbox and on a live stack's own terms (official settings, a backend of its own, a
 * sandbox's API server): what is in order is told so, each thing broken here on purpose is found with its
 * mend, everything else is still checked, and no secret is printed. The tests build on each other.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { run, toolFolder } from "../judges/tools.ts";
import { clone as root } from "../rendered.ts";
import { releaseClone, type ReleaseClone } from "./release-clone.ts";
import { liveStack, type LiveStack } from "./release-live.ts";
import { type ReleaseSandbox, releaseSandbox } from "./release-runs.ts";

const canary = "correct-horse-battery-staple-7";

describe("doctor", () => {
  let clone: ReleaseClone;
  let sandbox: ReleaseSandbox;
  let live: LiveStack;

  beforeAll(async () => {
    clone = releaseClone({ version: "1" }, "one");
    cpSync(join(root, "tools"), join(clone.folder, "tools"), { recursive: true });
    sandbox = releaseSandbox(clone);
    live = liveStack(clone, sandbox);
    live.environment["PATH"] = [toolFolder("kubectl"), live.environment["PATH"]].join(delimiter);
    expect(await sandbox.command("up")).toMatchObject({ code: 0 });
    clone.configure("one", "pause", "live");
    expect(await live.init()).toMatchObject({ code: 0 });
    const words = ["config", "set", "--secret", "--path", "fleet:secrets.login", canary];
    expect(await live.pulumi(...words, "--stack", "live")).toMatchObject({ code: 0 });
    clone.commit("A live stack");
    expect(await live.start().end).toMatchObject({ code: 0 });
  });

  afterAll(async () => {
    live.dispose();
    await sandbox.dispose();
    clone.dispose();
  });

  /** Runs it, with more in the environment; what it prints holds no secret. */
  async function doctor(more: Readonly<Record<string, string>> = {}): Promise<string> {
    const before = { ...live.environment };
    Object.assign(live.environment, more);
    const { stdout } = await live.command("doctor", "--target", "live");
    Object.assign(live.environment, before);
    expect(stdout).not.toContain(canary);
    return stdout;
  }

  /** Result of one check. */
  const result = (text: string, check: string): string | undefined =>
    new RegExp(`^${check} {2,}(\\S.*?)(?: {2,}|$)`, "m").exec(text)?.[1];

  const backend = (): string => fileURLToPath(live.environment["PULUMI_BACKEND_URL"] ?? "");
  const project = (): string => readdirSync(join(backend(), ".pulumi", "stacks"))[0] ?? "";

  test("finds what runs in order", async () => {
    const text = await doctor();
    const checks = ["backend", "locks", "decryption", "pending operations", "secrets of the state"];
    const more = [
      "providers of the state",
      "versions of the state",
      "Kubernetes",
      "pools and nodes",
      "disks of nodes",
    ];
    expect([...checks, ...more].map((name) => [name, result(text, name), text])).toEqual(
      [...checks, ...more].map((name) => [name, "ok", text]),
    );
  });

  test("finds the sandbox in order, on the sandbox's own engine and cluster", async () => {
    const { stdout, stderr } = await run(
      process.execPath,
      [join(clone.folder, "ops", "cli.ts"), "doctor", "--stack", "test", "--target", "sandbox"],
      {
        cwd: clone.folder,
        env: { ...process.env, FLEET_SANDBOX_ROOT: join(sandbox.folder, "..") },
      },
    );
    for (const name of [
      "backend",
      "locks",
      "pending operations",
      "Kubernetes",
      "pools and nodes",
      "disks of nodes",
    ]) {
      expect([name, result(stdout, name), stdout, stderr]).toEqual([name, "ok", stdout, stderr]);
    }
  });

  test("finds a lock that a killed update left, and that its mend mends it", async () => {
    const place = join(backend(), ".pulumi", "locks", "organization", project(), "live");
    mkdirSync(place, { recursive: true });
    const lock = { pid: 1, username: "ann", hostname: "desk", timestamp: "2026-11-21T20:00:00Z" };
    writeFileSync(join(place, "dead.json"), JSON.stringify(lock));
    const text = await doctor();
    expect(text).toContain("is held by ann@desk, process 1, since 2026-11-21T20:00:00Z");
    expect(text).toContain("pulumi cancel --stack live");
    expect(result(text, "pools and nodes")).toBe("ok");
    expect(await live.pulumi("cancel", "--stack", "live", "--yes")).toMatchObject({ code: 0 });
    expect(result(await doctor(), "locks")).toBe("ok");
  });

  test("finds an operation that was stopped, and that its mend mends it", async () => {
    // Into the backend's own file: `stack import` forgets such operations.
    const path = join(backend(), ".pulumi", "stacks", project(), "live.json");
    const state = JSON.parse(readFileSync(path, "utf8")) as {
      checkpoint: { latest: { resources: { type: string }[]; pending_operations?: unknown } };
    };
    const { latest } = state.checkpoint;
    const resource = latest.resources.find(({ type }) => type.startsWith("kubernetes:"));
    latest.pending_operations = [{ resource, type: "updating" }];
    writeFileSync(path, JSON.stringify(state));
    const text = await doctor();
    expect(result(text, "pending operations")).toBe("1 FAULT");
    expect(text).toContain("pulumi refresh --stack live");
    const refreshed = await live.pulumi("refresh", "--stack", "live", "--yes");
    expect({ ...refreshed }).toMatchObject({ code: 0 });
    expect(result(await doctor(), "pending operations")).toBe("ok");
  });

  test("finds nodes that are not what the pools promise", async () => {
    const [name = ""] = (await sandbox.kubectl("get", "nodes", "-o", "name")).split("\n");
    await sandbox.kubectl("cordon", name);
    const text = await doctor();
    await sandbox.kubectl("uncordon", name);
    expect(text).toContain(
      `${name.replace("node/", "")}\n    takes no new pods: somebody cordoned it`,
    );
  });

  test("finds nodes that take fewer disks than their pool promises, by what their driver says", async () => {
    const text = await sandbox.kubectl("get", "nodes", "-l", "fleet/pool=general", "-o", "json");
    const { items } = JSON.parse(text) as {
      items: { metadata: { name: string } }[];
    };
    expect(items.length).toBeGreaterThanOrEqual(2);
    const path = join(clone.folder, "csinodes.json");
    /** What the registrar of a driver makes the kubelet write; of one that says no number, without any. */
    const says = async (counts: readonly (number | undefined)[]): Promise<string> => {
      const csiNodes = items.map(({ metadata: { name } }, index) => ({
        ...{ apiVersion: "storage.k8s.io/v1", kind: "CSINode", metadata: { name } },
        spec: {
          drivers: ["linodebs.csi.linode.com"].map((driver) => ({
            ...{ name: driver, nodeID: name, topologyKeys: [] },
            ...(counts[index] === undefined ? {} : { allocatable: { count: counts[index] } }),
          })),
        },
      }));
      writeFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "List", items: csiNodes }));
      // A driver's part of a CSINode never changes: it is made anew.
      await sandbox.kubectl("replace", "--force", "-f", path);
      return doctor();
    };
    expect(result(await says([6, 6]), "disks of nodes")).toBe("ok");
    const few = await says([6, 5]);
    expect(result(few, "disks of nodes")).toBe("1 FAULT");
    expect(few).toContain(
      `is 6; linodebs.csi.linode.com attaches 5 to ${items[1]?.metadata.name ?? ""}`,
    );
    expect(few).toContain("write 5 there");
    expect(result(few, "pools and nodes")).toBe("ok");
    const silent = await says([undefined, undefined]);
    expect(silent).toContain("no driver says how many a node takes");
    await sandbox.kubectl("delete", "-f", path);
  });

  test("tells a wrong passphrase from a missing backend, and checks all else", async () => {
    const wrong = await doctor({ PULUMI_CONFIG_PASSPHRASE: "wrong" });
    expect(wrong).toContain("the passphrase is not the one");
    expect(result(wrong, "pending operations")).toBe("ok");
    expect(result(wrong, "secrets of the state")).toBe("not checked");
    expect(result(wrong, "pools and nodes")).toBe("ok");

    const gone = await doctor({ PULUMI_BACKEND_URL: "file:///nowhere/at/all" });
    expect(gone).toContain("the folder of the backend is not there");
    expect(result(gone, "locks")).toBe("not checked");
    expect(result(gone, "pools and nodes")).toBe("ok");
  });

  test("tells why a cluster cannot be asked, and checks all else", async () => {
    const kubeconfig = await sandbox.kubectl("config", "view", "--raw", "--flatten");
    const other = async (change: (text: string) => string): Promise<string> => {
      const path = join(clone.folder, "other.kubeconfig");
      writeFileSync(path, change(kubeconfig), { mode: 0o600 });
      return doctor({ KUBECONFIG: path });
    };
    const refused = await other((text) =>
      text.replace(/server: .*/, "server: https://127.0.0.1:1"),
    );
    expect(refused).toContain("(connection refused)");
    expect(result(refused, "pools and nodes")).toBe("not checked");
    expect(result(refused, "pending operations")).toBe("ok");
    const untrusted = await other((text) => text.replace(/certificate-authority-data: .*/, ""));
    expect(untrusted).toContain("(TLS)");
    const credentials = /client-certificate-data: .*\n\s*client-key-data: .*/;
    const bare = await other((text) =>
      text.replace(credentials, "{}").replace(/user:\s+\{\}/, "user: {}"),
    );
    expect(bare).toContain("the kubeconfig has no credentials for it");
    const unknown = await other((text) => text.replace(credentials, "token: withdrawn"));
    expect(unknown).toContain("(401)");
    const limited = await other((text) =>
      text.replace(/^( *)client-certificate-data:/m, "$1as: somebody\n$&"),
    );
    expect(result(limited, "Kubernetes")).toBe("ok");
    expect(result(limited, "pools and nodes")).toBe("not checked");
    expect(result(limited, "disks of nodes")).toBe("not checked");
    expect(limited).toContain("(403)");
    const silent = createServer(() => undefined);
    await new Promise<void>((settle) => silent.listen(0, "127.0.0.1", settle));
    const { port } = silent.address() as AddressInfo;
    const slow = await other((text) =>
      text.replace(/server: .*/, `server: https://127.0.0.1:${port}`),
    );
    silent.close();
    expect(slow).toContain("it does not answer in time");
    const nameless = await other((text) =>
      text.replace(/server: .*/, "server: https://api.invalid:1"),
    );
    expect(nameless).toContain("(DNS)");
    const elsewhere = await other((text) => text.replaceAll("skycoin-test", "another"));
    expect(elsewhere).toContain("the kubeconfig has no such context");
  });
});
