/** Rules across the services of a stack, for one of the two systems they can run on. Pure. */
import { NodePort } from "../base/scalars.ts";
import type { ComposeStack } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { dependencyFaults, waitNameFaults } from "./dependencies.ts";
import { configFile, fullVolume } from "./files.schema.ts";
import { kubernetesFaults } from "./kubernetes-faults.ts";
import { edgeName } from "./names.ts";
import { aliasesOf, defaultNetwork, networksOf } from "./networks.ts";
import { fullPort } from "./ports.schema.ts";
import { swarmFaults } from "./swarm-faults.ts";
import { writerFaults } from "./volumes.ts";
import { type ComposeFault, meantOf, type Path, when } from "./warning.ts";

/** Where the services run. */
export type ComposeTarget =
  | {
      readonly kind: "kubernetes";
      /** Whether pods can be put on nodes of the control plane: not on those of a managed cluster. */
      readonly controlPlaneNodes: boolean;
      /** Why pods may break Pod Security `restricted`, where they may. */
      readonly exception: string | undefined;
      /** Whether what is published becomes a port of every node (`Publish`, `NodePort`). */
      readonly nodePorts: boolean;
    }
  | { readonly kind: "swarm" };

/** Every fault of a stack's services: paths start at the service's name. */
export function stackFaults(stack: ComposeStack, target: ComposeTarget): ComposeFault[] {
  const own = Object.entries(stack.services).flatMap(([name, service]) => {
    const faults = [
      ...unknownFaults(service, stack),
      ...writerFaults(service, stack.volumes),
      ...(target.kind === "kubernetes"
        ? kubernetesFaults(service, { ...target, volumes: stack.volumes })
        : swarmFaults(service)),
    ];
    return faults.map(({ path, message }) => ({ path: [name, ...path], message }));
  });
  return [
    ...own,
    ...dependencyFaults(stack.services),
    ...(target.kind === "kubernetes"
      ? [
          ...shapeFaults(stack),
          ...nameFaults(stack),
          ...waitNameFaults(stack.services),
          ...sharedDiskFaults(stack),
        ]
      : []),
    ...publishedFaults(stack, target.kind === "kubernetes" && target.nodePorts),
  ];
}

/** What a service names and the stack does not have: else a misspelt network is one of its own. */
function unknownFaults(service: ComposeService, stack: ComposeStack): ComposeFault[] {
  const unknown = (known: object, name: string, path: Path, word: string): ComposeFault[] =>
    Object.hasOwn(known, name)
      ? []
      : [
          {
            path,
            message: `names ${name}, which is not among the stack's ${word}${meantOf(name, known)}`,
          },
        ];
  return [
    ...networksOf(service)
      .filter(({ network }) => network !== defaultNetwork)
      .flatMap(({ network }) => unknown(stack.networks, network, ["networks"], "networks")),
    ...(service.volumes ?? [])
      .map(fullVolume)
      .flatMap(({ type, source }, index) =>
        type === "volume" && source !== undefined
          ? unknown(stack.volumes, source, ["volumes", index], "volumes")
          : [],
      ),
    ...(service.configs ?? [])
      .map(configFile)
      .flatMap(({ source }, index) =>
        unknown(stack.configs, source, ["configs", index], "configs"),
      ),
  ];
}

/** Values that stand at more than one place. */
function repeated(
  entries: readonly (readonly [path: Path, value: string])[],
  message: (value: string, first: string) => string,
): ComposeFault[] {
  const owners = new Map<string, string>();
  return entries.flatMap(([path, value]) => {
    const owner = owners.get(value);
    owners.set(value, owner ?? path.join("."));
    return owner === undefined ? [] : [{ path, message: message(value, owner) }];
  });
}

/** Longest name whose Services, pods and labels of pods Kubernetes still takes. */
const longestName = 52;

/** Names that are none of a Service or ServiceAccount: the API server would say so in the middle of a run. */
function shapeFaults({ services }: ComposeStack): ComposeFault[] {
  const fits = (path: Path, name: string): ComposeFault[] => [
    ...when(
      !/^[a-z]/.test(name),
      path,
      `must not be reached as ${name}: the name of a Service starts with a letter`,
    ),
    ...when(
      name.length > longestName,
      path,
      `must have at most ${longestName} characters: what is made of it has a longer name (${name})`,
    ),
  ];
  return Object.entries(services).flatMap(([name, service]) => [
    ...fits([name], name),
    ...when(
      name === "default",
      [name],
      "must have another name: each namespace has a ServiceAccount default of its own",
    ),
    ...aliasesOf(name, service).flatMap((alias) => fits([name, "networks"], alias)),
  ]);
}

/** A name leads to one Service. In Swarm two services may share an alias, and answer in turn. */
function nameFaults({ services }: ComposeStack): ComposeFault[] {
  const all = Object.entries(services);
  return repeated(
    [
      ...all.map(([name]) => [[name], name] as const),
      ...all
        .filter(([, { ports = [] }]) => ports.length > 0)
        .map(([name]) => [[name, "ports"], edgeName(name)] as const),
      ...all.flatMap(([name, service]) =>
        aliasesOf(name, service).map((alias) => [[name, "networks"], alias] as const),
      ),
    ],
    (value, first) =>
      `must not be reached as ${value}, as ${first} is: a name leads to one Service`,
  );
}

/** A named volume is one folder for all of Swarm's services on a node, and a disk for each here. */
function sharedDiskFaults({ services }: ComposeStack): ComposeFault[] {
  return repeated(
    Object.entries(services).flatMap(([name, { volumes = [] }]) =>
      [
        ...new Set(
          volumes
            .map(fullVolume)
            .flatMap(({ type, source }) => (type === "volume" ? (source ?? []) : [])),
        ),
      ].map((volume) => [[name, "volumes"], volume] as const),
    ),
    (value, first) => `must not name ${value}, as ${first} does: each service has disks of its own`,
  );
}

/**
 * Every node answers on a published port: for one service. Twice of one is told of the service.
 *
 * By protocol, but for node ports: the API server counts these by number alone, and lets one Service have a number for
 * both protocols (k8s.io/kubernetes, pkg/registry/core/service/storage/alloc.go, `initNodePorts`).
 */
function publishedFaults({ services }: ComposeStack, nodePorts: boolean): ComposeFault[] {
  return repeated(
    Object.entries(services).flatMap(([name, { ports = [] }]) => {
      const own = ports.map(fullPort).flatMap(({ published, protocol, mode }, index) => {
        const path: Path = [name, "ports", index];
        const byNumber = nodePorts && NodePort.safeParse(published).success;
        return published === undefined || mode === "host"
          ? []
          : [[byNumber ? `${published}` : `${published}/${protocol}`, path] as const];
      });
      return [...new Map([...own].reverse())].map(([key, path]) => [path, key] as const);
    }),
    (value, first) => `must not publish ${value}, as ${first} does: every node answers on it once`,
  );
}
