/** Every address that a program is told must be one that its network policy lets it call. */
import { beforeAll, describe, expect, it } from "vitest";

import { flowsOf, tcp } from "../../components/base/flows.ts";
import { type IngressPeer, pushtechFlows } from "../../components/pushtech/flows.ts";
import { migratedPrograms, programNames } from "../../components/pushtech/programs.ts";
import { serverNames, servers } from "../../components/pushtech/servers.ts";
import { type StoreName, stores } from "../../components/pushtech/stores.ts";
import type { Collected } from "../harness.ts";
import { controllerOf, renderSystem, valuesOf } from "./system.ts";

const namespace = "pushtech";
const peer = (name: string) => ({ kind: "workload", name, namespace }) as const;

const controller: IngressPeer = {
  peer: { kind: "workload", name: "nginx", namespace: "nginx-ingress" },
  ports: [80, 443],
  serves: [...serverNames],
};

const ends = Object.fromEntries(
  Object.entries(stores).map(([name, { workload, port }]) => [
    name,
    { peer: peer(workload), port },
  ]),
) as Record<StoreName, { peer: ReturnType<typeof peer>; port: number }>;

const flows = pushtechFlows({ namespace, ingress: [controller], stores: ends });

let all: Collected;

beforeAll(async () => {
  all = await renderSystem();
});

/** Workload behind a host, as the Services have it. */
function workloadOf(host: string): string {
  const service = host.split(".")[0] ?? host;
  return Object.hasOwn(stores, service) ? stores[service as StoreName].workload : service;
}

/** `host:port` of every address inside the cluster that a container is told. */
function addressesOf(name: string): string[] {
  const { containers, initContainers } = controllerOf(all, name).spec.template.spec;
  const told = [...containers, ...initContainers].flatMap((one) =>
    Object.values(valuesOf(all, one)),
  );
  return told.flatMap((value) =>
    [...value.matchAll(/(?:@|\/\/|=|^)([a-z][a-z0-9.-]*):(\d+)/g)]
      .map(([, host = "", port = ""]) => `${workloadOf(host)}:${port}`)
      .filter((address) => !address.startsWith("localhost")),
  );
}

describe("the flows of the programs", () => {
  it.each([...programNames, ...migratedPrograms.map((name) => `${name}-migrate`)])(
    "let %s call every address that it is told, on that port",
    (name) => {
      const { calls } = flowsOf(flows, name, namespace);
      const allowed = calls.flatMap(({ to, ports }) =>
        to.kind === "workload" ? ports.map(({ port }) => `${to.name}:${port}`) : [],
      );
      const addresses = addressesOf(name);
      expect(addresses.length).toBeGreaterThan(0);
      expect(allowed).toEqual(expect.arrayContaining(addresses));
    },
  );

  it("let nobody else reach a store than those that are told of it", () => {
    const callers = (workload: string): string[] =>
      flowsOf(flows, workload, namespace).callers.map(({ from }) =>
        from.kind === "workload" ? from.name : from.kind,
      );
    expect(callers("storage-db")).toEqual(["storage"]);
    expect(callers("website-db")).toEqual(["website", "website-migrate"]);
    expect(callers("offerserver-db").sort()).toEqual(["offerserver", "offerserver-worker"]);
  });

  it("open each server to the controller that has its host, on its port alone", () => {
    for (const name of serverNames) {
      const { callers } = flowsOf(flows, name, namespace);
      expect(callers).toContainEqual({
        from: controller.peer,
        to: peer(name),
        ports: [tcp(servers[name].port)],
      });
    }
    const closed = pushtechFlows({ namespace, ingress: [], stores: ends });
    expect(flowsOf(closed, "kafidx", namespace).callers).toEqual([]);
  });

  it("let out to the internet just those that call services there", () => {
    const out = flows.filter(({ to }) => to.kind === "internet");
    expect(out.map(({ from }) => (from.kind === "workload" ? from.name : ""))).toEqual([
      "website",
      "notificationserver",
      "consumers-ruby-worker",
      "offerserver-worker",
    ]);
    expect(new Set(out.flatMap(({ ports }) => ports.map(({ port }) => port)))).toEqual(
      new Set([80, 443]),
    );
  });

  it("let the notificationserver call the public hosts, short-cut or not", () => {
    const { calls } = flowsOf(flows, "notificationserver", namespace);
    expect(calls).toContainEqual({
      from: peer("notificationserver"),
      to: controller.peer,
      ports: [tcp(80), tcp(443)],
    });
  });
});
