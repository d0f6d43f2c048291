/**
 * Every other combination than the committed file's: each option that it has off is switched on, and each that it has
 * on is switched off, in the real file, by the real loader and program. What then runs is compared with production
 * object by object, and judged by every rule of the policy pack: who is told of an address may dial it, who may dial
 * is told of something, and nothing names what is not there. So that no option is a trap.
 *
 * Proves what the program asks for. That the API server takes it is test/e2e's, that the programs start is live's.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { exceptions } from "../../policy/exceptions.ts";
import type { Exception } from "../../policy/exceptions/exception.ts";
import { renderedOnce } from "../rendered.ts";
import { programVariants } from "./variant-programs.ts";
import { surroundingVariants } from "./variant-surroundings.ts";
import {
  judge,
  type Judgement,
  objectsOf,
  renderVariant,
  specOf,
  stack,
  type Told,
  toldTo,
} from "./variants.ts";

const variants = { ...programVariants, ...surroundingVariants };

const used = new Set<Exception>();

describe.each(Object.entries(variants))("production with %s", (_, variant) => {
  let production: Told;
  let told: Told;
  let judgement: Judgement;

  beforeAll(async () => {
    production = await renderedOnce(stack);
    told = await renderVariant(variant.words);
    judgement = judge(told);
    for (const exception of judgement.used) {
      used.add(exception);
    }
  });

  it("has just these objects more, and these no longer", () => {
    const [before, after] = [objectsOf(production), objectsOf(told)];
    expect(after.filter((one) => !before.includes(one))).toEqual([...(variant.more ?? [])].sort());
    const { less = [] } = variant;
    const isMeant = (one: string): boolean =>
      less.some((meant) => (typeof meant === "string" ? meant === one : meant.test(one)));
    expect(before.filter((one) => !after.includes(one))).toEqual(before.filter(isMeant));
    for (const meant of less) {
      expect(before.some((one) => isMeant(one) && matches(meant, one))).toBe(true);
    }
  });

  it("keeps to every rule of the policy pack, or is refused for what it says itself", () => {
    const { objections = /^$/ } = variant;
    expect(judgement.objections.filter((one) => !objections.test(one))).toEqual([]);
    expect(judgement.objections.length > 0).toBe(variant.objections !== undefined);
  });

  it("tells its programs what follows from it", () => {
    variant.asserts?.(told, production);
    // No secret of it stands anywhere but in Secrets, whatever was switched on.
    const open = JSON.stringify(
      told.collected.resources.filter(
        ({ type }) => !/:(Secret|Provider|kubernetes|Image)$/.test(type),
      ),
    );
    const shown = [...told.secrets].filter(
      ([, value]) => value.length >= 16 && open.includes(JSON.stringify(value).slice(1, -1)),
    );
    expect(shown.map(([name]) => name)).toEqual([]);
  });
});

const matches = (meant: string | RegExp, one: string): boolean =>
  typeof meant === "string" ? meant === one : meant.test(one);

describe("an exception for what may be switched on", () => {
  afterAll(() => {
    used.clear();
  });

  it("is needed by one of the variants", () => {
    const unneeded = exceptions.filter(
      (one) => one.option !== undefined && one.stacks.includes(stack) && !used.has(one),
    );
    expect(unneeded.map(({ rule, option }) => `${rule}: ${option ?? ""}`)).toEqual([]);
  });
});

describe("a server that makes its own tables", () => {
  it.each(["fxa-auth-server", "fxa-profile-server"])(
    "%s begins with one pod, and changes one pod after the other",
    async (name) => {
      const told = await renderedOnce(stack);
      const { replicas, strategy } = specOf(told, name);
      expect(toldTo(told, name)["CREATE_MYSQL_SCHEMA"]).toBe("true");
      // Left out it is one, for the API server and for the first start.
      expect(replicas).toBeUndefined();
      expect(strategy).toMatchObject({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      const options = new Map(told.options.map((one) => [`${one.type} ${one.name}`, one]));
      const [scaler, deployment] = [
        options.get(`kubernetes:autoscaling/v2:HorizontalPodAutoscaler ${name}-autoscaler`),
        options.get(`kubernetes:apps/v1:Deployment ${name}`),
      ];
      // The engine awaits the pod before there is an autoscaler that asks for a second one.
      expect(scaler?.dependencies).toContain(deployment?.urn);
    },
  );
});
