/** The file from which the engine imports what is taken. */
import { describe, expect, it } from "vitest";

import { importFile } from "../../../ops/adopt/import-file.ts";
import { planned, provider, unknown, urn } from "./made.ts";

describe("the file that pulumi imports", () => {
  const parent = urn("fleet:platform:Namespace", "skywire");
  const component = planned(
    "fleet:platform:Namespace",
    "skywire",
    { data: "protect", later: unknown },
    { custom: false, provider: undefined },
  );
  const namespace = planned(
    "kubernetes:core/v1:Namespace",
    "skywire",
    { kind: "Namespace" },
    { parent },
  );

  it("names components that are missing before what hangs below, and what is there by its URN", () => {
    const decision = {
      verdict: "adopted" as const,
      what: "",
      why: "",
      planned: namespace,
      id: "skywire",
    };
    expect(importFile([decision], [namespace, component])).toEqual({
      nameTable: { [provider]: provider },
      resources: [
        {
          type: component.type,
          name: parent,
          logicalName: "skywire",
          component: true,
          inputs: { data: "protect" },
        },
        {
          type: namespace.type,
          name: namespace.urn,
          logicalName: "skywire",
          id: "skywire",
          parent,
          provider,
        },
      ],
    });
    // A component that an earlier run imported is in the state.
    expect(importFile([decision], [namespace]).nameTable).toEqual({
      [provider]: provider,
      [parent]: parent,
    });
  });
});
