import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { connect, createServer, type TLSSocket } from "node:tls";

import { describe, expect, it } from "vitest";

import { makeCertificates } from "../../components/base/certificate-maker.ts";
import { certificatesFault, readCertificates } from "../../components/base/certificates.ts";
import { forms } from "../../policy/graph/secrets.ts";

const text = makeCertificates();
const parts = readCertificates(text);

/** What a caller sees of a server that shows the certificate: no error, or its code. */
async function dial(settings: object): Promise<string | undefined> {
  const server = createServer({
    cert: parts.certificate,
    key: parts.key,
    ca: parts.authorities,
    requestCert: true,
    rejectUnauthorized: true,
  });
  // A caller that leaves at once is no concern of the server's.
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const client = { cert: parts.certificate, key: parts.key };
  try {
    return await new Promise((settle) => {
      const socket: TLSSocket = connect({ port, host: "127.0.0.1", ...client, ...settings }, () => {
        settle(undefined);
        socket.destroy();
      });
      socket.on("error", (error: NodeJS.ErrnoException) => {
        settle(error.code);
      });
    });
  } finally {
    server.close();
  }
}

describe("certificates of a cluster's members", () => {
  it("are accepted by a caller that trusts their authority, on both ends of a call", async () => {
    expect(await dial({ ca: parts.authorities, servername: "elasticsearch" })).toBeUndefined();
  });

  it("are refused by whoever trusts another authority, or dials another name", async () => {
    const other = readCertificates(makeCertificates());
    expect(await dial({ ca: other.authorities, servername: "elasticsearch" })).toBe(
      "SELF_SIGNED_CERT_IN_CHAIN",
    );
    expect(await dial({ ca: parts.authorities, servername: "kibana" })).toBe(
      "ERR_TLS_CERT_ALTNAME_INVALID",
    );
  });

  // A member's own key must not do for making certificates of others.
  it("sign no other", () => {
    const own = new X509Certificate(parts.certificate);
    expect(own.ca).toBe(false);
    expect(own.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]);
  });

  it("tell when they end", () => {
    expect(parts.until).toBe("Dec 31 23:59:59 2049 GMT");
  });

  it("may trust a second authority, which takes the first one's place", () => {
    const next = readCertificates(makeCertificates()).authorities;
    expect(readCertificates(`${text}${next}`).authorities).toBe(`${parts.authorities}${next}`);
  });

  it("fit the share that secrets have of the engine's one variable", () => {
    expect(text.length).toBeLessThan(2048);
  });

  const foreign = readCertificates(makeCertificates());
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    privateKeyEncoding: {
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "canary-of-a-test",
    },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  it.each([
    ["nothing", "", "must be PEM"],
    ["a text that is no PEM", "-----BEGIN CERTIFICATE-----\nAAAA", "must be PEM"],
    ["no key", `${parts.certificate}${parts.authorities}`, "must be PEM"],
    ["no authority", `${parts.certificate}${parts.key}`, "must be PEM"],
    [
      "a key with a password",
      `${parts.certificate}${parts.authorities}${privateKey}`,
      "must be PEM",
    ],
    [
      "the key of another certificate",
      `${parts.certificate}${foreign.key}${parts.authorities}`,
      "must hold the key of its own certificate",
    ],
    [
      "an authority that signed another one",
      `${parts.certificate}${parts.key}${foreign.authorities}`,
      "must hold the authority that signed",
    ],
    ["two members", `${text}${foreign.certificate}`, "not several"],
    ["two keys", `${text}${foreign.key}`, "not several"],
  ])("are refused with %s, and without a word of them", (_, spoilt, expected) => {
    const fault = certificatesFault(spoilt);
    expect(fault).toContain(expected);
    expect(fault).not.toContain("canary");
    expect(() => readCertificates(spoilt)).toThrow(/^certificates must/);
  });

  // Their key stands in a file of its own in a pod: it is looked for there, too, where it must not be.
  it("have a key that is found and masked where it stands alone", () => {
    expect(forms(text)).toContain(parts.key.trim());
    expect(forms(text)).not.toContain(parts.authorities.trim());
  });
});
