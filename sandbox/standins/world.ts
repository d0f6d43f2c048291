/** What a cloud holds, and the numbers and addresses it hands out. */
import { asText, digest } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** What the cloud itself settled about an object when it was made or changed. Never a secret. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

/** One object that the cloud holds. */
export interface CloudObject {
  /** Resource type token. */
  readonly type: string;
  /** The cloud's own id, as the Pulumi id. */
  readonly id: string;
  /** What the id is unique in, where that is not the whole cloud: a zone, for a zone's settings. */
  readonly scope?: string;
  /** The URN it was made for; empty for what was made outside Pulumi. */
  readonly urn: string;
  /** How many objects were made for this URN before: a new one gets new numbers. */
  readonly birth: number;
  /** Its inputs, secrets replaced by their hashes. */
  readonly inputs: Properties;
  /** What the cloud settled. */
  readonly facts: Facts;
}

/** The whole of a cloud, as the state file keeps it. */
export interface CloudState {
  /** Everything there is. */
  objects: CloudObject[];
  /** How many objects were made for each URN so far. */
  births: Record<string, number>;
}

/** An empty cloud. */
export function emptyState(): CloudState {
  return { objects: [], births: {} };
}

/** What the runner tells the stand-ins about the sandbox round them. */
export interface Settings {
  /** Path of the kubeconfig of the sandbox's control plane: what a managed cluster hands out. */
  readonly kubeconfig?: string;
}

/** A refusal by the cloud: what its API would answer. */
export class Refusal extends Error {
  override name = "Refusal";
}

/** The cloud as a rule sees it while one operation runs. */
export class World {
  readonly #state: CloudState;
  /** The provider's configuration, secrets in clear; never stored. */
  readonly config: Properties;
  /** The sandbox round the cloud. */
  readonly settings: Settings;

  /** Looks at a state; changes go into that very state. */
  constructor(state: CloudState, config: Properties = {}, settings: Settings = {}) {
    this.#state = state;
    this.config = config;
    this.settings = settings;
  }

  /** Every object there is. */
  everything(): readonly CloudObject[] {
    return this.#state.objects;
  }

  /** Every object of a type. */
  all(type: string): CloudObject[] {
    return this.#state.objects.filter((object) => object.type === type);
  }

  /** The object of a type with an id, or undefined. */
  find(type: string, id: Value | undefined): CloudObject | undefined {
    const wanted = asText(id);
    return this.#state.objects.find((object) => object.type === type && object.id === wanted);
  }

  /** The object that the engine means: of several with one id, the one made for its URN. */
  locate(type: string, id: string, urn: string): CloudObject | undefined {
    const found = this.#state.objects.filter((object) => object.type === type && object.id === id);
    return found.find((object) => object.urn === urn) ?? found[0];
  }

  /** The object of a type with an id; refuses, as an API does, where there is none. */
  need(type: string, id: Value | undefined): CloudObject {
    const object = this.find(type, id);
    if (object === undefined) throw new Refusal(`[404] Not found: no ${label(type)} ${asText(id)}`);
    return object;
  }

  /** Adds an object. */
  add(object: CloudObject): void {
    this.#state.objects.push(object);
  }

  /** Puts a changed object in the place of the old one. */
  change(object: CloudObject): void {
    this.#state.objects = this.#state.objects.map((known) =>
      isSame(known, object) ? object : known,
    );
  }

  /** Takes an object away; nothing happens where there is none. */
  remove(object: Identity): void {
    this.#state.objects = this.#state.objects.filter((known) => !isSame(known, object));
  }

  /** Counts one more object made for a URN, and says how many there were before. */
  birth(urn: string): number {
    const before = this.#state.births[urn] ?? 0;
    this.#state.births[urn] = before + 1;
    return before;
  }

  /**
   * The first of a row of candidates that no object uses yet. Candidates come from a hash of the object's
   * seed, so that the same program gets the same numbers on every machine, in whatever order it runs.
   */
  free<Candidate extends string | number>(
    candidates: Iterable<Candidate>,
    isTaken: (candidate: Candidate) => boolean,
  ): Candidate {
    for (const candidate of candidates) if (!isTaken(candidate)) return candidate;
    throw new Refusal("the cloud has no free number left: delete what is not used");
  }

  /** A decimal id of eight digits that no object of the cloud has. */
  decimalId(seed: string): string {
    const start = hashNumber(seed, 80_000_000);
    const candidates = row(start, 80_000_000, (offset) => String(10_000_000 + offset));
    return this.free(candidates, (id) => this.#state.objects.some((object) => object.id === id));
  }

  /** A public IPv4 address of a documentation range that no object of the cloud has. */
  address(block: AddressBlock, seed: string): string {
    const size = addressBlocks[block].length * 254;
    const documentation = row(hashNumber(seed, size), size, (offset) => {
      const range = addressBlocks[block][Math.floor(offset / 254)] ?? "";
      return `${range}.${1 + (offset % 254)}`;
    });
    const overflow = row(hashNumber(seed, 32_000), 32_000, (offset) => {
      const [high, low] = [Math.floor(offset / 250), offset % 250];
      return `198.${block === "linode" ? 18 : 19}.${high}.${1 + low}`;
    });
    const taken = (address: string): boolean =>
      this.#state.objects.some((object) => Object.values(object.facts).includes(address));
    return this.free(both(documentation, overflow), taken);
  }
}

/** What tells one object of a cloud from another. */
export type Identity = Pick<CloudObject, "type" | "id" | "scope">;

function isSame(a: Identity, b: Identity): boolean {
  return a.type === b.type && a.id === b.id && a.scope === b.scope;
}

/** Where public addresses come from: documentation ranges (RFC 5737), then benchmark ones (RFC 2544). */
const addressBlocks = { linode: ["192.0.2"], gcp: ["198.51.100"] } as const;

/** A cloud that hands out public addresses. */
export type AddressBlock = keyof typeof addressBlocks;

/** A number from nought to below a limit, from the hash of a seed. */
export function hashNumber(seed: string, limit: number): number {
  return Number.parseInt(digest(seed).slice(0, 12), 16) % limit;
}

/** The last part of a type token: what people call the thing. */
function label(type: string): string {
  return type.split(":")[2] ?? type;
}

function* row<Item>(start: number, size: number, make: (offset: number) => Item): Generator<Item> {
  for (let step = 0; step < size; step += 1) yield make((start + step) % size);
}

function* both<Item>(first: Iterable<Item>, second: Iterable<Item>): Generator<Item> {
  yield* first;
  yield* second;
}
