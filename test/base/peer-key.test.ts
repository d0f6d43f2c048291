import { privateKeyFromProtobuf } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey, peerIdFromString } from "@libp2p/peer-id";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { deriveSeed, publicKeyOfSeed } from "../../components/base/ed25519.ts";
import { base58, peerKeyFault, peerKeyOf, readPeerKey } from "../../components/base/peer-key.ts";
import { generateSecret, secretFault } from "../../components/base/secrets.ts";

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

/** A key file, its fields replaced. */
const file = (over: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(peerKeyOf(Buffer.alloc(32, 7)).file) as object), ...over });

const keyOf = (change: (bytes: Buffer) => void): string => {
  const { Key: key } = JSON.parse(file({})) as { Key: string };
  const bytes = Buffer.from(key, "base64");
  change(bytes);
  return bytes.toString("base64");
};

describe("Ed25519 keys", () => {
  // Known answer: RFC 8032, 7.1, test 1.
  it("has the public half that every other implementation has", () => {
    const seed = Buffer.from(
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "hex",
    );
    expect(publicKeyOfSeed(seed).toString("hex")).toBe(
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    );
  });

  // Known answer: RFC 5869, A.3, its first 32 bytes.
  it("are derived by HKDF-SHA256", () => {
    expect(deriveSeed("0b".repeat(22), "").toString("hex")).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d",
    );
  });

  it("are other ones for another label and for another secret", () => {
    const made = [
      ["aa", "p2p 1"],
      ["aa", "p2p 2"],
      ["aa", "p2p 11"],
      ["bb", "p2p 1"],
    ].map(([byte = "", label = ""]) => deriveSeed(byte.repeat(32), label).toString("hex"));
    expect(new Set(made).size).toBe(4);
  });
});

// The judge is libp2p's own library for JavaScript. That a node of Go takes the file is the encoding's
// to say: both libraries read and write one format.
describe("a peer's key file", () => {
  it("is a key and a peer id as libp2p has them", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { peerId, file: text } = peerKeyOf(seed);
        const { Key: key, ID: id } = JSON.parse(text) as { Key: string; ID: string };
        const peer = peerIdFromPrivateKey(privateKeyFromProtobuf(Buffer.from(key, "base64")));
        expect(id).toBe(peer.toString());
        expect(peerId).toBe(id);
        expect(peerIdFromString(peerId).equals(peer)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("reads what it writes", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(readPeerKey(peerKeyOf(seed).file)).toEqual(seed);
      }),
      { numRuns: 50 },
    );
  });

  it("needs no peer id to be read, as no node does", () => {
    expect(peerKeyFault(file({ ID: undefined }))).toBeUndefined();
  });

  it.each([
    ["is no JSON", "CAESQ"],
    ["is nothing", ""],
    ["is null", "null"],
    ["is a list", "[]"],
    ["has no Key", file({ Key: undefined })],
    ["has a Key that is a number", file({ Key: 7 })],
    ["has a Key that is cut off", file({ Key: keyOf(() => undefined).slice(0, 40) })],
    ["has a Key of another kind", file({ Key: keyOf((bytes) => bytes.writeUInt8(2, 1)) })],
    [
      "has a public half that is not the seed's",
      file({ Key: keyOf((bytes) => bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, 67)) }),
    ],
    ["has the peer id of another key", file({ ID: peerKeyOf(Buffer.alloc(32, 8)).peerId })],
  ])("is refused where it %s, and is not repeated", (_, text) => {
    const fault = peerKeyFault(text) ?? "";
    expect(fault).toMatch(/^must be the p2p\.key of a node/);
    expect(text.length < 5 || !fault.includes(text)).toBe(true);
    expect(fault).not.toContain(keyOf(() => undefined).slice(8, 24));
    expect(() => readPeerKey(text)).toThrow(/must be the p2p\.key/);
    expect(secretFault("p2p-key", text)).toBe(fault);
  });

  it("is made by chance for the sandbox, another each time", () => {
    const made = [generateSecret("p2p-key"), generateSecret("p2p-key")];
    expect(made.map((text) => secretFault("p2p-key", text))).toEqual([undefined, undefined]);
    expect(made[0]).not.toBe(made[1]);
  });
});

describe("a secret that keys are derived from", () => {
  it("is 32 random bytes in hex, and nothing weaker", () => {
    expect(secretFault("seed", generateSecret("seed"))).toBeUndefined();
    for (const weak of ["", "password", "ab".repeat(31), "AB".repeat(32), `${"ab".repeat(32)}\n`]) {
      expect(secretFault("seed", weak)).toMatch(/64 lower-case hex digits/);
    }
  });
});

describe("base58", () => {
  // Known answers of Bitcoin's own encoding.
  it.each([
    ["", ""],
    ["61", "2g"],
    ["73696d706c792061206c6f6e6720737472696e67", "2cFupjhnEsSn59qHXstmK2ffpLv2"],
    ["00eb15231dfceb60925886b67d065299925915aeb172c06647", "1NS17iag9jJgTHD1VXjvLCEnZuQ3rJDE9L"],
    ["00000000000000000000", "1111111111"],
  ])("writes %s as %s", (hex, text) => {
    expect(base58(Buffer.from(hex, "hex"))).toBe(text);
  });
});
