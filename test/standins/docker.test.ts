/** Docker's rules: facts/clouds-linode-cloudflare-docker.md 5 and 6. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { pushImage } from "../../sandbox/standins/seeds.ts";
import { asText, secret, unknownValue } from "../../sandbox/standins/values.ts";
import type { Properties } from "../../sandbox/standins/values.ts";
import { Box, subject, removeBoxes } from "./box.ts";

afterAll(removeBoxes);

const serviceType = "docker:index/service:Service";
const networkType = "docker:index/network:Network";
const secretType = "docker:index/secret:Secret";
const imageType = "docker:index/image:Image";
const lookUp = "docker:index/getRegistryImage:getRegistryImage";

function service(
  more: Properties = {},
  task: Properties = {},
  container: Properties = {},
): Properties {
  const containerSpec = { image: "example/vote:1", ...container };
  return { name: "vote", taskSpec: { containerSpec, ...task }, ...more };
}

describe("a Swarm service is refused before anything is made", () => {
  it.each<[string, Properties, string]>([
    ["two modes", service({ mode: { global: true, replicated: { replicas: 2 } } }), "mode"],
    [
      "waiting for a global one",
      service({ mode: { global: true }, convergeConfig: {} }),
      "convergeConfig",
    ],
    [
      "half a replica",
      service({ mode: { replicated: { replicas: 0.5 } } }),
      "mode.replicated.replicas",
    ],
    ["a duration of no unit", service({ updateConfig: { delay: "10" } }), "updateConfig.delay"],
    [
      "a rollback that rolls back",
      service({ rollbackConfig: { failureAction: "rollback" } }),
      "rollbackConfig.failureAction",
    ],
    [
      "a ratio of two decimals",
      service({ updateConfig: { maxFailureRatio: "0.25" } }),
      "updateConfig.maxFailureRatio",
    ],
    [
      "half a CPU as 0.5",
      service({}, { resources: { limits: { nanoCpus: 0.5 } } }),
      "taskSpec.resources.limits.nanoCpus",
    ],
    [
      "memory in mebibytes",
      service({}, { resources: { reservation: { memoryBytes: 256 } } }),
      "taskSpec.resources.reservation.memoryBytes",
    ],
    [
      "a restart of no kind",
      service({}, { restartPolicy: { condition: "always" } }),
      "taskSpec.restartPolicy.condition",
    ],
    [
      "a network by name",
      service({}, { networksAdvanceds: [{ name: "net" }] }),
      "taskSpec.networksAdvanceds[0].name",
    ],
    [
      "ingress under dnsrr",
      service({ endpointSpec: { mode: "dnsrr", ports: [{ targetPort: 80 }] } }),
      "endpointSpec.ports[0].publishMode",
    ],
    ["environment as a list", service({}, {}, { env: ["A=b"] }), "taskSpec.containerSpec.env"],
    ["no image", { taskSpec: { containerSpec: {} } }, "taskSpec.containerSpec.image"],
  ])("with %s", async (_, inputs, path) => {
    const found = await (await Box.open("docker")).faults(serviceType, inputs);
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([path]);
  });

  it("but not with what it does not know yet", async () => {
    const inputs = service(
      {},
      { networksAdvanceds: [{ id: unknownValue }] },
      { image: unknownValue },
    );
    expect(await (await Box.open("docker")).faults(serviceType, inputs)).toEqual([]);
  });
});

describe("what a change replaces", () => {
  it.each<[string, Properties, Properties, string[]]>([
    [
      "replicas",
      { mode: { replicated: { replicas: 1 } } },
      { mode: { replicated: { replicas: 3 } } },
      [],
    ],
    [
      "the kind of mode",
      { mode: { replicated: { replicas: 1 } } },
      { mode: { global: true } },
      ["mode.global", "mode.replicated.replicas"],
    ],
    [
      "credentials of its own",
      {},
      { auth: { serverAddress: "a", username: "b", password: "c" } },
      ["auth.password", "auth.serverAddress", "auth.username"],
    ],
    ["the name", {}, { name: "result" }, ["name"]],
    ["labels", {}, { labels: [{ label: "a", value: "b" }] }, []],
  ])("of a service: %s", async (_, before, after, replaces) => {
    const box = await Box.open("docker");
    const difference = await box.diff(serviceType, service(before), service(after));
    expect(difference.replaces).toEqual(replaces);
  });

  it("of networks, secrets and configs: everything", async () => {
    const box = await Box.open("docker");
    const network = await box.diff(networkType, { name: "n" }, { name: "n", attachable: true });
    expect(network).toMatchObject({ replaces: ["attachable"], deleteBeforeReplace: true });
    const changed = await box.diff(secretType, { data: secret("YQ==") }, { data: secret("Yg==") });
    expect(changed).toMatchObject({ replaces: ["data"], deleteBeforeReplace: false });
  });

  it("not the order of constraints, but the order of ports", async () => {
    const box = await Box.open("docker");
    const placed = (...constraints: string[]): Properties =>
      service({}, { placement: { constraints } });
    expect(
      (await box.diff(serviceType, placed("a==b", "c==d"), placed("c==d", "a==b"))).changes,
    ).toEqual([]);
    const open = (...ports: number[]): Properties =>
      service({ endpointSpec: { ports: ports.map((targetPort) => ({ targetPort })) } });
    expect((await box.diff(serviceType, open(80, 81), open(81, 80))).changes).toHaveLength(2);
  });
});

describe("what the daemon refuses", () => {
  it("deleting what a service uses", async () => {
    const box = await Box.open("docker");
    const network = await box.make(networkType, "net", { driver: "overlay" });
    const key = await box.make(secretType, "key", { data: secret("YQ==") });
    const secrets = [{ secretId: key.id, secretName: "key", fileName: "/run/key" }];
    const made = await box.make(
      serviceType,
      "vote",
      service({}, { networksAdvanceds: [{ id: network.id }] }, { secrets }),
    );
    await expect(box.standIn.delete(subject(networkType, "net"), network.id)).rejects.toThrow(
      "in use",
    );
    await expect(box.standIn.delete(subject(secretType, "key"), key.id)).rejects.toThrow(
      "service vote",
    );
    await box.standIn.delete(subject(serviceType, "vote"), made.id);
    await box.standIn.delete(subject(secretType, "key"), key.id);
  });

  it("a name twice, a port twice, a network that is not there", async () => {
    const box = await Box.open("docker");
    const published = { endpointSpec: { ports: [{ targetPort: 80, publishedPort: 8080 }] } };
    await box.make(serviceType, "vote", service(published));
    await expect(box.make(serviceType, "again", service())).rejects.toThrow("already exists");
    const other = service({ name: "result", ...published });
    await expect(box.make(serviceType, "result", other)).rejects.toThrow(
      "already in use by service 'vote'",
    );
    const lost = service({ name: "lost" }, { networksAdvanceds: [{ id: "nowhere" }] });
    await expect(box.make(serviceType, "lost", lost)).rejects.toThrow("no Network nowhere");
  });
});

describe("images", () => {
  const digestOf = async (box: Box, name: string): Promise<unknown> =>
    (await box.ask(lookUp, { name }))["sha256Digest"];

  it("have one digest a tag, until somebody pushes another", async () => {
    const box = await Box.open("docker");
    const first = await digestOf(box, "skycoin/dmsg-server:test");
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digestOf(box, "skycoin/dmsg-server:test")).toBe(first);
    expect(await digestOf(box, "skycoin/dmsg-server:other")).not.toBe(first);
    await pushImage(box.folder, "skycoin/dmsg-server:test", `sha256:${"1".repeat(64)}`);
    expect(await digestOf(box, "skycoin/dmsg-server:test")).toBe(`sha256:${"1".repeat(64)}`);
    await pushImage(box.folder, "skycoin/dmsg-server:test", "missing");
    await expect(digestOf(box, "skycoin/dmsg-server:test")).rejects.toThrow("could not find image");
  });

  it("that are built are pushed under a digest of their context", async () => {
    const box = await Box.open("docker");
    const context = join(box.folder, "context");
    cpSync(join(import.meta.dirname, "fixtures/image"), context, { recursive: true });
    const build = { context, dockerfile: join(context, "Dockerfile"), platform: "linux/amd64" };
    const inputs = { imageName: "registry.example/vote:3", build };
    const made = await box.make(imageType, "vote", inputs);
    expect(made.properties).toMatchObject({
      baseImageName: "registry.example/vote",
      registryServer: "registry.example",
    });
    const pushed = await digestOf(box, "registry.example/vote:3");
    expect(made.properties["repoDigest"]).toBe(`registry.example/vote@${String(pushed)}`);
    writeFileSync(join(context, "index.html"), "<p>changed</p>");
    const { inputs: again } = await box.standIn.check(
      subject(imageType, "vote"),
      made.checked,
      inputs,
      "",
    );
    const difference = await box.standIn.diff(subject(imageType, "vote"), made.checked, again);
    expect(difference.changes.map(({ path }) => path)).toEqual(["build.contextDigest"]);
    expect(difference.replaces).toEqual([]);
  });

  it("that are not pushed have a digest that nobody can pull", async () => {
    const box = await Box.open("docker");
    const context = join(import.meta.dirname, "fixtures/image");
    const build = { context, dockerfile: join(context, "Dockerfile"), platform: "linux/amd64" };
    const made = await box.make(imageType, "vote", { imageName: "vote:3", skipPush: true, build });
    expect(asText(made.properties["repoDigest"])).not.toContain("@");
  });

  it("need their Dockerfile and platform at preview too", async () => {
    const box = await Box.open("docker");
    const inputs = { imageName: "vote:3", build: { context: "/nowhere" } };
    const found = await box.faults(imageType, inputs);
    expect(found.map((fault) => fault.split(" ")[0])).toEqual([
      "build.context",
      "build.dockerfile",
      "build.platform",
    ]);
  });

  it("pushed from a daemon leave the registry when destroyed, unless kept", async () => {
    const type = "docker:index/registryImage:RegistryImage";
    for (const keepRemotely of [true, false]) {
      const box = await Box.open("docker");
      const made = await box.make(type, "i", { name: "registry.example/a:1", keepRemotely });
      await box.standIn.delete(subject(type, "i"), made.id);
      const answer = digestOf(box, "registry.example/a:1");
      if (keepRemotely) expect(await answer).toBe(made.id);
      else await expect(answer).rejects.toThrow("could not find");
    }
  });
});

it("registry credentials come as JSON text, secret or not", async () => {
  const { standIn } = await Box.open("docker");
  const auth = JSON.stringify([{ address: "docker.io", username: "u", password: "p" }]);
  expect(standIn.checkConfig({ registryAuth: auth })).toEqual([]);
  expect(standIn.checkConfig({ registryAuth: secret(auth) })).toEqual([]);
  const wrong = JSON.stringify([{ server: "docker.io" }]);
  expect(standIn.checkConfig({ registryAuth: wrong }).map(({ path }) => path)).toContain(
    "registryAuth[0].server",
  );
});
