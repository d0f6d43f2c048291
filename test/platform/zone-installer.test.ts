/** The installer for a machine that somebody else keeps, run for real, in a folder of its own. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import {
  externalSettings,
  installScript,
  pullerFiles,
} from "../../components/platform/name-server-files.ts";

const settings = externalSettings("bind9", "https://zones.example.net/zones", ["192.0.2.2"]);
const programs = ["curl", "flock", "dig", "named-checkzone", "rndc"];

let folder: string;
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-installer-"));
  for (const path of ["bin", "usr/local/sbin", "etc/systemd/system", "var/lib/bind"]) {
    mkdirSync(at(path), { recursive: true });
  }
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts a program of this name on the path, which writes down how it was called. */
function stub(name: string): void {
  writeFileSync(at(`bin/${name}`), `#!/bin/sh\necho ${name} "$@" >> ${at("called")}\n`);
  chmodSync(at(`bin/${name}`), 0o755);
}

/** Runs the script with the folder for a root, and without rights to give files away. */
function run(): { status: number | null; stderr: string } {
  const text = installScript(settings, "bind")
    .replaceAll(/(?<=[ '"])\/(?=(usr\/local\/sbin|etc|var\/lib\/bind)\/)/g, `${folder}/`)
    .replace("install -d -o bind -g bind", "install -d");
  writeFileSync(at("install.sh"), text);
  const env = { PATH: `${at("bin")}:/usr/bin:/bin` };
  return spawnSync("/bin/sh", [at("install.sh")], { env, encoding: "utf8" });
}

describe("the installer", () => {
  it("writes each file as it is meant, and tells systemd of them without starting anything", () => {
    for (const name of [...programs, "systemctl"]) {
      stub(name);
    }
    const { status, stderr } = run();
    expect(stderr).toBe("");
    expect(status).toBe(0);
    for (const { path, mode, content } of pullerFiles(settings, "bind")) {
      const written = readFileSync(at(path), "utf8");
      expect(written.replaceAll(`${folder}/`, "/")).toBe(content);
      expect((statSync(at(path)).mode & 0o777).toString(8)).toBe(mode.slice(1));
    }
    expect(existsSync(at("var/lib/bind/zones"))).toBe(true);
    expect(existsSync(at("var/lib/bind/fleet"))).toBe(true);
    expect(readFileSync(at("called"), "utf8")).toBe("systemctl daemon-reload\n");
  });

  it("installs nothing where a program of the puller is missing, and says which", () => {
    for (const name of [...programs.slice(0, -1), "systemctl"]) {
      stub(name);
    }
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toContain("rndc is missing: nothing was installed");
    expect(existsSync(at("usr/local/sbin/fleet-zones"))).toBe(false);
    expect(existsSync(at("called"))).toBe(false);
  });
});
