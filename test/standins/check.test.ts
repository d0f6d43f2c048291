/** The check of inputs: generated from the SDK's declarations, and true to them. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { checkInputs } from "../../sandbox/standins/check.ts";
import { documentedValues } from "../../sandbox/standins/declarations.ts";
import { schemaText } from "../../sandbox/standins/generate.ts";
import { clouds, loadSchema } from "../../sandbox/standins/schema.ts";
import type { ObjectSchema } from "../../sandbox/standins/schema.ts";
import { secret, unknownValue } from "../../sandbox/standins/values.ts";
import type { Properties, Value } from "../../sandbox/standins/values.ts";
import { Box, removeBoxes } from "./box.ts";

afterAll(removeBoxes);

const linode = loadSchema("linode");
const record = "linode:index/domainRecord:DomainRecord";

function faults(type: string, inputs: Properties): string[] {
  const shape = linode.resources[type];
  if (shape === undefined) throw new Error(`no ${type}`);
  return checkInputs(linode, shape, inputs).map(({ path, reason }) => `${path} ${reason}`);
}

describe.each(clouds)("the committed schema of %s", (cloud) => {
  it("is what make standins generates from the installed SDK", async () => {
    const committed = readFileSync(
      new URL(`../../sandbox/standins/schemas/${cloud}.json`, import.meta.url),
      "utf8",
    );
    expect(committed).toBe(await schemaText(cloud));
  });

  it("refuses every key that the SDK does not declare, in every type, function and nested object", () => {
    const schema = loadSchema(cloud);
    const shapes = [
      ...Object.values(schema.resources),
      ...Object.values(schema.functions),
      ...Object.values(schema.objects),
      schema.provider,
    ];
    const scalar = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(unknownValue));
    fc.assert(
      fc.property(fc.constantFrom(...shapes), fc.string(), scalar, (shape, key, value) => {
        fc.pre(!key.startsWith("__") && !Object.hasOwn(shape.properties, key));
        const found = checkInputs(schema, shape, { [key]: value });
        expect(found.map(({ path }) => path)).toContain(key);
      }),
    );
  });

  it("lets values pass that only the update will know, whatever their declared type", () => {
    const schema = loadSchema(cloud);
    const shapes: ObjectSchema[] = [
      ...Object.values(schema.resources),
      ...Object.values(schema.objects),
    ];
    for (const shape of shapes) {
      const names = Object.keys(shape.properties);
      const inputs = Object.fromEntries(names.map((name): [string, Value] => [name, unknownValue]));
      expect(checkInputs(schema, shape, inputs)).toEqual([]);
    }
  });
});

describe("the check", () => {
  const good = { domainId: 7, recordType: "A", target: "192.0.2.1" };

  it("takes what the SDK's types take", () => {
    expect(faults(record, good)).toEqual([]);
    expect(faults(record, { ...good, target: secret("192.0.2.1") })).toEqual([]);
  });

  it("names every missing input", () => {
    expect(faults(record, {})).toEqual([
      "domainId is required and missing",
      "recordType is required and missing",
      "target is required and missing",
    ]);
  });

  it("says how an id becomes a number, since ids are texts and inputs are not", () => {
    expect(faults(record, { ...good, domainId: "7" })).toEqual([
      "domainId must be a number, is a string; ids of other resources are numbers here: id.apply(Number)",
    ]);
  });

  it("mends a key that was written as the wrapped provider writes it", () => {
    expect(faults(record, { ...good, ttl_sec: 300 })).toEqual([
      "ttl_sec is not a property of this type; write ttlSec",
    ]);
  });

  it("looks into lists and nested objects", () => {
    const cluster = {
      label: "c",
      region: "ap-south",
      k8sVersion: "1.34",
      pools: [{ type: "g6-standard-2", count: "2", colour: "red" }, "pool"],
    };
    expect(faults("linode:index/lkeCluster:LkeCluster", cluster)).toEqual([
      "pools[0].count must be a number, is a string; ids of other resources are numbers here: id.apply(Number)",
      "pools[0].colour is not a property of this type",
      "pools[1] must be an object, is a string",
    ]);
  });

  it("knows closed sets from the SDK's enumerations and doc comments", () => {
    const cloudflare = loadSchema("cloudflare").resources["cloudflare:index/dnsRecord:DnsRecord"];
    const types = cloudflare?.properties["type"];
    expect(typeof types === "object" && "enum" in types ? types.enum : []).toContain("SRV");
    const docker = loadSchema("docker").objects["DockerBuild"];
    expect(docker?.properties["builderVersion"]).toEqual({
      enum: ["BuilderV1", "BuilderBuildKit"],
    });
    const gcp = loadSchema("gcp").resources["gcp:compute/firewall:Firewall"];
    expect(gcp?.properties["direction"]).toEqual({ enum: ["INGRESS", "EGRESS"] });
    expect(documentedValues('Available values: "a", "b".')).toEqual(["a", "b"]);
    expect(documentedValues("Available values: 7, 30.")).toEqual([7, 30]);
    expect(documentedValues("Examples are `a`, `b`.")).toEqual([]);
  });

  it("never repeats a value, which may be secret", async () => {
    const box = await Box.open("linode");
    const hunter = secret("hunter2");
    const found = [
      ...(await box.faults(record, {
        domainId: hunter,
        recordType: hunter,
        target: 5,
        name: hunter,
      })),
      ...(await box.faults("linode:index/instance:Instance", {
        region: "x",
        rootPass: 5,
        label: hunter,
      })),
    ];
    expect(found.length).toBeGreaterThan(3);
    expect(found.join("\n")).not.toContain("hunter2");
  });

  it("says how to cover a type that is not in the list", async () => {
    const box = await Box.open("linode");
    await expect(box.faults("linode:index/vpc:Vpc", {})).rejects.toThrow(
      /catalogue\.ts.*make standins/,
    );
    await expect(box.ask("linode:index/getVpcs:getVpcs", {})).rejects.toThrow(/catalogue\.ts/);
  });
});
