/** What a workload takes for granted, held against an image: each finding, and what must not be one. */
import { describe, expect, it } from "vitest";

import type { ImageStart, RegistryImage } from "../../../ops/images/registry-image.ts";
import { compare } from "../../../ops/preflight/findings.ts";
import { type ImageUse, imageUses } from "../../../ops/preflight/uses.ts";

const platform = "linux/amd64";
const plainUse: ImageUse = {
  ...{ where: "here", image: "registry/web:v1", command: [], words: undefined, user: undefined },
  ...{ mustNotBeRoot: false, ports: [], mounts: [], hasLogin: false, platform },
};
const plainStart: ImageStart = {
  ...{ user: "", entrypoint: ["/app"], command: [], ports: [], volumes: [] },
};

function found(use: Partial<ImageUse>, start: Partial<ImageStart>): string[] {
  const image: RegistryImage = {
    ...{ digest: "sha256:1", tagDigest: "sha256:1", platforms: [platform] },
    images: new Map([[platform, { bytes: 1, start: { ...plainStart, ...start } }]]),
  };
  return compare({ ...plainUse, ...use }, image).map(
    ({ severity, what }) => `${severity}: ${what}`,
  );
}

describe("a user", () => {
  const must = { mustNotBeRoot: true };
  it.each<[Partial<ImageUse>, string, RegExp]>([
    [must, "", /image's user is root/],
    [must, "0:0", /image's user is root/],
    [must, "root", /image's user is root/],
    [must, "app:1000", /the name app: the kubelet cannot tell/],
    [{ ...must, user: 0 }, "1000", /started as user 0/],
  ])("that the kubelet refuses is a fault (%j, %j)", (use, user, told) => {
    expect(found(use, { user })).toEqual([expect.stringMatching(told)]);
  });

  it.each<[Partial<ImageUse>, string]>([
    [must, "1000:0"],
    [{ ...must, user: 5 }, ""],
    [{ ...must, user: 5 }, "app"],
    [{}, "root"],
  ])("that it starts is none (%j, %j)", (use, user) => {
    expect(found(use, { user })).toEqual([]);
  });
});

describe("what is started", () => {
  it.each<[Partial<ImageUse>, Partial<ImageStart>, RegExp]>([
    [{}, { entrypoint: [] }, /^fault: neither the workload nor the image/],
    [{ words: ["--a"] }, { entrypoint: [], command: ["/app"] }, /^fault: .* begin with an option/],
    [{ words: ["app"] }, { entrypoint: [] }, /^notice: the image has no entrypoint/],
    [{ words: ["-a"] }, { entrypoint: ["/bin/sh", "-c", "app"] }, /^fault: .* a line of a shell/],
    [
      {},
      { entrypoint: ["/usr/bin/tini", "--"] },
      /^fault: .* an init alone .*\(\/usr\/bin\/tini\)/,
    ],
    [{}, { entrypoint: ["tini", "-g", "-p", "SIGTERM", "--"] }, /^fault: .* an init alone/],
    [{}, { entrypoint: ["/dumb-init", "-r", "15:3"] }, /^fault: .* an init alone/],
    [
      { words: ["-a"] },
      { entrypoint: ["catatonit", "--"] },
      /^fault: .* begin with an option .*init/,
    ],
    [
      { words: ["app"] },
      { entrypoint: ["tini", "--"] },
      /^notice: the image has an init alone .*app, is the program/,
    ],
    // SHELL ["/bin/bash", "-o", "pipefail", "-c"], and other options before the line.
    [
      { words: ["-a"] },
      { entrypoint: ["/bin/bash", "-o", "pipefail", "-c", "app"] },
      /^fault: .* a line of a shell/,
    ],
    [
      { words: ["-a"] },
      { entrypoint: ["sh", "-ec", "app ${HOME}"] },
      /^fault: .* a line of a shell/,
    ],
    [
      { words: ["-a"] },
      { entrypoint: ["bash", "--norc", "-c", "-e", "app"] },
      /^fault: .* a line of a shell/,
    ],
    [
      { words: ["-a"] },
      { entrypoint: ["tini-static", "--", "/bin/sh", "-c", "app"] },
      /^fault: .* a line of a shell/,
    ],
  ])("is told where it is not what is meant (%j, %j)", (use, start, told) => {
    expect(found(use, start)).toEqual([expect.stringMatching(told)]);
  });

  it.each<[Partial<ImageUse>, Partial<ImageStart>]>([
    [{ words: ["--a"] }, {}],
    [{ command: ["sh"], words: ["-c", "true"] }, { entrypoint: [] }],
    [{}, { entrypoint: [], command: ["/app"] }],
    [{ words: ["-a"] }, { entrypoint: ["sh", "-c", 'exec app "$@"', "app"] }],
    [{ words: ["-a"] }, { entrypoint: ["sh", "-c", "exec app ${1:-none}"] }],
    [{ words: ["-a"] }, { entrypoint: ["bash", "-eo", "pipefail", "-c", 'app "$*"'] }],
    // A script takes them, and no line is run.
    [{ words: ["-a"] }, { entrypoint: ["bash", "-e", "/entrypoint.sh"] }],
    [{ words: ["-a"] }, { entrypoint: ["bash", "--norc", "/entrypoint.sh"] }],
    [{}, { entrypoint: ["/bin/sh", "-c", "app"] }],
    [{}, { entrypoint: ["/usr/bin/tini", "--"], command: ["/app"] }],
    [{ words: ["-a"] }, { entrypoint: ["tini", "-s", "--", "/app"] }],
    [{ words: ["-a"] }, { entrypoint: ["tini", "app", "--"] }],
    [{ command: ["/app"] }, { entrypoint: ["tini", "--"] }],
    [{ words: ["-a"] }, { entrypoint: ["/opt/tinify"] }],
  ])("is none where the workload and the image agree (%j, %j)", (use, start) => {
    expect(found(use, start)).toEqual([]);
  });
});

describe("ports and paths", () => {
  it("tell of ports that the image does not expose, in ranges, too", () => {
    const exposed = { ports: ["80", "9000-9100/udp"] };
    expect(found({ ports: ["80/tcp", "9050/udp"] }, exposed)).toEqual([]);
    expect(found({ ports: ["81/tcp", "80/udp"] }, exposed)).toEqual([
      expect.stringMatching(/^notice: it shall listen on 81\/tcp, 80\/udp/),
    ]);
    expect(found({ ports: ["81/tcp"] }, {})).toEqual([]);
  });

  it("tell of a mount that hides the program, and of data that no volume keeps", () => {
    expect(found({ mounts: ["/opt/"] }, { entrypoint: ["/opt/app"] })).toEqual([
      expect.stringMatching(/^fault: what it mounts at \/opt\/ hides/),
    ]);
    expect(found({ mounts: ["/op"] }, { entrypoint: ["/opt/app"] })).toEqual([]);
    expect(found({ mounts: ["/opt"] }, { entrypoint: ["/sbin/tini", "--", "/opt/app"] })).toEqual([
      expect.stringMatching(/^fault: what it mounts at \/opt hides .*\/opt\/app/),
    ]);
    expect(found({ mounts: ["/a"] }, { volumes: ["/data"] })).toEqual([
      expect.stringMatching(/^notice: the image keeps data in \/data/),
    ]);
    expect(found({ mounts: ["/data/db"] }, { volumes: ["/data"] })).toEqual([]);
  });
});

describe("a rendered stack", () => {
  const resources = { requests: {} };
  const pod = (more: object, container: object = {}) => ({
    type: "kubernetes:apps/v1:Deployment",
    inputs: {
      ...{
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", namespace: "shop" },
      },
      spec: {
        template: {
          spec: {
            containers: [{ name: "web", image: "r/web:v1", resources, ...container }],
            ...more,
          },
        },
      },
    },
  });

  it("gives each container with what it inherits from its pod", () => {
    const shared = {
      securityContext: { runAsNonRoot: true, runAsUser: 7 },
      imagePullSecrets: [{ name: "a" }],
    };
    const init = {
      name: "first",
      image: "r/init:v1",
      resources,
      securityContext: { runAsUser: 0, runAsNonRoot: false },
    };
    const { uses } = imageUses([
      pod({ ...shared, initContainers: [init] }, { ports: [{ containerPort: 80 }] }),
    ]);
    expect(uses).toMatchObject([
      { where: "Deployment shop/web: first", user: 0, mustNotBeRoot: false, hasLogin: true },
      {
        where: "Deployment shop/web: web",
        user: 7,
        mustNotBeRoot: true,
        ports: ["80/tcp"],
        platform,
      },
    ]);
  });

  it("gives the machine that its pool is of", () => {
    const selector = imageUses([pod({ nodeSelector: { "kubernetes.io/arch": "arm64" } })]);
    expect(selector.uses[0]?.platform).toBe("linux/arm64");
  });

  it("takes an empty list of arguments for none: the image's own count then", () => {
    expect(imageUses([pod({}, { args: [] })]).uses).toMatchObject([{ words: undefined }]);
    expect(imageUses([pod({}, { args: ["a"] })]).uses).toMatchObject([{ words: ["a"] }]);
  });

  it("gives services of a Swarm", () => {
    const containerSpec = { image: "r/web:v1", commands: ["a"], args: ["b"] };
    const inputs = { name: "web", taskSpec: { containerSpec } };
    const { uses } = imageUses([{ type: "docker:index/service:Service", inputs }]);
    expect(uses).toMatchObject([{ where: "service web", command: ["a"], words: ["b"] }]);
  });

  it("tells whose pods are not known yet, rather than passing over them", () => {
    const { uses, untold } = imageUses([
      pod({}, { image: { "4dabf18193072939515e22adb298388d": 1 } }),
    ]);
    expect(uses).toEqual([]);
    expect([...untold.keys()]).toEqual(["Deployment shop/web"]);
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const whole = imageUses([
      { type: "kubernetes:batch/v1:Job", inputs: { metadata: { name: "seed" }, spec: unknown } },
      { type: "kubernetes:apps/v1:DaemonSet", inputs: { metadata: unknown, spec: unknown } },
    ]);
    expect(whole.uses).toEqual([]);
    expect([...whole.untold.keys()]).toEqual(["Job seed", "DaemonSet without a name yet"]);
  });
});
