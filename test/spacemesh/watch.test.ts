import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { Watch, watchArguments } from "../../components/spacemesh/watch.ts";
import { watchFault } from "../../components/spacemesh/watch-list.ts";
import { WatchConfig } from "../../components/spacemesh/watch.schema.ts";
import { collect, find } from "../harness.ts";
import { containerOf, membersOf } from "./network-fixture.ts";

const config = WatchConfig.parse({ slack: { token: "slack", channel: "C024BE91L" } });

const made = (numbers: string[]) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    return new Watch(
      {
        network: "mininet",
        config,
        token: pulumi.secret("xoxb-hunter2"),
        members: membersOf({ miners: { numbers } }),
        after: [],
        namespace: "spacemesh",
        namespaceName: "spacemesh",
        flows: [],
        networkPolicy: true,
        data: "protect",
      },
      { parent },
    );
  });

const watched = (args: readonly string[]): string[] =>
  (args.find((one) => one.startsWith("--nodes=")) ?? "").slice("--nodes=".length).split(",");

describe("spacemesh-watch", () => {
  it("watches every member there is, by its address inside the cluster", async () => {
    const few = containerOf(await made(["1-7"]), "spacemesh-watch").args;
    expect(watched(few).slice(0, 2)).toEqual(["miner-1:6000/miner-1", "miner-2:6000/miner-2"]);
    const more = containerOf(await made(["1-7", "9"]), "spacemesh-watch").args;
    expect(watched(more)).toEqual([...watched(few), "miner-9:6000/miner-9"]);
  });

  it("takes its token from a Secret: the pod's arguments only name it", async () => {
    const collected = await made(["1-7"]);
    const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", "spacemesh-watch");
    expect(JSON.stringify(inputs)).not.toContain("hunter2");
    expect(containerOf(collected, "spacemesh-watch").args).toContain(
      "--slack-api-token=$(SLACK_API_TOKEN)",
    );
    expect(containerOf(collected, "spacemesh-watch").env).toMatchObject([
      {
        name: "SLACK_API_TOKEN",
        valueFrom: { secretKeyRef: { name: "spacemesh-watch-env-auto" } },
      },
    ]);
  });

  it("says which network it speaks of, and to which channel", () => {
    expect(watchArguments({ network: "mininet", config, members: membersOf() })).toEqual(
      expect.arrayContaining(["--network-name=mininet", "--slack-channel-name=C024BE91L"]),
    );
  });

  it("takes a thousand members, and tells where the kernel would refuse its list", () => {
    const members = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `miner-${index + 1}` }));
    expect(watchFault(members(1_000))).toBeUndefined();
    expect(watchFault(members(9_999))).toMatch(/must be left out with 9999 miners/);
  });

  it.each(["#alerts", "alerts", "c024be91l"])("wants the id of a channel, not %s", (channel) => {
    const parsed = WatchConfig.safeParse({ slack: { token: "slack", channel } });
    expect(parsed.error?.issues[0]?.message).toMatch(/must be the id of a channel/);
  });
});
