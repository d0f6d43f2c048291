/**
 * The stand-in plugins under the real engine: what `test/standins` shows of single calls holds over the
 * wire, in previews, updates, refreshes and destructions. Proves nothing of what a live cloud adds.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { leftovers, seedStandins } from "../../sandbox/standins/seeds.ts";
import { tell } from "../../sandbox/standins/tell.ts";
import { ScratchProgram } from "./scratch-program.ts";

const recordType = "linode:index/domainRecord:DomainRecord";
const balancerType = "linode:index/nodeBalancer:NodeBalancer";
const dnsType = "cloudflare:index/dnsRecord:DnsRecord";

/** What the scratch program is to declare; it reads this from a file. */
interface Wish {
  readonly ttlSec?: number;
  readonly proxied?: boolean;
  readonly rules?: unknown[];
  readonly importId?: string;
  readonly region?: string;
}

const program = `
import { readFileSync } from "node:fs";
import * as cloudflare from "@pulumi/cloudflare";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";

const wish = JSON.parse(readFileSync("wish.json", "utf8"));
const provider = {
  linode: new linode.Provider("linode", { token: pulumi.secret("throw-away-linode") }),
  cloudflare: new cloudflare.Provider("cloudflare", { apiToken: pulumi.secret("throw-away-cloudflare") }),
  docker: new docker.Provider("docker", {
    registryAuth: [{ address: "docker.io", username: "u", password: pulumi.secret("throw-away-docker") }],
  }),
  gcp: new gcp.Provider("gcp", { project: "fleet-sandbox", region: "europe-west3" }),
};
const zone = linode.getDomainOutput({ domain: "skywire.dev" }, { provider: provider.linode });
const balancer = new linode.NodeBalancer(
  "edge",
  { region: wish.region ?? "ap-south", label: "edge" },
  { provider: provider.linode },
);
new linode.DomainRecord(
  "www",
  { domainId: zone.id.apply(Number), recordType: "A", name: "www", target: balancer.ipv4, ttlSec: wish.ttlSec ?? 300 },
  { provider: provider.linode },
);
const cloudZone = cloudflare.getZoneOutput({ filter: { name: "skywire.dev" } }, { provider: provider.cloudflare });
new cloudflare.DnsRecord(
  "www",
  {
    zoneId: cloudZone.zoneId,
    name: "www.skywire.dev",
    type: "A",
    ttl: 300,
    content: balancer.ipv4,
    proxied: wish.proxied ?? false,
  },
  { provider: provider.cloudflare },
);
const key = new docker.Secret("key", { data: pulumi.secret("aHVudGVyMg==") }, { provider: provider.docker });
new gcp.compute.Address("edge", {}, { provider: provider.gcp });
if (wish.rules !== undefined) {
  new linode.Firewall(
    "edge",
    { label: "edge", inboundPolicy: "DROP", outboundPolicy: "ACCEPT", inbounds: wish.rules },
    { provider: provider.linode },
  );
}
if (wish.importId !== undefined) {
  new linode.Domain(
    "adopted",
    { domain: "adopted.dev", type: "master", soaEmail: "a@adopted.dev" },
    { provider: provider.linode, import: wish.importId },
  );
}
export const address = balancer.ipv4;
export const name = key.name;
export const digest = docker.getRegistryImageOutput({ name: "skycoin/dmsg-server:test" }, { provider: provider.docker }).sha256Digest;
`;

const scratch = new ScratchProgram("standins", program);
const { sandbox } = scratch;

const wish = (wanted: Wish): void => {
  scratch.wish(wanted);
};

const listed = async (cloud: string, type = ""): Promise<string[]> => {
  const text = await tell(sandbox, ["list", cloud, type]);
  return text.split("\n").filter((line) => line !== "" && !line.endsWith("(outside Pulumi)"));
};

const idOf = async (cloud: string, type: string): Promise<string> =>
  (await listed(cloud, type))[0]?.split("\t")[1] ?? `no ${type}`;

beforeAll(async () => {
  wish({});
  await seedStandins(sandbox, { domains: ["skywire.dev"], zones: ["skywire.dev"] });
  await scratch.makeStack();
});

afterAll(() => {
  scratch.dispose();
});

describe("outside a sandbox", () => {
  it("no resource is looked at: the plugin refuses to be configured", async () => {
    const { code, stdout } = await scratch.engine(["up", "--yes"], {
      FLEET_SANDBOX_TOKEN: undefined,
    });
    expect(code).not.toBe(0);
    expect(stdout).toContain("FLEET_SANDBOX_TOKEN is not set");
    expect(stdout).toContain("Live stacks take the official plugin");
    expect(await listed("linode")).toEqual([]);
  });

  it("with a backend of its own, a stack that carries the sandbox's token still gets nowhere", async () => {
    const elsewhere = join(scratch.root, "elsewhere");
    cpSync(join(sandbox, "backend"), elsewhere, { recursive: true });
    const change = { PULUMI_BACKEND_URL: pathToFileURL(elsewhere).href };
    const { code, stdout } = await scratch.engine(["up", "--yes", "-s", "scratch"], change);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/PULUMI_BACKEND_URL is no file:\/\/ address under/);
    expect(await listed("linode")).toEqual([]);
  });
});

