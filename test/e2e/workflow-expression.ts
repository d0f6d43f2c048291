/**
 * Expressions of workflow files, as far as ours use them: paths, literals, `! == != && ||`, and calls.
 * Source: docs.github.com/actions, «Evaluate expressions in workflows and actions».
 */

/** What an expression may look at: `github`, `matrix`, `needs` and so on. */
export type Contexts = Readonly<Record<string, unknown>>;

/** Status functions of a step or a job. */
export interface Status {
  readonly failed: boolean;
}

const tokens =
  /\s*(?:(?<text>'(?:[^']|'')*')|(?<number>\d+)|(?<operator>==|!=|&&|\|\||[!(),.*]|\[|\])|(?<name>[A-Za-z_][\w-]*))/y;

interface Token {
  readonly is: "text" | "number" | "operator" | "name";
  readonly text: string;
}

function tokenize(source: string): Token[] {
  const found: Token[] = [];
  const text = source.trim();
  tokens.lastIndex = 0;
  while (tokens.lastIndex < text.length) {
    // A group that has no part in the match is undefined, whatever the types say.
    const groups: Readonly<Record<string, string | undefined>> = tokens.exec(text)?.groups ?? {};
    const entry = Object.entries(groups).find(([, value]) => value !== undefined);
    if (entry === undefined) {
      throw new Error(`no expression that is known here: ${source}`);
    }
    found.push({ is: entry[0] as Token["is"], text: entry[1] ?? "" });
  }
  return found;
}

class Reader {
  readonly #tokens: Token[];
  readonly #contexts: Contexts;
  readonly #status: Status;
  /** Whether it asked for the status itself: else a step runs only where nothing has failed. */
  asksStatus = false;

  constructor(source: string, contexts: Contexts, status: Status) {
    this.#tokens = tokenize(source);
    this.#contexts = contexts;
    this.#status = status;
  }

  read(): unknown {
    const value = this.#or();
    if (this.#tokens.length > 0) {
      throw new Error(`left over: ${this.#tokens.map(({ text }) => text).join(" ")}`);
    }
    return value;
  }

  #take(text: string): boolean {
    const [next] = this.#tokens;
    if (next?.is === "operator" && next.text === text) {
      this.#tokens.shift();
      return true;
    }
    return false;
  }

  #or(): unknown {
    let left = this.#and();
    while (this.#take("||")) {
      const right = this.#and();
      left = isTrue(left) ? left : right;
    }
    return left;
  }

  #and(): unknown {
    let left = this.#equal();
    while (this.#take("&&")) {
      const right = this.#equal();
      left = isTrue(left) ? right : left;
    }
    return left;
  }

  #equal(): unknown {
    const left = this.#not();
    if (this.#take("==")) {
      return (left ?? "") === (this.#not() ?? "");
    }
    if (this.#take("!=")) {
      return (left ?? "") !== (this.#not() ?? "");
    }
    return left;
  }

  #not(): unknown {
    return this.#take("!") ? !isTrue(this.#not()) : this.#primary();
  }

  #primary(): unknown {
    if (this.#take("(")) {
      const value = this.#or();
      this.#must(")");
      return value;
    }
    const next = this.#tokens.shift();
    switch (next?.is) {
      case "text":
        return next.text.slice(1, -1).replaceAll("''", "'");
      case "number":
        return Number(next.text);
      case "name":
        return this.#take("(") ? this.#call(next.text) : this.#path(next.text);
      case "operator":
      case undefined:
        throw new Error(`unexpected ${next?.text ?? "end"}`);
    }
  }

  #must(text: string): void {
    if (!this.#take(text)) {
      throw new Error(`${text} is missing`);
    }
  }

  #path(first: string): unknown {
    if (first === "true" || first === "false") {
      return first === "true";
    }
    if (!(first in this.#contexts)) {
      throw new Error(`there is no context ${first} here`);
    }
    let value: unknown = this.#contexts[first];
    while (this.#take(".")) {
      if (this.#take("*")) {
        this.#must(".");
        const name = this.#tokens.shift()?.text ?? "";
        value = Array.isArray(value) ? value.map((one) => fieldOf(one, name)) : [];
      } else {
        value = fieldOf(value, this.#tokens.shift()?.text ?? "");
      }
    }
    return value;
  }

  #call(name: string): unknown {
    const given: unknown[] = [];
    while (!this.#take(")")) {
      given.push(this.#or());
      this.#take(",");
    }
    const [first, second] = given;
    switch (name) {
      case "always":
        this.asksStatus = true;
        return true;
      case "cancelled":
        this.asksStatus = true;
        return false;
      case "success":
        this.asksStatus = true;
        return !this.#status.failed;
      case "fromJSON":
        return JSON.parse(String(first)) as unknown;
      case "contains":
        return Array.isArray(first)
          ? first.includes(second)
          : String(first).includes(String(second));
      case "startsWith":
        return textOf(first).startsWith(textOf(second));
      case "format":
        return String(first).replaceAll(/\{(\d)\}/g, (_, place) =>
          String(given[Number(place) + 1]),
        );
      default:
        throw new Error(`there is no function ${name} here`);
    }
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

const isTrue = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== "" && value !== 0;

/** A condition: without a status function of its own it holds only where nothing has failed. */
export function holdsIf(source: string | undefined, contexts: Contexts, status: Status): boolean {
  const text = (source ?? "success()").trim().replace(/^\$\{\{(.*)\}\}$/s, "$1");
  const reader = new Reader(text, contexts, status);
  const value = isTrue(reader.read());
  return value && (reader.asksStatus || !status.failed);
}

/** A text with its expressions put in; one that is an expression alone keeps its type. */
export function evaluate(source: unknown, contexts: Contexts): unknown {
  if (typeof source !== "string") {
    return source;
  }
  const read = (text: string): unknown => new Reader(text, contexts, { failed: false }).read();
  const [whole] = [/^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(source.trim())?.[1]];
  return whole === undefined
    ? source.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, text: string) => textOf(read(text)))
    : read(whole);
}

/** As it is put into a text. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null || typeof value === "object") {
    return "";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
