import { describe, expect, it } from "vitest";

import type { KubeObject } from "../../sandbox/api.ts";
import { namespaceLines, outputLines, valueLines } from "../../sandbox/commands/up.ts";

describe("the pods of a namespace at the end of up", () => {
  const pod = (phase: string, ready: boolean, job?: string): KubeObject => ({
    metadata: {
      name: "p",
      namespace: "shop",
      labels: job === undefined ? {} : { "batch.kubernetes.io/job-name": job },
    },
    status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  });
  const linesOf = (...pods: KubeObject[]): Promise<readonly string[]> =>
    namespaceLines({
      list: (path) =>
        Promise.resolve(
          path === "/api/v1/pods"
            ? pods
            : ["shop", "default", "kube-system"].map((name) => ({ metadata: { name } })),
        ),
    });

  it("are told by how many are ready, and how many have done their work", async () => {
    expect(await linesOf(pod("Running", true), pod("Pending", false))).toEqual([
      "  namespace   shop: 1 of 2 pods ready",
    ]);
    expect(await linesOf(pod("Running", true), pod("Succeeded", false, "migrate"))).toEqual([
      "  namespace   shop: 1 of 1 pods ready, 1 completed",
    ]);
  });

  it("lack none while a backup that the clock has started begins or is at work, and lack one that failed", async () => {
    const job = "db-backup-29404157";
    for (const [phase, ready] of [
      ["Pending", false],
      ["Running", true],
      ["Running", false],
    ] as const) {
      expect(await linesOf(pod("Running", true), pod(phase, ready, job))).toEqual([
        "  namespace   shop: 1 of 1 pods ready",
      ]);
    }
    expect(await linesOf(pod("Running", true), pod("Failed", false, job))).toEqual([
      "  namespace   shop: 1 of 2 pods ready",
    ]);
  });
});

describe("a stack's outputs at the end of up", () => {
  it("stand in few lines: flat entries of a list on one each", () => {
    const outputs = {
      endpoints: [
        { kind: "http", name: "ar", url: "http://ar" },
        { kind: "udp", name: "ar", url: "udp://ar:30178" },
      ],
      hosts: { ar: "ar.skywire.dev" },
      records: ["a", "b"],
      empty: null,
      nested: [{ a: { b: 1 } }],
    };
    expect(valueLines(outputs, "  ")).toEqual([
      "  endpoints",
      "    http  ar  http://ar",
      "    udp  ar  udp://ar:30178",
      "  hosts",
      "    ar: ar.skywire.dev",
      "  records",
      "    a",
      "    b",
      "  empty: null",
      "  nested",
      "    a",
      "      b: 1",
    ]);
  });

  it("say of a map or a list with nothing in it that there is nothing", () => {
    const outputs = { certificates: { missing: 0, lacking: {} }, records: [] };
    expect(valueLines(outputs, "")).toEqual([
      "certificates",
      "  missing: 0",
      "  lacking: none",
      "records: none",
    ]);
  });

  it("are those of the state, secrets covered, without what is the runner's own", () => {
    const sealed = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "v1:c2VjcmV0",
    };
    const outputs = { keys: [{ name: "a", key: sealed }], login: sealed, release: { commit: "b" } };
    const resources = [
      { type: "fleet:x:Y", outputs: { not: "this" } },
      { type: "pulumi:pulumi:Stack", outputs },
    ];
    expect(outputLines({ resources })).toEqual(["  keys", "    a  [secret]", "  login: [secret]"]);
    expect(outputLines({ resources: [{ type: "pulumi:pulumi:Stack" }] })).toEqual([]);
    expect(outputLines(undefined)).toEqual([]);
  });
});
