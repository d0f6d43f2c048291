/** The config files of the user accounts and of the whitelist, and their pods (facts/skywire.md 4.16). */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { ProgramOptions } from "../../components/skywire/options.schema.ts";
import { toml } from "../../components/skywire/toml.ts";
import {
  authFile,
  type SharedFile,
  whitelistFile,
} from "../../components/skywire/whitelist-files.ts";
import { authMails, whitelistMails } from "../../components/skywire/whitelist-mails.ts";
import { WhitelistConfig } from "../../components/skywire/whitelist.schema.ts";
import { rpcAddress, whitelistProgram } from "../../components/skywire/whitelist.ts";

const config = WhitelistConfig.parse({
  mail: {
    from: "whitelist@example.org",
    auth: { "sign-up": { subject: "Welcome", content: 'Say "yes": ' } },
  },
  whitelist: {
    bucket: { region: "ap-southeast-1", name: "pictures.example.org" },
    uptimeService: "https://uptime.example.org:8402/api/v1",
    shopify: { url: "https://shop.example.org/orders.json", productId: "miner" },
  },
});

const shared: SharedFile = {
  database: {
    host: "whitelist-postgres.whitelist.svc",
    port: 5432,
    name: "auth",
    user: "auth",
    password: "database-password",
  },
  jwtKey: "jwt-key",
  mailKey: "mail-key",
  peer: rpcAddress("whitelist", "whitelist"),
};

/** Keys of a table of the file, as they stand there. */
function table(text: string, name: string): string[] {
  const [, rest = ""] = text.split(`\n[${name}]\n`);
  return (rest.split("\n[")[0] ?? "").split("\n").filter((line) => line !== "");
}

const auth = authFile(config, shared);
const whitelist = whitelistFile(config, shared, { user: "shop", password: "shop-password" });

describe("the user accounts' file", () => {
  it("listens for everybody, not on the loopback address", () => {
    expect(table(auth, "server")).toEqual(
      expect.arrayContaining(['ip = "0.0.0.0"', "port = 8080"]),
    );
    expect(table(auth, "rpc")).toContain('host = "0.0.0.0:9090"');
    expect(auth).not.toContain("127.0.0.1");
  });

  it("dials the whitelist's RPC by its Service", () => {
    expect(table(auth, "rpc.whitelist")).toEqual([
      'protocol = "tcp"',
      'address = "whitelist.whitelist.svc:9091"',
    ]);
  });

  it("names its database, its keys and its own pages", () => {
    expect(table(auth, "database")).toEqual(
      expect.arrayContaining([
        'host = "whitelist-postgres.whitelist.svc"',
        'name = "auth"',
        'password = "database-password"',
        'sslmode = "disable"',
        'migration-source = "file://script/user-migration"',
      ]),
    );
    expect(table(auth, "jwt")).toContain('key = "jwt-key"');
    expect(table(auth, "template")).toContain('api-key = "mail-key"');
    expect(table(auth, "server")).toContain('frontend-endpoint = "https://auth.skycoin.com/"');
  });

  it("has a text for every mail, the stack's where it has one", () => {
    const template = table(auth, "template");
    expect(template).toContain('sign-up-subject = "Welcome"');
    expect(template).toContain('sign-up-content = "Say \\"yes\\": "');
    for (const [name, { subject }] of Object.entries(authMails).slice(1)) {
      expect(template).toContain(`${name}-subject = "${subject}"`);
    }
  });
});

describe("the whitelist's file", () => {
  it("listens for everybody, and dials the user accounts' RPC", () => {
    expect(table(whitelist, "server")).toEqual(
      expect.arrayContaining(['ip = "0.0.0.0"', "port = 8081"]),
    );
    expect(table(whitelist, "rpc")).toContain('host = "0.0.0.0:9091"');
    expect(whitelist).not.toContain("127.0.0.1");
  });

  it("checks tokens with the key they were made with", () => {
    expect(table(whitelist, "jwt")).toEqual(table(auth, "jwt"));
  });

  it("asks the uptime service under its version, to which the program appends", () => {
    expect(table(whitelist, "uptime")).toContain(
      'uptime-service = "https://uptime.example.org:8402/api/v1/"',
    );
  });

  it("has a shop only with its login", () => {
    expect(table(whitelist, "shopify")).toEqual(
      expect.arrayContaining(["disable-shopify = false", 'shop-password = "shop-password"']),
    );
    expect(table(whitelistFile(config, shared, undefined), "shopify")).toEqual([
      "disable-shopify = true",
    ]);
  });

  it("has a text for every mail", () => {
    const template = table(whitelist, "template");
    for (const name of Object.keys(whitelistMails)) {
      expect(template.some((line) => line.startsWith(`${name}-content = "`))).toBe(true);
    }
  });
});

describe("their pods", () => {
  const program = whitelistProgram({
    service: "auth",
    namespace: "whitelist",
    namespaceName: "whitelist",
    flows: [],
    networkPolicy: true,
    data: "retain",
    image: { reference: "docker.io/skycoinpro/auth:latest", pullSecrets: [] },
    options: ProgramOptions.parse({}),
    file: pulumi.secret(auth),
  });

  it("find the file below their home: their own folder holds the migrations", () => {
    expect(program.env).toEqual({ HOME: "/home/service" });
    expect(program.mounts).toEqual([
      { volume: "config", path: "/home/service/.skywire-user-system" },
    ]);
    expect(Object.keys(program.secretFiles?.[0]?.files ?? {})).toEqual(["user-config.toml"]);
  });

  it("are one each: their database is changed when they start", () => {
    expect(program.exclusive).toBe(true);
  });

  it("are checked where they listen, as no path tells their health", () => {
    expect(program.probes).toMatchObject({
      readiness: { check: { kind: "tcp", port: "http" } },
      liveness: { check: { kind: "tcp", port: "http" } },
    });
  });
});

describe("TOML", () => {
  it("puts keys before tables, and quotes what a string may hold", () => {
    const text = toml({
      inner: { deep: { list: ["a", "b"] }, number: 0.75 },
      text: 'line\nwith "quotes" \\ and \u007f',
      flag: true,
    });
    expect(text).toBe(
      [
        'text = "line\\nwith \\"quotes\\" \\\\ and \\u007f"',
        "flag = true",
        "",
        "[inner]",
        "number = 0.75",
        "",
        "[inner.deep]",
        'list = ["a", "b"]',
        "",
      ].join("\n"),
    );
  });
});
