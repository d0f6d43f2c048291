/**
 * Which metrics a query asks for, and which labels its outcome may have: an upper bound, told from what
 * programs export. What cannot be there is a fault; what may be missing for some series is none.
 */
import { nearest } from "../../base/nearest.ts";
import type { Metric } from "../families/types.ts";
import { growing, picking } from "./functions.ts";
import type { Query, QueryFault, Selector } from "./types.ts";

/** Labels that series may have; `any` where nothing is known about them. */
export type Labels = ReadonlySet<string> | "any";

/** What is exported, as a query's names are looked up. */
export interface Exported {
  /**
   * A metric by the name of one of its series, with all labels its series have, or undefined where
   * nobody exports it. A name that is only promised has `any` labels.
   */
  readonly find: (series: string) => { readonly kind: Metric["kind"]; labels: Labels } | undefined;
  /** Why a name is not exported, and how to mend that, e.g. `is exported by … which is off`. */
  readonly missing: (series: string) => string;
}

/** What a query's names come to. */
export interface NamedQuery {
  readonly faults: readonly QueryFault[];
  /** Labels of the outcome. */
  readonly labels: Labels;
}

/** Looks up every name of a query. */
export function checkNames(query: Query, exported: Exported): NamedQuery {
  const faults: QueryFault[] = [];
  return { labels: new Checker(exported, faults).labels(query), faults };
}

const union = (one: Labels, other: Labels): Labels =>
  one === "any" || other === "any" ? "any" : new Set([...one, ...other]);

const without = (labels: Labels, gone: readonly string[]): Labels =>
  labels === "any" ? "any" : new Set([...labels].filter((label) => !gone.includes(label)));

const none: Labels = new Set<string>();

/** Walks a query from the inside out. */
class Checker {
  readonly #exported: Exported;
  readonly #faults: QueryFault[];

  constructor(exported: Exported, faults: QueryFault[]) {
    this.#exported = exported;
    this.#faults = faults;
  }

  labels(query: Query): Labels {
    switch (query.kind) {
      case "number":
      case "text":
        return none;
      case "selector":
        return this.#selector(query);
      case "range":
      case "sign":
        return this.labels(query.of);
      case "call":
        return this.#call(query);
      case "aggregate":
        return this.#aggregate(query);
      case "binary":
        return this.#binary(query);
    }
  }

  #say(at: number, message: string): void {
    this.#faults.push({ at, message });
  }

  #known(at: number, label: string, labels: Labels, where: string): void {
    if (labels !== "any" && !labels.has(label)) {
      const meant = nearest(label, [...labels]);
      const hint = meant === undefined ? `it has ${list(labels)}` : `is ${meant} meant?`;
      this.#say(at, `${where} has no label ${label}: ${hint}`);
    }
  }

  #selector(query: Selector): Labels {
    const { name, matchers, at } = query;
    const called = name ?? matchers.find(({ label }) => label === "__name__")?.value;
    if (called === undefined || (name === undefined && !isExact(query))) {
      // Series of any name, or of several.
      return "any";
    }
    const found = this.#exported.find(called);
    if (found === undefined) {
      this.#say(at, `asks for ${called}, which ${this.#exported.missing(called)}`);
      return "any";
    }
    for (const { label, at: place } of matchers) {
      if (label !== "__name__") {
        this.#known(place, label, found.labels, called);
      }
    }
    return found.labels;
  }

  #call(query: Query & { kind: "call" }): Labels {
    const { name, inputs, at } = query;
    const labels = inputs.map((input) => this.labels(input)).reduce(union, none);
    const text = (index: number): string | undefined => {
      const input = inputs[index];
      return input?.kind === "text" ? input.value : undefined;
    };
    if (growing.has(name)) {
      this.#grows(at, name, inputs[0]);
    }
    switch (name) {
      case "scalar":
      case "vector":
        return none;
      case "absent":
      case "absent_over_time":
        return absentLabels(inputs[0]);
      case "histogram_quantile":
        this.#known(at, "le", labels, "what histogram_quantile is given");
        return without(labels, ["le"]);
      case "label_replace":
        this.#known(at, text(3) ?? "", labels, "what label_replace is given");
        return union(labels, new Set([text(1) ?? ""]));
      case "label_join":
        return union(labels, new Set([text(1) ?? ""]));
      default:
        return labels;
    }
  }

  /** A rate of what goes up and down is a number without meaning. */
  #grows(at: number, name: string, input: Query | undefined): void {
    const of = input?.kind === "range" ? input.of : undefined;
    if (of?.kind === "selector" && of.name !== undefined) {
      const kind = this.#exported.find(of.name)?.kind;
      if (kind === "gauge") {
        this.#say(
          at,
          `${of.name} goes up and down: ${name} means nothing there, deriv or delta do`,
        );
      }
    }
  }

  #aggregate(query: Query & { kind: "aggregate" }): Labels {
    const { name, inputs, grouping, at } = query;
    const series = inputs.at(-1);
    const labels = series === undefined ? none : this.labels(series);
    for (const label of grouping?.labels ?? []) {
      this.#known(at, label, labels, `what ${name} is given`);
    }
    if (picking.has(name)) {
      return labels;
    }
    const [counted] = inputs;
    const added =
      name === "count_values" && counted?.kind === "text" ? new Set([counted.value]) : none;
    const kept =
      grouping === undefined
        ? none
        : grouping.without
          ? without(labels, grouping.labels)
          : new Set(grouping.labels);
    return union(kept, added);
  }

  #binary(query: Query & { kind: "binary" }): Labels {
    const { operator, left, right, matching, at } = query;
    const sides = { left: this.labels(left), right: this.labels(right) };
    for (const label of matching?.labels ?? []) {
      this.#known(at, label, sides.left, `the left side of ${operator}`);
      this.#known(at, label, sides.right, `the right side of ${operator}`);
    }
    if (isNumber(left)) {
      return sides.right;
    }
    if (operator === "or") {
      return union(sides.left, sides.right);
    }
    if (isNumber(right) || operator === "and" || operator === "unless" || matching === undefined) {
      return sides.left;
    }
    const { many, included, on, labels } = matching;
    if (many !== undefined) {
      const one = many === "left" ? "right" : "left";
      for (const label of included) {
        this.#known(at, label, sides[one], `the ${one} side of ${operator}`);
      }
      return union(sides[many], new Set(included));
    }
    return on ? new Set(labels) : without(sides.left, labels);
  }
}

const isNumber = (query: Query): boolean =>
  query.kind === "number" ||
  (query.kind === "sign" && isNumber(query.of)) ||
  (query.kind === "call" && ["scalar", "time", "pi"].includes(query.name)) ||
  (query.kind === "binary" && isNumber(query.left) && isNumber(query.right));

const isExact = ({ matchers }: Selector): boolean =>
  matchers.some(({ label, operator }) => label === "__name__" && operator === "=");

/** What is absent has the labels that the query asks a value of. */
function absentLabels(input: Query | undefined): Labels {
  const of = input?.kind === "range" ? input.of : input;
  return of?.kind === "selector"
    ? new Set(of.matchers.filter(({ operator }) => operator === "=").map(({ label }) => label))
    : none;
}

const list = (labels: ReadonlySet<string>): string =>
  labels.size === 0 ? "none" : [...labels].sort().join(", ");
