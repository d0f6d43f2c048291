/**
 * Reads what an engine sends straight into plain objects.
 *
 * The SDK's own classes make an object of each number and text first, and those anew into what can be
 * read: more than half of what the rules cost.
 */
import protobuf from "protobufjs/minimal.js";

import { readText } from "./unknown.ts";

/** A message that is being read. */
export type Reader = protobuf.Reader;

/** Begins a message. */
export const open = (bytes: Uint8Array): Reader => protobuf.Reader.create(bytes);

/**
 * Reads the fields of a message one by one.
 *
 * @param length Bytes of a message inside another; without it, all there are.
 * @param read Reads the value of a field, or says false: it is left out then.
 * @throws RangeError when the bytes end in the middle of a value.
 */
export function eachField(
  reader: Reader,
  length: number | undefined,
  read: (field: number) => boolean,
): void {
  const end = length === undefined ? reader.len : reader.pos + length;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (!read(tag >>> 3)) {
      reader.skipType(tag & 7);
    }
  }
}

/** By what an engine tells a secret, an asset or an archive from an object of a program. */
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";

/** `google.protobuf.Struct`: an object. A secret in it stands in the clear. */
export function readStruct(reader: Reader, length = reader.uint32()): Record<string, unknown> {
  const entries: [key: string, value: unknown][] = [];
  eachField(reader, length, (field) => {
    if (field === 1) {
      entries.push(readEntry(reader));
    }
    return field === 1;
  });
  // Not by assignment: `__proto__` is a key like any other.
  return Object.fromEntries(entries);
}

function readEntry(reader: Reader): [key: string, value: unknown] {
  let key = "";
  let value: unknown = null;
  eachField(reader, reader.uint32(), (field) => {
    if (field === 1) {
      key = reader.string();
    } else if (field === 2) {
      value = readValue(reader);
    }
    return field <= 2;
  });
  return [key, value];
}

/** `google.protobuf.Value`. */
function readValue(reader: Reader): unknown {
  let value: unknown = null;
  eachField(reader, reader.uint32(), (field) => {
    switch (field) {
      case 1: // null
        reader.int32();
        return true;
      case 2:
        value = reader.double();
        return true;
      case 3:
        value = readText(reader.string());
        return true;
      case 4:
        value = reader.bool();
        return true;
      case 5:
        value = opened(readStruct(reader));
        return true;
      case 6:
        value = readList(reader);
        return true;
      default:
        return false;
    }
  });
  return value;
}

function readList(reader: Reader): unknown[] {
  const values: unknown[] = [];
  eachField(reader, reader.uint32(), (field) => {
    if (field === 1) {
      values.push(readValue(reader));
    }
    return field === 1;
  });
  return values;
}

const opened = (object: Record<string, unknown>): unknown =>
  object[signature] === secret ? object["value"] : object;
