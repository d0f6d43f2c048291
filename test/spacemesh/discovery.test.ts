import { Provider } from "@pulumi/gcp/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { Discovery } from "../../components/spacemesh/discovery.ts";
import {
  type DiscoveryEntry,
  discoveryEntry,
  entryOutput,
  type ListedNetwork,
  networksFile,
  readEntries,
} from "../../components/spacemesh/discovery-entry.ts";
import { WebServicesConfig } from "../../components/spacemesh/web-services.schema.ts";
import { spacemeshDiscovery } from "../../stacks/spacemesh-discovery/index.ts";
import { SpacemeshDiscoveryStack } from "../../stacks/spacemesh-discovery/schema.ts";
import { collect, find, type Told } from "../harness.ts";
import { complaints } from "../platform/fixtures.ts";
import { noteOptions, type Options } from "../rendered.ts";

const listed = (network: string, change: Partial<ListedNetwork> = {}): ListedNetwork => ({
  network,
  domain: "spacemesh.io",
  networkId: 205,
  configUrl: `https://storage.googleapis.com/spacecraft-data/${network}-archive/config.json`,
  nodeImage: "docker.io/spacemeshos/go-spacemesh-dev:38056f5",
  web: WebServicesConfig.parse({}),
  ...change,
});

const entry = discoveryEntry(listed("mininet"));

describe("what is told of a network", () => {
  it("has just the fields of the original's list, in its order", () => {
    expect(Object.entries(entry)).toEqual([
      ["netName", "mininet"],
      ["netID", 205],
      ["conf", "https://storage.googleapis.com/spacecraft-data/mininet-archive/config.json"],
      [
        "explorerConf",
        "https://storage.googleapis.com/spacecraft-data/mininet-archive/config.json",
      ],
      ["grpcAPI", "https://api-mininet.spacemesh.io/"],
      ["jsonAPI", "https://api-json-mininet.spacemesh.io/"],
      ["explorer", "https://explorer.spacemesh.io/"],
      ["explorerAPI", "https://explorer-api-mininet.spacemesh.io/"],
      ["explorerVersion", "v0.0.10"],
      ["dash", "https://dash.spacemesh.io/"],
      ["dashAPI", "wss://dash-api-mininet.spacemesh.io/ws"],
      ["dashVersion", "v0.0.2"],
      ["repository", "docker.io/spacemeshos/go-spacemesh-dev"],
      ["minNodeVersion", "38056f5"],
      ["maxNodeVersion", "38056f5"],
      ["minSmappRelease", "0.2.1"],
      ["latestSmappRelease", "0.2.1"],
      ["smappBaseDownloadUrl", "https://downloads.spacemesh.io"],
      ["nodeBaseDownloadUrl", "https://downloads.spacemesh.io"],
    ]);
  });

  it("follows the domain, the images and what the file says of things that stand elsewhere", () => {
    const digest = `sha256:${"ab".repeat(32)}`;
    const other = discoveryEntry(
      listed("mininet", {
        domain: "example.org",
        // A digest is no version.
        nodeImage: `registry.example.org:5000/node:v1.2@${digest}`,
        web: WebServicesConfig.parse({
          listing: { explorer: "https://find.example.org/", smapp: "1.0.0" },
        }),
      }),
    );
    expect(other).toMatchObject({
      grpcAPI: "https://api-mininet.example.org/",
      explorer: "https://find.example.org/",
      dash: "https://dash.example.org/",
      repository: "registry.example.org:5000/node",
      maxNodeVersion: "v1.2",
      latestSmappRelease: "1.0.0",
      nodeBaseDownloadUrl: "https://downloads.example.org",
    });
  });
});

