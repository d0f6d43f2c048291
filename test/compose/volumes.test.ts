import { describe, expect, it } from "vitest";

import type { ComposeVolumes } from "../../components/compose/compose-stack.schema.ts";
import { kindOf, toWorkload } from "../../components/compose/kubernetes.ts";
import {
  ownDiskWarnings,
  toSwarmMounts,
  toVolumes,
  volumeFaults,
} from "../../components/compose/volumes.ts";
import { inCluster, some, texts } from "./fixtures.ts";

const declared: ComposeVolumes = {
  data: { size: "10Gi", storageClass: "fast", accessMode: "ReadWriteOnce" },
  shared: { size: "5Gi", accessMode: "ReadWriteMany" },
};

const stack = { services: {}, networks: {}, volumes: declared, configs: {} };

describe("volumes on Kubernetes", () => {
  it("are a disk for each pod, kept by number", () => {
    const service = some({ volumes: ["data:/var/lib/data"] });
    expect(kindOf(service, stack)).toBe("StatefulSet");
    expect(toVolumes(service, declared, true)).toEqual({
      value: {
        claims: [{ name: "data", size: "10Gi", storageClass: "fast", perPod: true }],
        scratch: [],
        mounts: [{ volume: "data", path: "/var/lib/data" }],
      },
      warnings: [],
    });
  });

  it("of several pods are several disks, which is told: a store of which there are two forgets every other thing", () => {
    const service = some({ volumes: ["data:/a", "shared:/b", { type: "tmpfs", target: "/tmp" }] });
    expect(ownDiskWarnings(service, declared, 1)).toEqual([]);
    expect(ownDiskWarnings(service, declared, 2)).toEqual([
      {
        path: ["volumes", 0],
        message: expect.stringMatching(/^is a disk for each of 2 pods: /) as unknown,
      },
    ]);
    const told = (deploy: object) =>
      toWorkload(some({ volumes: ["data:/a"], deploy }), inCluster({ stack }))
        .warnings.map(({ message }) => message)
        .filter((message) => message.startsWith("is a disk for each"));
    expect(told({})).toEqual([]);
    expect(told({ replicas: 3 })).toHaveLength(1);
  });

  it("are one disk for all pods where many may write", () => {
    const service = some({ volumes: ["shared:/srv:ro"] });
    expect(kindOf(service, stack)).toBe("Deployment");
    expect(toVolumes(service, declared, false).value).toEqual({
      claims: [{ name: "shared", size: "5Gi", accessMode: "ReadWriteMany" }],
      scratch: [],
      mounts: [{ volume: "shared", path: "/srv", readOnly: true }],
    });
  });

  it("are one disk where they are mounted twice", () => {
    const { value } = toVolumes(some({ volumes: ["data:/a", "data:/b"] }), declared, true);
    expect(value.claims).toHaveLength(1);
    expect(value.mounts.map(({ path }) => path)).toEqual(["/a", "/b"]);
  });

  it("without a name go with their pod, which is told; in memory they are meant to", () => {
    const volumes = ["/cache", { type: "tmpfs", target: "/tmp", tmpfs: { size: 67_108_864 } }];
    expect(toVolumes(some({ volumes }), declared, false)).toEqual({
      value: {
        claims: [],
        scratch: [
          { name: "scratch-0", sizeLimit: "1Gi" },
          { name: "scratch-1", memory: true, sizeLimit: "64Mi" },
        ],
        mounts: [
          { volume: "scratch-0", path: "/cache" },
          { volume: "scratch-1", path: "/tmp" },
        ],
      },
      warnings: [
        {
          path: ["volumes", 0],
          message: "goes with its pod: name the volume to keep what is in it",
        },
      ],
    });
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a folder of the node",
      { volumes: ["/srv:/srv"] },
      "volumes.0 must not be a folder of the node",
    ],
    [
      "a disk on every node",
      { volumes: ["data:/a"], deploy: { mode: "global" } },
      "volumes.0 must not be on a global service",
    ],
    [
      "one disk for several runs of a job",
      { volumes: ["data:/a"], deploy: { mode: "replicated-job", replicas: 2 } },
      "volumes.0 is written by one pod only",
    ],
  ])("refuse %s", (_, words, message) => {
    expect(texts(volumeFaults(some(words), declared))).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    { volumes: ["shared:/a"], deploy: { mode: "global" } },
    { volumes: ["data:/a"], deploy: { mode: "replicated-job" } },
    { volumes: ["data:/a"], deploy: { replicas: 3 } },
  ])("take %j", (words) => {
    expect(volumeFaults(some(words), declared)).toEqual([]);
  });
});

it("volumes on a Swarm are the stack's by name, and stay on their node, which is told", () => {
  const { value, warnings } = toSwarmMounts(
    "voting",
    some({
      volumes: [
        "data:/var/lib/data:ro",
        "/srv:/srv",
        { type: "tmpfs", target: "/tmp", tmpfs: { size: 1_024 } },
      ],
    }),
  );
  expect(value).toEqual([
    { type: "volume", source: "voting_data", target: "/var/lib/data", readOnly: true },
    { type: "bind", source: "/srv", target: "/srv" },
    { type: "tmpfs", target: "/tmp", tmpfsOptions: { sizeBytes: 1_024 } },
  ]);
  expect(texts(warnings)).toEqual([expect.stringContaining("volumes.0 is a folder of each node")]);
});

// Kubernetes gives a disk to the pod's group; the daemon makes a folder for root, or copies the image's.
it("a volume on a Swarm may not be its user's to write, which is told", () => {
  const warningsOf = (user?: string) =>
    texts(
      toSwarmMounts("voting", some({ volumes: ["data:/data"], ...(user && { user }) })).warnings,
    );
  expect(warningsOf("65532:1")).toEqual([
    expect.stringContaining("volumes.0 is a folder of each node"),
    expect.stringContaining("user 65532:1 cannot write to it"),
  ]);
  expect(warningsOf("0")).toHaveLength(1);
  expect(warningsOf()).toHaveLength(1);
});
