/** What is told once for many resources, what each of them is told of all the same, and how stacks compare. */
import { describe, expect, it } from "vitest";

import { joinReports } from "../../review/join.ts";
import type { Item, Parity, Report } from "../../review/model.ts";
import type { JsonObject } from "../../review/values.ts";
import {
  blinded,
  label,
  type Made,
  madeReport,
  object,
  previewOf,
  shown,
  unknown,
  urnOf,
  workload,
} from "./made.ts";
import { reportOf } from "./recorded.ts";

const reportOfStacks = (stacks: Readonly<Record<string, readonly Made[]>>): Report =>
  reportOf(
    Object.entries(stacks).map(([stack, resources]) => ({ stack, preview: previewOf(resources) })),
  );

/** Items of a report of one stack, by their names. */
function itemsOf(resources: readonly Made[], more: readonly JsonObject[] = []) {
  const [stack] = madeReport(resources, more).stacks;
  return new Map(stack?.items.map((item) => [item.resource.name, item]));
}

/** A resource whose label changes as those of three others, and what else happens to it. */
const beside = (before: JsonObject, after: JsonObject, more: Partial<Made> = {}): Made => {
  const { detail, ...rest } = label(4);
  const paths = Object.keys(after).filter(
    (key) => JSON.stringify(after[key]) !== JSON.stringify(before[key]),
  );
  return {
    ...rest,
    ...more,
    before: { ...rest.before, ...before },
    after: { ...rest.after, ...after },
    detail: {
      ...detail,
      ...Object.fromEntries(paths.map((path) => [path, "update"])),
      ...more.detail,
    },
  };
};

const three = [label(1), label(2), label(3)];

