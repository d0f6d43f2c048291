/**
 * Lines that programs print, and what both shippers must make of each: Filebeat's script and
 * Vector's programs are run over the same ones.
 */
import {
  deepest,
  longestBinary,
  longestLine,
  mostFields,
} from "../../components/observability/logs/event.ts";

/** What is expected of a line, of what the shipper itself decides. */
export interface Expected {
  readonly line: "json" | "text" | "long" | "binary";
  readonly message?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly length?: string;
}

/** A line of the corpus. */
export interface LogLine {
  readonly name: string;
  /** As it was printed, without the line feed; bytes where it is no text. */
  readonly text: string | Uint8Array;
  readonly expected: Expected;
  /** What must not be left of it anywhere. */
  readonly secrets?: readonly string[];
  /** No mask knows them in the text: the member of the JSON object that holds them tells by its name. */
  readonly byName?: true;
  /** Of a family that keeps hex keys. */
  readonly hexKeys?: "keep";
}

/** A secret key as Skywire's programs print it; nobody's. */
export const secretKey = "0f1e2d3c4b5a6978".repeat(4);
/** A public key: 66 digits. */
const publicKey = `02${"8a7b6c5d4e3f2a1b".repeat(4)}`;

const asText = (message: string): Expected => ({ line: "text", message });
const asJson = (fields: Readonly<Record<string, string>>, message?: string): Expected => ({
  line: "json",
  fields,
  ...(message === undefined ? {} : { message }),
});

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const members = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"k${index}":${index}`).join(",")}}`;

const plain: readonly LogLine[] = [
  {
    name: "a line of text",
    text: "[2026-11-21T10:00:00Z] INFO [dmsg_server]: accepted 3 sessions",
    expected: asText("[2026-11-21T10:00:00Z] INFO [dmsg_server]: accepted 3 sessions"),
  },
  { name: "an empty line", text: "", expected: asText("") },
  {
    name: "text with a tab and letters of all scripts",
    text: "naïve\tдва 三 🚀",
    expected: asText("naïve\tдва 三 🚀"),
  },
  {
    name: "colours",
    text: "\u001b[36mINFO\u001b[0m[0007] serving \u001b[1;36maddr\u001b[0m=:9090",
    expected: asText("INFO[0007] serving addr=:9090"),
  },
  {
    name: "other control characters",
    text: "a\u0000b\rc\u0007d",
    expected: { line: "binary", message: "a\uFFFDb\uFFFDc\uFFFDd" },
  },
  {
    name: "one control character among many letters",
    text: "progress is at 50 percent\rprogress is at 51 percent",
    expected: asText("progress is at 50 percent\uFFFDprogress is at 51 percent"),
  },
];

