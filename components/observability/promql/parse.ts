/** Reads a query with Prometheus' own grammar. */
import { createRequire } from "node:module";

import type { SyntaxNode } from "@lezer/common";
import type * as Grammar from "@prometheus-io/lezer-promql";

import type { Matcher, Matching, Query, QueryFault } from "./types.ts";

let grammar: typeof Grammar | undefined;

/** Its tables take a tenth of a second to load: only a stack with queries of its own pays for that. */
function grammarTables(): typeof Grammar {
  grammar ??= createRequire(import.meta.url)("@prometheus-io/lezer-promql") as typeof Grammar;
  return grammar;
}

/** A query, or the first place that cannot be read. */
export type ReadQuery =
  | { readonly ok: true; readonly query: Query }
  | { readonly ok: false; readonly fault: QueryFault };

/** Reads PromQL. */
export function readQuery(text: string): ReadQuery {
  const tree = grammarTables().parser.parse(text);
  const broken = firstError(tree.topNode);
  if (broken !== undefined) {
    return { ok: false, fault: syntaxFault(text, broken) };
  }
  try {
    const [top] = children(tree.topNode);
    if (top === undefined) {
      return { ok: false, fault: syntaxFault(text, 0) };
    }
    return { ok: true, query: new Reader(text).query(top) };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { ok: false, fault: { at: error.at, message: error.message } };
    }
    throw error;
  }
}

/** What the grammar lets through and Prometheus does not. */
class Unreadable extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

function syntaxFault(text: string, offset: number): QueryFault {
  const rest = text.slice(offset).trim();
  const called = /([A-Za-z_]\w*)\s*$/.exec(text.slice(0, offset))?.[1];
  if (rest.startsWith("(") && called !== undefined) {
    return { at: offset + 1, message: `${called} is no function of Prometheus` };
  }
  return {
    at: offset + 1,
    message:
      rest === ""
        ? "the query ends too early"
        : `the query cannot be read from ${JSON.stringify(rest.length > 30 ? `${rest.slice(0, 30)}…` : rest)} on`,
  };
}

function firstError(top: SyntaxNode): number | undefined {
  let found: number | undefined;
  top.cursor().iterate((node) => {
    if (node.type.isError) {
      found ??= node.from;
    }
    return found === undefined;
  });
  return found;
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "LineComment") {
      found.push(child);
    }
  }
  return found;
}

const expressions = new Set([
  ...["AggregateExpr", "BinaryExpr", "FunctionCall", "MatrixSelector", "NumberDurationLiteral"],
  ...["OffsetExpr", "AnchoredExpr", "SmoothedExpr", "ParenExpr", "StringLiteral", "SubqueryExpr"],
  ...["UnaryExpr", "VectorSelector", "StepInvariantExpr"],
]);

const comparisons = new Set(["==", "!=", ">", "<", ">=", "<="]);

/** Turns the grammar's tree into ours. */
class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  query(node: SyntaxNode): Query {
    const at = node.from + 1;
    switch (node.name) {
      case "VectorSelector":
        return this.#selector(node);
      case "NumberDurationLiteral":
        return { kind: "number", at };
      case "StringLiteral":
        return { kind: "text", at, value: this.#string(node) };
      case "MatrixSelector":
      case "SubqueryExpr":
        return this.#range(node);
      case "UnaryExpr":
        return { kind: "sign", at, of: this.#only(node) };
      case "FunctionCall":
      case "AggregateExpr":
        return this.#call(node);
      case "BinaryExpr":
        return this.#binary(node);
      case "ParenExpr":
      case "OffsetExpr":
      case "StepInvariantExpr":
        return this.#only(node);
      default:
        // Anchored and smoothed ranges are behind a switch of Prometheus that no stack sets.
        throw new Unreadable(at, `${node.name} is nothing that this Prometheus reads`);
    }
  }

  #words(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to);
  }

