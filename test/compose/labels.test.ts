import { describe, expect, it } from "vitest";

import { podLabels, serviceLabels, swarmLabels } from "../../components/compose/labels.ts";
import { toWorkload } from "../../components/compose/kubernetes.ts";
import { inCluster, some, texts } from "./fixtures.ts";

const at = ["labels"];

describe("labels on Kubernetes", () => {
  it.each([[["APP=VOTING"]], [{ APP: "VOTING" }]])("%j is one label", (labels) => {
    expect(serviceLabels(labels, at)).toEqual({ value: { APP: "VOTING" }, warnings: [] });
  });

  // A label of the service on its pods would restart them all when it changes.
  it("of a service are its controller's and Services', those of containers the pods'", () => {
    const { args } = toWorkload(
      some({ labels: { tier: "back" }, deploy: { labels: ["APP=VOTING"] } }),
      inCluster(),
    );
    expect(args.labels).toEqual({ APP: "VOTING" });
    expect(args.podLabels).toEqual({ tier: "back" });
  });

  it("of a service that Kubernetes takes for none are left out, and told", () => {
    const { value, warnings } = serviceLabels(["rule=Host(`a`) && Path(`/b`)", "a=b"], at);
    expect(value).toEqual({ a: "b" });
    expect(texts(warnings)).toEqual([
      "labels is no label Kubernetes takes (rule): it is put on nothing",
    ]);
  });

  it("of containers that Kubernetes takes for none are annotations, and told", () => {
    const { value, warnings } = podLabels({ note: "two words", "-a": "d", e: "f" }, at);
    expect(value).toEqual({ labels: { e: "f" }, annotations: { note: "two words" } });
    expect(texts(warnings)).toEqual([
      "labels has a value Kubernetes takes in no label (note): it is an annotation, by which nothing is selected",
      "labels is no label Kubernetes takes (-a): it is put on nothing",
    ]);
  });

  it.each([
    { labels: ["app.kubernetes.io/name=other"] },
    { deploy: { labels: { "app.kubernetes.io/part-of": "other" } } },
    { labels: { "fleet/security-exception": "because I say so" } },
  ])("never replace Fleet's own: %j", (words) => {
    expect(() => toWorkload(some(words), inCluster())).toThrow(
      "Fleet knows its pods by such words",
    );
  });
});

it("labels on a Swarm are taken as they are", () => {
  expect(swarmLabels(["APP=VOTING", "note=two words"])).toEqual([
    { label: "APP", value: "VOTING" },
    { label: "note", value: "two words" },
  ]);
});
