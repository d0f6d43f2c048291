/**
 * The set-up's program, as its Job runs it, against servers that play Elasticsearch and Kibana.
 *
 * Proves order, passwords, TLS, repetition and what is told of a failure. What the real programs make
 * of the words is proven for templates by test/judges/elasticsearch.test.ts, for the rest by nobody here.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeCertificates } from "../../components/base/certificate-maker.ts";
import { readCertificates } from "../../components/base/certificates.ts";
import { KibanaConfig, StoreConfig } from "../../components/observability/elk/elk.schema.ts";
import { type SetUpPlan, setUpPlan } from "../../components/observability/elk/set-up-plan.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import {
  emptyStore,
  type KibanaState,
  type Played,
  playElasticsearch,
  playKibana,
  type StoreState,
} from "./elk-servers.ts";

const program = join(import.meta.dirname, "../../components/observability/elk/set-up-program.mjs");

const certificates = makeCertificates();
const families = LogFamilies.parse({
  skywire: { namespaces: ["skywire"], retention: "7d" },
  edge: { namespaces: ["edge"], retention: "36h" },
});
const passwords = {
  administrator: "password-of-elastic",
  "kibana-system": "password-of-kibana",
  filebeat: "password-of-filebeat",
  grafana: "password-of-grafana",
  "person-0": "password-of-anna",
};

let folder = "";
let store: StoreState;
let page: KibanaState;
let played: { readonly elasticsearch: Played; readonly kibana: Played };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fleet-set-up-"));
  store = emptyStore(passwords.administrator);
  page = { objects: new Map(), defaultView: undefined, busy: 0 };
  played = {
    elasticsearch: await playElasticsearch(store, certificates),
    kibana: await playKibana(page, store),
  };
});

afterEach(async () => {
  await played.elasticsearch.close();
  await played.kibana.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The stack's plan, its servers where they are played. */
function plan(): SetUpPlan {
  const made = setUpPlan({
    config: {
      store: StoreConfig.parse({ kind: "builtin" }),
      kibana: KibanaConfig.parse({
        host: "kibana.example.com",
        users: { anna: { password: "anna" } },
      }),
    },
    namespace: "logs",
    families,
    users: ["filebeat", "grafana"],
  });
  if (made.kibana === undefined) throw new Error("no Kibana in the plan");
  return {
    ...made,
    elasticsearch: { ...made.elasticsearch, url: played.elasticsearch.url },
    kibana: { ...made.kibana, url: played.kibana.url },
  };
}

interface Run {
  readonly passwords?: Readonly<Record<string, string>>;
  readonly authorities?: string;
  readonly waitSeconds?: number;
  readonly plan?: SetUpPlan;
}

