import { generateKeyPairSync } from "node:crypto";
import { connect, createServer } from "node:tls";

import { describe, expect, it } from "vitest";

import { makeTlsPair } from "../../components/base/certificate-maker.ts";
import { isCovered, readTlsPair, tlsPairFault } from "../../components/base/tls-certificate.ts";
import { authority, good } from "../ops/certificates.ts";

const names = ["*.spacemesh.io", "other.example.org"];
const text = makeTlsPair(names);
const pair = readTlsPair(text);

const skywire = ["ar.skywire.dev"];

/** What a client that trusts an authority sees of a server with a pair: no error, or its code. */
async function dial(text: string, servername: string, ca: string): Promise<string | undefined> {
  const { certificate: cert, key } = readTlsPair(text);
  const server = createServer({ cert, key });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    return await new Promise((settle) => {
      const socket = connect({ port, host: "127.0.0.1", servername, ca }, () => {
        settle(undefined);
        socket.destroy();
      });
      socket.on("error", ({ code }: NodeJS.ErrnoException) => {
        settle(code);
      });
    });
  } finally {
    server.close();
  }
}

describe("a certificate of public hosts", () => {
  it("is what a server shows to clients that know its authority", async () => {
    const bought = `${good.cert}${good.key}`;
    expect(tlsPairFault(bought, skywire)).toBeUndefined();
    expect(await dial(bought, "ar.skywire.dev", authority)).toBeUndefined();
    expect(await dial(bought, "sd.skywire.dev", authority)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it("stands first, whatever the order of the text: servers show them as they stand", () => {
    const { certificate } = readTlsPair(`${good.key}${authority}${good.cert}`);
    expect(certificate).toBe(`${good.cert}${authority}`);
  });

  it("is made for the sandbox's hosts, and trusted by nobody", async () => {
    expect(pair.names).toEqual(names);
    expect(tlsPairFault(text, ["*.spacemesh.io", "api-mini.spacemesh.io"])).toBeUndefined();
    expect(pair.until).toContain("2049");
    expect(await dial(text, "api-mini.spacemesh.io", authority)).toMatch(/UNABLE_TO/);
  });

  it("must be for every name that is asked for", () => {
    expect(tlsPairFault(text, ["api.devnet.spacemesh.io", "spacemesh.io", "a.spacemesh.io"])).toBe(
      "must hold a certificate for api.devnet.spacemesh.io, spacemesh.io: it is for *.spacemesh.io, other.example.org",
    );
  });

  it.each([
    ["nothing", ""],
    ["no key", good.cert],
    ["no certificate", good.key],
    [
      "a key with a password",
      `${good.cert}-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n`,
    ],
    [
      "a broken certificate",
      `-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${good.key}`,
    ],
    ["two keys", `${good.cert}${good.key}${pair.key}`],
    ["another's key", `${good.cert}${pair.key}`],
  ])("is refused with %s, and its text is not repeated", (_, broken) => {
    const fault = tlsPairFault(broken, []) ?? "";
    expect(fault).toMatch(/^must /);
    for (const line of broken.split("\n").filter((one) => one.length > 3 && !one.startsWith("-"))) {
      expect(fault).not.toContain(line);
    }
    expect(() => readTlsPair(broken)).toThrow(/^the certificate must /);
  });

  it("may come with parameters of a curve before its key, which are neither", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const sec1 = String(privateKey.export({ type: "sec1", format: "pem" }));
    const parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    // The key is another's, and so it is told of the key, not of its form.
    expect(tlsPairFault(`${good.cert}${parameters}${sec1}`, [])).toMatch(/do not belong together/);
  });
});

describe("a wildcard", () => {
  it.each([
    ["one label below it", "api.spacemesh.io", true],
    ["the name itself", "spacemesh.io", false],
    ["two labels below it", "api.mini.spacemesh.io", false],
    ["another domain that ends alike", "api.notspacemesh.io", false],
    ["the same wildcard", "*.spacemesh.io", true],
  ])("and %s", (_, host, covered) => {
    expect(isCovered(host, ["*.spacemesh.io"])).toBe(covered);
  });
});
