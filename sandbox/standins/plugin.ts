/** A stand-in provider: what the engine asks of a plugin, answered by a cloud's schema, rules and state. */
import { credentials, decoded } from "./arguments.ts";
import { checkInputs } from "./check.ts";
import type { Fault } from "./check.ts";
import { obey } from "./control.ts";
import { differenceOf } from "./difference.ts";
import type { Difference } from "./difference.ts";
import { autoNamed, defaultsKey } from "./names.ts";
import { make, revise } from "./objects.ts";
import type { Subject } from "./objects.ts";
import { empties, own, unknowns } from "./outputs.ts";
import type { Rule, Rulebook } from "./rules/rule.ts";
import type { Cloud, CloudSchema, ResourceSchema } from "./schema.ts";
import { Store } from "./store.ts";
import { holdsSecret, holdsUnknown, isBag, plainBag, revealed, unknownValue } from "./values.ts";
import type { Properties } from "./values.ts";
import { Refusal } from "./world.ts";
import type { CloudObject, World } from "./world.ts";

/** Inputs as they were checked. */
export interface Checked {
  /** The inputs to use: the program's, and those that Pulumi fills in. */
  readonly inputs: Properties;
  /** What is wrong with them. */
  readonly faults: readonly Fault[];
}

/** A resource as the cloud has it. */
export interface Stored {
  /** The cloud's id; empty in a preview. */
  readonly id: string;
  /** Inputs and outputs. */
  readonly properties: Properties;
}

/** A resource that was made, though the operation failed. */
export class HalfDone extends Error {
  override name = "HalfDone";
  /** What there is now. */
  readonly stored: Stored;

  constructor(stored: Stored, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.stored = stored;
  }
}

/** A request that no cloud was asked: the type is not covered. */
export class NotCovered extends Error {
  override name = "NotCovered";

  constructor(cloud: Cloud, token: string) {
    super(
      `the ${cloud} stand-in does not cover ${token}: add its module to sandbox/standins/catalogue.ts, ` +
        `run make standins, and give it a rule in sandbox/standins/rules/${cloud}`,
    );
  }
}

/** The stand-in of one cloud in one sandbox. */
export class StandIn {
  readonly #cloud: Cloud;
  readonly #schema: CloudSchema;
  readonly #rules: Rulebook;
  readonly #sandbox: string;
  readonly #store: Store;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #config: Properties = {};

  /**
   * @param sandbox the sandbox's folder, as `guard.ts` found it
   * @param environment where the provider looks for credentials that the program does not say
   */
  constructor(
    cloud: Cloud,
    schema: CloudSchema,
    rules: Rulebook,
    sandbox: string,
    environment: Readonly<Record<string, string | undefined>> = {},
  ) {
    this.#cloud = cloud;
    this.#schema = schema;
    this.#rules = rules;
    this.#sandbox = sandbox;
    this.#environment = environment;
    this.#store = new Store(sandbox);
  }

  /** Checks the provider's own arguments. */
  checkConfig(inputs: Properties): readonly Fault[] {
    const config = decoded(this.#schema.provider, inputs);
    return [
      ...checkInputs(this.#schema, this.#schema.provider, config),
      ...this.#rules.config({
        ...credentials(this.#rules.credentials, this.#environment),
        ...plainBag(config),
      }),
    ];
  }

  /** Takes the provider's own arguments, in clear and in memory only. */
  configure(inputs: Properties): void {
    this.#config = plainBag(decoded(this.#schema.provider, inputs));
  }

  /** Checks a resource's inputs, and names it where the program does not. */
  async check(
    subject: Subject,
    olds: Properties,
    news: Properties,
    seed: string,
  ): Promise<Checked> {
    const { schema, rule } = this.#resource(subject.type);
    (await this.#obey(subject.type, "check", subject.urn))();
    const inputs = autoNamed(rule.autoName, subject, olds, news, seed);
    const faults = [
      ...checkInputs(this.#schema, schema, inputs),
      ...(rule.check?.(plainBag(inputs)) ?? []),
    ];
    const settled = faults.length === 0 ? (rule.settle?.(inputs) ?? inputs) : inputs;
    return { inputs: settled, faults: faults.filter(isFirstOfItsPath) };
  }

  /** Says what new inputs would do to a resource. */
  async diff(subject: Subject, olds: Properties, news: Properties): Promise<Difference> {
    const { rule } = this.#resource(subject.type);
    (await this.#obey(subject.type, "diff", subject.urn))();
    return differenceOf(rule, olds, news);
  }

  /** Makes a resource. In a preview nothing is made, and what the cloud will say is unknown. */
  async create(subject: Subject, inputs: Properties, preview: boolean): Promise<Stored> {
    const { schema, rule } = this.#resource(subject.type);
    if (preview) return { id: "", properties: { ...unknowns(schema), ...own(inputs) } };
    const done = await this.#obey(subject.type, "create", subject.urn);
    const stored = await this.#change((world) => {
      const object = make(rule, subject, inputs, world);
      return this.#stored(object, inputs, world);
    });
    try {
      done();
    } catch (error) {
      throw new HalfDone(stored, error);
    }
    return stored;
  }

  /** Looks a resource up; undefined where the cloud has none. */
  async read(
    subject: Subject,
    id: string,
    held: Properties,
  ): Promise<(Stored & { inputs: Properties }) | undefined> {
    this.#resource(subject.type);
    (await this.#obey(subject.type, "read", `${subject.urn} ${id}`))();
    const world = this.#store.look(this.#cloud, this.#config);
    // Import ids name the parents too, as 1234,5678 or zone/record: the last part is the object's own.
    const last = id.split(/[,/]/).at(-1) ?? "";
    const { type, urn } = subject;
    const object = world.locate(type, id, urn) ?? world.locate(type, last, urn);
    if (object === undefined) return undefined;
    const filled = revealed(object.inputs, held);
    const inputs: Properties = isBag(filled) ? filled : {};
    const marks = held[defaultsKey] === undefined ? {} : { [defaultsKey]: held[defaultsKey] };
    return { ...this.#stored(object, inputs, world), inputs: { ...inputs, ...marks } };
  }

  /** Changes a resource in place. In a preview nothing changes. */
  async update(
    subject: Subject,
    id: string,
    olds: { readonly inputs: Properties; readonly properties: Properties },
    news: Properties,
    preview: boolean,
  ): Promise<Properties> {
    const { rule } = this.#resource(subject.type);
    if (preview) return this.#foresee(subject, id, olds, news);
    const done = await this.#obey(subject.type, "update", `${subject.urn} ${id}`);
    const stored = await this.#change((world) => {
      const self = world.locate(subject.type, id, subject.urn) ?? world.need(subject.type, id);
      const revised = revise(rule, self, olds.inputs, news, world);
      world.change(revised);
      return this.#stored(revised, news, world);
    });
    try {
      done();
    } catch (error) {
      throw new HalfDone(stored, error);
    }
    return stored.properties;
  }

  /** Deletes a resource; what is gone already is no fault. */
  async delete(subject: Subject, id: string): Promise<void> {
    const { rule } = this.#resource(subject.type);
    const done = await this.#obey(subject.type, "delete", `${subject.urn} ${id}`);
    await this.#change((world) => {
      const self = world.locate(subject.type, id, subject.urn);
      if (self === undefined) return;
      if ((rule.remove?.(self, world) ?? "gone") === "gone") world.remove(self);
    });
    done();
  }

