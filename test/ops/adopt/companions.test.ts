/** What lies beside the stack's own objects. */
import { describe, expect, it } from "vitest";

import { decideCompanions } from "../../../ops/adopt/companions.ts";
import { brief, planned } from "./made.ts";

describe("what lies beside the stack's own objects", () => {
  const namespaced = (namespace: string, name: string, kind = "PersistentVolumeClaim") => ({
    ...{ kind, apiVersion: "v1", namespace, name },
    planned: planned(`kubernetes:core/v1:${kind}`, name, {}),
  });
  const object = (kind: string, namespace: string, name: string, claim?: string) => ({
    ...{ apiVersion: "apps/v1", kind, metadata: { name, namespace } },
    spec: {
      template: {
        spec: {
          volumes: claim === undefined ? [] : [{ persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  });
  const decide = (...objects: ReturnType<typeof object>[]) =>
    brief(
      decideCompanions(
        [namespaced("a", "data"), namespaced("b", "else"), namespaced("a", "own", "Deployment")],
        objects,
      ),
    );

  it("is in the way where it writes to a disk of the stack's: two writers lose its data", () => {
    expect(
      decide(object("Deployment", "a", "old", "data"), object("StatefulSet", "b", "db", "else")),
    ).toEqual([
      [
        "in the way",
        "Deployment a/old",
        "is not the stack's and writes to its claim data: scale it to 0 first",
      ],
      [
        "in the way",
        "StatefulSet b/db",
        "is not the stack's and writes to its claim else: scale it to 0 first",
      ],
    ]);
  });

  it("is in the way as a CronJob, too, until that is suspended", () => {
    const { spec, ...rest } = object("CronJob", "a", "nightly", "data");
    const nightly = (suspend: boolean) => ({ ...rest, spec: { suspend, jobTemplate: { spec } } });
    expect(brief(decideCompanions([namespaced("a", "data")], [nightly(false)]))).toEqual([
      [
        "in the way",
        "CronJob a/nightly",
        "is not the stack's and writes to its claim data: suspend it first",
      ],
    ]);
    expect(brief(decideCompanions([namespaced("a", "data")], [nightly(true)]))).toEqual([
      ["untouched", "CronJob a/nightly", "is not the stack's"],
    ]);
  });

  it("is left where its disk has that name in another namespace, and where it has none", () => {
    const others = [object("Deployment", "b", "old", "data"), object("DaemonSet", "a", "agent")];
    for (const [verdict, , why] of decide(...others)) {
      expect([verdict, why]).toEqual(["untouched", expect.stringContaining("one of its keys")]);
    }
    expect(decide(...others)).toHaveLength(2);
    expect(decide(object("Service", "a", "web"))).toEqual([
      ["untouched", "Service a/web", "is not the stack's"],
    ]);
  });

  it("is told of the stack's own namespaces and kinds that people make, and of nothing else", () => {
    expect(
      decide(
        object("Deployment", "a", "own"),
        object("Deployment", "c", "old"),
        object("Service", "a", "kubernetes"),
        object("ReplicaSet", "a", "old-1"),
        object("ConfigMap", "a", "kube-root-ca.crt"),
      ),
    ).toEqual([]);
  });
});