describe("a change that many resources share", () => {
  it.each<[string, Made]>([
    ["another property changes of it", beside({ a: 1 }, { a: 2 })],
    ["a text of it changes", beside({ data: { a: "b\n" } }, { data: { a: "c\n" } })],
    [
      "a secret of it changes",
      beside(
        { data: { a: blinded } },
        { data: { a: { ...blinded } } },
        { detail: { "data.a": "update" } },
      ),
    ],
    ["a value of it is not known yet", beside({ a: unknown }, { a: unknown })],
    ["it is replaced", { ...label(4), op: ["create-replacement", "replace", "delete-replaced"] }],
    ["it is protected no longer", { ...label(4), protect: [true, false] }],
  ])("is told once, and of one of them again where %s", (_, other) => {
    const { groups } = madeReport([...three, other]);
    expect(groups.map(({ title }) => title)).toEqual([
      "label app.kubernetes.io/version on 4 objects",
    ]);
    const items = itemsOf([...three, other]);
    expect(
      [...items.values()].filter(({ folded }) => !folded).map(({ resource }) => resource.name),
    ).toEqual(["page-4"]);
  });

  it("is told again of one that the engine refuses, and so is what is new", () => {
    const refused = (made: Made): JsonObject => ({
      diagnosticEvent: { urn: urnOf(made), message: "refused", severity: "error" },
    });
    const fresh = [1, 2, 3].map((index): Made => ({
      op: "create",
      type: "Service",
      name: `s${index}`,
      after: object({}, `s${index}`),
    }));
    const all = [...three, label(4), ...fresh, { ...fresh[0], name: "s4" } as Made];
    const failing = all.filter(({ name }) => name === "page-4" || name === "s4");
    const items = itemsOf(all, failing.map(refused));
    const open = [...items.values()].filter(({ folded }) => !folded);
    expect(open.map(({ resource, failure }) => [resource.urn, failure])).toEqual(
      failing.map((each) => [urnOf(each), "refused"]),
    );
  });

  it("is called by what it is: a label, an annotation, or where it stands", () => {
    const titleOf = (before: JsonObject, after: JsonObject): string | undefined =>
      madeReport(["a", "b", "c"].map((name) => ({ type: "linode:x/y:Y", name, before, after })))
        .groups[0]?.title;
    expect(titleOf({ tags: { labels: { a: 1 } } }, { tags: { labels: { a: 2 } } })).toBe(
      "tags.labels.a on 3 objects",
    );
    expect(titleOf({ metadata: {} }, { metadata: { labels: { a: "1" } } })).toBe(
      "metadata.labels on 3 objects",
    );
    expect(titleOf({ metadata: { uid: "1" } }, { metadata: { uid: "2" } })).toBe(
      "metadata.uid on 3 objects",
    );
    expect(titleOf({ metadata: { a: { b: "1" } } }, { metadata: { a: { b: "2" } } })).toBe(
      "metadata.a.b on 3 objects",
    );
  });

  it("is told again of one that pods read which lose by it", () => {
    const portless = (index: number): Made => {
      const file = (data: object) => object({ data: { ...data } }, `page-${index}`);
      return {
        type: "ConfigMap",
        name: `page-${index}`,
        before: file({ port: "1", host: "a" }),
        after: file({ host: "a" }),
        detail: { "data.port": "delete" },
      };
    };
    const reader: Made = {
      op: "same",
      type: "Deployment",
      before: workload({}, { envFrom: [{ configMapRef: { name: "page-2" } }] }),
    };
    const items = itemsOf([portless(1), portless(2), portless(3), reader]);
    expect([...items].map(([name, { folded }]) => [name, folded])).toEqual([
      ["page-1", true],
      ["page-2", false],
      ["page-3", true],
    ]);
  });

  it("is that of values which are told whole: not of secrets, nor of what is longer than is shown", () => {
    const changed = (before: unknown, after: unknown): readonly Made[] =>
      [1, 2, 3].map((index) => ({
        type: "linode:x/y:Y",
        name: `y-${index}`,
        before: { a: before },
        after: { a: after },
        detail: { a: "update" },
      }));
    const long = (end: string) => ({ b: `${"x".repeat(600)}${end}` });
    expect(madeReport(changed(1, 2)).groups.map(({ title }) => title)).toEqual(["a on 3 objects"]);
    expect(madeReport(changed(blinded, { ...blinded })).groups).toEqual([]);
    expect(madeReport(changed(long("1"), long("2"))).groups).toEqual([]);
    expect(madeReport(changed(1, unknown)).groups).toEqual([]);
  });

  it("is not told of as many where none of them tells what it costs", () => {
    const both = [1, 2, 3].map((index) => beside({}, { a: index }, { name: `both-${index}` }));
    expect(madeReport(both).groups).toEqual([]);
  });

  it("stands the worst first, and of one risk the most first", () => {
    const filed = (index: number): Made => ({
      type: "ConfigMap",
      name: `file-${index}`,
      before: object({ data: { a: "1" } }, `file-${index}`),
      after: object({ data: { a: "2" } }, `file-${index}`),
    });
    const noted = (index: number): Made => ({
      type: "ConfigMap",
      name: `z-note-${index}`,
      before: { metadata: { name: `n-${index}`, annotations: { note: "1" } } },
      after: { metadata: { name: `n-${index}`, annotations: { note: "2" } } },
    });
    const { groups } = madeReport([...three, ...[1, 2, 3, 4].map(noted), ...[1, 2, 3].map(filed)]);
    expect(groups.map(({ title }) => title)).toEqual([
      "data.a on 3 objects",
      "annotation note on 4 objects",
      "label app.kubernetes.io/version on 3 objects",
    ]);
  });
});

