/** Who calls whom among PushTech's programs: the table all their network policies are cut from. */
import { type Flow, type FlowPort, type Peer, tcp } from "../base/flows.ts";
import type { StoreEnd } from "../data/flows.ts";
import {
  migratedPrograms,
  migrationName,
  type ProgramName,
  programNames,
  programs,
} from "./programs.ts";
import { type PushtechServer, servers } from "./servers.ts";
import type { StoreName } from "./stores.ts";

/** An ingress controller: the pods' own ports, and the servers whose hosts are its. */
export interface IngressPeer {
  readonly peer: Peer;
  readonly ports: readonly number[];
  readonly serves: readonly PushtechServer[];
}

/** What of a deployment decides its flows. */
export interface PushtechShape {
  readonly namespace: string;
  readonly ingress: readonly IngressPeer[];
  readonly stores: Readonly<Record<StoreName, StoreEnd>>;
}

const internet: Peer = { kind: "internet" };

/** Ports of the services out there. */
const webPorts: readonly FlowPort[] = [tcp(80), tcp(443)];

/** The flow table of a deployment's programs. */
export function pushtechFlows({ namespace, ingress, stores }: PushtechShape): Flow[] {
  const peer = (name: string): Peer => ({ kind: "workload", name, namespace });
  const toStores = (caller: string, names: readonly StoreName[]): Flow[] =>
    names.map((name) => ({
      from: peer(caller),
      to: stores[name].peer,
      ports: [tcp(stores[name].port)],
    }));
  const toServers = (name: ProgramName): Flow[] =>
    [...new Set([...programs[name].calls, ...(programs[name].waitsFor ?? [])])].map((server) => ({
      from: peer(name),
      to: peer(server),
      ports: [tcp(servers[server].port)],
    }));
  const outward = (name: ProgramName): Flow[] => {
    const { internet: callsOut, publicHosts } = programs[name];
    return [
      ...(callsOut === true ? [{ from: peer(name), to: internet, ports: webPorts }] : []),
      // A call to a public name may be short-cut to the controller's pods, as the cluster's network has it.
      ...(publicHosts === true
        ? ingress.map(({ peer: controller, ports }) => ({
            from: peer(name),
            to: controller,
            ports: ports.map(tcp),
          }))
        : []),
    ];
  };
  return [
    ...ingress.flatMap(({ peer: controller, serves }) =>
      serves.map((server) => ({
        from: controller,
        to: peer(server),
        ports: [tcp(servers[server].port)],
      })),
    ),
    ...programNames.flatMap((name) => [
      ...toStores(name, programs[name].stores),
      ...toServers(name),
      ...outward(name),
    ]),
    ...migratedPrograms.flatMap((name) =>
      toStores(
        migrationName(name),
        programs[name].stores.filter((store) => store.endsWith("-db")),
      ),
    ),
  ];
}