/** Runs the program as the Job does. */
async function run(how: Run = {}) {
  const file = join(folder, "plan.json");
  const trusted = join(folder, "authorities.pem");
  writeFileSync(file, JSON.stringify(how.plan ?? plan()));
  writeFileSync(trusted, how.authorities ?? readCertificates(certificates).authorities);
  for (const [name, password] of Object.entries({ ...passwords, ...how.passwords })) {
    writeFileSync(join(folder, name), password);
  }
  const child = spawn(process.execPath, [program, file, folder, trusted], {
    env: { WAIT_SECONDS: `${how.waitSeconds ?? 120}` },
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => parts.push(part));
  child.stderr.on("data", (part: Buffer) => parts.push(part));
  const code = await new Promise<number | null>((settle) => child.on("close", settle));
  return { code, told: Buffer.concat(parts).toString("utf8") };
}

describe("the set-up", () => {
  it("makes users, rights, lifecycles, templates and pages, and ends well", async () => {
    const { code, told } = await run();
    expect(code, told).toBe(0);
    expect([...store.policies.keys()]).toEqual(["skywire-logs", "edge-logs"]);
    expect([...store.streams.keys()]).toEqual(["skywire-logs", "edge-logs"]);
    expect(store.streams.get("edge-logs")).toMatchObject({ "index.number_of_replicas": 0 });
    expect(store.users.get("filebeat")).toEqual({
      password: "password-of-filebeat",
      roles: ["fleet-filebeat"],
    });
    expect(store.users.get("anna")).toEqual({ password: "password-of-anna", roles: ["viewer"] });
    expect(store.users.get("kibana_system")?.password).toBe("password-of-kibana");
    expect(page.objects.size).toBe(16);
    expect(page.defaultView).toBe("skywire-logs");
  });

  it("may be done again: streams keep their lines, changed passwords and policies come in", async () => {
    await run();
    // Somebody has chosen another view since.
    page.defaultView = "edge-logs";
    store.streams.set("skywire-logs", { lines: "kept" });
    const { code, told } = await run({ passwords: { filebeat: "another-password" } });
    expect(code, told).toBe(0);
    expect(told).toContain("/_data_stream/skywire-logs: it is there already");
    expect(store.users.get("filebeat")?.password).toBe("another-password");
    expect(page.objects.size).toBe(16);
    expect(page.defaultView).toBe("edge-logs");
    const put = played.elasticsearch.asked.filter((one) => /DELETE|_rollover/.test(one));
    expect(put).toEqual([]);
  });

  it("waits for both, and says for what", async () => {
    store.busy = 2;
    page.busy = 2;
    const { code, told } = await run();
    expect(code, told).toBe(0);
    expect(told).toMatch(/waiting for Elasticsearch: 503/);
    expect(told).toMatch(/waiting for Kibana: 503/);
  });

  it("tells no password, whatever happens", async () => {
    store.broken.set("/_security/user/filebeat", {
      status: 400,
      body: { error: { type: "validation_exception", reason: "Validation Failed" } },
    });
    const { code, told } = await run();
    expect(code).toBe(1);
    expect(told).toContain("PUT /_security/user/filebeat: 400");
    expect(told).not.toContain("password-of-");
  });

  // An answer of 200 is no success: Kibana says in it what it has not taken.
  it("fails when Kibana takes a part of the objects only, and says which it did not", async () => {
    const whole = plan();
    const objects = (whole.kibana?.objects ?? []).filter(
      ({ type, id }) => !(type === "search" && id === "edge-logs-errors"),
    );
    const { code, told } = await run({
      plan: { ...whole, ...(whole.kibana && { kibana: { ...whole.kibana, objects } }) },
    });
    expect(code).toBe(1);
    expect(told).toContain("dashboard edge-logs: missing_references");
    expect(page.objects.size).toBe(0);
  });

  it("fails when Elasticsearch answers well and does nothing", async () => {
    store.broken.set("/_ilm/policy/skywire-logs", {
      status: 200,
      body: { acknowledged: false },
    });
    const { code, told } = await run();
    expect(code).toBe(1);
    expect(told).toContain("PUT /_ilm/policy/skywire-logs: 200");
    expect(store.templates.size).toBe(0);
  });

  it.each([
    [
      "a store that another authority signed",
      { authorities: readCertificates(makeCertificates()).authorities },
      /unable to verify|self-signed certificate/,
    ],
    [
      "a wrong password",
      { passwords: { administrator: "another-password" } },
      /401.*unable to authenticate/,
    ],
  ])("gives up before %s, and says why", async (_, how, message) => {
    const { code, told } = await run({ ...how, waitSeconds: 1 });
    expect(code).toBe(1);
    expect(told).toMatch(message);
    expect(store.policies.size).toBe(0);
  });

  it("looks at the name in the certificate where the store is somebody else's", async () => {
    const whole = plan();
    const named = (url: string) => ({
      plan: { ...whole, elasticsearch: { ...whole.elasticsearch, url, verifyName: true } },
    });
    const { port } = new URL(whole.elasticsearch.url);
    expect((await run(named(`https://127.0.0.1:${port}`))).code).toBe(0);
    // The same machine, by an address that the certificate does not bear.
    const other = named(`https://[::ffff:127.0.0.1]:${port}`);
    const { told } = await run({ ...other, waitSeconds: 1 });
    expect(told).toMatch(/does not match certificate's altnames/);
  });

  it("needs every password that the plan names", async () => {
    const { code, told } = await run({ passwords: { grafana: "" } });
    expect(code).toBe(1);
    expect(told).toContain("grafana is empty");
  });
});
