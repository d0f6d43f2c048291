import { Provider } from "@pulumi/gcp/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import type { DataPolicy } from "../../components/base/scalars.ts";
import { NetworkConfigObject } from "../../components/spacemesh/published.ts";
import { PublishedConfig, publishedUrl } from "../../components/spacemesh/published.schema.ts";
import { collect, find } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";
import { unwrapSecrets } from "../unwrap-secrets.ts";

const objectType = "gcp:storage/bucketObject:BucketObject";

async function made(config: object = {}, data: DataPolicy = "protect") {
  const options: Options[] = [];
  const collected = await collect(() => {
    noteOptions(options);
    const provider = new Provider("google", {});
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {});
    return new NetworkConfigObject(
      "config",
      {
        network: "mininet",
        config: PublishedConfig.parse(config),
        content: "{}\n",
        data,
        after: [],
      },
      { parent, provider },
    );
  });
  return { ...collected, options };
}

describe("the published config", () => {
  it("is one object of the bucket, with headers that never change", async () => {
    const collected = await made();
    const { inputs, provider } = find(collected, objectType, "config-object");
    // The SDK hides every object's content, whatever it is.
    expect(unwrapSecrets(inputs)).toMatchObject({
      bucket: "spacecraft-data",
      name: "mininet-archive/config.json",
      content: "{}\n",
      contentType: "application/json",
      cacheControl: "no-cache",
    });
    expect(provider).toContain("pulumi:providers:gcp::google");
    expect((collected.result as NetworkConfigObject).url).toBe(
      "https://storage.googleapis.com/spacecraft-data/mininet-archive/config.json",
    );
  });

  it("lies where the file says", async () => {
    const config = { bucket: "our-data", object: "networks/mininet.json" };
    expect(find(await made(config), objectType, "config-object").inputs).toMatchObject({
      bucket: "our-data",
      name: "networks/mininet.json",
    });
    expect(publishedUrl("mininet", PublishedConfig.parse(config))).toBe(
      "https://storage.googleapis.com/our-data/networks/mininet.json",
    );
  });

  // Another network may join this one by it, after all that was deployed here has gone.
  it("outlives the network, unless data may be deleted", async () => {
    const kept = async (data: DataPolicy) =>
      (await made({}, data)).options.find(({ type }) => type === objectType);
    expect(await kept("protect")).toMatchObject({ protect: false, retainOnDelete: true });
    expect(await kept("delete")).toMatchObject({ protect: false, retainOnDelete: false });
  });

  it.each(["Spacecraft", "a", "gs://bucket"])("refuses a bucket called %s", (bucket) => {
    const { error } = PublishedConfig.safeParse({ bucket });
    expect(error?.issues[0]?.message).toMatch(/must be the name of a bucket/);
  });
});