describe("the list of networks", () => {
  it("is an empty list without networks: no text at all could not be uploaded", () => {
    expect(networksFile([])).toBe("[]");
  });

  it("is written with two spaces, in the order of the stacks", () => {
    const devnet = discoveryEntry(listed("devnet"));
    const text = networksFile([devnet, entry]);
    expect(text).toMatch(/^\[\n {2}\{\n {4}"netName": "devnet",\n/);
    expect(JSON.parse(text)).toEqual([devnet, entry]);
  });

  it("takes of a stack just the fields that its readers know", () => {
    const read = readEntries([["mini", { ...entry, secret: "hunter2" }]]);
    expect(read).toEqual([entry]);
    expect(Object.keys((read as DiscoveryEntry[])[0] ?? {})).toEqual(Object.keys(entry));
  });

  it("tells of every stack that cannot be listed, at once", () => {
    expect(
      readEntries([
        ["mini", entry],
        ["gone", undefined],
        ["older", { ...entry, netID: "205", dash: undefined }],
        ["twin", entry],
      ]),
    ).toEqual({
      faults: [
        "stack gone tells of no web services: bring them up there (fleet:webServices), or take it out of fleet:networks",
        "stack older tells of its web services without netID, dash: bring it up with this version of Fleet",
        "two stacks of fleet:networks are the network mininet: its readers would show either",
      ],
    });
  });
});

const told: Told = {
  mini: { [entryOutput]: entry, system: "spacemesh" },
  devnet: { [entryOutput]: discoveryEntry(listed("devnet")) },
  watched: { system: "spacemesh", only: "observability" },
};

const stack = (networks: readonly string[], change: object = {}) => {
  const options: Options[] = [];
  const config = SpacemeshDiscoveryStack.parse({
    system: "spacemesh-discovery",
    networks,
    ...change,
  });
  return collect(
    () => {
      noteOptions(options);
      return spacemeshDiscovery(config);
    },
    {},
    told,
  ).then((collected) => ({ ...collected, options }));
};

const objectType = "gcp:storage/bucketObject:BucketObject";
const objectOf = async (networks: readonly string[]) =>
  find(await stack(networks), objectType, "discovery-list");

const contentOf = ({ inputs }: { readonly inputs: Record<string, unknown> }): unknown => {
  // The SDK marks it secret, whatever it is.
  const { content } = inputs as { content: string | { readonly value: string } };
  return JSON.parse(typeof content === "string" ? content : content.value);
};

describe("the stack of the list", () => {
  it("writes one object, whose headers are said from the start: to change them takes it away", async () => {
    const object = await objectOf(["devnet", "mini"]);
    expect(object.inputs).toMatchObject({
      bucket: "sm-discovery-service",
      name: "networks.json",
      contentType: "application/json",
      cacheControl: "no-cache",
    });
    expect(object.provider).toContain("::google::");
    expect((contentOf(object) as DiscoveryEntry[]).map(({ netName }) => netName)).toEqual([
      "devnet",
      "mininet",
    ]);
  });

  it("is the same object, of the same name, whoever comes or goes", async () => {
    const fieldsOf = async (networks: readonly string[]) => {
      const { inputs, ...object } = await objectOf(networks);
      return { ...object, inputs: { ...inputs, content: "" } };
    };
    const both = await fieldsOf(["devnet", "mini"]);
    expect(await fieldsOf(["devnet"])).toEqual(both);
    expect(await fieldsOf([])).toEqual(both);
  });

  it("reads the networks' stacks of the same project, each once", async () => {
    const { resources } = await stack(["devnet", "mini"]);
    const read = resources.filter(({ type }) => type === "pulumi:pulumi:StackReference");
    expect(read.map(({ inputs }) => inputs["name"]).sort()).toEqual([
      "organization/fleet/devnet",
      "organization/fleet/mini",
    ]);
  });

  it("fails before it writes where a network has no web services", async () => {
    await expect(stack(["mini", "watched"])).rejects.toThrow(
      "stack watched tells of no web services",
    );
  });

  it("is protected unless the file lets it go", async () => {
    const optionsOf = async (change: object) =>
      (await stack(["mini"], change)).options.find(({ type }) => type === objectType);
    expect(await optionsOf({})).toMatchObject({ protect: true });
    expect(await optionsOf({ data: "delete" })).toMatchObject({ protect: false });
  });

  it.each([
    ["a stack twice", { networks: ["mini", "mini"] }, "networks.1: already stands at 0"],
    ["no stack's name", { networks: ["../mini"] }, "networks.0: must be the name of a stack"],
    ["nothing said of networks", { networks: undefined }, "networks"],
    [
      "a cluster",
      { cluster: { kind: "gke" } },
      "cluster: belongs to a stack that runs in a cluster",
    ],
    ["a bucket that is none", { published: { bucket: "A" } }, "published.bucket: must be the name"],
  ])("refuses %s", (_, change, expected) => {
    const input = { system: "spacemesh-discovery", networks: [], ...change };
    expect(complaints(SpacemeshDiscoveryStack, input).join("\n")).toContain(expected);
  });
});

describe("Discovery", () => {
  it("hands its options on, and tells where the list is read", async () => {
    const collected = await collect(() => {
      const parent = new pulumi.ComponentResource("demo:test:Parent", "parent");
      return new Discovery(
        "discovery",
        {
          published: { bucket: "lists", object: "networks.private.json" },
          entries: [],
          data: "retain",
        },
        { parent, provider: new Provider("google") },
      ).url;
    });
    expect(collected.result).toBe("https://storage.googleapis.com/lists/networks.private.json");
    expect(collected.urns).toContain(
      "urn:pulumi:test::fleet::demo:test:Parent$fleet:spacemesh:Discovery::discovery",
    );
  });
});
