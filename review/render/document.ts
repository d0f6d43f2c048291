/**
 * The report as a page: sections of entries, lists and tables, made once (compose/) and written down by
 * each form in its own way. All texts are visible lines of bounded length (visible.ts), and not escaped.
 */
import type { Operation, RiskClass } from "../model.ts";

/** What colour a thing has. `failure`: the report is not whole, or something must be mended first. */
export type Tone = RiskClass | "failure" | "good" | "plain";

/** A piece of a line: a sentence, its stressed part, or what stands so in a resource. */
export interface Piece {
  readonly is: "words" | "strong" | "code";
  readonly text: string;
}

/** A line; its pieces stand a space apart. */
export type Line = readonly Piece[];

/** A line of a difference. `!` is what can be told of a value that is not shown; `@` says where it is. */
export interface DiffLine {
  readonly sign: "+" | "-" | " " | "!" | "@";
  readonly text: string;
}

/** What is folded away below an entry until somebody asks for it. */
export interface Detail {
  readonly title: Line;
  readonly lines: readonly DiffLine[];
  readonly importance: number;
}

/** Something that changes. */
export interface Entry {
  readonly is: "entry";
  /** Safe in a link. */
  readonly id: string;
  readonly tone: Tone;
  /** Absent where several things happen, or none. */
  readonly operation?: Operation;
  readonly title: Line;
  /** Names of the stacks it is in; empty where the report is of one. */
  readonly stacks: readonly string[];
  /** Why it stands where it stands: rule and sentence. */
  readonly reasons: readonly { readonly rule: string; readonly why: string }[];
  readonly facts: readonly Line[];
  readonly details: readonly Detail[];
  readonly importance: number;
}

/** Lines below each other. */
export interface List {
  readonly is: "list";
  readonly lines: readonly { readonly line: Line; readonly importance: number }[];
}

/** A table. */
export interface Table {
  readonly is: "table";
  readonly head: readonly string[];
  /** Columns of numbers. */
  readonly numbers: readonly number[];
  readonly rows: readonly {
    readonly cells: readonly Line[];
    readonly tone: Tone;
    readonly importance: number;
  }[];
}

/** What a section is made of. */
export type Block = Entry | List | Table;

/** A part of the page under a title. */
export interface Section {
  /** Safe in a link; our own word. */
  readonly id: string;
  readonly title: string;
  readonly tone: Tone;
  /** How many things it tells of. */
  readonly count?: number;
  /** What the title means. */
  readonly note?: string;
  /** Whether it is opened only by who wants to read it. */
  readonly folded: boolean;
  readonly blocks: readonly Block[];
}

/** The page. */
export interface Page {
  readonly verdict: string;
  readonly tone: Tone;
  /** Of what and when. */
  readonly made: Line;
  /** Absent where there is one stack: the verdict tells of it. */
  readonly stacks?: Table;
  readonly sections: readonly Section[];
  /** Where the whole text is. */
  readonly url?: string;
}
