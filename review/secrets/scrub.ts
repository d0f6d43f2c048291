/**
 * Takes known secrets out of texts, in whatever form they stand there: an error message may repeat a
 * value that the engine had masked everywhere else.
 *
 * Looking for whole values is not enough: a provider cuts its messages, base64 swallows what stands
 * before a value, a line diff splits it. So a text is searched for runs of eight characters of every
 * form of a secret, and each is masked as far as text and form go on alike.
 */

/** What stands where a secret stood. */
export const mask = "[secret]";

/** Characters of a run. A shorter rest of a secret is left standing. */
const run = 8;

/** Shorter secrets are words that stand anywhere; they are told instead of looked for. */
export const shortest = 6;

/** Forms up to this length are found by any run of them; of longer ones each eighth run is known. */
const short = 128;

/** Where a run stands in a form of a secret. */
interface Place {
  readonly form: string;
  readonly start: number;
}

/** Knows secrets and takes them out of texts. */
export class Scrubber {
  readonly #places = new Map<string, Place>();
  /** Whole forms that are shorter than a run. */
  readonly #words: string[] = [];
  /** One bit a hash of a run: most places of most texts are done with it. */
  readonly #sieve = new Uint8Array(1 << 19);
  readonly #known = new Set<string>();
  #tooShort = 0;

  /** @param secrets Plain texts. */
  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) {
      this.learn(secret);
    }
  }

  /** Secrets that are too short to be looked for. */
  get tooShort(): number {
    return this.#tooShort;
  }

  /** Whether it knows no secret, so that there is nothing to take out. */
  get isIdle(): boolean {
    return this.#known.size === 0;
  }

  /** Looks for one more secret from now on. */
  learn(secret: string): void {
    const value = secret.trim();
    if (value === "" || this.#known.has(value)) {
      return;
    }
    this.#known.add(value);
    if (value.length < shortest) {
      this.#tooShort += 1;
      return;
    }
    for (const piece of telltales(value)) {
      for (const form of formsOf(piece)) {
        this.#learnForm(form);
      }
    }
  }

  /** The text without what is known to be secret. */
  scrub(text: string): string {
    let clean = text;
    for (const word of this.#words) {
      if (clean.includes(word)) {
        clean = clean.replaceAll(word, mask);
      }
    }
    return this.#places.size === 0 ? clean : this.#maskRuns(clean);
  }

  #learnForm(form: string): void {
    if (form.length < run) {
      this.#words.push(form);
      return;
    }
    const step = form.length <= short ? 1 : run;
    for (let start = 0; start + run <= form.length; start += step) {
      const key = form.slice(start, start + run);
      if (!this.#places.has(key)) {
        this.#places.set(key, { form, start });
      }
      const hash = hashAt(form, start);
      this.#sieve[hash >>> 3] = (this.#sieve[hash >>> 3] ?? 0) | (1 << (hash & 7));
    }
  }

  #maskRuns(text: string): string {
    let clean = "";
    let copied = 0;
    for (let at = 0; at + run <= text.length; at += 1) {
      const hash = hashAt(text, at);
      const mayBe = ((this.#sieve[hash >>> 3] ?? 0) & (1 << (hash & 7))) !== 0;
      const place = mayBe ? this.#places.get(text.slice(at, at + run)) : undefined;
      if (place === undefined) {
        continue;
      }
      const [from, to] = widen(text, at, place);
      const begin = Math.max(from, copied);
      // What follows at once on what was masked needs no second mask.
      clean += begin === copied && copied > 0 ? "" : text.slice(copied, begin) + mask;
      copied = to;
      at = to - 1;
    }
    return copied === 0 ? text : clean + text.slice(copied);
  }
}

/** How far the text goes on as the form does, to both sides of a run. */
function widen(text: string, at: number, { form, start }: Place): readonly [number, number] {
  let before = 0;
  while (before < at && before < start && text[at - before - 1] === form[start - before - 1]) {
    before += 1;
  }
  let after = run;
  while (
    at + after < text.length &&
    start + after < form.length &&
    text[at + after] === form[start + after]
  ) {
    after += 1;
  }
  return [at - before, at + after];
}

/** A number below 2^22 for the run that begins there. */
function hashAt(text: string, start: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < start + run; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) & 0x3fffff;
}

/**
 * What of a secret gives it away. A file — a key in PEM, a kubeconfig — has lines that stand in every
 * file of its kind: of these, the words that look drawn by chance.
 */
function telltales(value: string): readonly string[] {
  if (value.length <= 200 && !/[\r\n]/.test(value)) {
    return [value];
  }
  const words = value.split(/[\s"',=<>(){}[\]]+|\\n/).filter((word) => {
    return word.length >= 16 && /\d/.test(word) && /[A-Za-z]/.test(word);
  });
  // Encoded as a whole, a file is one word: its beginning is that of every file of its kind.
  return words.length === 0 ? [value] : words;
}

/** A value as it may stand in a text. */
function formsOf(value: string): ReadonlySet<string> {
  const forms = new Set([value]);
  const add = (form: string): void => {
    // Base64 of a short value, its ends cut off, is shorter still.
    if (form.length >= shortest - 1) {
      forms.add(form);
    }
  };
  const json = inJson(value);
  add(json);
  // Go, in which providers and API servers are written, escapes what HTML would read; others all that is not ASCII.
  const inGo = json.replace(/[<>&\u2028\u2029]/g, unicode);
  add(inGo);
  add(json.replace(/[^ -~]/g, unicode));
  // An answer that is quoted in another one, as errors of web hooks are.
  add(inJson(json));
  add(inJson(inGo));
  const url = encodeURIComponent(value.toWellFormed());
  add(url);
  // Forms write a space as a plus, and encode more.
  add(new URLSearchParams({ "": value }).toString().slice(1));
  add(url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  // URL encoders differ in what they leave as it is.
  add(url.replace(/[!'()*~_.-]/g, (letter) => `%${hex(letter).toUpperCase()}`));
  for (const letters of [/[&<>]/g, /[&<>"]/g, /[&<>"']/g]) {
    const html = value.replace(letters, (letter) => htmlNames[letter] ?? letter);
    add(html);
    add(html.replaceAll("&quot;", "&#34;"));
  }
  if (/^(?:[0-9a-f]{2}){8,}$/i.test(value)) {
    // A key in hex is a number of bytes: programs write those in either case, and in base64.
    add(value.toLowerCase());
    add(value.toUpperCase());
    for (const text of base64Forms(Buffer.from(value, "hex"))) {
      add(text);
      add(text.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  add(hex(value));
  add(hex(value).toUpperCase());
  for (const text of base64Forms(value)) {
    add(text);
    add(text.replaceAll("+", "-").replaceAll("/", "_"));
  }
  // What a Secret's data holds is told in base64 of base64 by some.
  for (const text of base64Forms(Buffer.from(value, "utf8").toString("base64"))) {
    add(text);
  }
  return forms;
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const unicode = (letter: string): string =>
  `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;

const htmlNames: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function hex(value: string): string {
  return Buffer.from(value, "utf8").toString("hex");
}

/**
 * Base64 of the value, wherever it stands in what was encoded: three letters are written as four, so
 * there are three ways; the letters at the ends hold bits of the neighbours and are left out.
 */
function base64Forms(value: string | Buffer): readonly string[] {
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : value;
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const start = [0, 2, 3][before] ?? 0;
    const rest = (before + bytes.length) % 3;
    return text.replace(/=+$/, "").slice(start, rest === 0 ? undefined : -1);
  });
}
