/** Finds secrets that stand in a log unmarked, so that they can be taken out of every text. */
import type { Change } from "../operations.ts";
import { isObject, isSecret, isUnknown, type JsonObject, plaintextOf } from "../values.ts";
import type { Scrubber } from "./scrub.ts";
import { isSensitive, secretTypes } from "./sensitive.ts";

/** Learns what a Secret holds or a provider is given where the mark was lost. */
export function learnPlainSecrets(changes: readonly Change[], scrubber: Scrubber): void {
  for (const { type, before, after } of changes) {
    const isKnownType = secretTypes.has(type) || type.startsWith("pulumi:providers:");
    const learnFrom = (inputs: JsonObject | undefined, known: JsonObject | undefined): void => {
      for (const field in inputs) {
        const value = inputs[field];
        // What stays as it was is held once: it has been looked through.
        if (value !== known?.[field]) {
          const isHeld = isKnownType && isSensitive(type, [field], inputs);
          learn(value, isHeld, field === "data", scrubber);
        }
      }
    };
    learnFrom(before?.inputs, undefined);
    learnFrom(after?.inputs, before?.inputs);
  }
}

/** @param isData Whether it is in base64, as a Secret's data is. */
function learn(value: unknown, isHeld: boolean, isData: boolean, scrubber: Scrubber): void {
  if (typeof value === "string") {
    if (isHeld && !isUnknown(value) && value.length >= 8) {
      scrubber.learn(value);
      if (isData) {
        scrubber.learn(Buffer.from(value, "base64").toString("utf8"));
      }
    }
  } else if (isSecret(value)) {
    learn(plaintextOf(value), true, isData, scrubber);
  } else if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      learn(value[at], isHeld, isData, scrubber);
    }
  } else if (isObject(value)) {
    for (const key in value) {
      const each = value[key];
      // Most are texts that are no secret, and cost no call.
      if (isHeld || typeof each === "object") {
        learn(each, isHeld, isData, scrubber);
      }
    }
  }
}
