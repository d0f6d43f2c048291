/**
 * Makes an authority and the one certificate it signs. For commands only: keys come from chance.
 *
 * Node reads X.509 and does not write it; what is needed of it (RFC 5280) fits this page, and what is
 * written is read back by OpenSSL before it is given out.
 */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  identifier: 0x06,
  text: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One value in DER: its tag, its length, its content. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) {
    return Buffer.concat([Buffer.from([tag, body.length]), body]);
  }
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const sequence = (...content: readonly Buffer[]): Buffer => der(tags.sequence, ...content);

/** `[number]` of the standard: a value whose meaning its place decides. */
const tagged = (number: number, ...content: readonly Buffer[]): Buffer =>
  der(0xa0 | number, ...content);

/** An object identifier: two numbers in the first byte, the others in groups of seven bits. */
function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = rest.flatMap((number) => {
    const groups = [number & 0x7f];
    for (let left = number >> 7; left > 0; left >>= 7) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    return groups;
  });
  return der(tags.identifier, Buffer.from([first * 40 + second, ...bytes]));
}

/**
 * First and last day. The same of all: nothing renews them, and none is shown to a browser, so that an
 * end would only be an outage that somebody forgot.
 */
const validity = sequence(
  ...["260101000000Z", "491231235959Z"].map((day) => der(tags.utcTime, Buffer.from(day))),
);

const commonName = (name: string): Buffer =>
  sequence(
    der(tags.set, sequence(identifier("2.5.4.3"), der(tags.text, Buffer.from(name, "utf8")))),
  );

const yes = der(tags.boolean, Buffer.from([0xff]));

const extension = (dotted: string, value: Buffer): Buffer =>
  sequence(identifier(dotted), der(tags.octets, value));

/** One for which whoever does not know it must refuse the certificate. */
const criticalExtension = (dotted: string, value: Buffer): Buffer =>
  sequence(identifier(dotted), yes, der(tags.octets, value));

const publicDer = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

/** What names a key: the hash of it. */
const keyId = (key: KeyObject): Buffer => createHash("sha1").update(publicDer(key)).digest();

/** `ecdsa-with-SHA256`. */
const signature = sequence(identifier("1.2.840.10045.4.3.2"));

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface Wanted {
  readonly subject: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** A certificate, signed, as PEM. */
function certificate(
  { subject, key, extensions }: Wanted,
  issuer: { readonly name: string; readonly keys: Pair },
): string {
  // A positive number: its first bit is none, and its first byte not zero.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const content = sequence(
    tagged(0, der(tags.integer, Buffer.from([2]))),
    der(tags.integer, serial),
    signature,
    commonName(issuer.name),
    validity,
    commonName(subject),
    publicDer(key),
    tagged(
      3,
      sequence(
        ...extensions,
        extension("2.5.29.14", der(tags.octets, keyId(key))),
        extension("2.5.29.35", sequence(der(0x80, keyId(issuer.keys.publicKey)))),
      ),
    ),
  );
  const signed = sign("sha256", content, issuer.keys.privateKey);
  const whole = sequence(content, signature, der(tags.bits, Buffer.from([0]), signed));
  const lines = whole.toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** The usages of a key as the bits of one byte, the first of them highest. */
const keyUsage = (unused: number, bits: number): Buffer =>
  criticalExtension("2.5.29.15", der(tags.bits, Buffer.from([unused, bits])));

const authorityExtensions = [
  // An authority, and one that makes no others.
  criticalExtension("2.5.29.19", sequence(yes, der(tags.integer, Buffer.from([0])))),
  // Signs certificates.
  keyUsage(2, 0b0000_0100),
];

const serverUse = identifier("1.3.6.1.5.5.7.3.1");
const clientUse = identifier("1.3.6.1.5.5.7.3.2");

/** What a certificate that signs no other says: whose it is, and what it may be shown for. */
const ownExtensions = (
  names: readonly string[],
  { uses, addresses }: { readonly uses: readonly Buffer[]; readonly addresses: readonly Buffer[] },
): readonly Buffer[] => [
  criticalExtension("2.5.29.19", sequence()),
  // Signs what is exchanged.
  keyUsage(7, 0b1000_0000),
  extension("2.5.29.37", sequence(...uses)),
  extension(
    "2.5.29.17",
    sequence(
      ...names.map((name) => der(0x82, Buffer.from(name, "ascii"))),
      ...addresses.map((address) => der(0x87, address)),
    ),
  ),
];

/** Members call each other: the same certificate is a server's and a client's. */
const memberExtensions = (names: readonly string[]): readonly Buffer[] =>
  ownExtensions(names, {
    uses: [serverUse, clientUse],
    addresses: [Buffer.from([127, 0, 0, 1])],
  });

/** Names that the certificate bears: whoever dials by another one trusts the authority alone. */
export const certificateNames = ["elasticsearch", "localhost"] as const;

const makePair = (): Pair => generateKeyPairSync("ec", { namedCurve: "P-256" });

const writeKey = ({ privateKey }: Pair): string =>
  String(privateKey.export({ type: "pkcs8", format: "pem" }));

/**
 * A certificate for public names, with its key, that nobody trusts: for stacks that show it to nobody.
 *
 * @param names Hosts and wildcards, e.g. `*.example.org`.
 */
export function makeTlsPair(names: readonly string[]): string {
  const own = makePair();
  const made = certificate(
    {
      subject: "fleet sandbox",
      key: own.publicKey,
      extensions: ownExtensions(names, { uses: [serverUse], addresses: [] }),
    },
    // Its authority is forgotten as soon as it has signed.
    { name: "fleet", keys: makePair() },
  );
  return `${made}${writeKey(own)}`;
}

/**
 * An authority, the one certificate it has signed, and that one's key. The authority's own key is
 * thrown away: nobody can sign a second one, so that to trust the authority is to trust this one.
 */
export function makeCertificates(): string {
  const authority = { name: "fleet", keys: makePair() };
  const member = makePair();
  const own = certificate(
    {
      subject: certificateNames[0],
      key: member.publicKey,
      extensions: memberExtensions(certificateNames),
    },
    authority,
  );
  const root = certificate(
    {
      subject: authority.name,
      key: authority.keys.publicKey,
      extensions: authorityExtensions,
    },
    authority,
  );
  return `${own}${writeKey(member)}${root}`;
}
