/**
 * What is told of each program of a committed stack elsewhere than in its composition, against what the stack is
 * rendered to: whoever adds a program and forgets a list is told which (docs/architecture.md, How to add a service).
 * Images are looked at in stacks.test.ts, what is asked of the nodes in platform/requests.test.ts.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { announcedPort } from "../policy/graph/scrape-configs.ts";
import { dropped, logsAnnotation } from "../components/base/annotations.ts";
import type { LogFamilies } from "../components/observability/logs/families.ts";
import { allContainers, describePods, type PodSet } from "../policy/graph/objects.ts";
import { publicHostsOf } from "../stacks/public-hosts.ts";
import { readStacks } from "../ops/pipeline/stacks.ts";
import {
  clone,
  cloudStacks,
  largeStacks,
  type Rendered,
  renderedOnce,
  type Stack,
  stacks,
} from "./rendered.ts";

/** Public hosts that no Ingress has: dmsg-servers are dialled at their nodes' own ports (facts/skywire.md 4.10). */
const pastControllers = /^dmsg\.server/;

/** Pods that show metrics, and are not read: they push them (`miners.metrics`). */
const pushing: Readonly<Partial<Record<Stack, RegExp>>> = {
  "spacemesh-devnet": /^Deployment spacemesh\/miner-\d+$/,
  "spacemesh-testnet": /^Deployment spacemesh\/miner-\d+$/,
};

/** What of a network is kept in no store: as in the original, just what nodes, PoETs and web services print. */
const aroundNetwork = ["address-keeper", "ingress", "logs"] as const;

/** Namespaces and workloads whose lines no family of a stack with a log store takes. All others are in one. */
const unkept: Readonly<Partial<Record<Stack, readonly string[]>>> = {
  "spacemesh-mini": aroundNetwork,
  "spacemesh-devnet": [...aroundNetwork, "metrics", "profiles", "spacemesh/spacemesh-watch"],
  "spacemesh-testnet": [...aroundNetwork, "metrics", "profiles"],
};

/** Outputs of a stack, as far as they tell where it is dialled. */
const Outputs = z.looseObject({ endpoints: z.array(z.looseObject({ url: z.string() })) });

/** Whether a family takes the lines of a container. */
const takes =
  (namespace: string, container: string) =>
  ({ namespaces, containers = ["*"] }: LogFamilies[string]): boolean =>
    namespaces.includes(namespace) &&
    containers.some((name) =>
      name.endsWith("*") ? container.startsWith(name.slice(0, -1)) : container === name,
    );

/** Namespaces of which no line is taken; of the others, workloads with a container of which none is. */
function unkeptBy(families: LogFamilies, pods: readonly PodSet[]): string[] {
  const all = Object.values(families);
  const found = pods
    .filter(({ annotations }) => annotations[logsAnnotation] !== dropped)
    .flatMap(({ namespace, name, spec }) => {
      if (!all.some(({ namespaces }) => namespaces.includes(namespace))) {
        return [namespace];
      }
      const left = allContainers(spec).some(
        (container) => !all.some(takes(namespace, container.name)),
      );
      return left ? [`${namespace}/${name}`] : [];
    });
  return [...new Set(found)].sort();
}

/** `make check` has no time for the larger ones: they are another project's of vitest.config.ts. */
const chosen = process.env["FLEET_TEST_STACKS"] === "large" ? largeStacks : stacks;

test("every stack that a pipeline has is rendered by the tests, and in the README's table", () => {
  const named = (readFileSync(join(clone, "README.md"), "utf8").match(/^\|.*$/gm) ?? []).flatMap(
    (row) => {
      const names = [...row.matchAll(/`([-a-z0-9]+)`/g)].map(([, name = ""]) => name);
      // Beside `spacemesh-mini` stands `-devnet`.
      const [system = ""] = names[0]?.split("-") ?? [];
      return names.map((name) => (name.startsWith("-") ? `${system}${name}` : name));
    },
  );
  const rendering: readonly string[] = [...stacks, ...largeStacks, ...cloudStacks];
  const faults = Object.keys(readStacks(clone)).flatMap((stack) => [
    ...(rendering.includes(stack) ? [] : [`${stack}: test/rendered.ts lacks it`]),
    ...(named.includes(stack) ? [] : [`${stack}: the README's table lacks it`]),
  ]);
  expect(faults).toEqual([]);
});

describe.each(chosen)("of stack %s", (stack) => {
  let rendered: Rendered;
  let opened: readonly string[];
  beforeAll(async () => {
    rendered = await renderedOnce(stack);
    const hosts = rendered.world.ingresses.flatMap(({ spec }) =>
      spec.rules.map(({ host }) => host),
    );
    opened = [...new Set(hosts)];
  });

  test("every host of an Ingress is among the public hosts, and every one of those leads somewhere", () => {
    const told = publicHostsOf(rendered.config).map(({ host }) => host);
    expect(opened.length).toBeGreaterThan(0);
    const faults = [
      ...opened
        .filter((host) => !told.includes(host))
        .map((host) => `${host}: publicHosts of stacks/${rendered.config.system} lacks it`),
      ...told
        .filter((host) => !opened.includes(host) && !pastControllers.test(host))
        .map((host) => `${host}: no Ingress has it, so that its record leads to nothing`),
    ];
    expect(faults).toEqual([]);
  });

  test("every public host is an endpoint, or make hosts and make verify do not know it", () => {
    const { endpoints } = Outputs.parse(rendered.collected.result);
    const dialled = endpoints.map(({ url }) => URL.parse(url)?.hostname);
    const told = publicHostsOf(rendered.config).map(({ host }) => host);
    const forgotten = [...opened, ...told].filter((host) => !dialled.includes(host));
    expect(
      forgotten.map((host) => `${host}: endpointsOf stacks/${rendered.config.system} lacks it`),
    ).toEqual([]);
  });

  test("whatever shows metrics announces them, or nobody reads them", () => {
    const silent = rendered.world.pods
      .filter((pods) => announcedPort(pods) === undefined)
      .filter(({ spec }) =>
        spec.containers.some(({ ports = [] }) =>
          ports.some(({ name }) => name?.includes("metrics") === true),
        ),
      )
      .map(describePods);
    const pushers = silent.filter((pods) => pushing[stack]?.test(pods) === true);
    expect(pushers.length > 0).toBe(pushing[stack] !== undefined);
    expect(silent.filter((pods) => !pushers.includes(pods))).toEqual([]);
  });

  test("every line goes into a family of logs, where there are any, or it is known that it does not", () => {
    const { logs } = rendered.config.observability;
    const left = logs === undefined ? [] : unkeptBy(logs.families, rendered.world.pods);
    // A new one: fleet:observability.logs.families of the stack's file, or the list above with the reason.
    expect(left).toEqual([...(unkept[stack] ?? [])].sort());
  });
});
