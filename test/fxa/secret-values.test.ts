import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { SecretStore } from "../../components/base/secret-store.ts";
import { SecretReference } from "../../components/base/secrets.ts";
import { part } from "../../components/fxa/secret-text.ts";
import { secretOutput } from "../../components/fxa/secret-values.ts";

const promised = <Value>(output: pulumi.Output<Value>): Promise<Value> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });

describe("a text with secrets", () => {
  const first = new SecretReference("shared-secret", "first");
  const second = new SecretReference("shared-secret", "second");
  const store = new SecretStore(
    new Map([
      ["first", "0123456789abcdef"],
      ["second", 'quoted"value'],
    ]),
  );

  it("is filled in its order, and stays secret", async () => {
    const output = secretOutput(store, [
      part(second, "json"),
      ",",
      part(first),
      ",",
      part(first, "sha256-of-hex"),
    ]);
    expect(await pulumi.isSecret(output)).toBe(true);
    expect(await promised(output)).toBe(
      '"quoted\\"value",0123456789abcdef,55c53f5d490297900cefa825d0c8e8e9532ee8a118abe7d8570762cd38be9818',
    );
  });

  it("is secret without an entry, too: nobody looks at what it holds", async () => {
    expect(await pulumi.isSecret(secretOutput(store, ["{}"]))).toBe(true);
  });

  it("says which entry is missing", () => {
    const gone = new SecretReference("shared-secret", "gone");
    expect(() => secretOutput(store, [part(gone)])).toThrow("fleet:secrets has no entry gone");
  });
});
