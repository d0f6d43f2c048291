/** What a live object has in the open, and what of it comes into a state. */
import { describe, expect, it } from "vitest";

import { withoutOpenValues } from "../../../ops/adopt/open-values.ts";
import { diagnosticsIn } from "../../../ops/diagnostics.ts";

describe("what a live object has in the open", () => {
  const pods = (env: readonly object[]) => ({
    spec: { template: { spec: { containers: [{ name: "a", env }] } } },
  });

  it("comes into no state, where the program does not say the same", () => {
    const live = {
      ...pods([
        { name: "A", value: "said" },
        { name: "P", value: "canary" },
        { name: "S", valueFrom: {} },
      ]),
      metadata: {
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "canary", a: "b" },
      },
      data: { key: "canary", known: "same" },
    };
    const wanted = { ...pods([{ name: "A", value: "said" }]), data: { known: "same" } };
    expect(withoutOpenValues(live, wanted)).toEqual({
      ...pods([
        { name: "A", value: "said" },
        { name: "S", valueFrom: {} },
      ]),
      metadata: { annotations: { a: "b" } },
      data: { known: "same" },
    });
  });

  it("is as little kept of command lines, of probes and their headers, and of binary files", () => {
    const container = (word: string) => ({
      ...{ name: "redis", command: ["redis-server"], args: ["--requirepass", word] },
      readinessProbe: { exec: { command: ["redis-cli", "-a", word, "ping"] } },
      livenessProbe: { httpGet: { httpHeaders: [{ name: "Authorization", value: word }] } },
    });
    const pod = (word: string) => ({
      spec: { template: { spec: { containers: [container(word)] } } },
    });
    const kept = withoutOpenValues(pod("canary"), pod("said"));
    expect(kept).toEqual({
      spec: {
        template: {
          spec: {
            containers: [
              {
                ...{ name: "redis", command: ["redis-server"] },
                readinessProbe: { exec: {} },
                livenessProbe: { httpGet: { httpHeaders: [] } },
              },
            ],
          },
        },
      },
    });
    expect(withoutOpenValues(pod("said"), pod("said"))).toEqual(pod("said"));
    const map = (binaryData: object) => ({ kind: "ConfigMap", binaryData });
    expect(
      withoutOpenValues(map({ store: "Y2FuYXJ5", known: "c2FtZQ==" }), map({ known: "c2FtZQ==" })),
    ).toEqual(map({ known: "c2FtZQ==" }));
  });

  it("nor into what is said of an engine that failed", () => {
    const printed = JSON.stringify({
      steps: [{ newState: { inputs: "canary" } }],
      diagnostics: [
        { severity: "warning", message: "canary" },
        { severity: "error", urn: "urn:pulumi:prod::fleet::a$b::c", message: "broken\n" },
      ],
    });
    expect(diagnosticsIn(printed)).toBe("a$b c: broken");
    expect(diagnosticsIn("error: canary")).toBeUndefined();
  });
});
