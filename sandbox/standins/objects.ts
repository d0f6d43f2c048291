/** How objects come into a cloud and change there: by the rule of their type. */
import type { Rule } from "./rules/rule.ts";
import { concealed, mapBag, plainBag } from "./values.ts";
import type { Properties } from "./values.ts";
import type { CloudObject, World } from "./world.ts";

/** A resource as the engine names it. */
export interface Subject {
  /** Its URN. */
  readonly urn: string;
  /** Its type token. */
  readonly type: string;
  /** Its logical name. */
  readonly name: string;
}

/** Makes an object in a cloud, by its rule. */
export function make(
  rule: Rule,
  { type, urn }: Subject,
  inputs: Properties,
  world: World,
): CloudObject {
  const birth = world.birth(urn);
  const seed = `${type}|${urn}|${birth}`;
  const made = rule.create({ type, urn, birth, seed, inputs: plainBag(inputs) }, world);
  const object: CloudObject = {
    type,
    id: made.id,
    ...(made.scope === undefined ? {} : { scope: made.scope }),
    urn,
    birth,
    inputs: hidden(inputs),
    facts: made.facts ?? {},
  };
  // What stays when it is deleted (a zone's setting) is written over by the next one of that id.
  world.remove(object);
  world.add(object);
  return object;
}

/** The object as an update leaves it, by its rule. */
export function revise(
  rule: Rule,
  self: CloudObject,
  olds: Properties,
  news: Properties,
  world: World,
): CloudObject {
  const revision = { self, inputs: plainBag(news), olds: plainBag(olds) };
  const facts = rule.update?.(revision, world) ?? self.facts;
  return { ...self, inputs: hidden(news), facts };
}

/** Makes an object outside Pulumi, as somebody with the cloud's console would. */
export function makeOutside(
  rule: Rule,
  type: string,
  name: string,
  inputs: Properties,
  world: World,
): CloudObject {
  const object = make(rule, { type, urn: `outside::${type}::${name}`, name }, inputs, world);
  const outside = { ...object, urn: "" };
  world.change(outside);
  return outside;
}

/** Inputs as the state file keeps them: secrets by their hashes, the engine's own keys left out. */
function hidden(inputs: Properties): Properties {
  const entries = Object.entries(inputs).filter(([name]) => !name.startsWith("__"));
  return mapBag(Object.fromEntries(entries), concealed);
}
