/** `fleet:only: observability`: the system is gone, and what watches it is what it was. */
import { beforeAll, describe, expect, it } from "vitest";

import type { KubernetesObject } from "../../policy/graph/objects.ts";
import { put } from "../config/stack-fixture.ts";
import { type Options, type Rendered, renderedOnce } from "../rendered.ts";
import { changedProduction } from "../skywire/changed.ts";
import { renderVoting } from "../voting/stack.ts";

/** Namespaces that the observability of a stack has. */
const watching = ["metrics", "logs", "log-shipper", "profiles"];

const workloads = ({ world }: Rendered<unknown>): string[] =>
  world.pods.map(({ namespace, name }) => `${namespace}/${name}`).sort();

const namespacesOf = ({ world }: Rendered<unknown>): string[] =>
  [...world.namespaces.keys()].sort();

describe("production without its system", () => {
  let whole: Rendered;
  let left: Rendered<unknown>;
  beforeAll(async () => {
    whole = await renderedOnce("prod");
    left = await changedProduction({ "fleet:only": "observability" });
  });

  const kept = (names: readonly string[]): string[] =>
    names.filter((name) => watching.includes(name.split("/")[0] ?? ""));

  it("has every workload that watches, the way in to it, and nothing else", () => {
    const others = ["ingress/edge", "ingress/nginx", "ingress/traefik", "node-keeper/node-keeper"];
    expect(workloads(left)).toEqual([...others, ...kept(workloads(whole))].sort());
    expect(namespacesOf(left)).toEqual([...watching, "ingress", "node-keeper"].sort());
  });

  it("has the disks, Secrets and hosts of what watches, under the same names", () => {
    const urns = (options: readonly Options[], kind: string): string[] =>
      options.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ urn }) => urn);
    const claims = urns(left.options, "PersistentVolumeClaim");
    expect(claims).toHaveLength(5);
    // Another URN would be another disk.
    expect(urns(whole.options, "PersistentVolumeClaim")).toEqual(expect.arrayContaining(claims));
    const hosts = (left.world.ingresses as unknown as readonly KubernetesObject[]).map(
      ({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`,
    );
    expect(hosts.sort()).toEqual(["logs/kibana", "metrics/grafana", "metrics/prometheus"]);
  });

  it("misses nothing that was taken away: no alert speaks of it", () => {
    const rulesOf = ({ world }: Rendered<unknown>): string =>
      world.configMaps
        .flatMap(({ data }) => Object.values(data ?? {}))
        .filter((text) => text.includes("groups:"))
        .join("\n");
    expect(rulesOf(left)).toContain("TargetDown");
    for (const alert of ["DmsgServersMissing", "postgres-backup"]) {
      expect(rulesOf(whole)).toContain(alert);
      expect(rulesOf(left)).not.toContain(alert);
    }
  });

  it("tells where its pages are", () => {
    const { endpoints, only } = left.collected.result as {
      readonly only: string;
      readonly endpoints: readonly { readonly name: string }[];
    };
    expect(only).toBe("observability");
    expect([...new Set(endpoints.map(({ name }) => name))]).toEqual([
      "grafana",
      "prometheus",
      "kibana",
    ]);
  });
});

describe("the voting application taken away", () => {
  it("leaves its shipper and its controller", async () => {
    const left = await renderVoting((draft) => {
      put(draft.config, "fleet:only", "observability");
    });
    expect(workloads(left)).toEqual(["ingress/traefik", "log-shipper/log-shipper"]);
  });
});

describe("what watches", () => {
  it("waits for nothing of the system, and belongs to nothing of it", async () => {
    const { options } = await renderedOnce("prod");
    const ofSystem = new Set(
      options
        .filter(({ urn }) => /::(skywire|geoip|whitelist|utilities|coturn)(-|$)/.test(urn))
        .map(({ urn }) => urn),
    );
    const own = options.filter(({ urn }) => urn.includes("fleet:observability:"));
    expect(own.length).toBeGreaterThan(40);
    expect(ofSystem.size).toBeGreaterThan(5);
    const bound = own.filter(
      ({ parent, dependencies, urn }) =>
        // Its Ingress waits for the controllers, which are nobody's.
        !urn.includes("Ingress") &&
        (ofSystem.has(parent) || dependencies.some((dependency) => ofSystem.has(dependency))),
    );
    expect(bound.map(({ urn }) => urn)).toEqual([]);
  });
});
