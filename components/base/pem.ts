/** Texts in PEM (RFC 7468). */

/** One block. */
export interface PemBlock {
  /** What it is, e.g. `CERTIFICATE`. */
  readonly label: string;
  /** Its lines, the first and the last among them. */
  readonly text: string;
}

/** The blocks of a text, in its order. What stands between them is passed over. */
export const pemBlocks = (text: string): readonly PemBlock[] =>
  [...text.matchAll(/-----BEGIN ([A-Z ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----/g)].map(
    ([block, label = ""]) => ({ label, text: `${block}\n` }),
  );
