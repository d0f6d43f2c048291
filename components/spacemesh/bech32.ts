/** Bech32 (BIP 173): a prefix, the data in letters that are not mistaken for one another, a checksum. */

const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function checksum(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    generator.forEach((word, bit) => {
      sum ^= (top >>> bit) & 1 ? word : 0;
    });
  }
  return sum;
}

/** The prefix as the checksum takes it: high bits, a zero, low bits. */
const expand = (prefix: string): number[] => {
  const codes = Buffer.from(prefix);
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
};

/** Bytes as words of five bits, the last one filled up with zeros. */
function toWords(bytes: Uint8Array): number[] {
  const words: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      words.push((value >>> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return bits > 0 ? [...words, (value << (5 - bits)) & 31] : words;
}

/** Writes data under a prefix. */
export function bech32(prefix: string, data: Uint8Array): string {
  const words = toWords(data);
  const sum = checksum([...expand(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  const check = [25, 20, 15, 10, 5, 0].map((shift) => (sum >>> shift) & 31);
  return `${prefix}1${[...words, ...check].map((word) => alphabet[word] ?? "").join("")}`;
}

/** Takes a text apart; undefined where it is none or its checksum is wrong. Data in words of five bits. */
export function readBech32(text: string): { prefix: string; words: number[] } | undefined {
  const one = text.lastIndexOf("1");
  const prefix = text.slice(0, one);
  const words = Array.from(text.slice(one + 1), (letter) => alphabet.indexOf(letter));
  return one < 1 ||
    words.length < 6 ||
    words.includes(-1) ||
    checksum([...expand(prefix), ...words]) !== 1
    ? undefined
    : { prefix, words: words.slice(0, -6) };
}
