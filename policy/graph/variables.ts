/**
 * Variables that a container takes all at once from ConfigMaps and Secrets. Of two that have one key the last wins, and
 * nothing says so; what the container says itself wins over both (Kubernetes, API reference of `Container.envFrom`).
 */
import { unknownText, UnknownProperty } from "../resource.ts";
import { allContainers, type Container, describePods, type PodSet, type World } from "./objects.ts";
import { takenVariables } from "./texts.ts";

/** Whether two values differ. Of one that is still to be told nobody knows. */
function differ(one: string, other: string): boolean {
  if (one === other) {
    return false;
  }
  if ([one, other].some((text) => text.includes(unknownText))) {
    throw new UnknownProperty("a variable of two sources");
  }
  return true;
}

function containerFaults(world: World, namespace: string, container: Container): string[] {
  const own = new Set((container.env ?? []).map(({ name }) => name));
  const taken = Map.groupBy(
    takenVariables(world, namespace, container),
    ({ variable }) => variable,
  );
  return [...taken].flatMap(([variable, all]) => {
    const last = all.at(-1);
    if (last === undefined || own.has(variable)) {
      return [];
    }
    const lost = all.filter(({ text }) => differ(text, last.text));
    if (lost.length === 0) {
      return [];
    }
    const sources = [...new Set(lost.map(({ source }) => source))];
    const say = sources.length === 1 ? "says" : "say";
    return [
      `container ${container.name} takes ${variable} from ${last.source}, the last that has it: what ${sources.join(" and ")} ${say} instead is lost`,
    ];
  });
}

/** What pods are told otherwise than one of their sources says. */
export const variableFaults = (world: World, pods: PodSet): readonly string[] =>
  allContainers(pods.spec)
    .flatMap((container) => containerFaults(world, pods.namespace, container))
    .map((fault) => `${describePods(pods)}: ${fault}`);
