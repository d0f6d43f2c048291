import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { parkedInputs } from "../../stacks/spacemesh/park.ts";

const template = { spec: { containers: [] } };

describe("a parked network", () => {
  it.each(["kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet"])(
    "has no pod of a %s, and all else of it stays",
    (type) => {
      const metadata = { name: "miner-1", annotations: { kept: "yes" } };
      const spec = { replicas: 3, minReadySeconds: 5, template };
      expect(parkedInputs(type, { metadata, spec })).toEqual({
        metadata,
        spec: { ...spec, replicas: 0 },
      });
    },
  );

  it("takes the number of pods from an autoscaler, which had it", () => {
    const inputs = { metadata: { name: "api", annotations: { kept: "yes" } }, spec: { template } };
    expect(parkedInputs("kubernetes:apps/v1:Deployment", inputs)).toEqual({
      metadata: { name: "api", annotations: { kept: "yes", "pulumi.com/patchForce": "true" } },
      spec: { template, replicas: 0 },
    });
  });

  it("waits for the last pod of a namespace whose pods are counted, which refuses none", () => {
    const inputs = { metadata: { name: "pods" }, spec: { hard: { pods: "150k" } } };
    expect(parkedInputs("kubernetes:core/v1:ResourceQuota", inputs)).toEqual({
      metadata: {
        name: "pods",
        annotations: { "pulumi.com/waitFor": "jsonpath={.status.used.pods}=0" },
      },
      spec: inputs.spec,
    });
  });

  it("begins no backup", () => {
    const spec = { schedule: "1 2 * * *" };
    expect(parkedInputs("kubernetes:batch/v1:CronJob", { spec })).toEqual({
      spec: { ...spec, suspend: true },
    });
  });

  it("has no pod of what is described only later", async () => {
    const parked = parkedInputs("kubernetes:apps/v1:Deployment", {
      spec: pulumi.output({ replicas: 2 }),
    });
    const spec = await new Promise((settle) => {
      (parked?.["spec"] as pulumi.Output<unknown>).apply(settle);
    });
    expect(spec).toEqual({ replicas: 0 });
  });

  it.each([
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:Secret",
    "kubernetes:core/v1:Service",
    "kubernetes:apps/v1:DaemonSet",
    "gcp:compute/address:Address",
  ])("keeps each %s as it is", (type) => {
    expect(parkedInputs(type, { spec: { replicas: 1 } })).toBeUndefined();
  });
});
