import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { toFiles, toSwarmConfigs, toSwarmSecrets } from "../../components/compose/files.ts";
import { some, texts } from "./fixtures.ts";

const declared = { settings: { content: "colour: blue" } };

const service = some({
  secrets: [
    "db-password",
    { source: "api-token", target: "token" },
    { source: "api-token", target: "/etc/app/token", uid: "1000", mode: "0400" },
  ],
  configs: ["settings", { source: "settings", target: "/etc/app/settings.yaml" }],
});

const valueOf = ({ name }: { readonly name: string }) => pulumi.secret(`content of ${name}`);

describe("files on Kubernetes", () => {
  it("are where Swarm has them: secrets in /run/secrets, configs at the root, or as said", () => {
    const { value } = toFiles(service, declared, valueOf);
    expect(value.mounts).toEqual([
      { volume: "secrets", path: "/run/secrets" },
      { volume: "secret-files", path: "/etc/app/token", subPath: "etc.app.token" },
      { volume: "configs", path: "/settings", subPath: "settings" },
      { volume: "configs", path: "/etc/app/settings.yaml", subPath: "etc.app.settings.yaml" },
    ]);
    expect(value.files).toEqual([
      {
        name: "configs",
        files: { settings: "colour: blue", "etc.app.settings.yaml": "colour: blue" },
      },
    ]);
    expect(value.secretFiles.map(({ name, files }) => [name, Object.keys(files)])).toEqual([
      ["secrets", ["db-password", "token"]],
      ["secret-files", ["etc.app.token"]],
    ]);
  });

  it("hold secrets marked as such", async () => {
    const { value } = toFiles(service, declared, valueOf);
    for (const content of value.secretFiles.flatMap(({ files }) => Object.values(files))) {
      expect(await pulumi.isSecret(content)).toBe(true);
    }
  });

  it("have one owner and mode, and say so of every other", () => {
    expect(texts(toFiles(service, declared, valueOf).warnings)).toEqual([
      "secrets.2.uid has no effect: files belong to root, and the pod's group may read them",
      "secrets.2.mode has no effect: files belong to root, and the pod's group may read them",
    ]);
  });

  it("are none where none is said", () => {
    expect(toFiles(some(), declared, valueOf)).toEqual({
      value: { files: [], secretFiles: [], mounts: [] },
      warnings: [],
    });
  });
});

describe("files on a Swarm", () => {
  const held = (name: string) => ({ id: `${name}-id`, name: `${name}-1a2b3c4` });

  it("are secrets by id, with owner and mode, never by content", () => {
    expect(toSwarmSecrets(service, held)).toEqual([
      { secretId: "db-password-id", secretName: "db-password-1a2b3c4", fileName: "db-password" },
      { secretId: "api-token-id", secretName: "api-token-1a2b3c4", fileName: "token" },
      {
        secretId: "api-token-id",
        secretName: "api-token-1a2b3c4",
        fileName: "/etc/app/token",
        fileUid: "1000",
        fileMode: 0o400,
      },
    ]);
  });

  it("are configs by id", () => {
    expect(toSwarmConfigs(service, held)).toEqual([
      { configId: "settings-id", configName: "settings-1a2b3c4", fileName: "/settings" },
      {
        configId: "settings-id",
        configName: "settings-1a2b3c4",
        fileName: "/etc/app/settings.yaml",
      },
    ]);
  });

  // A mere name is of /run/secrets for a secret, and of the root for a config.
  it("are configs at their whole path, in the folder of secrets, too", () => {
    const config = some({ configs: [{ source: "settings", target: "/run/secrets/settings" }] });
    expect(toSwarmConfigs(config, held)).toMatchObject([{ fileName: "/run/secrets/settings" }]);
  });
});
