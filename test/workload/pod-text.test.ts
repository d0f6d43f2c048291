import { expect, it } from "vitest";

import { podText } from "../../components/workload/pod-text.ts";

/** What Kubernetes makes of a text: k8s.io/kubernetes/third_party/forked/golang/expansion, with no variable known. */
const read = (text: string): string =>
  text.replaceAll(/\$(\$|\([^)]*\))/g, (_, next: string) => (next === "$" ? "$" : "[filled]"));

it.each(["echo $(date) $(HOST)", "costs $5", "$$", "$$$", "$$(HOST)", "$", "a$(b", ""])(
  "%j reaches the program as it stands",
  (text) => {
    expect(read(podText(text))).toBe(text);
  },
);

it("would not without: the kubelet fills in variables", () => {
  expect(read("echo $(HOST)")).toBe("echo [filled]");
});
