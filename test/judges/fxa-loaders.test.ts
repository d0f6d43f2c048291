/**
 * The libraries by which Firefox Accounts' servers read what they are told, run on what is rendered for them: convict,
 * which takes texts apart by each setting's format and refuses what does not fit, and fxa-jwtool, which reads key
 * files. Both come from npm. No server's own config module does (none is published), so that the formats here are the
 * classes of our own settings: what is proved is that each text is one that convict reads as that class.
 */
import { createRequire } from "node:module";

import { describe, expect, it } from "vitest";

import { contextOf } from "../../components/fxa/context.ts";
import { planOf, runningPrograms, settingsOf } from "../../components/fxa/environment.ts";
import type { SettingClass } from "../../components/fxa/settings.ts";
import { publicWebKey } from "../../components/base/web-keys.ts";
import { everything, filled, fxa, fxaConfig } from "../fxa/fixtures.ts";
import { throwAwayWebKey } from "../web-keys.ts";

interface Loaded {
  readonly validate: (options: { readonly allowed: "strict" }) => Loaded;
  readonly getProperties: () => Record<string, unknown>;
}

interface Convict {
  (
    schema: Record<
      string,
      { readonly format: unknown; readonly default: unknown; readonly env: string }
    >,
    options: { readonly env: Readonly<Record<string, string>> },
  ): Loaded;
  readonly addFormats: (formats: unknown) => void;
}

interface Jwk {
  readonly signSync: (data: object) => string;
  readonly verifySync: (text: string) => object | false;
}

const require = createRequire(import.meta.url);
const convict = require("convict") as Convict;
convict.addFormats(require("convict-format-with-validator"));
const { JWK } = require("fxa-jwtool") as {
  readonly JWK: { readonly fromObject: (key: unknown) => Jwk };
};

/** What the servers call each class, and a default that the environment must replace. */
const formats: Readonly<Record<SettingClass, readonly [format: unknown, value: unknown]>> = {
  bind: ["ipaddress", "127.0.0.1"],
  port: ["port", 1],
  "node-env": [["dev", "prod", "development", "production"], "dev"],
  internal: [String, ""],
  store: [String, ""],
  public: [String, ""],
  outside: [String, ""],
  number: [Number, -1],
  flag: [Boolean, undefined],
  word: [String, ""],
  list: [Array, []],
  json: [Object, {}],
  path: [String, ""],
  secret: [String, ""],
};

/** Addresses whose servers want them as URLs; others are hosts. */
const isUrl = (kind: SettingClass, text: string): boolean =>
  (kind === "internal" || kind === "public") && text.includes("://") && !text.includes("{");

function load(
  context: ReturnType<typeof fxa>,
  program: ReturnType<typeof runningPrograms>[number],
) {
  const { environment } = planOf(context, program);
  const secret = Object.entries(environment.secret).map(([name, text]) => [name, filled(text)]);
  const env: Record<string, string> = {
    ...environment.plain,
    ...(Object.fromEntries(secret) as Record<string, string>),
  };
  const table = settingsOf(context, program);
  const schema = Object.entries(table).flatMap(([name, { class: kind }]) => {
    const text = env[name];
    if (text === undefined) {
      return [];
    }
    const [format, value] = formats[kind];
    return [
      [
        name,
        {
          format: isUrl(kind, text) ? "url" : format,
          default: isUrl(kind, text) ? "http://none.invalid" : (value ?? text !== "true"),
          env: name,
        },
      ] as const,
    ];
  });
  return { env, table, loaded: convict(Object.fromEntries(schema), { env }) };
}

const contexts = [
  ["the least that a file says", fxa()],
  ["everything on", contextOf(fxaConfig(everything), { host: "statsd.metrics.svc", port: 8125 })],
] as const;

describe.each(contexts)("convict, with %s", (_, context) => {
  it.each(runningPrograms(context))("reads what %s is told", (program) => {
    const { env, table, loaded } = load(context, program);
    const read = loaded.validate({ allowed: "strict" }).getProperties();
    expect(Object.keys(read).sort()).toEqual(Object.keys(env).sort());
    for (const [name, value] of Object.entries(read)) {
      const kind = table[name]?.class;
      const text = env[name] ?? "";
      if (kind === "port" || kind === "number") {
        expect(value).toBe(Number(text));
      } else if (kind === "flag") {
        expect(value).toBe(text === "true");
      } else if (kind === "list") {
        expect(value).toEqual(text.split(","));
      } else if (kind !== "json") {
        expect(value).toBe(text);
      }
    }
  });
});

describe("convict", () => {
  it("takes a list of JSON apart at its commas, so that OAUTH_CLIENTS can hold no client", () => {
    const env = { OAUTH_CLIENTS: JSON.stringify([{ id: "a", name: "b" }]) };
    const read = convict(
      { clients: { format: Array, default: [], env: "OAUTH_CLIENTS" } },
      { env },
    );
    expect(read.getProperties()["clients"]).toEqual(['[{"id":"a"', '"name":"b"}]']);
  });

  it("refuses the address that Kubernetes would put into PORT for a Service of that name", () => {
    const env = { PORT: "tcp://10.0.0.1:6379" };
    const read = convict({ port: { format: "port", default: 1, env: "PORT" } }, { env });
    expect(() => read.validate({ allowed: "strict" })).toThrow(/port/);
  });
});

describe("fxa-jwtool", () => {
  it("signs with the key file, and verifies with the public one that was taken from it", () => {
    const own = JWK.fromObject(JSON.parse(throwAwayWebKey));
    const open = JWK.fromObject(JSON.parse(publicWebKey(throwAwayWebKey)));
    const token = own.signSync({ sub: "user" });
    expect(open.verifySync(token)).toEqual({ sub: "user" });
    expect(open.verifySync(`${token.slice(0, -8)}AAAAAAAA`)).toBe(false);
  });
});