const json: readonly LogLine[] = [
  {
    name: "a JSON object: every value becomes text",
    text: '{"level":"info","count":12,"ratio":0.50,"ok":true,"none":null,"msg":"started"}',
    expected: asJson(
      { level: "info", count: "12", ratio: "0.50", ok: "true", none: "null", msg: "started" },
      "started",
    ),
  },
  {
    name: "nested values are kept as their JSON",
    text: '{"M":"peers","peers":[{"id":1,"up":true},{"id":2}],"at":{"layer":7, "hash":"ab"}}',
    expected: asJson(
      { M: "peers", peers: '[{"id":1,"up":true},{"id":2}]', at: '{"layer":7, "hash":"ab"}' },
      "peers",
    ),
  },
  { name: "an empty object", text: "{}", expected: asJson({}) },
  {
    name: "space around everything",
    text: ' { "a" : 1 , "b" : [ 1 , 2 ] } ',
    expected: asJson({ a: "1", b: "[ 1 , 2 ]" }),
  },
  {
    name: "escapes in names and values",
    text: '{"a\\"b":"c\\\\d\\n\\u0041\\ud83d\\ude80","brace":"}{][,:"}',
    expected: asJson({ 'a"b': "c\\d\nA🚀", brace: "}{][,:" }),
  },
  {
    name: "numbers beyond 2^53 keep their digits",
    text: '{"layer":9007199254740993,"pi":3.14159265358979323846,"big":1e300,"small":-0.0}',
    expected: asJson({
      layer: "9007199254740993",
      pi: "3.14159265358979323846",
      big: "1e300",
      small: "-0.0",
    }),
  },
  {
    name: "the largest of 64 bits without a sign keeps its digits",
    text: '{"weight":18446744073709551615}',
    expected: asJson({ weight: "18446744073709551615" }),
  },
  {
    name: "a name twice: the last one holds, as for every reader of JSON",
    text: '{"a":1,"b":2,"a":{"c":3}}',
    expected: asJson({ a: '{"c":3}', b: "2" }),
  },
  {
    name: "names of JavaScript's own properties are names like others",
    text: '{"__proto__":{"polluted":"yes"},"constructor":"x","toString":"y","hasOwnProperty":1}',
    expected: asJson({
      // In brackets it is a name; without, it would set the prototype.
      ["__proto__"]: '{"polluted":"yes"}',
      constructor: "x",
      toString: "y",
      hasOwnProperty: "1",
    }),
  },
  {
    name: "the line after it is not touched by them",
    text: '{"a":"b"}',
    expected: asJson({ a: "b" }),
  },
  {
    name: "dots and emptiness in names",
    text: '{"a.b":1,"..":2,"":3," c ":4}',
    expected: asJson({ a_b: "1", __: "2", _: "3", c: "4" }),
  },
  {
    name: "a message that is no text",
    text: '{"msg":{"a":1},"message":5}',
    expected: asJson({ msg: '{"a":1}', message: "5" }),
  },
  {
    name: "an object in which much is nested, but not too deep",
    text: `{"a":${nested(deepest - 1)}}`,
    expected: asJson({ a: nested(deepest - 1) }),
  },
  {
    name: "a list of 20,000 objects",
    text: `{"a":[${"{},".repeat(20_000)}{}]}`,
    expected: asJson({ a: `[${"{},".repeat(20_000)}{}]` }),
  },
  {
    name: "as many members as are kept",
    text: members(mostFields),
    expected: asJson(
      Object.fromEntries(
        Array.from({ length: mostFields }, (_, index) => [`k${index}`, `${index}`]),
      ),
    ),
  },
];

const malformed: readonly LogLine[] = [
  ...[
    '{"a":1',
    '{"a":1}}',
    '{"a":1} trailing',
    '{"a":1}{"b":2}',
    "{'a':1}",
    '{"a":01}',
    '{"a":1,}',
    '{"a":NaN}',
    '{"a" 1}',
    '{"a":"unfinished}',
    '{"a":tru}',
    '{"a":[1,2}',
    '{"a":"bad \\x escape"}',
    "{",
    "null",
    "12",
    '"text"',
    "[1,2,3]",
    '[{"a":1}]',
  ].map((text) => ({ name: `not a JSON object: ${text}`, text, expected: asText(text) })),
  {
    name: "too deep an object is kept as text",
    text: nested(deepest + 1),
    expected: asText(nested(deepest + 1)),
  },
  {
    name: "30,000 open brackets",
    text: `{"a":${"[".repeat(30_000)}`,
    expected: asText(`{"a":${"[".repeat(30_000)}`),
  },
  {
    name: "too many members are kept as text",
    text: members(mostFields + 1),
    expected: asText(members(mostFields + 1)),
  },
  {
    name: "too long a name is kept as text",
    text: `{"${"n".repeat(129)}":1}`,
    expected: asText(`{"${"n".repeat(129)}":1}`),
  },
];

const megabyte = 2 ** 20;
const words = "lorem ipsum dolor sit amet, ";
const longText = words.repeat(Math.ceil(megabyte / words.length)).slice(0, megabyte);

/** A line cut at a length, back to the last character that is none of a word. */
const cutAt = (text: string): string =>
  text.slice(0, longestLine).replace(/[A-Za-z0-9._~+/=-]{1,256}$/, "");