  #string(node: SyntaxNode): string {
    const raw = this.#words(node);
    const quote = raw.charAt(0);
    if (raw.length < 2 || !raw.endsWith(quote)) {
      throw new Unreadable(node.from + 1, "a text has no end");
    }
    const inner = raw.slice(1, -1);
    return quote === "`" ? inner : inner.replaceAll(/\\(.)/g, "$1");
  }

  #inputs(node: SyntaxNode): Query[] {
    return children(node)
      .filter(({ name }) => expressions.has(name))
      .map((child) => this.query(child));
  }

  #only(node: SyntaxNode): Query {
    const [of] = this.#inputs(node);
    if (of === undefined) {
      throw new Unreadable(node.from + 1, "an expression is missing");
    }
    return of;
  }

  #range(node: SyntaxNode): Query {
    const of = this.#only(node);
    const subquery = node.name === "SubqueryExpr";
    const duration = node.getChild("DurationExpr");
    if (duration !== null && /^0+[a-z]*$/.test(this.#words(duration))) {
      throw new Unreadable(duration.from + 1, "a range must be longer than nothing");
    }
    if (!subquery && node.getChild("VectorSelector") === null) {
      throw new Unreadable(
        of.at,
        "only what is stored has a range: write a query's as a subquery, e.g. [1h:1m]",
      );
    }
    return { kind: "range", at: node.from + 1, of, subquery };
  }

  #selector(node: SyntaxNode): Query {
    const name = node.getChild("Identifier");
    const inside = node.getChild("LabelMatchers");
    const matchers = inside === null ? [] : children(inside).flatMap((one) => this.#matcher(one));
    const quoted = inside?.getChild("QuotedLabelName")?.getChild("StringLiteral");
    const called = name === null ? undefined : this.#words(name);
    return {
      kind: "selector",
      at: node.from + 1,
      name: called ?? (quoted === undefined || quoted === null ? undefined : this.#string(quoted)),
      matchers,
    };
  }

  #matcher(node: SyntaxNode): Matcher[] {
    const operator = node.getChild("MatchOp");
    const value = node.getChild("StringLiteral");
    const name = node.getChild("LabelName") ?? node.getChild("QuotedLabelName");
    if (operator === null || value === null || name === null) {
      return [];
    }
    return [
      {
        at: node.from + 1,
        label: this.#label(name),
        operator: this.#words(operator) as Matcher["operator"],
        value: this.#string(value),
      },
    ];
  }

  #label(node: SyntaxNode): string {
    const quoted = node.getChild("StringLiteral");
    return quoted === null ? this.#words(node) : this.#string(quoted);
  }

  #labels(node: SyntaxNode | null | undefined): string[] {
    return node === null || node === undefined
      ? []
      : children(node)
          .filter(({ name }) => name === "LabelName" || name === "QuotedLabelName")
          .map((one) => this.#label(one));
  }

  #call(node: SyntaxNode): Query {
    const body = node.getChild("FunctionCallBody");
    const word = node.getChild("FunctionIdentifier") ?? node.getChild("AggregateOp");
    if (body === null || word === null) {
      throw new Unreadable(node.from + 1, "a function is missing");
    }
    const inputs = this.#inputs(body);
    const name = this.#words(word);
    const at = node.from + 1;
    if (node.name === "FunctionCall") {
      return { kind: "call", at, name, inputs };
    }
    const modifier = node.getChild("AggregateModifier");
    const called = { kind: "aggregate", at, name: name.toLowerCase(), inputs } as const;
    return modifier === null
      ? called
      : {
          ...called,
          grouping: {
            without: modifier.getChild("Without") !== null,
            labels: this.#labels(modifier.getChild("GroupingLabels")),
          },
        };
  }

  #binary(node: SyntaxNode): Query {
    const [left, right] = this.#inputs(node);
    const sign = children(node).find((child, index) => index > 0 && !expressions.has(child.name));
    if (left === undefined || right === undefined || sign === undefined) {
      throw new Unreadable(node.from + 1, "a side of an operator is missing");
    }
    const operator = this.#words(sign).toLowerCase();
    const clause = node.getChild("MatchingModifierClause");
    const parts = { operator, left, right, bool: node.getChild("BoolModifier") !== null };
    return {
      kind: "binary",
      at: sign.from + 1,
      ...parts,
      compares: comparisons.has(operator),
      ...(clause === null ? {} : { matching: this.#matching(clause) }),
    };
  }

  #matching(clause: SyntaxNode): Matching {
    const [compared, included] = clause.getChildren("GroupingLabels");
    const many =
      clause.getChild("GroupLeft") === null
        ? clause.getChild("GroupRight") === null
          ? {}
          : ({ many: "right" } as const)
        : ({ many: "left" } as const);
    return {
      on: clause.getChild("On") !== null,
      labels: this.#labels(compared),
      ...many,
      included: this.#labels(included),
    };
  }
}
