import { describe, expect, test } from "vitest";

import { claimFindings } from "../../../policy/graph/claims.ts";
import { type Resource, unknownText } from "../../../policy/resource.ts";
import { type Loose, stackOf } from "./town.ts";

const claim = (storage: unknown, storageClassName?: string): Loose => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data", namespace: "shop" },
  spec: {
    resources: { requests: { storage } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  },
});

const set = (...templates: Loose[]): Loose => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "store", namespace: "shop" },
  spec: { volumeClaimTemplates: templates },
});

const only = (object: Loose | undefined): readonly Resource[] =>
  stackOf({ disk: object }).resources;

const told = (before: Loose, after: Loose | undefined): readonly string[] =>
  claimFindings(only(before), only(after)).map(({ message }) => message);

describe("disks", () => {
  test.each<[string, Loose, Loose | undefined]>([
    ["stay", claim("10Gi"), claim("10240Mi")],
    ["grow", claim("10Gi"), claim("20Gi")],
    ["grow in a StatefulSet", set(claim("10Gi")), set(claim("11Gi"))],
    ["go: that is protection's to stop", claim("10Gi"), undefined],
    ["get the class that they had by default", claim("10Gi"), claim("10Gi", "fast")],
  ])("may %s", (_, before, after) => {
    expect(told(before, after)).toEqual([]);
  });

  test.each<[string, Loose, Loose, RegExp]>([
    ["shrink", claim("10Gi"), claim("9Gi"), /^the claim shrinks from 10Gi to 9Gi/],
    ["shrink by another unit", claim("10Gi"), claim("10G"), /^the claim shrinks from 10Gi/],
    ["shrink in a StatefulSet", set(claim("10Gi")), set(claim("9Gi")), /template data shrinks/],
    ["vanish from one", set(claim("10Gi")), set(), /template data of 10Gi is no longer asked for/],
    ["change their class", claim("1Gi", "slow"), claim("1Gi", "fast"), /from slow to fast/],
  ])("may not %s", (_, before, after, message) => {
    expect(told(before, after)).toEqual([expect.stringMatching(message)]);
  });

  test.each<[string, Loose]>([
    ["size", claim(unknownText)],
    ["whole", { ...claim("1Gi"), spec: unknownText }],
  ])("of an unknown %s are neither", (_, after) => {
    expect(told(claim("10Gi"), after).join()).toContain(unknownText);
  });

  test("of Linode's own may not shrink either", () => {
    const volume = (size: number): Resource[] =>
      only(claim("1Gi")).map((one) => ({
        ...one,
        type: "linode:index/volume:Volume",
        properties: { size },
      }));
    expect(claimFindings(volume(20), volume(20))).toEqual([]);
    expect(claimFindings(volume(20), volume(10)).map(({ message }) => message)).toEqual([
      expect.stringContaining("from 20Gi to 10Gi"),
    ]);
  });
});
