import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, it } from "vitest";
import * as z from "zod";

import { SecretName } from "../../components/base/secrets.ts";
import { parseStackFile } from "../../ops/stack-file.ts";
import { stackFileSchema } from "../../stacks/json-schema.ts";
import { stackText } from "../stack-text.ts";

const root = resolve(import.meta.dirname, "../..");

const ObjectSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).default([]),
  additionalProperties: z.unknown(),
});
const FileSchema = ObjectSchema.extend({
  properties: z.looseObject({
    config: z.looseObject({
      allOf: z.array(z.looseObject({ if: z.unknown(), then: ObjectSchema })).length(7),
    }),
  }),
});

const file = FileSchema.parse(stackFileSchema());
const [skywire, network, list, pushtech, fxa, cluster, swarm] = file.properties.config.allOf;
const config = ObjectSchema.parse(skywire?.then);
/** Schema of each committed file's config. */
const schemas = {
  test: config,
  prod: config,
  voting: ObjectSchema.parse(cluster?.then),
  "spacemesh-mini": ObjectSchema.parse(network?.then),
  "pushtech-staging": ObjectSchema.parse(pushtech?.then),
  "pushtech-production": ObjectSchema.parse(pushtech?.then),
  "fxa-production": ObjectSchema.parse(fxa?.then),
};
const names = Object.keys(schemas) as (keyof typeof schemas)[];

describe("the JSON schema of stack files", () => {
  it("is up to date: make schema writes it", () => {
    const written = readFileSync(resolve(root, "schemas/stack.schema.json"), "utf8");
    expect(written).toBe(`${JSON.stringify(stackFileSchema(), null, 1)}\n`);
  });

  it.each(names)("knows every key of Pulumi.%s.yaml and misses none", (stack) => {
    const { settings, config: keys } = parseStackFile(stack, stackText(stack));
    const { properties, required } = schemas[stack];
    expect(Object.keys(file.properties)).toEqual(expect.arrayContaining(Object.keys(settings)));
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(keys)));
    expect(Object.keys(keys)).toEqual(expect.arrayContaining(required));
  });

  it("tells systems and targets apart, and wants of each what it alone needs", () => {
    expect([skywire, network, list, pushtech, fxa, cluster, swarm].map((one) => one?.if)).toEqual([
      ...["skywire", "spacemesh", "spacemesh-discovery", "pushtech", "fxa"].map((system) => ({
        properties: { "fleet:system": { const: system } },
        required: ["fleet:system"],
      })),
      ...["kubernetes", "swarm"].map((target) => ({
        properties: { "fleet:system": { const: "voting" }, "fleet:target": { const: target } },
        required: ["fleet:system", "fleet:target"],
      })),
    ]);
    expect(cluster?.then.required).toContain("fleet:cluster");
    expect(swarm?.then.required).toContain("fleet:docker");
    expect(swarm?.then.properties["fleet:cluster"]).toEqual({ not: {} });
  });

  it.each(names)("is named in the first line of Pulumi.%s.yaml", (stack) => {
    expect(stackText(stack).split("\n")[0]).toBe(
      "# yaml-language-server: $schema=schemas/stack.schema.json",
    );
  });

  it("refuses unknown keys, beside config and in it", () => {
    expect(file.additionalProperties).toBe(false);
    expect(config.additionalProperties).toBe(false);
    expect(file.properties).not.toHaveProperty("fleet:system");
    expect(config.properties).not.toHaveProperty("fleet:sandbox");
  });

  it("lets nothing but encrypted values into fleet:secrets", () => {
    const secrets = ObjectSchema.omit({ properties: true })
      .extend({ propertyNames: z.object({ pattern: z.string() }) })
      .parse(config.properties["fleet:secrets"]);
    expect(secrets.additionalProperties).toMatchObject({
      type: "object",
      required: ["secure"],
      additionalProperties: false,
    });
    const pattern = new RegExp(secrets.propertyNames.pattern);
    for (const name of ["dmsg-server-1", "A", "a_b", "-a", ""]) {
      expect(pattern.test(name), name).toBe(SecretName.safeParse(name).success);
    }
  });

  it("wants default providers switched off", () => {
    expect(config.required).toContain("fleet:system");
    expect(file.properties.config).toMatchObject({
      required: ["fleet:system", "pulumi:disable-default-providers"],
    });
  });

  // A reference is written as a name; what the program makes of it is no business of an editor.
  it("describes what is written, not what is parsed", () => {
    expect(JSON.stringify(config.properties["fleet:images"])).toContain(
      '"pullSecret":{"type":"string"',
    );
    expect(config.required).not.toContain("fleet:data");
  });
});
