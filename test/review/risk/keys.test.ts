/** What pods read of ConfigMaps and Secrets that change or go. */
import { describe, expect, it } from "vitest";

import type { JsonObject } from "../../../review/values.ts";
import { blinded, type Made, madeItem, object, shown, unknown, workload } from "../made.ts";
import { anew, gone, portless, reader, reads, update, variable } from "./changes.ts";
import { rulesOf } from "./each-rule.ts";

/** Outputs of a Job of which this was the condition when its state was written. */
const ended = (type: string, status = "True"): JsonObject => ({
  status: {
    conditions: [
      { type: "SuccessCriteriaMet", status: "True" },
      { type, status },
    ],
  },
});

describe("what pods read of a ConfigMap or Secret that changes", () => {
  const said = (change: Made, ...readers: readonly Made[]): readonly string[] =>
    madeItem(change, ...readers)
      .findings.filter(({ rule }) => /^(config-deleted|key-removed|values-removed)$/.test(rule))
      .map(({ rule, why }) => `${rule}: ${why}`);
  const stops = (keys: string): string =>
    `key-removed: pods of Deployment web read ${keys} of it by name and no longer start`;
  const without = (words: string): string =>
    `values-removed: pods of Deployment web start next without ${words}, and nothing says so`;
  const volume = (source: object): Made => reads({}, { volumes: [{ name: "files", ...source }] });
  const mounted = (source: object, subPath = "port"): Made =>
    reads(
      { volumeMounts: [{ name: "files", mountPath: "/etc/port", subPath }] },
      {
        volumes: [
          { name: "other", configMap: { name: "web" } },
          { name: "files", ...source },
        ],
      },
    );
  const items = [{ key: "port", path: "a" }];
  const taken = (more: object = {}, container: object = {}): Made =>
    reads({ envFrom: [{ configMapRef: { name: "web" }, ...more }], ...container });

  it.each<[string, Made, readonly string[]]>([
    ["a variable's key", reads(variable("configMapKeyRef", "port")), [stops("port")]],
    [
      "a variable's key that may miss",
      reads(variable("configMapKeyRef", "port", true)),
      [without("port")],
    ],
    ["a key of a Secret of this name", reads(variable("secretKeyRef", "port")), []],
    ["an item of a volume", volume({ configMap: { name: "web", items } }), [stops("port")]],
    [
      "an item that may miss",
      volume({ configMap: { name: "web", items, optional: true } }),
      [without("port")],
    ],
    [
      "an item of a part of a volume",
      volume({ projected: { sources: [{ configMap: { name: "web", items } }] } }),
      [stops("port")],
    ],
    ["a whole volume", volume({ configMap: { name: "web" } }), []],
    ...(["ConfigMap other", "Secret web"] as const).map((source): [string, Made, string[]] => {
      const [kind = "", name] = source.split(" ");
      const beside = { [kind === "Secret" ? "secret" : "configMap"]: { name, items } };
      const own = { configMap: { name: "web", items: [{ key: "host", path: "b" }] } };
      return [
        `one of ${source}, beside another`,
        volume({ projected: { sources: [beside, own] } }),
        [],
      ];
    }),
    ["an item of another ConfigMap", volume({ configMap: { name: "web-of-another", items } }), []],
    ["one file of a whole volume", mounted({ configMap: { name: "web" } }), [stops("port")]],
    ["another file of it", mounted({ configMap: { name: "web" } }, "host"), []],
    [
      "a path that an item has",
      mounted({ configMap: { name: "web", items: [{ key: "host", path: "port" }] } }),
      [],
    ],
    ["all of it as variables", taken(), [without("port")]],
    ["all of it as variables with a prefix", taken({ prefix: "WEB_" }), [without("WEB_port")]],
    [
      "a variable that the container says itself",
      taken({}, { env: [{ name: "port", value: "2" }] }),
      [],
    ],
    [
      "a variable of another name than with its prefix",
      taken({ prefix: "WEB_" }, { env: [{ name: "port", value: "2" }] }),
      [without("WEB_port")],
    ],
  ])("is told where a key goes that is %s", (_, reader, findings) => {
    expect(said(portless, reader)).toEqual(findings);
  });

  it("is told of containers that run before the others, and of a job that starts now and then", () => {
    const init = { initContainers: [{ name: "first", ...variable("configMapKeyRef", "port") }] };
    expect(said(portless, reads({}, init))).toEqual([stops("port")]);
    const { spec } = workload({}, variable("configMapKeyRef", "port"));
    const job: Made = {
      op: "same",
      type: "CronJob",
      before: object({ spec: { jobTemplate: { spec } } }),
    };
    expect(said(portless, job)).toEqual([stops("port").replace("Deployment", "CronJob")]);
  });

  it.each<[string, JsonObject, boolean]>([
    ["succeeded", ended("Complete"), false],
    ["failed for good", ended("Failed"), false],
    ["is about to fail, with pods that still stop", ended("FailureTarget"), true],
    ["has not ended", ended("Complete", "False"), true],
    ["was suspended", ended("Suspended"), true],
    ["nobody waited for", {}, true],
  ])("of a job, too, as long as any of its pods may start: one that %s", (_, outputs, isTold) => {
    const inputs = workload({}, variable("configMapKeyRef", "port"));
    const job: Made = { op: "same", type: "Job", before: inputs, outputs };
    expect(said(portless, job)).toEqual(isTold ? [stops("port").replace("Deployment", "Job")] : []);
    expect(madeItem(portless, job).words.some((word) => word.includes("Job web"))).toBe(isTold);
  });

  it("is told of a job that ended and is run anew, and not of one of which only labels change", () => {
    const inputs = workload({}, variable("configMapKeyRef", "port"));
    const outputs = ended("Complete");
    const again: Made = { ...anew("Job", inputs, inputs, "spec.template"), outputs };
    expect(said(portless, again)).toEqual([stops("port").replace("Deployment", "Job")]);
    const other = { ...inputs, metadata: { name: "web", namespace: "shop", labels: { a: "b" } } };
    expect(said(portless, { type: "Job", before: inputs, after: other, outputs })).toEqual([]);
  });

  it("is told by what the provider names of a Secret, whose keys are blinded", () => {
    const secret = (detail: Record<string, string>): Made => ({
      type: "Secret",
      before: object({ data: blinded }),
      after: object({ data: { ...blinded } }),
      detail,
    });
    const reader = reads(variable("secretKeyRef", "tls.key"));
    expect(said(secret({ 'data["tls.key"]': "delete" }), reader)).toEqual([stops("tls.key")]);
    expect(said(secret({ 'data["tls.key"]': "update" }), reader)).toEqual([]);
    expect(said(secret({ 'metadata.labels["tls.key"]': "delete" }), reader)).toEqual([]);
    const moved = { 'data["tls.key"]': "delete", 'stringData["tls.key"]': "add" };
    expect(said(secret(moved), reader)).toEqual([]);
    const open: Made = {
      ...update(
        "Secret",
        object({ data: shown({ "tls.key": "a" }) }),
        object({ data: shown({}) }),
        "data",
      ),
    };
    expect(said(open, reader)).toEqual([stops("tls.key")]);
  });

  it("is not told of a key that moves to another field of it, nor of what only the update will tell", () => {
    const reader = reads(variable("configMapKeyRef", "port"));
    const before = object({ data: { port: "1" } });
    const moved = object({ data: {}, binaryData: { port: "MQ==" } });
    expect(said(update("ConfigMap", before, moved, "data.port"), reader)).toEqual([]);
    expect(said(update("ConfigMap", before, object({ data: unknown }), "data"), reader)).toEqual(
      [],
    );
  });

  it("is told where it gets another name, or goes, and pods stay that call it by the one it had", () => {
    const reader = reads(variable("configMapKeyRef", "port"));
    const spare = reads(variable("configMapKeyRef", "port", true));
    const stopped = "config-deleted: pods of Deployment web read it and no longer start";
    const renamed = anew(
      "ConfigMap",
      object({ data: { port: "1" } }),
      object({}, "b"),
      "metadata.name",
    );
    const moved = anew(
      "ConfigMap",
      object(),
      { metadata: { name: "web", namespace: "b" } },
      "metadata.namespace",
    );
    for (const change of [renamed, moved, gone("ConfigMap")]) {
      expect(said(change, reader)).toEqual([stopped]);
      expect(said(change, spare)).toEqual([without("port")]);
    }
    expect(said({ ...renamed, retain: true }, reader)).toEqual([]);
    expect(
      said(gone("ConfigMap"), taken({ configMapRef: { name: "web", optional: true } })),
    ).toEqual([without("all of it")]);
    const pulls = reads({}, { imagePullSecrets: [{ name: "web" }] });
    expect(said(gone("Secret"), pulls)).toEqual([stopped]);
  });

  it("is not told of pods that read another one from then on, and is of those that begin to read it", () => {
    const moves = (from: string, to: string): Made => {
      const [before, after] = [from, to].map((key) =>
        workload({}, variable("configMapKeyRef", key)),
      );
      return { type: "Deployment", before: { ...before }, after: { ...after } };
    };
    expect(said(portless, moves("port", "host"))).toEqual([]);
    expect(said(portless, moves("host", "port"))).toEqual([stops("port")]);
  });
});

describe("a Secret that goes", () => {
  const ofPod = (template: object): Made => reads({}, template);

  it.each<[string, Made]>([
    ["a volume", ofPod({ volumes: [{ name: "a", secret: { secretName: "web" } }] })],
    [
      "a part of a volume",
      ofPod({ volumes: [{ name: "a", projected: { sources: [{ secret: { name: "web" } }] } }] }),
    ],
    ["all variables at once", reads({ envFrom: [{ secretRef: { name: "web" } }] })],
    ["one variable", reads(variable("secretKeyRef", "port"))],
    ["what their images are pulled by", ofPod({ imagePullSecrets: [{ name: "web" }] })],
  ])("keeps pods from their start that read it as %s", (_, pods) => {
    expect(rulesOf([gone("Secret"), pods])).toContain("config-deleted");
    expect(rulesOf([gone("Secret", object({}, "other")), pods])).not.toContain("config-deleted");
  });
});

describe("why a change has its risk", () => {
  it("names who reads a config object that goes", () => {
    const item = madeItem(gone("ConfigMap"), reader);
    expect(item.findings[0]?.why).toBe("pods of Deployment web read it and no longer start");
  });
});