  /** Answers a function. */
  async invoke(
    token: string,
    args: Properties,
  ): Promise<{ readonly result: Properties } | { readonly faults: readonly Fault[] }> {
    const schema = this.#schema.functions[token];
    const answer = this.#rules.functions[token];
    if (schema === undefined || answer === undefined) throw new NotCovered(this.#cloud, token);
    const faults = checkInputs(this.#schema, schema, args);
    if (faults.length > 0) return { faults };
    const open = plainBag(args);
    (await this.#obey(token, "invoke", JSON.stringify(open)))();
    const world = this.#store.look(this.#cloud, this.#config);
    const said = answer({ args: open, world });
    return { result: { ...empties(schema.outputs), ...args, ...said } };
  }

  #resource(type: string): { schema: ResourceSchema; rule: Rule } {
    const schema = this.#schema.resources[type];
    const rule = this.#rules.resources[type];
    if (schema === undefined || rule === undefined) throw new NotCovered(this.#cloud, type);
    return { schema, rule };
  }

  #obey(...order: [token: string, operation: Parameters<typeof obey>[2], subject: string]) {
    return obey(this.#sandbox, ...order);
  }

  #change<Result>(work: (world: World) => Result): Promise<Result> {
    return this.#store.change(this.#cloud, this.#config, work);
  }

  #stored(object: CloudObject, inputs: Properties, world: World): Stored {
    const { schema, rule } = this.#resource(object.type);
    // Of a secret the cloud's record holds the hash only: what the rule makes of that is not its value.
    const outputs = Object.entries(rule.outputs(object, world)).filter(
      ([name]) => !holdsSecret(inputs[name] ?? null),
    );
    return {
      id: object.id,
      properties: { ...empties(schema.outputs), ...own(inputs), ...Object.fromEntries(outputs) },
    };
  }

  /** What an update would leave: outputs that it changes are not known before it. */
  #foresee(
    subject: Subject,
    id: string,
    olds: { readonly inputs: Properties; readonly properties: Properties },
    news: Properties,
  ): Properties {
    const { rule } = this.#resource(subject.type);
    const world = this.#store.look(this.#cloud, this.#config);
    const self = world.locate(subject.type, id, subject.urn);
    if (self === undefined || holdsUnknown(news)) return { ...olds.properties, ...own(news) };
    try {
      const before = rule.outputs(self, world);
      const after = rule.outputs(revise(rule, self, olds.inputs, news, world), world);
      const moved = Object.keys(after).filter(
        (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]) && !(name in news),
      );
      const unknown = Object.fromEntries(moved.map((name) => [name, unknownValue]));
      return { ...olds.properties, ...own(news), ...after, ...unknown };
    } catch (error) {
      // What the cloud will refuse, it refuses when the update is made: a preview does not ask it.
      if (error instanceof Refusal) return { ...olds.properties, ...own(news) };
      throw error;
    }
  }
}

function isFirstOfItsPath(fault: Fault, index: number, faults: readonly Fault[]): boolean {
  return faults.findIndex(({ path }) => path === fault.path) === index;
}
