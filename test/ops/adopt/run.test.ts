/** `make adopt`, told and done: under a stack whose world is made for a test. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { adopt, type AdoptTarget } from "../../../ops/adopt/command.ts";
import type { ImportFile } from "../../../ops/adopt/import-file.ts";
import type { LiveObject } from "../../../ops/adopt/kubernetes.ts";
import type { StackPreview } from "../../../ops/adopt/preview.ts";
import { clone } from "../../rendered.ts";
import { object, planned, provider, urn, wish } from "./made.ts";

/** A stack whose world is made for a test. */
function world(
  preview: Partial<StackPreview>,
  objects: readonly LiveObject[],
  more: Partial<AdoptTarget> = {},
) {
  const said: string[] = [];
  const done: string[] = [];
  const imported: ImportFile[] = [];
  let creates = preview.creates ?? [];
  const seen = (): StackPreview => ({
    ...{ imports: [], replaces: [], counts: {}, all: preview.creates ?? [] },
    ...preview,
    creates,
  });
  const target: AdoptTarget = {
    update: "make up STACK=prod",
    plan: () => Promise.resolve(seen()),
    preview: () => Promise.resolve(seen()),
    make: (urns) => {
      done.push(`make ${urns.join(" ")}`);
      creates = creates.filter((one) => !urns.includes(one.urn));
      return Promise.resolve();
    },
    declare: (resources) => {
      const urns = resources.map((one) => one.urn);
      done.push(`declare ${urns.join(" ")}`);
      creates = creates.filter((one) => !urns.includes(one.urn));
      return Promise.resolve();
    },
    import: (file) => {
      done.push("import");
      imported.push(file);
      const names = file.resources.map(({ name }) => name);
      creates = creates.filter((one) => !names.includes(one.urn));
      return Promise.resolve();
    },
    kubectl: (words) => {
      const [verb, kind = ""] = words;
      if (verb !== "get") {
        done.push(`kubectl ${words.join(" ")}`);
        return Promise.resolve("");
      }
      const items = objects.filter(
        (one) => `${one.kind}.v1.` === kind || `${one.kind}.v1.apps` === kind,
      );
      return Promise.resolve(JSON.stringify({ items }));
    },
    clouds: () => Promise.resolve([]),
    agree: () => Promise.resolve(true),
    say: (line) => said.push(line),
    ...more,
  };
  return { target, said, done, imported };
}