describe("inside a sandbox", () => {
  it("refuses wrong inputs at the preview, with their path, before anything is made", async () => {
    wish({
      rules: [
        {
          label: "web",
          action: "ACCEPT",
          protocol: "TCP",
          ports: 80,
          ipv4s: ["192.0.2.1"],
          colour: "red",
        },
      ],
    });
    const output = await scratch.refused("preview");
    expect(output).toContain("inbounds[0].colour is not a property of this type");
    expect(output).toContain("inbounds[0].ports must be a string, is a number");
    expect(output).toContain("inbounds[0].ipv4s[0] must be in CIDR form");
    expect(await listed("linode")).toEqual([]);
  });

  it("previews with unknown values, and makes nothing", async () => {
    wish({});
    const output = await scratch.succeed("preview", "--diff");
    expect(output).toMatch(/target\s*: \[unknown\]/);
    expect(output).toContain("sha256:");
    expect(await listed("linode")).toEqual([]);
  });

  it("makes what is declared; a second run changes nothing", async () => {
    await scratch.succeed("up", "--yes", "--skip-preview");
    expect(await listed("linode")).toHaveLength(2);
    expect(await listed("gcp")).toHaveLength(1);
    const outputs = JSON.parse(await scratch.succeed("stack", "output", "--json")) as Record<
      string,
      unknown
    >;
    expect(outputs["address"]).toMatch(/^192\.0\.2\.\d+$/);
    expect(outputs["name"]).toMatch(/^key-[0-9a-f]{7}$/);
    await scratch.succeed("preview", "--expect-no-changes");
    await scratch.succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("keeps secrets out of the state, the plugins' files and the display", async () => {
    const state = await scratch.succeed("stack", "export");
    const files = await Promise.all(
      ["linode", "cloudflare", "docker", "gcp"].map((cloud) => listed(cloud)),
    );
    expect(state).not.toMatch(/throw-away-(linode|cloudflare|docker)|aHVudGVyMg/);
    expect(JSON.stringify(files)).not.toContain("aHVudGVyMg");
  });

  it("puts back what was deleted behind its back", async () => {
    await tell(sandbox, ["delete", "linode", await idOf("linode", recordType)]);
    const output = await scratch.succeed("up", "--yes", "--skip-preview", "--refresh");
    expect(output).toMatch(/\+ 1 created/);
    expect(await listed("linode", recordType)).toHaveLength(1);
  });

  it("puts back what was edited behind its back", async () => {
    const id = await idOf("cloudflare", dnsType);
    await tell(sandbox, ["edit", "cloudflare", id, '{"content":"203.0.113.99"}']);
    const output = await scratch.succeed("up", "--yes", "--skip-preview", "--refresh");
    expect(output).toMatch(/~ 1 updated/);
    expect(await idOf("cloudflare", dnsType)).toBe(id);
  });

  it("fails as told, once, and goes on where it stopped", async () => {
    wish({ ttlSec: 3600 });
    await tell(sandbox, [
      "fail",
      recordType,
      "update",
      "--times",
      "1",
      "--message",
      "the cloud is on fire",
    ]);
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain(
      "the cloud is on fire",
    );
    expect(await scratch.succeed("up", "--yes", "--skip-preview")).toMatch(/~ 1 updated/);
  });

  it("refuses at the update what Cloudflare refuses only then", async () => {
    wish({ ttlSec: 3600, proxied: true });
    await scratch.succeed("preview");
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain(
      "ttl must be automatic (1)",
    );
    wish({ ttlSec: 3600 });
  });

  it("replaces what a change replaces, and what hangs on it follows", async () => {
    const before = await idOf("linode", balancerType);
    wish({ ttlSec: 3600, region: "eu-west" });
    // The label is taken until the old one is gone: as live, a create-first replacement collides.
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain(
      "Label must be unique",
    );
    expect(await idOf("linode", balancerType)).toBe(before);
    wish({ ttlSec: 3600 });
  });

  it("knows of a resource that was made although its creation failed", async () => {
    const rule = {
      label: "web",
      action: "ACCEPT",
      protocol: "TCP",
      ports: "80",
      ipv4s: ["0.0.0.0/0"],
    };
    wish({ ttlSec: 3600, rules: [rule] });
    const type = "linode:index/firewall:Firewall";
    await tell(sandbox, [
      "fail",
      type,
      "create",
      "--after",
      "--times",
      "1",
      "--message",
      "timed out",
    ]);
    expect(await scratch.refused("up", "--yes", "--skip-preview")).toContain("timed out");
    const id = await idOf("linode", type);
    await scratch.succeed("up", "--yes", "--skip-preview");
    expect(await idOf("linode", type)).toBe(id);
    expect(await listed("linode", type)).toHaveLength(1);
  });

  it("adopts what was there, by its id", async () => {
    const inputs = { domain: "adopted.dev", type: "master", soaEmail: "a@adopted.dev" };
    const type = "linode:index/domain:Domain";
    const importId = await tell(sandbox, [
      "put",
      "linode",
      type,
      "adopted",
      JSON.stringify(inputs),
    ]);
    wish({ ttlSec: 3600, importId });
    expect(await scratch.succeed("up", "--yes", "--skip-preview")).toMatch(/= 1 imported/);
    await scratch.succeed("preview", "--expect-no-changes");
  });

  it("leaves nothing behind when all is destroyed", async () => {
    await scratch.succeed("destroy", "--yes", "--skip-preview");
    expect(leftovers(sandbox, ["linode", "cloudflare", "gcp", "docker"])).toEqual([]);
    expect(await tell(sandbox, ["list", "linode"])).toContain("(outside Pulumi)");
  });
});
