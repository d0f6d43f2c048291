/** What a line of a log becomes, whichever shipper reads it. */

/**
 * One line as it is stored. Every value is a string, so that two programs that use one name for
 * different things cannot keep each other's lines out (facts/spacemesh.md 6.1).
 */
export interface LogEvent {
  /** When the program printed it, by the container runtime. */
  readonly "@timestamp": string;
  /** `stdout` or `stderr`. */
  readonly stream: string;
  /** Name of the family. */
  readonly family: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The same for all pods of a workload: label `app.kubernetes.io/name`; of others the pod's name. */
  readonly workload: string;
  readonly node: string;
  /**
   * What the line was: a JSON object, anything else, longer than {@link longestLine}, mostly not
   * text, or one that the shipper failed at, whose text is left out as it may hold a secret.
   */
  readonly line: "json" | "text" | "long" | "binary" | "fault";
  /**
   * The line, or of a JSON object its member {@link messageMembers}. Without colours, other control
   * characters and what is not UTF-8 replaced, and secrets masked.
   */
  readonly message?: string;
  /**
   * Of a JSON object: its members. Text as it is; numbers, truth values and null in the very digits
   * and letters of the line; arrays and objects as their JSON text, so that nothing of them is lost.
   * A dot in a name becomes `_`: Elasticsearch would make an object of it, and refuse the line where
   * another has a plain value of that name. The last of two members of one name holds.
   */
  readonly fields?: Readonly<Record<string, string>>;
  /** Of a cut line: how many characters it had. */
  readonly length?: string;
}

/** Members that are a JSON line's message too, the first that is text: our programs' names for it. */
export const messageMembers = ["message", "msg", "M"] as const;

/** Characters of a line that are kept. Beyond, it is cut and stored as text. */
export const longestLine = 65_536;

/**
 * Characters at the cut that go as well, back to the last one that is no {@link wordCharacters}: half
 * a secret would not be known for one.
 */
export const cutTail = 256;

/** Characters of a word at the cut: a class of a regular expression. */
export const wordCharacters = "[A-Za-z0-9._~+/=-]";

/** Characters of a binary line that are kept. */
export const longestBinary = 1024;

/** A line is binary where more than one in this many characters is none of a text. */
export const binaryShare = 10;

/** Members of a JSON line beyond which it is kept as text: each name is a field of the index. */
export const mostFields = 100;

/** Longest name of a member; a line with a longer one is kept as text. */
export const longestName = 128;

/** Arrays and objects within one another beyond which a line is kept as text. */
export const deepest = 100;

/** Colours of a terminal, also as JSON writes them: they may stand within the name of a secret. */
export const colours = "(?:\\x1b|\\\\u001[bB])\\[[0-9;]*[A-Za-z]";

/** A character that is none of a text; U+FFFD is what stands for bytes that are no UTF-8. */
export const noText = "[\\x00-\\x08\\x0b-\\x1f\\x7f\\uFFFD]";
