/**
 * No secret in a report: not what the engine marks, not what lost its mark, not what an error message
 * repeats, in no encoding, whole or cut.
 */
import { Buffer } from "node:buffer";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Report, SecretChange } from "../../review/model.ts";
import { mask, Scrubber } from "../../review/secrets/scrub.ts";
import { Sealer } from "../../review/secrets/seal.ts";
import { isSensitive } from "../../review/secrets/sensitive.ts";
import type { JsonObject } from "../../review/values.ts";
import {
  blinded,
  logOf,
  type Made,
  madeItem,
  object,
  previewOf,
  shown,
  unknown,
  workload,
} from "./made.ts";
import { recorded, recordedLog, reportOf } from "./recorded.ts";

/** As encoding/json writes it: safe inside a page. */
const goJson = (value: string): string =>
  JSON.stringify(value).replace(/[<>&]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);

/** As html.EscapeString does. */
const goHtml: Readonly<Record<string, string>> = {
  ...{ "&": "amp", "<": "lt", ">": "gt", '"': "#34", "'": "#39" },
};

/** Ways in which a value is told, each with the name that a failure shows. */
const encodings: readonly (readonly [string, (value: string) => string])[] = [
  ["plain", (value) => value],
  ["base64", (value) => Buffer.from(value).toString("base64")],
  ["base64 for URLs", (value) => Buffer.from(value).toString("base64url")],
  ["base64 of a pair", (value) => Buffer.from(`user:${value}`).toString("base64")],
  ["base64 inside another text", (value) => Buffer.from(`{"auth":"${value}"}`).toString("base64")],
  [
    "base64 twice",
    (value) => Buffer.from(Buffer.from(value).toString("base64")).toString("base64"),
  ],
  ["hex", (value) => Buffer.from(value).toString("hex")],
  ["HEX", (value) => Buffer.from(value).toString("hex").toUpperCase()],
  ["URL", (value) => encodeURIComponent(value)],
  ["URL of a form", (value) => new URLSearchParams({ value }).toString().slice("value=".length)],
  ["JSON", (value) => JSON.stringify(value).slice(1, -1)],
  ["JSON of Go", (value) => goJson(value).slice(1, -1)],
  ["JSON in JSON", (value) => JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1)],
  ["JSON of Go in JSON", (value) => JSON.stringify(goJson(value).slice(1, -1)).slice(1, -1)],
  [
    "JSON in ASCII",
    (value) =>
      JSON.stringify(value)
        .slice(1, -1)
        .replace(/[^ -~]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
  ],
  ["HTML of Go", (value) => value.replace(/[&<>"']/g, (letter) => `&${goHtml[letter] ?? ""};`)],
  ["HTML", (value) => value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;")],
];

/** What of an encoded value is its own: the letters at the ends of base64 hold bits of their neighbours. */
const owned = (name: string, form: string): string =>
  name === "base64 of a pair"
    ? form.slice(8)
    : name === "base64 inside another text"
      ? form.slice(12, -4)
      : form;

/** The longest piece of a secret's form that stands in a text. */
function longestPiece(text: string, form: string): number {
  let longest = 0;
  for (let start = 0; start < form.length; start += 1) {
    while (text.includes(form.slice(start, start + longest + 1)) && start + longest < form.length) {
      longest += 1;
    }
  }
  return longest;
}

describe("a known secret in a text", () => {
  const letters = fc.string({
    unit: fc.constantFrom(...Array.from("ABCDEFGHabcdefgh0123456789+/=-_.!&<\"' %äß")),
    minLength: 12,
    maxLength: 60,
  });
  const secrets = letters.filter((text) => text.trim().length >= 12 && new Set(text).size >= 8);

  it.each(encodings)("is masked: %s", (_, encode) => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const value = secret.trim();
        const text = new Scrubber([value]).scrub(`refused <<${encode(value)}>>: try again`);
        expect(longestPiece(text, value)).toBeLessThan(8);
        expect(text).not.toContain(encode(value));
        expect(text).toContain(mask);
        expect(text.startsWith("refused <<")).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each(encodings)("is masked where the text is cut in its middle: %s", (name, encode) => {
    fc.assert(
      fc.property(secrets, fc.double({ min: 0.3, max: 0.9, noNaN: true }), (secret, share) => {
        const form = encode(secret.trim());
        const cut = form.slice(0, Math.floor(form.length * share));
        fc.pre(cut.length >= 12);
        const text = new Scrubber([secret.trim()]).scrub(`the message ends in ${cut}`);
        expect(longestPiece(text, owned(name, form))).toBeLessThan(8);
      }),
      { numRuns: 60 },
    );
  });

  it("is masked line by line where it is a file, and what every file of its kind has is left", () => {
    const body = Array.from({ length: 20 }, (_, at) => new Sealer(Buffer.from("k")).seal(at)).join(
      "\n",
    );
    const pem = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
    const scrubber = new Scrubber([pem]);
    for (const line of body.split("\n")) {
      expect(scrubber.scrub(`  + ${line}`)).toBe(`  + ${mask}`);
      expect(longestPiece(scrubber.scrub(line.slice(5, 40)), line)).toBeLessThan(8);
    }
    expect(scrubber.scrub("no BEGIN PRIVATE KEY in it")).toBe("no BEGIN PRIVATE KEY in it");
    expect(scrubber.scrub(Buffer.from(pem).toString("base64"))).toContain(mask);
  });

  it("is masked as the bytes that a key in hex stands for", () => {
    const key = new Sealer(Buffer.from("k")).seal("a key");
    const bytes = Buffer.from(key, "hex");
    const scrubber = new Scrubber([key]);
    for (const form of [key.toUpperCase(), bytes.toString("base64"), bytes.toString("base64url")]) {
      expect(longestPiece(scrubber.scrub(`refused: ${form}`), form)).toBeLessThan(8);
    }
  });

  it("leaves all other texts as they are", () => {
    const scrubber = new Scrubber(["Tr0ub4dor-and-three"]);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(scrubber.scrub(text)).toBe(text);
      }),
    );
  });

  it("is told to be too short instead of tearing up every word", () => {
    const report = reportOf([{ stack: "test", preview: previewOf([]) }], {
      secrets: ["true", "abcdef"],
    });
    expect(report.missing).toEqual([
      {
        what: "1 secret was not looked for in texts",
        why: "shorter than 6 characters, they stand in any text",
        hides: false,
      },
    ]);
    expect(report.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a secret property", () => {
  const changeOf = (made: Made, path: string): SecretChange["change"] | undefined =>
    madeItem(made).secrets.find((secret) => secret.path === path)?.change;
  const secret = (before: unknown, after: unknown, detail?: Made["detail"]): Made => ({
    type: "Secret",
    before: object({ data: before }),
    after: object({
      data: after,
      metadata: { name: "web", namespace: "shop", labels: { a: "1" } },
    }),
    detail: { "metadata.labels": "add", ...detail },
  });

  it("has changed where the provider names it, and not where it does not", () => {
    expect(changeOf(secret(blinded, blinded, { "data.password": "update" }), "data.password")).toBe(
      "changed",
    );
    expect(changeOf(secret(blinded, blinded), "data")).toBe("unchanged");
    expect(changeOf(secret(blinded, blinded, { "data.a": "add" }), "data.a")).toBe("added");
    expect(changeOf(secret(blinded, blinded, { "data.a": "delete" }), "data.a")).toBe("removed");
    expect(changeOf(secret(blinded, unknown, { data: "update" }), "data")).toBe("unknown");
  });

  it("is compared by its seal where both values are at hand", () => {
    const [one, same, other] = [shown({ a: 1, b: 2 }), shown({ b: 2, a: 1 }), shown({ a: 1 })];
    expect(changeOf(secret(one, same, { data: "update" }), "data")).toBe("unchanged");
    expect(changeOf(secret(one, other, { data: "update" }), "data")).toBe("changed");
  });

  it("may have changed where the provider says no more than that something round it has", () => {
    const made: Made = {
      type: "linode:index/instance:Instance",
      before: { a: { secret: blinded, b: 1 } },
      after: { a: { secret: blinded, b: 2 } },
      diffs: ["a"],
    };
    expect(changeOf(made, "a.secret")).toBe("unknown");
  });

  it("has a seal that nobody can look up: another key, another seal", () => {
    expect(new Sealer().seal("a")).not.toBe(new Sealer().seal("a"));
    const key = Buffer.from("k");
    expect(new Sealer(key).seal({ a: 1, b: 2 })).toBe(new Sealer(key).seal({ b: 2, a: 1 }));
  });

  it.each([
    ["linode:index/instance:Instance", ["rootPassword"]],
    ["linode:index/token:Token", ["token"]],
    ["kubernetes:core/v1:Secret", ["data", "any"]],
    ["kubernetes:core/v1:SecretPatch", ["stringData", "any"]],
    ["docker:index/secret:Secret", ["data"]],
    ["linode:index/instance:Instance", ["rootPass"]],
    ["tls:index/privateKey:PrivateKey", ["privateKeyPem"]],
    ["kubernetes:core/v1:ConfigMap", ["data", "SECRET_KEY_BASE"]],
    ["kubernetes:core/v1:ConfigMap", ["data", "SESSION_KEY"]],
    [
      "kubernetes:core/v1:Secret",
      ["metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"],
    ],
    ["pulumi:providers:kubernetes", ["kubeconfig"]],
    ["pulumi:providers:new", ["whatever"]],
    ["kubernetes:core/v1:ConfigMap", ["data", "api-key"]],
    ["kubernetes:core/v1:ConfigMap", ["data", "COOKIE_SECRET"]],
    ["docker:index/service:Service", ["taskSpec", "containerSpec", "env", "JWT_SECRET"]],
    ["", ["dmsg-sk"]],
  ])("is one by its name: %s %j", (type, path) => {
    expect(isSensitive(type, path, {})).toBe(true);
  });

  it.each([
    ["kubernetes:core/v1:ConfigMap", ["data", "shop.yaml"]],
    [
      "kubernetes:apps/v1:Deployment",
      ["spec", "template", "spec", "volumes", 0, "secret", "secretName"],
    ],
    ["kubernetes:apps/v1:Deployment", ["spec", "template", "spec", "volumes", 0, "secret"]],
    ["kubernetes:apps/v1:Deployment", ["spec", "env", 0, "valueFrom", "secretKeyRef", "name"]],
    ["pulumi:providers:kubernetes", ["clusterIdentifier"]],
    ["kubernetes:core/v1:Secret", ["metadata", "annotations", "note"]],
    ["docker:index/secret:Secret", ["name"]],
    ["kubernetes:core/v1:ConfigMap", ["data", "public-key"]],
  ])("is none by its name: %s %j", (type, path) => {
    expect(isSensitive(type, path, {})).toBe(false);
  });
});

describe("canaries", () => {
  const canary = "cAnArY-7f3e9b1d5a-Zq8";
  const other = "OTHER-canary-0192837465-xY";

  /** Every text of a report, in all forms a reader could take it apart. */
  function expectNone(report: Report, ...values: readonly string[]): void {
    const text = JSON.stringify(report);
    for (const value of values) {
      for (const [name, encode] of encodings) {
        expect({ name, piece: longestPiece(text, owned(name, encode(value))) < 8 }).toEqual({
          name,
          piece: true,
        });
      }
    }
  }

  const places: readonly (readonly [string, Made])[] = [
    [
      "a value that becomes secret",
      {
        type: "ConfigMap",
        before: object({ data: { a: canary } }),
        after: object({ data: { a: blinded } }),
        detail: { "data.a": "update" },
      },
    ],
    [
      "a value that is no longer secret",
      {
        type: "ConfigMap",
        before: object({ data: { a: blinded } }),
        after: object({ data: { a: canary } }),
        detail: { "data.a": "update" },
      },
    ],
    [
      "an object in which a value becomes secret",
      {
        type: "ConfigMap",
        before: object({ data: { a: canary, b: "1" } }),
        after: object({ data: { a: blinded, b: "2" } }),
        detail: { data: "update" },
      },
    ],
    [
      "a secret shown in the log",
      {
        type: "ConfigMap",
        before: object({ data: { a: shown(canary) } }),
        after: object({ data: { a: shown(other) } }),
        detail: { "data.a": "update" },
      },
    ],
    [
      "a Secret read without its mark",
      {
        type: "Secret",
        before: object({ data: { a: canary } }),
        after: object({ data: { a: other } }),
        detail: { "data.a": "update" },
      },
    ],
    [
      "a Secret without any comparison",
      {
        type: "Secret",
        before: object({ stringData: { a: canary } }),
        after: object({ stringData: { a: other } }),
      },
    ],
    [
      "what kubectl keeps of a Secret",
      {
        type: "Secret",
        before: object(),
        after: {
          metadata: {
            name: "web",
            annotations: {
              "kubectl.kubernetes.io/last-applied-configuration": `{"data":"${canary}"}`,
            },
          },
        },
      },
    ],
    [
      "a provider's credentials",
      {
        type: "pulumi:providers:linode",
        before: { token: canary },
        after: { token: other },
        diffs: ["token"],
      },
    ],
    [
      "an environment variable by its name",
      {
        type: "Deployment",
        before: workload({}, { env: [{ name: "DB_PASSWORD", value: canary }] }),
        after: workload({}, { env: [{ name: "DB_PASSWORD", value: other }] }),
        detail: { "spec.template.spec.containers[0].env[0].value": "update" },
      },
    ],
    [
      "a list of variables that moves",
      {
        type: "Deployment",
        before: workload({}, { env: [{ name: "A", value: canary }] }),
        after: workload(
          {},
          {
            env: [
              { name: "B", value: "1" },
              { name: "A", value: blinded },
            ],
          },
        ),
        detail: { "spec.template.spec.containers[0].env": "update" },
      },
    ],
    [
      "containers told whole",
      {
        type: "Deployment",
        before: workload({}, { env: [{ name: "API_KEY", value: canary }] }),
        after: workload({}, { name: "b", env: [{ name: "API_KEY", value: other }] }),
        detail: { "spec.template.spec.containers": "update" },
      },
    ],
    [
      "an annotation by its name",
      {
        type: "Deployment",
        before: workload(),
        after: {
          ...workload(),
          metadata: { name: "web", namespace: "shop", annotations: { "shop/token": canary } },
        },
        detail: { "metadata.annotations": "add" },
      },
    ],
    [
      "what is made",
      { op: "create", type: "Secret", after: object({ stringData: { a: canary } }) },
    ],
    ["what goes", { op: "delete", type: "Secret", before: object({ stringData: { a: canary } }) }],
    [
      "a password of a cloud",
      {
        type: "linode:index/instance:Instance",
        before: { rootPass: 1, config: { password: canary } },
        after: { config: { password: other } },
        diffs: ["config"],
      },
    ],
  ];

  it.each(places)("are not told of %s", (_, made) => {
    const report = reportOf([{ stack: "test", preview: previewOf([made]) }]);
    expect(report.stacks[0]?.items).toHaveLength(1);
    expectNone(report, canary, other);
  });

  it("are taken out of whatever repeats them", () => {
    const repeat = encodings.map(([, encode]) => encode(canary));
    const [text] = [repeat.join(" | ")];
    const urn = "urn:pulumi:test::made::kubernetes:core/v1:ConfigMap::web";
    const preview = previewOf(
      [
        {
          type: "ConfigMap",
          before: object({ data: { "a.yaml": "a: 1\n", plain: "" } }),
          after: object({ data: { "a.yaml": `a: ${canary}\n`, plain: text } }),
          detail: { 'data["a.yaml"]': "update", "data.plain": "update" },
        },
        { op: "create", type: "Deployment", after: workload({}, { image: `shop/web:${canary}` }) },
      ],
      [
        { diagnosticEvent: { urn, message: `cannot: ${text}`, severity: "error" } },
        { diagnosticEvent: { message: `cut in ${canary.slice(0, 15)}`, severity: "warning" } },
        {
          policyEvent: {
            resourceUrn: urn,
            message: `${text} is no name`,
            policyName: "p",
            policyPackName: "pack",
            enforcementLevel: "mandatory",
          },
        },
        { errorEvent: { error: text } },
      ],
    );
    const failure = `pulumi said: ${text}`;
    const missing = [{ what: "all", why: text, hides: true }];
    const report = reportOf([{ stack: "test", preview, failure, missing, driftFailure: text }], {
      secrets: [canary],
    });
    expect(JSON.stringify(report).split(mask).length).toBeGreaterThan(50);
    expectNone(report, canary);
  });

  it("that stand unmarked in a Secret are taken out of what else repeats them", () => {
    const data = Buffer.from(canary).toString("base64");
    const preview = previewOf(
      [
        {
          type: "Secret",
          before: object({ data: { a: data } }),
          after: object({ data: { a: data }, type: "Opaque" }),
          detail: { type: "add" },
        },
      ],
      [{ diagnosticEvent: { message: `the value ${canary} is refused`, severity: "error" } }],
    );
    expectNone(reportOf([{ stack: "test", preview }]), canary);
  });

  it("are not in the outputs of a stack", () => {
    const stack = "pulumi:pulumi:Stack";
    const urn = "urn:pulumi:test::made::pulumi:pulumi:Stack::made-test";
    const state = (outputs: JsonObject) => ({
      urn,
      type: stack,
      id: "",
      parent: "",
      inputs: {},
      outputs,
    });
    const metadata = {
      op: "same",
      urn,
      type: stack,
      old: state({ a: canary, b: blinded, c: 1 }),
      new: state({ a: blinded, b: blinded, c: 2, password: other }),
      detailedDiff: null,
    };
    const report = reportOf([
      { stack: "test", preview: previewOf([], [{ resOutputsEvent: { metadata } }]) },
    ]);
    expect(report.stacks[0]?.outputs.map(({ path }) => path)).toEqual(["a", "c", "password"]);
    expectNone(report, canary, other);
  });

  it("of a real preview are in none of its logs' reports", () => {
    const planted = [
      "Tr0ub4dor-and-three",
      "Rotated-Tr0ub4dor-4",
      "tok-5c1f9e27a3b84d60",
      "by-hand-9f8e7d6c5b",
      "throw-away-token-of-the-stand-in",
      "kubeconfig-of-the-sandbox",
    ];
    // The engine masks config; a provider's arguments it does not.
    expect(recordedLog("test")).toContain("throw-away-token-of-the-stand-in");
    const report = reportOf([
      { stack: "test", preview: recorded("test"), drift: recorded("drift") },
      { stack: "refused", preview: recorded("refused") },
    ]);
    expectNone(report, ...planted);
    expect(report.stacks.find(({ stack }) => stack === "test")?.secrets.changed).toBe(2);
  });
});

describe("the mark of a secret", () => {
  it("is not taken for one where it only looks like it", () => {
    const item = madeItem({
      type: "ConfigMap",
      before: object({ data: { a: "[secret]" } }),
      after: object({ data: { a: "b" } }),
      detail: { "data.a": "update" },
    });
    expect(item.secrets).toEqual([]);
    expect(logOf([])).not.toContain("secret");
  });
});
