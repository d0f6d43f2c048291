/** What pods are told when they start, from wherever it comes: what is not found here, no rule looks at for addresses. */
import { describe, expect, test } from "vitest";

import { PodSpec } from "../../../policy/graph/objects.ts";
import { readData } from "../../../policy/graph/kinds.ts";
import { contentsOf, textsOf } from "../../../policy/graph/texts.ts";
import { podsOf, restrictedPod, shop, shopObjects } from "./fixture.ts";

const [web] = restrictedPod.containers;

/** Everything that a container of the shop is told, as `place: text`, with more objects beside it. */
function told(
  container: object,
  pod: object = {},
  objects: Readonly<Record<string, object>> = {},
): readonly string[] {
  const world = shop(objects);
  const bare = { ...web, args: undefined, env: undefined, volumeMounts: undefined };
  const spec = PodSpec.parse({ ...restrictedPod, ...pod, containers: [{ ...bare, ...container }] });
  return textsOf(world, { ...podsOf(world, "web"), spec }).map(
    ({ place, text }) => `${place.replace("web: ", "")}: ${text}`,
  );
}

const settings = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "shop" },
  data: { HOST: "store", PORT: "6379" },
};
const files = (...volumes: readonly object[]): object => ({ volumes });
const mounted = { volumeMounts: [{ name: "files", mountPath: "/etc/web" }] };
const key = (kind: "secretKeyRef" | "configMapKeyRef", name: string, of: string): object => ({
  env: [{ name: "ONE", valueFrom: { [kind]: { name, key: of } } }],
});

describe("a container is told", () => {
  test.each<[string, object, object, readonly string[]]>([
    ["nothing", {}, {}, []],
    [
      "its arguments, each by the one before it",
      { command: ["run"], args: ["--store", "redis://store", "--mode=fast"] },
      {},
      [
        "argument: run",
        "argument: --store",
        "argument --store: redis://store",
        "argument: --mode=fast",
      ],
    ],
    ["its variables", { env: [{ name: "ONE", value: "1" }] }, {}, ["variable ONE: 1"]],
    [
      "what a Secret says of one",
      key("secretKeyRef", "web-env", "web.KEY"),
      {},
      ["variable ONE: swordfish-swordfish"],
    ],
    [
      "what a ConfigMap says of one",
      key("configMapKeyRef", "settings", "HOST"),
      {},
      ["variable ONE: store"],
    ],
    ["nothing of a key that is not there", key("configMapKeyRef", "settings", "NONE"), {}, []],
    ["nothing of an object that is not there", key("secretKeyRef", "settings", "HOST"), {}, []],
    [
      "all of a ConfigMap and of a Secret",
      { envFrom: [{ configMapRef: { name: "settings" } }, { secretRef: { name: "web-env" } }] },
      {},
      ["variable HOST: store", "variable PORT: 6379", "variable web.KEY: swordfish-swordfish"],
    ],
    [
      "all of a ConfigMap under names with a prefix, and its own word for one of those",
      {
        args: ["$(REDIS_HOST):$(HOST)"],
        env: [{ name: "REDIS_PORT", value: "1" }],
        envFrom: [{ prefix: "REDIS_", configMapRef: { name: "settings" } }],
      },
      {},
      ["argument: store:$(HOST)", "variable REDIS_HOST: store", "variable REDIS_PORT: 1"],
    ],
    [
      "its own word rather than that of all",
      {
        env: [{ name: "HOST", value: "cellar" }],
        envFrom: [{ configMapRef: { name: "settings" } }],
      },
      {},
      ["variable HOST: cellar", "variable PORT: 6379"],
    ],
    [
      "what variables stand for in arguments and variables, and not what only looks like one",
      {
        args: ["$(HOST):$(PORT)", "$$(HOST)", "$(NONE)"],
        env: [{ name: "URL", value: "redis://$(HOST)" }],
        envFrom: [{ configMapRef: { name: "settings" } }],
      },
      {},
      [
        "argument: store:6379",
        "argument $(HOST):$(PORT): $$(HOST)",
        "argument $$(HOST): $(NONE)",
        "variable HOST: store",
        "variable PORT: 6379",
        "variable URL: redis://store",
      ],
    ],
    [
      "files of a ConfigMap",
      mounted,
      files({ name: "files", configMap: { name: "settings" } }),
      ["file HOST: store", "file PORT: 6379"],
    ],
    [
      "files of a Secret",
      mounted,
      files({ name: "files", secret: { secretName: "web-env" } }),
      ["file web.KEY: swordfish-swordfish"],
    ],
    [
      "files of several",
      mounted,
      files({
        name: "files",
        projected: {
          sources: [{ configMap: { name: "settings" } }, { secret: { name: "web-env" } }],
        },
      }),
      ["file HOST: store", "file PORT: 6379", "file web.KEY: swordfish-swordfish"],
    ],
    [
      "no files that it does not mount",
      {},
      files({ name: "files", configMap: { name: "settings" } }),
      [],
    ],
  ])("%s", (_, container, pod, lines) => {
    expect(told(container, pod, { settings })).toEqual(lines);
  });

  test("what stands in its own namespace alone", () => {
    const elsewhere = { ...settings, metadata: { name: "settings", namespace: "hall" } };
    const all = { envFrom: [{ configMapRef: { name: "settings" } }] };
    expect(told(all, {}, { elsewhere })).toEqual([]);
    expect(told(all, {}, { settings, elsewhere })).toHaveLength(2);
  });

  test("what its init containers are told as well", () => {
    const initContainers = [{ name: "early", image: "x", args: ["store:1"], resources: {} }];
    expect(told({}, { initContainers })).toEqual(["early: argument: store:1"]);
  });
});

describe("what is in a Secret", () => {
  const base64 = Buffer.from("redis://store").toString("base64");
  test.each<[string, object, object]>([
    ["is read", { data: { a: base64 } }, { a: "redis://store" }],
    ["is read as it was written", { stringData: { a: base64 } }, { a: base64 }],
    ["is what was written last", { data: { a: base64 }, stringData: { a: "b" } }, { a: "b" }],
    ["stands for itself where it is still to be told", { data: { a: "«a»" } }, { a: "«a»" }],
    ["is nothing", {}, {}],
  ])("%s", (_, data, contents) => {
    expect(
      contentsOf({ ...readData(shopObjects()["secret"] ?? {}), stringData: undefined, ...data }),
    ).toEqual(contents);
  });

  test("is no base64 in a ConfigMap", () => {
    expect(contentsOf({ ...settings, data: { a: base64 } })).toEqual({ a: base64 });
  });
});