describe("adopt", () => {
  const provided = planned(
    "pulumi:providers:kubernetes",
    "cluster-provider",
    {},
    { urn: provider, provider: undefined },
  );

  it("says everything before anything happens, and does nothing without a yes", async () => {
    const { target, said, done } = world(
      { creates: [provided, wish("Service", "route-finder"), wish("Service", "new")] },
      [
        object("Service", "route-finder"),
        object("Deployment", "old-bot"),
        object("Service", "else", {}, "default"),
      ],
      { agree: () => Promise.resolve(false) },
    );
    expect(await adopt(target)).toBe(1);
    expect(done).toEqual([]);
    const text = said.join("\n");
    expect(text).toMatch(/^adopted +Service skywire\/route-finder +as it is$/m);
    expect(text).toMatch(
      /^untouched +Deployment skywire\/old-bot +is not the stack's\. If it holds one of its keys/m,
    );
    expect(text).not.toContain("default/else");
    expect(text).toContain("Of 3 resources that the state has not, 1 exist.");
    expect(text).toContain("Nothing was touched.");
  });

  it("takes what exists, its provider first, and tells what comes next", async () => {
    const { target, said, done, imported } = world(
      { creates: [provided, wish("Service", "route-finder")], counts: { create: 2, same: 9 } },
      [object("Service", "route-finder")],
    );
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual([`make ${provider}`, "import"]);
    expect(imported[0]?.resources.map(({ id }) => id)).toEqual(["skywire/route-finder"]);
    expect(said.at(-1)).toBe("Next, make up STACK=prod: 2 to create.");
    // A second run finds nothing to take.
    expect(await adopt(target)).toBe(0);
    expect(done).toHaveLength(2);
    expect(said.at(-1)).toContain("There is nothing to take");
  });

  it("calls nothing a stranger's that an earlier run has taken", async () => {
    const taken = wish("Deployment", "taken");
    const missing = wish("Service", "missing");
    const { target, said } = world({ creates: [missing], all: [taken, missing] }, [
      object("Deployment", "taken"),
      object("Deployment", "old-bot"),
    ]);
    await adopt(target);
    expect(said.join("\n")).toMatch(/^untouched +Deployment skywire\/old-bot /m);
    expect(said.join("\n")).not.toContain("skywire/taken");
  });

  it("takes a cluster before what is in it: its provider has its address from there", async () => {
    const linode = urn("pulumi:providers:linode", "cluster-linode");
    const cluster = planned(
      "linode:index/lkeCluster:LkeCluster",
      "lke",
      { label: "prod", region: "ap-south" },
      { provider: linode },
    );
    const creates = [
      provided,
      planned(
        "pulumi:providers:linode",
        "cluster-linode",
        {},
        { urn: linode, provider: undefined },
      ),
      cluster,
      wish("Service", "x"),
    ];
    const { target, done, imported } = world({ creates }, [object("Service", "x")], {
      clouds: () => Promise.resolve([{ type: cluster.type, id: "9", inputs: cluster.inputs }]),
    });
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual([`declare ${linode}`, "import", `make ${provider}`, "import"]);
    expect(imported.map(({ resources }) => resources.map(({ id }) => id))).toEqual([
      ["9"],
      ["skywire/x"],
    ]);
  });

  it("touches nothing while anything is in the way", async () => {
    const claim = (storageClassName: string) => ({ spec: { storageClassName } });
    const { target, said, done } = world(
      { creates: [wish("PersistentVolumeClaim", "data", claim("a")), wish("Service", "x")] },
      [object("PersistentVolumeClaim", "data", claim("b")), object("Service", "x")],
    );
    await expect(adopt(target)).rejects.toThrow(/nothing was touched/);
    expect(done).toEqual([]);
    expect(said[0]).toMatch(/^in the way +PersistentVolumeClaim skywire\/data/m);
  });

  it("fails where the next update would replace what was not told", async () => {
    const { target, said } = world(
      { creates: [wish("Service", "x")], replaces: ["urn:of:another"] },
      [object("Service", "x")],
    );
    expect(await adopt(target)).toBe(1);
    expect(said.at(-1)).toContain("It would also replace urn:of:another");
  });

  it("lets a keyless Deployment's pods go on, under the labels that the Service selects", async () => {
    const wanted = wish("Deployment", "x", {
      spec: {
        selector: { matchLabels: { name: "x" } },
        template: { metadata: { labels: { app: "x", name: "x" } } },
        strategy: { type: "RollingUpdate" },
      },
    });
    const live = object("Deployment", "x", {
      spec: { replicas: 2, selector: { matchLabels: { app: "x" } } },
    });
    const { target, done } = world({ creates: [wanted] }, [live]);
    expect(await adopt(target)).toBe(0);
    // Nothing of it is taken into state: the stack's own comes beside it.
    expect(done).toEqual([
      "kubectl label replicasets --namespace skywire --selector app=x --overwrite fleet/left-by=x",
      "kubectl label pods --namespace skywire --selector app=x --overwrite name=x",
      "kubectl delete deployment x --namespace skywire --cascade=orphan --ignore-not-found",
    ]);
  });

  it("changes no label by which a ReplicaSet knows its pods: it would make others in their place", async () => {
    const wanted = wish("Deployment", "x", {
      spec: {
        selector: { matchLabels: { name: "x" } },
        template: { metadata: { labels: { app: "new", tier: "new", name: "x" } } },
        strategy: { type: "RollingUpdate" },
      },
    });
    const live = object("Deployment", "x", {
      spec: {
        selector: {
          matchLabels: { name: "x", app: "old" },
          matchExpressions: [{ key: "tier", operator: "Exists" }],
        },
      },
    });
    const { target, done } = world({ creates: [wanted] }, [live]);
    expect(await adopt(target)).toBe(0);
    // No label is left to change: kubectl refuses to change none.
    expect(done.map((line) => line.split(" ").slice(1, 3).join(" "))).toEqual([
      ...["label replicasets", "delete deployment"],
    ]);
  });

  it("hands a StatefulSet's pods over before anything is imported: the preview of that would be refused", async () => {
    const set = (app: string) => ({
      spec: {
        ...{ replicas: 1, selector: { matchLabels: { app } } },
        template: { metadata: { labels: { app } } },
      },
    });
    const { target, done } = world(
      { creates: [wish("Service", "x"), wish("StatefulSet", "db", set("new"))] },
      [object("Service", "x"), object("StatefulSet", "db", set("old"))],
    );
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual([
      "kubectl label pods --namespace skywire --selector app=old --overwrite app=new",
      "kubectl delete statefulset db --namespace skywire --cascade=orphan --ignore-not-found",
      "import",
    ]);
  });

  it("takes away what was left once its successor is ready, though nothing else is to take", async () => {
    const sets = ["x-1", "y-1"].map((name) => ({
      metadata: { name, namespace: "skywire", labels: { "fleet/left-by": name.slice(0, 1) } },
    }));
    const done: string[] = [];
    const { target, said } = world({}, [], {
      kubectl: (words) => {
        const line = words.join(" ");
        if (line.startsWith("get replicasets")) {
          return Promise.resolve(JSON.stringify({ items: sets }));
        }
        if (line.startsWith("get deployment")) {
          const [, , name = ""] = words;
          const status = { readyReplicas: name === "x" ? 1 : 0 };
          return Promise.resolve(
            JSON.stringify({ metadata: { name, namespace: "skywire" }, spec: {}, status }),
          );
        }
        done.push(line);
        return Promise.resolve("");
      },
    });
    expect(await adopt(target)).toBe(0);
    expect(done).toEqual(["delete replicaset x-1 --namespace skywire --ignore-not-found"]);
    expect(said.join("\n")).toMatch(/^removed +ReplicaSet skywire\/x-1/m);
    expect(said.join("\n")).toMatch(/^untouched +ReplicaSet skywire\/y-1 .* is ready$/m);
  });

  it("is stopped by a node port that is somebody else's, also where the object is still to be made", async () => {
    const ports = { spec: { ports: [{ nodePort: 30_080 }] } };
    const { target, said, done } = world({ creates: [wish("Service", "edge", ports)] }, [
      object("Service", "old", ports, "default"),
    ]);
    await expect(adopt(target)).rejects.toThrow(/nothing was touched/);
    expect(said[0]).toMatch(/^in the way +Service skywire\/edge +its node port 30080\/TCP/m);
    expect(done).toEqual([]);
  });

  it("tells what the next update replaces as it was told before, and counts it", async () => {
    const wanted = wish("ConfigMap", "x", { data: { a: "new" } });
    const { target, said } = world(
      { creates: [wanted], replaces: [wanted.urn], counts: { delete: 1, replace: 1, update: 3 } },
      [object("ConfigMap", "x", { data: { a: "old" } })],
    );
    expect(await adopt(target)).toBe(0);
    expect(said.at(-1)).toBe("Next, make up STACK=prod: 3 to update, 1 to replace, 1 to delete.");
  });
});

describe("make adopt", () => {
  const cli = (...words: string[]): string => {
    // A PATH without pulumi and kubectl: none of these may come as far as starting one.
    const options = { env: { PATH: "/nowhere" }, encoding: "utf8", input: "" } as const;
    const program = [join(clone, "ops", "cli.ts"), "adopt", "--stack", "prod"];
    const { status, stderr } = spawnSync(process.execPath, [...program, ...words], options);
    expect(status).toBe(1);
    return stderr;
  };

  it("has no default target, and changes nothing where nobody can say yes", () => {
    expect(cli()).toContain("TARGET must be sandbox");
    expect(cli("--target", "live")).toMatch(/nobody is here to say yes.*YES=yes/);
    expect(cli("--target", "live", "--yes", "maybe")).toMatch(/YES must be yes \(it is "maybe"\)/);
  });
});
