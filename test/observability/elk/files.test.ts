/** What the pods of Elasticsearch are told, and the scripts that they run, by the shell that is here. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  elasticsearchFile,
  javaOptions,
  prepareScript,
  prepareVariables,
  readyScript,
  settingsFiles,
} from "../../../components/observability/elk/elasticsearch-files.ts";
import {
  type BuiltinStore,
  StoreConfig,
} from "../../../components/observability/elk/elk.schema.ts";

function builtin(more: object = {}): BuiltinStore {
  const config = StoreConfig.parse({ kind: "builtin", ...more });
  if (config.kind !== "builtin") throw new Error("not builtin");
  return config;
}

describe("settings of Elasticsearch", () => {
  const settings = (more: object = {}) =>
    parse(elasticsearchFile(builtin(more), "logs")) as Record<string, unknown>;

  it("ask for TLS and a password on both ports, whoever calls", () => {
    expect(settings()).toMatchObject({
      "xpack.security.enabled": true,
      "xpack.security.transport.ssl.enabled": true,
      "xpack.security.transport.ssl.verification_mode": "certificate",
      "xpack.security.http.ssl.enabled": true,
      "xpack.security.http.ssl.key": "certificates/key.pem",
    });
  });

  // A pod under Pod Security restricted cannot raise vm.max_map_count, and Elasticsearch would not start.
  it("map no files into memory unless the nodes are said to allow it", () => {
    expect(settings()["node.store.allow_mmap"]).toBe(false);
    expect(settings({ memoryMap: "node" })["node.store.allow_mmap"]).toBe(true);
  });

  it("name the others, where there are any", () => {
    expect(settings()["discovery.seed_hosts"]).toEqual([]);
    expect(settings({ members: 3 })["discovery.seed_hosts"]).toEqual([
      "elasticsearch-members.logs.svc",
    ]);
  });

  it("say nothing of founding, which only the first start of a founder may", () => {
    expect(elasticsearchFile(builtin({ members: 3 }), "logs")).not.toContain("initial_master");
  });

  it("take half of the limit for the heap, both ends alike, and write no dump to the disk", () => {
    expect(javaOptions(builtin())).toContain("-Xms2048m\n-Xmx2048m\n");
    expect(javaOptions(builtin({ heap: "1Gi" }))).toContain("-Xms1024m\n-Xmx1024m\n");
    expect(javaOptions(builtin())).toContain("-XX:-HeapDumpOnOutOfMemoryError");
  });
});

/** Runs a script of the pods with the shell that is here. */
function run(script: string, env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  return { status, stdout, stderr };
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-elk-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("the preparation of a member", () => {
  const at = (...path: string[]): string => join(folder, ...path);

  /** The folders of a pod whose image is small. */
  function pod(config: BuiltinStore, used: boolean, founders = config.members) {
    for (const name of ["image/jvm.options.d", "settings", "certificates", "prepared", "data"]) {
      mkdirSync(at(name), { recursive: true });
    }
    writeFileSync(at("image", "jvm.options"), "# the image's own\n");
    writeFileSync(at("image", "elasticsearch.yml"), "cluster.name: the image's own\n");
    for (const [name, text] of Object.entries(settingsFiles(config, "logs"))) {
      writeFileSync(at("settings", name), text);
    }
    writeFileSync(at("certificates", "key.pem"), "key");
    if (used) mkdirSync(at("data", "_state"));
    return (name: string) =>
      run(prepareScript, {
        ...prepareVariables(config),
        FOUNDERS: `${founders}`,
        POD_NAME: name,
        IMAGE: at("image"),
        SETTINGS: at("settings"),
        CERTIFICATES: at("certificates"),
        PREPARED: at("prepared"),
        DATA: at("data"),
      });
  }

  const prepared = () =>
    parse(readFileSync(at("prepared", "elasticsearch.yml"), "utf8")) as Record<string, unknown>;

  it("puts this stack's settings, options and keys among the image's own", () => {
    expect(pod(builtin(), false)("elasticsearch-0").status).toBe(0);
    expect(prepared()["cluster.name"]).toBe("fleet-logs");
    expect(existsSync(at("prepared", "jvm.options"))).toBe(true);
    expect(readFileSync(at("prepared", "jvm.options.d", "fleet.options"), "utf8")).toContain(
      "-Xmx",
    );
    expect(readFileSync(at("prepared", "certificates", "key.pem"), "utf8")).toBe("key");
  });

  it("lets a founder with an empty disk found the cluster, all founders alike", () => {
    pod(builtin({ members: 3 }), false)("elasticsearch-2");
    expect(prepared()["cluster.initial_master_nodes"]).toEqual([
      "elasticsearch-0",
      "elasticsearch-1",
      "elasticsearch-2",
    ]);
  });

  // Either would found a second cluster beside the first, and half of the lines be gone.
  it.each([
    ["a member with a used disk", 3, true, 3, "elasticsearch-0"],
    ["a member that was added later", 3, false, 1, "elasticsearch-1"],
    // Alone it was all of the cluster once: it would be a majority of itself.
    ["the first member, come back without its disk to more", 3, false, 1, "elasticsearch-0"],
    ["a member of more than there were of several", 5, false, 3, "elasticsearch-2"],
    ["a member of fewer than there were", 1, false, 3, "elasticsearch-0"],
  ])("does not let %s found it", (_, members, used, founders, name) => {
    expect(pod(builtin({ members }), used, founders)(name).status).toBe(0);
    expect(prepared()["cluster.name"]).toBe("fleet-logs");
    expect(prepared()).not.toHaveProperty(["cluster.initial_master_nodes"]);
  });

  it("may be done again, after it was cut short", () => {
    const start = pod(builtin(), false);
    start("elasticsearch-0");
    expect(start("elasticsearch-0").status).toBe(0);
    expect(prepared()["cluster.initial_master_nodes"]).toEqual(["elasticsearch-0"]);
  });

  it("fails where the certificates are missing", () => {
    const start = pod(builtin(), false);
    rmSync(at("certificates", "key.pem"));
    expect(start("elasticsearch-0").status).not.toBe(0);
  });
});

describe("the check of a member", () => {
  /** A `curl` that notes what it is asked, and answers as it is told. */
  function check(status: number) {
    const log = join(folder, "log");
    writeFileSync(
      join(folder, "curl"),
      `#!/bin/sh\necho "$@" >> ${log}\ncat >> ${log}\nexit ${status}\n`,
      { mode: 0o755 },
    );
    const result = run(readyScript, {
      PATH: `${folder}:${process.env["PATH"] ?? ""}`,
      ELASTIC_PASSWORD: "a-password-of-a-test",
      HEALTH: "green",
      AUTHORITIES: "authorities.pem",
      JOINED: join(folder, "joined"),
      URL: "https://localhost:9200",
    });
    return { ...result, asked: readFileSync(log, "utf8") };
  }

  // The next member is stopped as soon as this one is ready: it must have its copies by then.
  it("waits for the cluster's health once after a start, then only for an answer", () => {
    expect(check(22).status).not.toBe(0);
    expect(existsSync(join(folder, "joined"))).toBe(false);
    const first = check(0);
    expect(first.status).toBe(0);
    expect(first.asked).toContain("_cluster/health?wait_for_status=green");
    rmSync(join(folder, "log"));
    expect(check(0).asked).not.toContain("health");
    expect(check(7).status).not.toBe(0);
  });

  it("tells the password to nobody who lists processes", () => {
    const [line = "", ...input] = check(0).asked.split("\n");
    expect(line).not.toContain("a-password-of-a-test");
    expect(input.join("\n")).toContain('user = "elastic:a-password-of-a-test"');
  });
});
