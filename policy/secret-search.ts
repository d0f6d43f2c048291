/** Looks for many values in much text at once. */
import { forms } from "./graph/secrets.ts";

/** Characters by which a form is looked up; none is shorter. */
const width = 8;

/** Searches texts for values in every form in which they travel, in time linear in the text. */
export class SecretSearch {
  /** First characters of a form → forms that begin so, and whose they are. */
  readonly #byStart = new Map<string, { readonly form: string; readonly name: string }[]>();
  /** Hashes of those first characters: most places of a text are dismissed by one look. */
  readonly #hashes = new Uint8Array(1 << 16);

  /** @param secrets Names and values; two may have one name. */
  constructor(secrets: Iterable<readonly [name: string, value: string]>) {
    for (const [name, value] of secrets) {
      for (const form of forms(value)) {
        const start = form.slice(0, width);
        const known = this.#byStart.get(start);
        this.#hashes[hash(start, 0)] = 1;
        if (known === undefined) {
          this.#byStart.set(start, [{ form, name }]);
        } else {
          known.push({ form, name });
        }
      }
    }
  }

  /** Names of the secrets whose value a text holds, each once. */
  find(text: string): readonly string[] {
    const names = new Set<string>();
    for (let at = 0; at + width <= text.length; at += 1) {
      if (this.#hashes[hash(text, at)] === 1) {
        for (const { form, name } of this.#byStart.get(text.slice(at, at + width)) ?? []) {
          if (text.startsWith(form, at)) {
            names.add(name);
          }
        }
      }
    }
    return [...names];
  }
}

/** Four characters are enough to dismiss a place. */
function hash(text: string, at: number): number {
  const a = text.charCodeAt(at);
  const b = text.charCodeAt(at + 2);
  const c = text.charCodeAt(at + 4);
  const d = text.charCodeAt(at + 7);
  return (a ^ (b << 4) ^ (c << 8) ^ (d << 9)) & 0xffff;
}
