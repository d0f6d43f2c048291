/**
 * Patches as the rules see them. One that begins sets fields on an object that is there, and one that ends lets them
 * go, to what others say of them or to their defaults: either is an update of that object, which nobody makes or
 * deletes. One that gets another name does the one here and the other there.
 *
 * Source: pulumi/pulumi-kubernetes, provider/pkg/await/await.go (Deletion) and provider/pkg/ssa/actions.go (Relinquish).
 */
import type { RawDifference } from "../differences.ts";
import { isPatch } from "../identity.ts";
import type { Operation } from "../model.ts";
import { formatPath, type Path } from "../paths.ts";
import { isSensitive } from "../secrets/sensitive.ts";
import { isSecret, type JsonObject, visitLeaves } from "../values.ts";
import type { Subject } from "./subject.ts";

/** What happens to a patch, and not to its object. */
const comesOrGoes: ReadonlySet<Operation> = new Set(["create", "import", "delete", "replace"]);

/** Updates of objects that a patch's coming and going are; the change itself of all else. */
export function updatesIn(subject: Subject): readonly Subject[] {
  const { after, before } = subject;
  const { operation, type } = subject.change;
  if (!isPatch(type) || !comesOrGoes.has(operation)) {
    return [subject];
  }
  return [
    ...(operation === "create" || operation === "import" ? [] : [asUpdate(subject, before, {})]),
    ...(operation === "delete" ? [] : [asUpdate(subject, {}, after)]),
  ];
}

function asUpdate(subject: Subject, before: JsonObject, after: JsonObject): Subject {
  const { change } = subject;
  const differences = [
    ...leavesOf(change.type, before, false),
    ...leavesOf(change.type, after, true),
  ];
  return {
    ...subject,
    ...{ before, after, differences, replacement: undefined },
    change: { ...change, operation: "update" },
  };
}

/** Fields that a patch sets: all but which object it means, and what its provider reads. */
function leavesOf(type: string, inputs: JsonObject, isAfter: boolean): readonly RawDifference[] {
  const found: RawDifference[] = [];
  visitLeaves(inputs, (value, at) => {
    const text = formatPath(at);
    if (!identity.test(text)) {
      const path: Path = [...at];
      const [before, after] = isAfter ? [undefined, value] : [value, undefined];
      const isHidden = isSecret(value) || isSensitive(type, path, inputs);
      found.push({ path, text, before, after, replaces: false, isSecret: isHidden });
    }
  });
  return found;
}

const identity =
  /^(apiVersion|kind|metadata\.(name|namespace)|metadata\.annotations\["pulumi\.com\/.*)$/;
