/** Every covered type lives a whole life in its stand-in; proves nothing of what a live cloud adds. */
import { afterAll, describe, expect, it } from "vitest";
import { loadRules } from "../../sandbox/standins/rules/index.ts";
import { clouds, loadSchema } from "../../sandbox/standins/schema.ts";
import { holdsSecret, isSecret, plainBag, unknownValue } from "../../sandbox/standins/values.ts";
import { Box, subject, removeBoxes } from "./box.ts";
import { samples } from "./samples.ts";
import type { Sample } from "./samples.ts";

afterAll(removeBoxes);

async function filled(
  box: Box,
  upTo: Sample,
  all: readonly Sample[],
): Promise<(name: string) => string> {
  const ids = new Map<string, string>();
  const id = (name: string): string => ids.get(name) ?? `no ${name}`;
  for (const { type, name, inputs } of all.slice(0, all.indexOf(upTo))) {
    ids.set(name, (await box.make(type, name, inputs(id))).id);
  }
  return id;
}

describe.each(clouds)("%s", (cloud) => {
  const schema = loadSchema(cloud);

  it("has a rule and a sample for each type it covers, and an answer for each function", async () => {
    const rules = await loadRules(cloud);
    expect(Object.keys(rules.resources).sort()).toEqual(Object.keys(schema.resources).sort());
    expect(Object.keys(rules.functions).sort()).toEqual(Object.keys(schema.functions).sort());
    expect(samples[cloud].map(({ type }) => type).sort()).toEqual(
      Object.keys(schema.resources).sort(),
    );
  });

  describe.each(samples[cloud].map((sample) => [sample.type, sample] as const))(
    "%s",
    (type, sample) => {
      const declared = schema.resources[type];

      it("gives every declared output, at create, at read and after a no-op refresh", async () => {
        const box = await Box.open(cloud);
        const id = await filled(box, sample, samples[cloud]);
        const it = subject(type, sample.name);
        const made = await box.make(type, sample.name, sample.inputs(id));
        expect(made.id).not.toBe("");
        expect(Object.keys(made.properties)).toEqual(
          expect.arrayContaining(Object.keys(declared?.outputs ?? {})),
        );
        const read = await box.standIn.read(it, made.id, made.checked);
        expect(read?.properties).toEqual(made.properties);
        const { changes } = await box.standIn.diff(it, read?.inputs ?? {}, made.checked);
        expect(changes).toEqual([]);
      });

      it("hands out a secret for each output that the SDK declares secret and the cloud makes", async () => {
        const box = await Box.open(cloud);
        const made = await box.make(
          type,
          sample.name,
          sample.inputs(await filled(box, sample, samples[cloud])),
        );
        const own = declared?.secretOutputs.filter(
          (name) => declared.properties[name] === undefined && !name.endsWith("Labels"),
        );
        for (const name of own ?? []) expect(isSecret(made.properties[name])).toBe(true);
        expect(holdsSecret(plainBag(made.properties))).toBe(false);
      });

      it("makes nothing in a preview, and says that what the cloud settles is unknown", async () => {
        const box = await Box.open(cloud);
        const id = await filled(box, sample, samples[cloud]);
        const it = subject(type, sample.name);
        const inputs = sample.inputs(id);
        const planned = await box.standIn.create(it, inputs, true);
        const settled = Object.keys(declared?.outputs ?? {}).filter((name) => !(name in inputs));
        expect(settled.map((name) => planned.properties[name])).toEqual(
          settled.map(() => unknownValue),
        );
        const made = await box.make(type, sample.name, inputs);
        expect(planned.id).toBe("");
        expect(made.id).not.toBe("");
      });

      it("is gone once deleted, and deleting it again is no fault", async () => {
        const box = await Box.open(cloud);
        const it = subject(type, sample.name);
        const made = await box.make(
          type,
          sample.name,
          sample.inputs(await filled(box, sample, samples[cloud])),
        );
        await box.standIn.delete(it, made.id);
        const stays = ["cloudflare:index/zoneSetting:ZoneSetting", "gcp:projects/service:Service"];
        const left = await box.standIn.read(it, made.id, made.checked);
        expect(left !== undefined).toBe(stays.includes(type));
        await box.standIn.delete(it, made.id);
      });

      it("gets the same id and outputs on another machine", async () => {
        const twice = [];
        for (let run = 0; run < 2; run += 1) {
          const box = await Box.open(cloud);
          const id = await filled(box, sample, samples[cloud]);
          const { id: own, properties } = await box.make(type, sample.name, sample.inputs(id));
          twice.push({ own, properties });
        }
        expect(twice[0]).toEqual(twice[1]);
      });
    },
  );
});
