/** docs/pushtech.md against the program: hosts, the environment file's keys, the ways in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  derivedKey,
  environmentKinds,
  environmentPorts,
  unusedKeys,
} from "../../components/pushtech/environment-file.ts";
import { servers } from "../../components/pushtech/servers.ts";
import { clone } from "../rendered.ts";

const page = readFileSync(join(clone, "docs/pushtech.md"), "utf8");
const section = (title: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? "";

describe("docs/pushtech.md", () => {
  it("tells of every public host, and which are for administrators", () => {
    const told = section("Hosts, TLS and administrators");
    const [, open = "", guarded = ""] =
      /^([^]*?) are public\.([^]*?) are for/m.exec(told.replaceAll("\n", " ")) ?? [];
    for (const { subdomain, admin } of Object.values(servers).map((server) => ({
      admin: false,
      ...server,
    }))) {
      expect(admin ? guarded : open, subdomain).toContain(`\`${subdomain}.\``);
    }
  });

  it("tells of the environment file's keys that are not simply kept, and names none that is not there", () => {
    const told = section("Secrets");
    for (const key of [derivedKey, ...unusedKeys, "ONESIGNAL_APP_ID"]) {
      expect(told).toContain(`\`${key}\``);
    }
    expect(Object.keys(environmentPorts)).toHaveLength(8);
    const known = [...Object.keys(environmentKinds), derivedKey, ...unusedKeys];
    const named = [...told.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)].map(([, key]) => key);
    expect(named.filter((key) => key !== undefined && !known.includes(key))).toEqual([]);
  });

  it("answers each step that the scripts of old had, the ones by hand included", () => {
    const told = section("Old steps, new ways");
    for (const word of [
      ...["DOMAIN", "DOCKER_ACCOUNT", "IMAGE_PULL_POLICY", "envsecrets", "meatdocker", "diff -r"],
      ...["claims", "A records", "-tls", "indexes", "delete pods", "scale storage"],
    ]) {
      expect(told).toContain(word);
    }
  });
});