describe("many new resources", () => {
  const made = (count: number, op = "create", more: JsonObject = {}): readonly Made[] =>
    Array.from({ length: count }, (_, index) => ({
      op,
      type: "ConfigMap",
      name: `m${index}`,
      after: object(more, `m${index}`),
    }));

  it.each([
    ["create", "3 x ConfigMap made"],
    ["read", "3 x ConfigMap read"],
    ["import", "3 x ConfigMap taken over"],
  ])("of one kind are told once: %s", (op, title) => {
    expect(madeReport(made(2, op)).groups).toEqual([]);
    const { groups, stacks } = madeReport(made(3, op));
    expect(groups).toMatchObject([{ title, operation: op, stacks: ["test"] }]);
    expect(stacks[0]?.items.map((item) => [item.folded, item.groups])).toEqual(
      [1, 2, 3].map(() => [true, [groups[0]?.id]]),
    );
  });

  it("are told by themselves where only the update tells what they hold", () => {
    const items = [...itemsOf(made(3, "create", { data: { a: unknown } })).values()];
    expect(items.map(({ folded, groups }) => [folded, groups.length])).toEqual(
      [1, 2, 3].map(() => [false, 1]),
    );
  });

  it("of two kinds, or of which there is different to say, are not one", () => {
    const claims = [1, 2].map((index): Made => ({
      op: "create",
      type: "PersistentVolumeClaim",
      name: `c${index}`,
      after: object({}, `c${index}`),
    }));
    expect(madeReport([...made(2), ...claims]).groups).toEqual([]);
  });

  it("name some of what they are, and say how many more there are", () => {
    const workloads = [1, 2, 3, 4, 5].map((index): Made => ({
      op: "create",
      type: "Deployment",
      name: `w${index}`,
      after: {
        ...workload({ replicas: 1 }, { image: `shop/web:${index}` }),
        ...object({}, `w${index}`),
      },
    }));
    expect(madeReport(workloads).groups[0]?.words).toEqual([
      "1 x shop/web:1",
      "1 x shop/web:2",
      "1 x shop/web:3",
      "2 further ones",
    ]);
  });
});

describe("the same resource of several stacks", () => {
  const one = (more: Partial<Made> = {}): Made => ({
    type: "ConfigMap",
    before: object({ data: { a: "1" } }),
    after: object({ data: { a: "2" } }),
    detail: { "data.a": "update" },
    ...more,
  });
  const reader: Made = {
    op: "same",
    type: "Deployment",
    before: workload({}, { envFrom: [{ configMapRef: { name: "web" } }] }),
  };
  const replaced = { op: ["create-replacement", "replace", "delete-replaced"] };
  const novel = (data: JsonObject): Made => ({
    op: "create",
    type: "ConfigMap",
    after: object({ data }),
  });
  const opened = (host: string): Made => ({
    type: "kubernetes:k8s.nginx.org/v1:VirtualServer",
    op: "create",
    after: object({ spec: { host } }),
  });

  it("is told in the first, and names the others", () => {
    const { parity, stacks } = reportOfStacks({
      a: [one(replaced)],
      b: [one(replaced)],
      c: [one(replaced)],
    });
    const [first, ...others] = stacks.flatMap(({ items }) => items) as [Item, ...Item[]];
    expect([first.folded, first.alsoIn, first.toldBy]).toEqual([false, ["b", "c"], undefined]);
    expect(others.map(({ folded, toldBy }) => [folded, toldBy])).toEqual(
      others.map(() => [true, { stack: "a", id: first.id }]),
    );
    expect(parity).toEqual([
      {
        stacks: ["a", "b", "c"],
        alike: 1,
        except: [],
        exceptOmitted: 0,
        line: "a, b and c change alike (1 resource)",
      },
    ]);
  });

  it("is the same though it is made with another secret, or another name of the engine's", () => {
    const made = (stack: string): Made => ({
      op: "create",
      type: "Deployment",
      after: workload(
        {},
        { env: [{ name: "KEY", value: shown(stack) }], envFrom: reads(`web-${stack}`) },
      ),
    });
    const reads = (name: string) => [{ configMapRef: { name } }];
    const { parity, stacks } = reportOfStacks({ a: [made("0123abcd")], b: [made("ffffffff")] });
    expect(stacks.flatMap(({ items }) => items.map(({ folded }) => folded))).toEqual([false, true]);
    expect(parity[0]?.line).toBe("a and b change alike (1 resource)");
  });

  it("is told as it was when reports of one stack each are joined", () => {
    const { provenance } = reportOfStacks({});
    const joined = (...values: readonly string[]): readonly boolean[] =>
      joinReports(
        values.map((value, at) => reportOfStacks({ [`s${at}`]: [novel({ a: value })] })),
        { provenance },
      ).stacks.flatMap(({ items }) => items.map(({ folded }) => folded));
    expect([joined("1", "1"), joined("1", "2")]).toEqual([
      [false, true],
      [false, false],
    ]);
  });

  it.each<[string, readonly Made[], readonly Made[]]>([
    ["other values", [one()], [one({ after: object({ data: { a: "3" } }) })]],
    ["another operation", [one()], [one({ ...replaced, keys: ["data"] })]],
    [
      "another order of its replacement",
      [one(replaced)],
      [one({ op: ["delete-replaced", "replace", "create-replacement"] })],
    ],
    ["other risks", [one()], [one({ protect: [true, false] })]],
    ["other readers", [one()], [one(), reader]],
    ["other properties that are new", [novel({ a: "1" })], [novel({ a: "2" })]],
    ["another host that is new", [opened("a.example.org")], [opened("b.example.org")]],
    [
      "other values that only the update tells",
      [one()],
      [
        one({
          before: object({ data: { a: "1" }, b: unknown }),
          after: object({ data: { a: "2" }, b: unknown }),
        }),
      ],
    ],
  ])("is told of each where they have %s", (_, left, right) => {
    const { parity, stacks } = reportOfStacks({ left, right });
    expect(stacks.flatMap(({ items }) => items.map(({ folded }) => folded))).toEqual([
      false,
      false,
    ]);
    expect(parity[0]).toMatchObject({
      alike: 0,
      except: [
        { label: expect.stringMatching(/^(ConfigMap|VirtualServer) shop\/web$/) as unknown },
      ],
    });
  });
});

