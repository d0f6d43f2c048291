/** Google's buckets and objects: facts/clouds-gke-ingress-tls.md 2.2 to 2.4 and 8. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { assetHash } from "../../values.ts";
import type { Properties } from "../../values.ts";
import type { Facts, World } from "../../world.ts";
import { hashNumber } from "../../world.ts";
import { bag, epoch, flag, given, matching, oneOf, refuseUnless, text, unless } from "../rule.ts";
import type { Rule } from "../rule.ts";
import { bucketType, labelOutputs, named, objectType, projectOf } from "./common.ts";
import { memberFaults, memberOutputs } from "./iam.ts";

/** A bucket. Its name is global, across all customers. */
export const bucket: Rule = {
  replaces: [
    "name",
    "location",
    "project",
    "enableObjectRetention",
    "hierarchicalNamespace",
    "customPlacementConfig",
  ],
  autoName: named,
  check: (inputs) => [
    ...matching(
      inputs,
      "name",
      /^[a-z0-9][a-z0-9_.-]{1,220}[a-z0-9]$/,
      "must be 3 to 63 lower-case letters, digits, '-', '_' or '.'",
    ),
    ...unless(
      text(inputs, "name").includes(".") || text(inputs, "name").length <= 63,
      "name",
      "must be at most 63 characters long",
    ),
    ...oneOf(inputs, "publicAccessPrevention", ["inherited", "enforced"]),
  ],
  create: ({ inputs }, world) => {
    const name = text(inputs, "name");
    refuseUnless(
      world.find(bucketType, name) === undefined,
      `googleapi: Error 409: The requested bucket name ${name} is not available`,
    );
    return { id: name, facts: { project: projectOf(inputs, world) } };
  },
  remove: (self, world) => {
    const inside = world
      .all(objectType)
      .filter((known) => text(known.inputs, "bucket") === self.id);
    refuseUnless(
      inside.length === 0 || flag(self.inputs, "forceDestroy", false),
      `Error trying to delete bucket ${self.id} containing objects without forceDestroy set to true`,
    );
    for (const known of inside) world.remove(known);
    return "gone";
  },
  outputs: ({ id, inputs, facts }) => ({
    location: text(inputs, "location").toUpperCase(),
    storageClass: text(inputs, "storageClass", "STANDARD"),
    url: `gs://${id}`,
    selfLink: `https://www.googleapis.com/storage/v1/b/${id}`,
    project: String(facts["project"]),
    projectNumber: hashNumber(String(facts["project"]), 10 ** 12),
    publicAccessPrevention: text(inputs, "publicAccessPrevention", "inherited"),
    uniformBucketLevelAccess: flag(inputs, "uniformBucketLevelAccess", false),
    softDeletePolicy: {
      retentionDurationSeconds: 604_800,
      effectiveTime: epoch,
      ...bag(inputs, "softDeletePolicy"),
    },
    versioning: { enabled: false, ...bag(inputs, "versioning") },
    timeCreated: epoch,
    updated: epoch,
    rpo: text(inputs, "rpo", "DEFAULT"),
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
    ...labelOutputs(inputs),
  }),
};

/** An object. Only its content changes in place, as a new upload. */
export const bucketObject: Rule = {
  replaces: {
    allBut: [
      "content",
      "sourceMd5hash",
      "detectMd5hash",
      "eventBasedHold",
      "temporaryHold",
      "retention",
      "contexts",
      "deletionPolicy",
    ],
  },
  autoName: { property: "name", maxLength: 1024 },
  check: (inputs) =>
    unless(
      given(inputs, "content") !== given(inputs, "source"),
      "content",
      "exactly one of content and source must be given",
    ),
  create: ({ inputs }, world) => {
    refuseUpload(inputs, world);
    return { id: `${text(inputs, "bucket")}-${text(inputs, "name")}`, facts: upload(inputs, 0) };
  },
  update: ({ self, inputs, olds }) => {
    const before = Number(self.facts["generation"]);
    return text(olds, "content") === text(inputs, "content") ? self.facts : upload(inputs, before);
  },
  outputs: ({ inputs, facts }) => {
    const [owner, name] = [text(inputs, "bucket"), text(inputs, "name")];
    const path = `b/${owner}/o/${encodeURIComponent(name)}`;
    const generation = Number(facts["generation"]);
    return {
      outputName: name,
      contentType: text(inputs, "contentType", "text/plain; charset=utf-8"),
      storageClass: text(inputs, "storageClass", "STANDARD"),
      generation,
      md5hash: String(facts["md5"]),
      md5hexhash: Buffer.from(String(facts["md5"]), "base64").toString("hex"),
      crc32c: String(facts["crc"]),
      selfLink: `https://www.googleapis.com/storage/v1/${path}`,
      mediaLink: `https://storage.googleapis.com/download/storage/v1/${path}?generation=${generation}&alt=media`,
      deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
    };
  },
};

/** One member's role on a bucket. */
export const bucketIamMember: Rule = {
  replaces: { allBut: [] },
  check: memberFaults,
  create: ({ inputs }, world) => {
    const name = text(inputs, "bucket").replace(/^b\//, "");
    const owner = world.find(bucketType, name);
    refuseUnless(
      owner !== undefined,
      `googleapi: Error 404: The specified bucket ${name} does not exist`,
    );
    const open = ["allUsers", "allAuthenticatedUsers"].includes(text(inputs, "member"));
    const prevention = text(owner?.inputs ?? {}, "publicAccessPrevention", "inherited");
    refuseUnless(
      !open || prevention !== "enforced",
      "googleapi: Error 412: The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced",
    );
    return { id: `b/${name}/${text(inputs, "role")}/${text(inputs, "member")}` };
  },
  outputs: (self) => ({
    ...memberOutputs(self),
    bucket: `b/${text(self.inputs, "bucket").replace(/^b\//, "")}`,
  }),
};

function refuseUpload(inputs: Properties, world: World): void {
  const owner = text(inputs, "bucket");
  refuseUnless(
    world.find(bucketType, owner) !== undefined,
    `googleapi: Error 404: The specified bucket ${owner} does not exist`,
  );
  refuseUnless(
    given(inputs, "source") || text(inputs, "content") !== "",
    "Error, either 'content' or 'source' must be specified: an empty content counts as missing",
  );
}

/** What the store computes of an upload. Hashes only: content is secret. */
function upload(inputs: Properties, before: number): Facts {
  const content = assetHash(inputs["source"]) ?? text(inputs, "content");
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content));
  return {
    md5: createHash("md5").update(content).digest("base64"),
    crc: sum.toString("base64"),
    generation: before === 0 ? 1_767_225_600_000_001 : before + 1_000,
  };
}
