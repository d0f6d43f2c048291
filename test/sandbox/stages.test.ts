import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { kwokConfig, stageTexts } from "../../sandbox/kwok-config.ts";

const ports = {
  apiServer: 1,
  etcd: 2,
  etcdPeer: 3,
  controllerManager: 4,
  scheduler: 5,
  kwok: 6,
};

const Stage = z.object({
  kind: z.string(),
  metadata: z.object({ name: z.string() }).optional(),
  options: z.record(z.string(), z.unknown()).optional(),
  spec: z.object({ resourceRef: z.object({ kind: z.string() }) }).optional(),
});

const documents = parseAllDocuments(kwokConfig(ports)).map((document) => {
  if ("errors" in document && document.errors.length > 0) {
    throw new Error(document.errors.join("\n"));
  }
  return Stage.parse(document.toJS());
});

describe("what kwokctl is told", () => {
  it("binds every program to loopback, on the ports that were found free", () => {
    const [configuration] = documents;
    expect(configuration?.kind).toBe("KwokctlConfiguration");
    expect(configuration?.options).toEqual({
      bindAddress: "127.0.0.1",
      kubeApiserverPort: 1,
      etcdPort: 2,
      etcdPeerPort: 3,
      kubeControllerManagerPort: 4,
      kubeSchedulerPort: 5,
      kwokControllerPort: 6,
    });
  });

  it("brings to life every kind that a stack waits for: own stages replace all built-in ones", () => {
    const stages = documents.slice(1);
    expect(stages.map(({ metadata }) => metadata?.name).sort()).toEqual([
      "claim-provision",
      "ingress-address",
      "node-initialize",
      "pod-complete",
      "pod-delete",
      "pod-run",
      "service-address",
      "volume-delete",
    ]);
    expect(stageTexts().every((text) => !text.includes("\t"))).toBe(true);
  });
});
