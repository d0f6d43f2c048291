/**
 * Texts that stand where a secret is to be put: they start every program, and keep nobody out.
 *
 * Told by what people write in templates. A value drawn by chance is none but once in ages: what is looked for inside
 * a longer text has eight letters or more.
 */
import { base64Bytes } from "./cipher-keys.ts";
import { readLogin, type SecretKind } from "./secrets.ts";

/** What a whole value may be, letters and digits only. */
const whole = new Set(
  [
    ...["todo", "tbd", "tba", "fixme", "none", "null", "nil", "undefined", "unset", "empty", "na"],
    ...[
      "secret",
      "mysecret",
      "nicesecret",
      "topsecret",
      "supersecret",
      "verysecret",
      "cookiesecret",
    ],
    ...[
      "password",
      "passwort",
      "passwd",
      "passphrase",
      "pass",
      "pw",
      "letmein",
      "qwerty",
      "hunter2",
    ],
    ...[
      "key",
      "apikey",
      "mykey",
      "token",
      "apitoken",
      "mytoken",
      "value",
      "string",
      "pepper",
      "salt",
    ],
    ...["test", "testing", "dummy", "fake", "sample", "example", "default", "temp", "tmp", "demo"],
    ...["foo", "bar", "baz", "foobar", "foobarbaz", "abc", "abcdef", "asdf", "user", "username"],
  ].flatMap((word) => [word, `${word}s`]),
);

/** What a longer value may hold. */
const within =
  /change-?_? ?me|change-?_? ?this|replace-?_? ?me|replace-?_? ?this|replace-?_? ?with|place-?_? ?holder|fill-?_? ?me|(?:^|[^a-z])your[-_ ]?(?:own|api|key|secret|token|password|user|login|account|app|google|mandrill|sendbird|librato|onesignal)|insert[-_ ](?:your|here|key|secret)|goes[-_ ]here|not[-_ ]?a[-_ ]?real|example\.(?:com|org|net)/i;

/** `<key>`, `{{ key }}`, `${KEY}`, `%KEY%`, `__KEY__`, `[key]`: what a template's filler would have put in. */
const slot =
  /^(?:<[^>]*>|\{\{.*\}\}|\$\{[^}]*\}|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|__\w+__|\[[^\]]*\])$/;

/** Whether a text goes on as it started: `xxxxxxxx`, `........`, `12341234…`, `0123456789`, `abcdefgh`. */
function isPattern(text: string): boolean {
  const steps = Array.from(text, (letter, index) =>
    index === 0 ? 1 : letter.charCodeAt(0) - text.charCodeAt(index - 1),
  );
  // 9 and 0 follow each other on keyboards, 9 and a in hex.
  const counts = steps.every((step) => step === 1 || step === -9 || step === 40);
  return text.length >= 3 && (counts || /^(.{1,8}?)\1{2,}.{0,7}$/s.test(text));
}

function isFiller(text: string): boolean {
  const bare = text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return (
    bare === "" ||
    slot.test(text) ||
    within.test(text) ||
    isPattern(text) ||
    isPattern(bare) ||
    whole.has(bare.replace(/\d{1,4}$/, "")) ||
    whole.has(bare)
  );
}

/** A key of bytes that are all alike, count up, or spell a word. */
function isFillerInBase64(value: string): boolean {
  const text = base64Bytes(value)?.toString("latin1") ?? value;
  return /^[ -~]*$/.test(text) ? isFiller(text) : isPattern(text);
}

/**
 * Whether a value only stands where a secret is to be put. Users' names are judged, too: `admin` is a name, and
 * `changeme` none.
 *
 * @param value Right for its kind: `secretFault`.
 */
export function isPlaceholder(kind: SecretKind, value: string): boolean {
  switch (kind) {
    case "docker-login": {
      const { username, password } = readLogin(value);
      return isFiller(username) || isFiller(password);
    }
    case "cipher-key":
    case "cipher-start":
      return isFillerInBase64(value);
    default:
      return isFiller(value);
  }
}

/** What is said of one in production; never with its text. */
export const placeholderFault =
  "is a placeholder, which production does not take: it must be a value that nobody can guess";