const bounded: readonly LogLine[] = [
  {
    name: "1 MB of text is cut",
    text: longText,
    expected: { line: "long", message: cutAt(longText), length: `${megabyte}` },
  },
  {
    name: "1 MB of JSON is cut and kept as text",
    text: `{"msg":"${longText}"}`,
    expected: {
      line: "long",
      message: cutAt(`{"msg":"${longText}"}`),
      length: `${megabyte + '{"msg":""}'.length}`,
    },
  },
  {
    name: "the longest line that is kept whole",
    text: "x".repeat(longestLine),
    expected: asText("x".repeat(longestLine)),
  },
  {
    name: "one letter more",
    text: "x".repeat(longestLine + 1),
    expected: {
      line: "long",
      message: "x".repeat(longestLine - 256),
      length: `${longestLine + 1}`,
    },
  },
  {
    name: "a secret in the cut goes whole",
    text: `${"x ".repeat(longestLine / 2 - 20)}${secretKey}${" y".repeat(9000)}`,
    expected: {
      line: "long",
      message: "x ".repeat(longestLine / 2 - 20),
      length: `${longestLine - 40 + 64 + 18_000}`,
    },
    secrets: [secretKey.slice(0, 40)],
  },
  {
    name: "bytes that are no text",
    text: Uint8Array.from({ length: 4096 }, (_, index) => (index % 2 === 0 ? 0xff : 0x01)),
    expected: { line: "binary", message: "\uFFFD".repeat(longestBinary) },
  },
  {
    name: "a text with one byte that is no UTF-8",
    text: Uint8Array.from([
      ...Buffer.from("the name of this user is caf"),
      0xe9,
      ...Buffer.from(" here"),
    ]),
    expected: asText("the name of this user is caf\uFFFD here"),
  },
];

const jwt = `eyJ${"hbGciOiJIUzI1NiJ9".repeat(1)}.eyJ${"zdWIiOiIxMjM0NTY3".repeat(1)}.${"s1gnatur3".repeat(3)}`;

