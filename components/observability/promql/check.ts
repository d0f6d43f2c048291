/** Types of a query: what Prometheus checks when it starts, and refuses to start over. */
import {
  aggregations,
  functions,
  parameters,
  type Signature,
  type ValueType,
} from "./functions.ts";
import type { Matcher, Query, QueryFault } from "./types.ts";

const words: Readonly<Record<ValueType, string>> = {
  scalar: "a number",
  vector: "series",
  range: "series with a range, e.g. x[5m]",
  text: "a text in quotes",
};

const setOperators = new Set(["and", "or", "unless"]);

/** Faults of types in a query, innermost first. */
export function typeFaults(query: Query): QueryFault[] {
  const faults: QueryFault[] = [];
  typeOf(query, faults);
  return faults;
}

/** Type of a query; faults that are found on the way are added. */
function typeOf(query: Query, faults: QueryFault[]): ValueType {
  switch (query.kind) {
    case "number":
      return "scalar";
    case "text":
      return "text";
    case "selector":
      faults.push(...query.matchers.flatMap(patternFaults));
      if (query.name === undefined && !query.matchers.some(chooses)) {
        faults.push({ at: query.at, message: "must name a metric, or ask for a label's value" });
      }
      return "vector";
    case "range":
      want(query.of, ["vector", "scalar"], faults);
      return "range";
    case "sign":
      return want(query.of, ["vector", "scalar"], faults);
    case "call":
      return typeOfCall(query, faults);
    case "aggregate":
      return typeOfAggregate(query, faults);
    case "binary":
      return typeOfBinary(query, faults);
  }
}

/** A label's pattern, which is one of its whole value. Flags and names of groups are written otherwise here. */
function pattern(value: string): RegExp | undefined {
  const text = value.replaceAll(/\(\?[imsU]+\)/g, "").replaceAll("(?P<", "(?<");
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    return undefined;
  }
}

/** A pattern is one of RE2: without look-around and without references back. */
function patternFaults({ operator, value, at }: Matcher): QueryFault[] {
  if (operator === "=" || operator === "!=") {
    return [];
  }
  const foreign = /\(\?<?[=!]|\\[1-9]/.test(value);
  if (pattern(value) === undefined) {
    return [{ at, message: `${JSON.stringify(value)} is no regular expression` }];
  }
  return foreign
    ? [
        {
          at,
          message: `${JSON.stringify(value)} looks round or refers back, which Prometheus' patterns cannot`,
        },
      ]
    : [];
}

/** Whether a series without the label fails a condition: one such is needed, or all series there are fit. */
function chooses({ operator, value }: Matcher): boolean {
  switch (operator) {
    case "=":
      return value !== "";
    case "!=":
      return value === "";
    case "=~":
      return pattern(value)?.test("") === false;
    case "!~":
      return pattern(value)?.test("") === true;
  }
}

function want(query: Query, wanted: readonly ValueType[], faults: QueryFault[]): ValueType {
  const type = typeOf(query, faults);
  if (!wanted.includes(type)) {
    faults.push({
      at: query.at,
      message: `must be ${wanted.map((one) => words[one]).join(" or ")}, and is ${words[type]}`,
    });
  }
  return wanted.includes(type) ? type : (wanted[0] ?? type);
}

function typeOfCall(query: Query & { kind: "call" }, faults: QueryFault[]): ValueType {
  const found = functions.get(query.name);
  if (found === undefined) {
    faults.push({ at: query.at, message: `${query.name} is no function of Prometheus` });
    return "vector";
  }
  const { takes, gives } = found;
  if (!fits(query.inputs.length, found)) {
    faults.push({ at: query.at, message: `${query.name} takes ${countOf(found)}` });
  }
  query.inputs.forEach((input, index) => {
    const wanted = takes[index] ?? takes.at(-1);
    if (wanted !== undefined) {
      want(input, [wanted], faults);
    }
  });
  return gives;
}

const fits = (count: number, { takes, optional, repeats }: Signature): boolean =>
  count >= takes.length - optional && (repeats || count <= takes.length);

function countOf({ takes, optional, repeats }: Signature): string {
  const least = takes.length - optional;
  const inputs = takes.length === 1 && optional === 0 ? "input" : "inputs";
  return repeats
    ? `${least} inputs or more`
    : optional === 0
      ? `${least} ${inputs}`
      : `${least} to ${takes.length} inputs`;
}

function typeOfAggregate(query: Query & { kind: "aggregate" }, faults: QueryFault[]): ValueType {
  const { name, inputs, at } = query;
  if (!aggregations.has(name)) {
    faults.push({ at, message: `${name} is behind a switch that this Prometheus does not have` });
    return "vector";
  }
  const parameter = parameters.get(name);
  const wanted: ValueType[] = parameter === undefined ? ["vector"] : [parameter, "vector"];
  if (inputs.length !== wanted.length) {
    const count = wanted.length === 1 ? "1 input" : `${wanted.length} inputs`;
    faults.push({ at, message: `${name} takes ${count}` });
  }
  inputs.forEach((input, index) => {
    want(input, [wanted[index] ?? "vector"], faults);
  });
  return "vector";
}

function typeOfBinary(query: Query & { kind: "binary" }, faults: QueryFault[]): ValueType {
  const { operator, compares, bool, matching, at } = query;
  const both: readonly ValueType[] = ["vector", "scalar"];
  const left = want(query.left, both, faults);
  const right = want(query.right, both, faults);
  const numbers = [left, right].filter((type) => type === "scalar").length;
  const say = (message: string): void => {
    faults.push({ at, message });
  };
  if (bool && !compares) {
    say(`bool belongs to a comparison, not to ${operator}`);
  }
  if (compares && numbers === 2 && !bool) {
    say("two numbers are compared with bool only, e.g. 1 == bool 1");
  }
  if (setOperators.has(operator) && numbers > 0) {
    say(`${operator} joins series, and one side is a number`);
  }
  if (matching !== undefined && numbers > 0) {
    say("on and ignoring compare labels, and one side is a number");
  }
  if (matching?.many !== undefined && setOperators.has(operator)) {
    say(`${operator} takes no group_left and no group_right`);
  }
  return numbers === 2 ? "scalar" : "vector";
}
