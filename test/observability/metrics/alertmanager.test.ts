/** Alertmanager: whom it tells, how often, and where its secrets are. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import {
  alertmanagerArguments,
  alertmanagerFile,
  alertmanagerSecrets,
} from "../../../components/observability/metrics/alertmanager-files.ts";
import { AlertmanagerConfig } from "../../../components/observability/metrics/alertmanager.schema.ts";
import { alertmanagerWorkload } from "../../../components/observability/metrics/alertmanager.ts";
import { metricsWarnings } from "../../../components/observability/metrics/metrics-shape.ts";
import { around, faultsOf } from "./around.ts";
import { everyReceiver as whole } from "./every-receiver.ts";

const fileOf = (given: object) =>
  parse(alertmanagerFile(AlertmanagerConfig.parse(given))) as {
    global?: Record<string, unknown>;
    route: { routes: Record<string, unknown>[] } & Record<string, unknown>;
    receivers: Record<string, unknown>[];
  };

describe("a dead man's switch", () => {
  it("is missed by a warning with the words that mend it, where people are told of all else", () => {
    const { deadMan, ...rest } = AlertmanagerConfig.parse(whole);
    expect(metricsWarnings({ alertmanager: rest })).toEqual([
      expect.stringMatching(
        /metrics\.alertmanager has no deadMan: .* deadMan: \{ receiver: \w+ \}/,
      ),
    ]);
    expect(metricsWarnings({ alertmanager: { ...rest, deadMan } })).toEqual([]);
    expect(metricsWarnings({})).toEqual([]);
  });

  it("is named by every committed stack that tells people of alerts", () => {
    const clone = join(import.meta.dirname, "../../..");
    const told = globSync("Pulumi.*.yaml", { cwd: clone }).flatMap((file) => {
      const { config } = parse(readFileSync(join(clone, file), "utf8")) as {
        config: Record<string, { metrics?: { alertmanager?: { deadMan?: object } } } | undefined>;
      };
      const alertmanager = config["fleet:observability"]?.metrics?.alertmanager;
      return alertmanager === undefined ? [] : [[file, alertmanager.deadMan] as const];
    });
    const watched = { receiver: "watchdog" };
    expect(Object.fromEntries(told)).toEqual({
      "Pulumi.fxa-production.yaml": watched,
      "Pulumi.prod.yaml": watched,
      "Pulumi.pushtech-production.yaml": watched,
    });
  });
});

describe("alertmanager.yml", () => {
  const file = fileOf(whole);

  it("groups alerts of a kind, in a pace that config may change one word of", () => {
    expect(file.route).toMatchObject({
      receiver: "team",
      group_by: ["alertname", "namespace"],
      group_wait: "30s",
      group_interval: "10m",
      repeat_interval: "4h",
    });
  });

  it("sends what always fires to its own receiver, before any other route, and looks five times as often as it says it", () => {
    expect(file.route.routes[0]).toEqual({
      receiver: "watcher",
      matchers: ['severity="none"'],
      group_by: ["alertname"],
      group_wait: "0s",
      group_interval: "60s",
      repeat_interval: "300s",
    });
  });

  it("tells nobody of what always fires, where nobody waits for it", () => {
    const { deadMan, ...rest } = whole;
    expect(deadMan.every).toBe("5m");
    expect(fileOf(rest).route.routes[0]).toEqual({
      receiver: "nobody",
      matchers: ['severity="none"'],
    });
    expect(file.receivers).toContainEqual({ name: "nobody" });
  });

  it("takes each value of a matcher for itself, not for a pattern", () => {
    expect(file.route.routes.slice(1)).toEqual([
      {
        receiver: "on-call",
        matchers: ['severity="critical"'],
        continue: true,
        repeat_interval: "1h",
      },
      { receiver: "nobody", matchers: ['workload=~"a\\\\.b|c\\"d"'] },
    ]);
  });

  it("names files of its secrets, one for each entry, and holds none", () => {
    const named = alertmanagerSecrets(AlertmanagerConfig.parse(whole)).map(({ name, kind }) => [
      name,
      kind,
    ]);
    expect(named.sort()).toEqual([
      ["mail-password", "token"],
      ["pager", "url"],
      ["pager-token", "token"],
      ["slack-hook", "url"],
      ["slack-token", "token"],
      ["snitch", "url"],
    ]);
    const text = JSON.stringify(file);
    for (const [name = ""] of named) {
      expect(text).toContain(`"/etc/alertmanager-secrets/${name}"`);
    }
  });

  it("speaks to Slack as a bot, or to the address that Slack gave", () => {
    expect(file.receivers).toMatchObject([
      {
        name: "team",
        slack_configs: [
          {
            channel: "#alerts",
            api_url: "https://slack.com/api/chat.postMessage",
            http_config: {
              authorization: { credentials_file: "/etc/alertmanager-secrets/slack-token" },
            },
          },
        ],
        email_configs: [{ to: "team@example.com, boss@example.com" }],
      },
      {
        name: "on-call",
        slack_configs: [{ channel: "#fire", api_url_file: "/etc/alertmanager-secrets/slack-hook" }],
      },
      { name: "watcher" },
      { name: "nobody" },
    ]);
  });
});

describe("Alertmanager's pod", () => {
  const config = AlertmanagerConfig.parse(whole);
  const secrets = Object.fromEntries(
    alertmanagerSecrets(config).map(({ name }) => [name, pulumi.secret(`secret of ${name}`)]),
  );
  const workload = alertmanagerWorkload("alertmanager", {
    ...around,
    config,
    secrets,
    page: "https://grafana.example.com/",
  });

  it("finds its secrets where its config says", () => {
    expect(workload.secretFiles?.map(({ files }) => Object.keys(files).sort())).toEqual([
      Object.keys(secrets).sort(),
    ]);
    expect(workload.container.mounts).toContainEqual({
      volume: "secrets",
      path: "/etc/alertmanager-secrets",
    });
  });

  it("keeps silences on a disk that it alone writes to", () => {
    expect(workload.claims).toEqual([{ name: "data", size: "1Gi" }]);
    expect(workload.update).toEqual({ strategy: "Recreate" });
  });

  it("announces its metrics where it listens", () => {
    expect(workload.podAnnotations).toEqual({ "fleet/metrics-port": "9093" });
    expect(workload.container.ports).toEqual([{ name: "http", port: 9093 }]);
  });

  it("is told its retention in hours, the longest unit that it reads", () => {
    expect(alertmanagerArguments("7d", "https://a/")).toContain("--data.retention=168h");
  });

  it("leads people to the page on which they can silence, not to its own pod", () => {
    expect(workload.container.args).toContain("--web.external-url=https://grafana.example.com/");
  });
});

describe("what a stack file says of Alertmanager", () => {
  const faults = (given: object) => faultsOf(AlertmanagerConfig.safeParse(given));
  const team = { slack: [{ channel: "#alerts", token: "slack-token" }] };
  const base = { receivers: { team }, route: { receiver: "team" } };

  it("is taken as it stands", () => {
    expect(faults(base)).toEqual([]);
    expect(faults(whole)).toEqual([]);
  });

  it("is refused where a Slack channel has no token", () => {
    expect(faults({ ...base, receivers: { team: { slack: [{ channel: "#alerts" }] } } })).toEqual([
      "receivers.team.slack.0.token: must name the entry of fleet:secrets with the bot's token, e.g. slack-token; or webhook the one with an incoming webhook's address",
    ]);
  });

  it("is refused where a Slack channel has two ways in", () => {
    const slack = [{ channel: "#alerts", token: "a", webhook: "b" }];
    expect(faults({ ...base, receivers: { team: { slack } } }).join()).toMatch(
      /slack\.0\.token: must not stand beside webhook/,
    );
  });

  it("is refused where a token stands in it in clear, without saying it again", () => {
    const token = "xoxb-1234567890-ABCDEFGHIJ";
    const text = faults({ ...base, receivers: { team: { slack: [{ channel: "#a", token }] } } });
    expect(text.join()).toMatch(/must be the name of an entry of fleet:secrets/);
    expect(text.join()).not.toContain(token);
  });

  it.each([
    [
      { ...base, route: { receiver: "tema" } },
      /^route\.receiver: must be one of receivers \(team, nobody\)$/,
    ],
    [
      { ...base, route: { receiver: "team", routes: [{ receiver: "x", match: { a: "b" } }] } },
      /^route\.routes\.0\.receiver: must be one of receivers/,
    ],
    [{ ...base, deadMan: { receiver: "x" } }, /^deadMan\.receiver: must be one of receivers/],
    [
      { ...base, receivers: { team: { email: [{ to: ["a@example.com"] }] } } },
      /^receivers\.team\.email: needs alertmanager\.mail/,
    ],
    [{ ...base, receivers: { team: {} } }, /at least one of slack, email and webhook/],
    [{ ...base, receivers: {} }, /at least one receiver/],
    [{ ...base, receivers: { team, nobody: team } }, /must not be nobody/],
    [{ ...base, route: { receiver: "team", groupWait: 30 } }, /duration with its unit/],
    [{ ...base, route: { receiver: "team", repeatInterval: "0s" } }, /more than zero/],
    [
      { ...base, route: { receiver: "team", groupBy: ["my-label"] } },
      /label that Prometheus takes/,
    ],
    [
      {
        ...base,
        route: { receiver: "team", routes: [{ receiver: "team", match: { "a-b": "c" } }] },
      },
      /label that Prometheus takes/,
    ],
    [
      { ...base, route: { receiver: "team", routes: [{ receiver: "team", match: {} }] } },
      /at least one label/,
    ],
    [{ ...base, retention: "120" }, /time with its unit/],
  ])("is refused where %j", (given, message) => {
    expect(faults(given).join("\n")).toMatch(message);
  });
});
