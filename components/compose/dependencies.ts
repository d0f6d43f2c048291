/** What a service waits for: `depends_on`. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { Container } from "../workload/types.ts";
import type { ComposeServices } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { openPorts } from "./ports.ts";
import { type ComposeFault, meantOf, type Translated, type Warning } from "./warning.ts";

/** A service that must be there first. */
export interface Dependency {
  readonly name: string;
  readonly condition: "service_started" | "service_healthy" | "service_completed_successfully";
}

/** Dependencies of a service. */
export function dependenciesOf({ depends_on: named = [] }: ComposeService): readonly Dependency[] {
  return Array.isArray(named)
    ? named.map((name: string) => ({ name, condition: "service_started" }) as const)
    : Object.entries(named).map(([name, { condition }]) => ({ name, condition }));
}

const isJob = (service: ComposeService | undefined): boolean =>
  service?.deploy?.mode === "replicated-job";

/** Asks until something answers; the words after the script are $0 and $1. */
const waitScript = 'until nc -z -w 2 "$0" "$1"; do sleep 1; done';

/**
 * Containers that run before a service's own until each of its dependencies answers.
 *
 * The order in which the engine makes things holds once. These hold whenever a pod starts, so that a
 * node which comes back does not fill the log with refused connections. They need no right at all.
 *
 * @param image One with `sh` and `nc`, such as busybox.
 */
export function waitContainers(
  service: ComposeService,
  services: ComposeServices,
  image: string,
): Translated<Container[]> {
  const waits: Container[] = [];
  const warnings: Warning[] = [];
  for (const { name } of dependenciesOf(service)) {
    const other = services[name];
    if (other === undefined || isJob(other)) {
      continue;
    }
    const port = openPorts(other).find(({ protocol }) => protocol === "tcp");
    if (port === undefined) {
      warnings.push({
        path: ["depends_on"],
        message: `is not waited for when a pod starts (${name}): it exposes no TCP port that would answer`,
      });
      continue;
    }
    waits.push({
      name: `wait-for-${name}`.slice(0, 63).replace(/-+$/, ""),
      image,
      command: ["sh", "-c", waitScript, name, `${port.target}`],
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
    });
  }
  return { value: waits, warnings };
}

/**
 * Services that are called as a container of their own pods which waits for another: the API server takes no two of one
 * name in a pod, init containers among them.
 */
export const waitNameFaults = (services: ComposeServices): ComposeFault[] =>
  Object.entries(services)
    .filter(([name, service]) =>
      waitContainers(service, services, "").value.some((wait) => wait.name === name),
    )
    .map(([name]) => ({
      path: [name],
      message:
        "must have another name: the container that waits before each start of its pods is called so",
    }));

/** Names in an order in which each comes after what it depends on, or the cycle that prevents it. */
type Order =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly cycle: readonly string[] };

function orderOf(services: ComposeServices): Order {
  const done = new Set<string>();
  let cycle: readonly string[] | undefined;
  const visit = (name: string, above: readonly string[]): void => {
    const service = services[name];
    if (done.has(name) || service === undefined || cycle !== undefined) {
      return;
    }
    if (above.includes(name)) {
      cycle = [...above.slice(above.indexOf(name)), name];
      return;
    }
    for (const dependency of dependenciesOf(service)) {
      visit(dependency.name, [...above, name]);
    }
    done.add(name);
  };
  for (const name of Object.keys(services)) {
    visit(name, []);
  }
  return cycle === undefined ? { ok: true, names: [...done] } : { ok: false, cycle };
}

/**
 * Names of services in an order in which each comes after what it depends on.
 *
 * @throws Error when they wait for one another in a circle.
 */
export function startOrder(services: ComposeServices): readonly string[] {
  const order = orderOf(services);
  if (!order.ok) {
    throw new Error(`depends_on goes round in a circle: ${order.cycle.join(" → ")}`);
  }
  return order.names;
}

/**
 * Makes each service after those it depends on.
 *
 * @param make Makes one, after what must be ready before it.
 */
export function inStartOrder<Made extends Awaitable>(
  services: ComposeServices,
  make: (name: string, service: ComposeService, before: readonly pulumi.Resource[]) => Made,
): ReadonlyMap<string, Made> {
  const made = new Map<string, Made>();
  for (const name of startOrder(services)) {
    const service = services[name];
    if (service !== undefined) {
      const before = dependenciesOf(service).flatMap((other) => made.get(other.name)?.ready ?? []);
      made.set(name, make(name, service, before));
    }
  }
  return made;
}

/** Dependencies that can never be met. */
export function dependencyFaults(services: ComposeServices): ComposeFault[] {
  const faults = Object.entries(services).flatMap(([name, service]) =>
    dependenciesOf(service).flatMap((dependency) => {
      const message = dependencyFault(name, dependency, services);
      return message === undefined ? [] : [{ path: [name, "depends_on"], message }];
    }),
  );
  const order = orderOf(services);
  const [first = ""] = order.ok ? [] : order.cycle;
  return order.ok
    ? faults
    : [
        ...faults,
        {
          path: [first, "depends_on"],
          message: `must not go round in a circle: ${order.cycle.join(" → ")}`,
        },
      ];
}

function dependencyFault(
  name: string,
  dependency: Dependency,
  services: ComposeServices,
): string | undefined {
  if (!Object.hasOwn(services, dependency.name)) {
    return `names ${dependency.name}, which is no service of this stack${meantOf(dependency.name, services)}`;
  }
  if (dependency.name === name) {
    return undefined;
  }
  const completes = dependency.condition === "service_completed_successfully";
  if (completes !== isJob(services[dependency.name])) {
    return completes
      ? `waits for ${dependency.name} to end, which is no job and never does`
      : `names ${dependency.name}, a job: say condition: service_completed_successfully`;
  }
  return undefined;
}
