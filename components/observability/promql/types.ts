/** A query of Prometheus as a tree. */

/** Where in the text it starts, counted from 1. */
interface Placed {
  readonly at: number;
}

/** One condition on a label. */
export interface Matcher extends Placed {
  readonly label: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** Series by name and labels. */
export interface Selector extends Placed {
  readonly kind: "selector";
  /** Undefined where only conditions on labels choose. */
  readonly name: string | undefined;
  readonly matchers: readonly Matcher[];
}

/** Which series of both sides belong together. */
export interface Matching {
  /** `on` compares the labels, otherwise all but them. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** The side of which several may meet one of the other. */
  readonly many?: "left" | "right";
  /** Labels that the many take from the one. */
  readonly included: readonly string[];
}

/** Part of a query, or the whole. Offsets, `@` and parentheses change neither type nor labels, and are left out. */
export type Query =
  | Selector
  | (Placed & { readonly kind: "number" })
  | (Placed & { readonly kind: "text"; readonly value: string })
  /** Samples of a time, `x[5m]`; of a query, `rate(x[5m])[1h:]`. */
  | (Placed & { readonly kind: "range"; readonly of: Query; readonly subquery: boolean })
  | (Placed & { readonly kind: "sign"; readonly of: Query })
  | (Placed & { readonly kind: "call"; readonly name: string; readonly inputs: readonly Query[] })
  | (Placed & {
      readonly kind: "aggregate";
      readonly name: string;
      readonly inputs: readonly Query[];
      readonly grouping?: { readonly without: boolean; readonly labels: readonly string[] };
    })
  | (Placed & {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: Query;
      readonly right: Query;
      readonly compares: boolean;
      readonly bool: boolean;
      readonly matching?: Matching;
    });

/** What is wrong with a query, and where. */
export interface QueryFault extends Placed {
  readonly message: string;
}
