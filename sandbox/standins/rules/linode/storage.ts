/** Linode object storage: facts/clouds-linode-cloudflare-docker.md 3.5. */
import { createHash } from "node:crypto";
import { asText, digest, secret } from "../../values.ts";
import type { Properties } from "../../values.ts";
import {
  bags,
  flag,
  given,
  list,
  matching,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { bucketType, objectType } from "./types.ts";

/** A bucket. */
export const objectStorageBucket: Rule = {
  replaces: ["label", "region", "cluster", "s3Endpoint", "endpointType"],
  check: (inputs) => [
    ...unless(
      given(inputs, "region") !== given(inputs, "cluster"),
      "region",
      "exactly one of region and cluster (deprecated) must be given",
    ),
    ...matching(
      inputs,
      "label",
      /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      "must be 3 to 63 lower-case letters, digits or '-'",
    ),
    ...oneOf(inputs, "endpointType", ["E0", "E1", "E2", "E3"]),
    ...unless(
      !["E2", "E3"].includes(text(inputs, "endpointType")) || !given(inputs, "corsEnabled"),
      "corsEnabled",
      "is not for endpoints of type E2 and E3",
    ),
  ],
  create: ({ inputs }, world) => {
    const place = text(inputs, "region", text(inputs, "cluster"));
    const label = text(inputs, "label");
    refuseWithoutKeys(inputs, world.config);
    const id = `${place}:${label}`;
    refuseUnless(
      world.find(bucketType, id) === undefined,
      `[409] bucket ${label} already exists in ${place}: names are unique across customers`,
    );
    return { id };
  },
  update: ({ self, inputs }, world) => {
    refuseWithoutKeys(inputs, world.config);
    return self.facts;
  },
  remove: (self, world) => {
    const inside = world
      .all(objectType)
      .filter((known) => text(known.inputs, "bucket") === text(self.inputs, "label"));
    const force = isOn(world.config, "objBucketForceDelete");
    refuseUnless(
      inside.length === 0 || force,
      `[400] bucket is not empty (${inside.length} objects): delete them, or set objBucketForceDelete`,
    );
    for (const known of inside) world.remove(known);
    return "gone";
  },
  outputs: ({ inputs }) => {
    const label = text(inputs, "label");
    const place = text(inputs, "region", text(inputs, "cluster").replace(/-\d+$/, ""));
    const s3 = `${text(inputs, "cluster", `${place}-1`)}.linodeobjects.com`;
    return {
      cluster: text(inputs, "cluster", `${place}-1`),
      region: place,
      hostname: `${label}.${s3}`,
      endpoint: s3,
      s3Endpoint: text(inputs, "s3Endpoint", s3),
      endpointType: text(inputs, "endpointType", "E1"),
      corsEnabled: flag(inputs, "corsEnabled", true),
      versioning: flag(inputs, "versioning", false),
    };
  },
};

/** A pair of keys. */
export const objectStorageKey: Rule = {
  replaces: (olds, news) =>
    bags(olds, "bucketAccesses").map(summary).join() ===
    bags(news, "bucketAccesses").map(summary).join()
      ? []
      : ["bucketAccesses"],
  sets: ["regions"],
  check: (inputs) =>
    bags(inputs, "bucketAccesses").flatMap((access, index) =>
      oneOf(
        access,
        "permissions",
        ["read_only", "read_write"],
        `bucketAccesses[${index}].permissions`,
      ),
    ),
  create: ({ seed }, world) => {
    const id = world.decimalId(seed);
    return { id, facts: { accessKey: digest(`${seed}/access`).slice(0, 20).toUpperCase() } };
  },
  outputs: ({ id, inputs, facts }) => ({
    accessKey: String(facts["accessKey"]),
    secretKey: secret(digest(`${id}/secret`).slice(0, 40)),
    limited: bags(inputs, "bucketAccesses").length > 0,
    regions: [...list(inputs, "regions")],
    regionsDetails: list(inputs, "regions").map((id) => ({
      id,
      endpointType: "E1",
      s3Endpoint: `${asText(id)}-1.linodeobjects.com`,
    })),
  }),
};

/** An object of a bucket. */
export const objectStorageObject: Rule = {
  replaces: ["bucket", "key", "cluster", "region"],
  check: (inputs) => {
    const bodies = ["content", "contentBase64", "source"].filter((name) => given(inputs, name));
    return [
      ...unless(
        bodies.length === 1,
        "content",
        "exactly one of content, contentBase64 and source must be given",
      ),
      ...oneOf(inputs, "acl", [
        ...["private", "public-read", "authenticated-read", "public-read-write", "custom"],
      ]),
    ];
  },
  create: ({ inputs }, world) => {
    refuseUnless(hasKeys(inputs, world.config), `an object needs S3 keys: ${keyWays}`);
    const bucket = text(inputs, "bucket");
    const known = world
      .all(bucketType)
      .some((candidate) => text(candidate.inputs, "label") === bucket);
    refuseUnless(known, `[404] NoSuchBucket: ${bucket}`);
    return { id: `${bucket}/${text(inputs, "key")}`, facts: upload(inputs, 0) };
  },
  update: ({ self, inputs }, world) => {
    refuseUnless(hasKeys(inputs, world.config), `an object needs S3 keys: ${keyWays}`);
    return upload(inputs, Number(self.facts["upload"]));
  },
  outputs: ({ inputs, facts }) => ({
    acl: text(inputs, "acl", "private"),
    cluster: text(inputs, "cluster"),
    region: text(inputs, "region"),
    contentType: text(inputs, "contentType", "application/octet-stream"),
    endpoint: text(inputs, "endpoint"),
    etag: text(inputs, "etag", String(facts["etag"])),
    forceDestroy: flag(inputs, "forceDestroy", false),
    versionId: `${number(inputs, "version", 0) + Number(facts["upload"])}`,
  }),
};

function upload(inputs: Properties, before: number): Record<string, string | number> {
  const content = ["content", "contentBase64", "source"].map((name) => text(inputs, name)).join("");
  return { etag: createHash("md5").update(content).digest("hex"), upload: before + 1 };
}

function summary(access: Properties): string {
  return ["bucketName", "permissions", "region", "cluster"]
    .map((name) => text(access, name))
    .join("/");
}

function refuseWithoutKeys(inputs: Properties, config: Properties): void {
  const needed = given(inputs, "lifecycleRules") || flag(inputs, "versioning", false);
  refuseUnless(
    !needed || hasKeys(inputs, config),
    `lifecycleRules and versioning need S3 keys: ${keyWays}`,
  );
}

/** The ways to S3 keys. */
const keyWays =
  "accessKey and secretKey, the provider's objAccessKey and objSecretKey, or objUseTempKeys";

function hasKeys(inputs: Properties, config: Properties): boolean {
  return (
    given(inputs, "accessKey") || given(config, "objAccessKey") || isOn(config, "objUseTempKeys")
  );
}

/** Provider arguments that are no text come as JSON text. */
function isOn(config: Properties, name: string): boolean {
  return config[name] === true || config[name] === "true";
}