const secrets: readonly LogLine[] = [
  {
    name: "a key in a printed config, on a line of its own",
    text: `\t"secret_key": "${secretKey}",`,
    expected: asText('\t"secret_key": "***",'),
    secrets: [secretKey],
  },
  {
    name: "a key in a JSON line, its public half beside it",
    text: `{"msg":"config","public_key":"${publicKey}","secret_key":"${secretKey}"}`,
    expected: asJson({ msg: "config", public_key: publicKey, secret_key: "***" }, "config"),
    secrets: [secretKey],
  },
  {
    name: "a key in a nested value",
    text: `{"conf":{"pk":"${publicKey}","sk":"${secretKey}"}}`,
    expected: asJson({ conf: `{"pk":"${publicKey}","sk":"***"}` }),
    secrets: [secretKey],
  },
  {
    name: "a key in JSON within text of JSON",
    text: '{"msg":"conf {\\"password\\":\\"hunter2hunter2\\",\\"port\\":80}"}',
    expected: asJson(
      { msg: 'conf {"password":"***","port":80}' },
      'conf {"password":"***","port":80}',
    ),
    secrets: ["hunter2"],
  },
  {
    name: "a key in Go's print of a struct",
    text: `config: &{PubKey:${publicKey} SecKey:${secretKey} Discovery:http://dmsgd.skywire.dev}`,
    expected: asText(
      `config: &{PubKey:${publicKey} SecKey:*** Discovery:http://dmsgd.skywire.dev}`,
    ),
    secrets: [secretKey],
  },
  {
    name: "a key without a name",
    text: `&{${publicKey} ${secretKey} ${secretKey} :8080}`,
    expected: asText(`&{${publicKey} *** *** :8080}`),
    secrets: [secretKey],
  },
  {
    name: "the same digits in a family whose nodes are named so",
    text: `{"node_id":"${secretKey}"}`,
    expected: asJson({ node_id: secretKey }),
    hexKeys: "keep",
  },
  {
    name: "a named key is masked there too",
    text: `{"node_id":"${secretKey}","private_key":"${secretKey}${secretKey}"}`,
    expected: asJson({ node_id: secretKey, private_key: "***" }),
    hexKeys: "keep",
  },
  {
    name: "the digest of an image is none",
    text: `pulled skycoin/dmsg@sha256:${secretKey}`,
    expected: asText(`pulled skycoin/dmsg@sha256:${secretKey}`),
  },
  {
    name: "colours within the pair",
    text: `\u001b[36msk\u001b[0m=${secretKey.slice(0, 20)} \u001b[36mdisk\u001b[0m=5`,
    expected: asText("sk=*** disk=5"),
    secrets: [secretKey.slice(0, 20)],
  },
  {
    name: "a password in the address of a store",
    text: "dial postgres://skywire:s3cr3tpassw0rd@postgres:5432/tpd?sslmode=disable failed",
    expected: asText("dial postgres://skywire:***@postgres:5432/tpd?sslmode=disable failed"),
    secrets: ["s3cr3tpassw0rd"],
  },
  {
    name: "headers",
    text: "GET / map[Accept:[*/*] Authorization:[Bearer abcdefgh12345678] Cookie:[sid=abc; b=c]]",
    expected: asText("GET / map[Accept:[*/*] Authorization:[***] Cookie:[***]]"),
    secrets: ["abcdefgh12345678", "sid=abc"],
  },
  {
    name: "a bearer in text",
    text: `sent with bearer ${jwt} to the API`,
    expected: asText("sent with bearer *** to the API"),
    secrets: [jwt.slice(-12)],
  },
  {
    name: "a token by its beginning alone",
    text: `got ${jwt} and AKIA${"ABCD1234".repeat(2)}`,
    expected: asText("got *** and ***"),
    secrets: [jwt.slice(-12), "ABCD1234"],
  },
  {
    name: "flags",
    text: "exec /bin/sd --addr :9098 --sk 0123456789abcdef --token=abc --test",
    expected: asText("exec /bin/sd --addr :9098 --sk *** --token=*** --test"),
    secrets: ["0123456789abcdef"],
  },
  {
    name: "variables",
    text: "REDIS_PASSWORD=hunter2 GRAFANA_API_KEY='abc def' PORT=80",
    expected: asText("REDIS_PASSWORD=*** GRAFANA_API_KEY='***' PORT=80"),
    secrets: ["hunter2", "abc def"],
  },
  {
    name: "secrets that are numbers and lists",
    text: '{"pwd":123456,"tokens":1,"token":["a1b2","c3d4"],"at":{"password":987654,"port":1}}',
    expected: asJson({
      pwd: "***",
      tokens: "1",
      token: "***",
      at: '{"password":"***","port":1}',
    }),
    secrets: ["123456", "a1b2", "c3d4", "987654"],
  },
  {
    name: "an object, known by its member's name alone",
    text: '{"credentials":{"user":"u","id":"i9i9"}}',
    expected: asJson({ credentials: "***" }),
    secrets: ["i9i9"],
    byName: true,
  },
  {
    name: "a name of which a letter is written by its number",
    text: '{"\\u0073k":"hunter2hunter2"}',
    expected: asJson({ sk: "***" }),
    secrets: ["hunter2"],
    byName: true,
  },
  {
    name: "as many secrets as a line can hold",
    text: "password=hunter2 ".repeat(3_000).trimEnd(),
    expected: asText("password=*** ".repeat(3_000).trimEnd()),
    secrets: ["hunter2"],
  },
  {
    name: "a private key in one line",
    text: '{"msg":"loaded -----BEGIN EC PRIVATE KEY-----\\nMHcCAQEE\\n-----END EC PRIVATE KEY-----\\n now"}',
    expected: asJson({ msg: "loaded ***\n now" }, "loaded ***\n now"),
    secrets: ["MHcCAQEE"],
  },
  {
    name: "a line of a private key that is printed on many",
    text: "MHcCAQEEIA".padEnd(64, "bQ7/x+"),
    expected: asText("***"),
    secrets: ["MHcCAQEEIA"],
  },
  {
    name: "words that only sound like it",
    text: '{"task":"a","desk":"b","disk":5,"tokens_used":7,"monkey":"c","public_key":"d","secretary":"e"}',
    expected: asJson({
      task: "a",
      desk: "b",
      disk: "5",
      tokens_used: "7",
      monkey: "c",
      public_key: "d",
      secretary: "e",
    }),
  },
];

/** The corpus. */
export const logLines: readonly LogLine[] = [
  ...plain,
  ...json,
  ...malformed,
  ...bounded,
  ...secrets,
];

/** The bytes of a line. */
export const bytesOf = ({ text }: Pick<LogLine, "text">): Uint8Array =>
  typeof text === "string" ? Buffer.from(text) : text;
