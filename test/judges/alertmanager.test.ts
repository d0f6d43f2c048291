/**
 * Has Alertmanager's own tool read the file of every stack's Alertmanager, as its pod finds it, and one with
 * every kind of receiver, and tell which receivers an alert goes to. That Slack takes a message is seen live.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { alertmanagerFile } from "../../components/observability/metrics/alertmanager-files.ts";
import { AlertmanagerConfig } from "../../components/observability/metrics/alertmanager.schema.ts";
import { everyReceiver } from "../observability/metrics/every-receiver.ts";
import { render } from "../rendered.ts";
import { mount, podsNamed } from "./mounted.ts";
import { type Finished, run, toolPath } from "./tools.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-alertmanager-"));

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

// It looks for a file of settings in the home of whoever runs it.
const amtool = (...words: string[]): Promise<Finished> =>
  run(toolPath("amtool"), words, { env: { HOME: root } });

/** Receivers of an alert with these labels. */
async function receivers(file: string, ...labels: string[]): Promise<string> {
  const { stdout, stderr } = await amtool(
    "config",
    "routes",
    "test",
    `--config.file=${file}`,
    ...labels,
  );
  expect(stderr).toBe("");
  return stdout.trim();
}

describe("production's Alertmanager", () => {
  let file: string;
  beforeAll(async () => {
    const { world } = await render("prod");
    const mounted = mount(world, podsNamed(world, "alertmanager"), join(root, "prod"));
    file = mounted.at("/etc/alertmanager/alertmanager.yml");
  });

  it("has a file that Alertmanager accepts", async () => {
    const { code, stdout, stderr } = await amtool("check-config", file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("SUCCESS");
  });

  it("sends what always fires to its watcher, and all else to people", async () => {
    expect(await receivers(file, "alertname=DeadMansSwitch", "severity=none")).toBe("watchdog");
    expect(await receivers(file, "alertname=TargetDown", "severity=critical")).toBe("operators");
    expect(await receivers(file, "alertname=TargetDown", "severity=warning")).toBe("operators");
  });
});

describe("an Alertmanager with every kind of receiver", () => {
  const file = join(root, "every.yml");
  beforeAll(() => {
    writeFileSync(file, alertmanagerFile(AlertmanagerConfig.parse(everyReceiver)));
  });

  it("has a file that Alertmanager accepts", async () => {
    const { code, stdout, stderr } = await amtool("check-config", file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("4 receivers");
    expect(stdout).toContain("5 inhibit rules");
  });

  it.each([
    [["severity=critical", "workload=web"], "on-call"],
    // `continue` goes on to the next route that matches.
    [["severity=critical", "workload=a.b"], "on-call,nobody"],
    [["severity=warning", 'workload="c\\"d"'], "nobody"],
    // A value is no pattern: its dot stands for a dot.
    [["severity=warning", "workload=aXb"], "team"],
    [["severity=info"], "team"],
    [["severity=none", "workload=a.b"], "watcher"],
  ])("sends %j to %s", async (labels, wanted) => {
    expect(await receivers(file, "alertname=Any", ...labels)).toBe(wanted);
  });
});

describe("Alertmanager's tool", () => {
  it("refuses what it should, so that its yes means something", async () => {
    const file = join(root, "wrong.yml");
    writeFileSync(file, "route: { receiver: absent }\nreceivers: []\n");
    const { code, stdout, stderr } = await amtool("check-config", file);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain("undefined receiver");
  });
});