describe("parity", () => {
  const file = (name: string, value = "2"): Made => ({
    type: "ConfigMap",
    name,
    before: object({ data: { a: "1" } }, name),
    after: object({ data: { a: value } }, name),
    detail: { "data.a": "update" },
  });
  const replicas = (count: number, image = "shop/web:v2"): Made => ({
    type: "Deployment",
    before: workload(),
    after: workload({ replicas: count }, { image }),
  });
  const parityOf = (stacks: Readonly<Record<string, readonly Made[]>>): readonly Parity[] =>
    reportOfStacks(stacks).parity;

  it("is of stacks that change anything in common, and of one with another by a third", () => {
    const stacks = {
      a: [file("one")],
      b: [file("two")],
      c: [file("one"), file("two")],
      d: [file("other")],
      e: [],
    };
    expect(parityOf(stacks).map((each) => each.stacks.toSorted())).toEqual([["a", "b", "c"]]);
    expect(
      parityOf({ a: [file("one"), file("two")], b: [file("one")], c: [file("two")] }).map(
        (each) => each.stacks,
      ),
    ).toEqual([["a", "b", "c"]]);
    expect(parityOf({ a: [file("one")], e: [] })).toEqual([]);
  });

  it("is none of providers, which every stack has", () => {
    const provider: Made = {
      type: "pulumi:providers:kubernetes",
      before: { kubeconfig: "a" },
      after: { kubeconfig: "b" },
    };
    expect(parityOf({ a: [provider], b: [provider] })).toEqual([]);
    expect(parityOf({ a: [provider, file("one")], b: [provider, file("one")] })[0]?.alike).toBe(1);
  });

  it("says where stacks differ by what only one of them does, and where one does nothing", () => {
    const [parity] = parityOf({
      a: [replicas(3), file("one")],
      b: [replicas(4), file("one"), file("two")],
    });
    expect(parity?.line).toBe("a and b change alike (1 resource), except 2");
    expect(parity?.except).toEqual([
      {
        label: "Deployment shop/web",
        stacks: ["a", "b"],
        difference: "a: update, replicas 2 -> 3; b: update, replicas 2 -> 4",
      },
      {
        label: "ConfigMap shop/two",
        stacks: ["b"],
        difference: "a: no change; b: update, file a changed",
      },
    ]);
  });

  it("says that what is new has other properties where all else that is said is the same", () => {
    const made = (value: string): Made => ({
      op: "create",
      type: "ConfigMap",
      after: object({ data: { a: value } }),
    });
    const [parity] = parityOf({ a: [made("1")], b: [made("2")] });
    expect(parity?.except.map(({ difference }) => difference)).toEqual([
      "a: create, with other properties; b: create, with other properties",
    ]);
  });

  it("lists no more differences than anybody reads, and counts the rest", () => {
    const files = (value: string) => Array.from({ length: 53 }, (_, at) => file(`f${at}`, value));
    const [parity] = parityOf({ a: files("2"), b: files("3") });
    expect([parity?.except.length, parity?.exceptOmitted]).toEqual([50, 3]);
    expect(parity?.line).toBe("a and b change alike (0 resources), except 53");
  });
});
