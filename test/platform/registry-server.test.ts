import * as k8s from "@pulumi/kubernetes";
import { describe, expect, it } from "vitest";

import { tcp } from "../../components/base/flows.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import { IssuingIngressConfig } from "../../components/platform/ingress.schema.ts";
import {
  ownRegistryFaults,
  type RegistrySections,
} from "../../components/platform/registry-faults.ts";
import { RegistryServerConfig } from "../../components/platform/registry-server.schema.ts";
import { RegistryServer } from "../../components/platform/registry-server.ts";
import {
  registryFlows,
  registryRequests,
} from "../../components/platform/registry-server-shape.ts";
import { taggedImagesConfig } from "../../components/platform/tagged-images.schema.ts";
import { collect, find } from "../harness.ts";
import { unwrapSecrets } from "../unwrap-secrets.ts";
import { complaints } from "./fixtures.ts";

const input = { host: "registry.example.org", login: "registry" };
const config = RegistryServerConfig.parse(input);
const ingress = IssuingIngressConfig.parse({
  controllers: { nginx: { kind: "nginx", exposure: { kind: "load-balancer" } } },
  default: "nginx",
  tls: { kind: "own-issuer" },
});

const program = () =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    return new RegistryServer(
      "registry",
      {
        ...{ config, ingress, system: "demo", networkPolicy: true, data: "retain" as const },
        controllers: { ready: [] },
        flows: registryFlows(config, ingress),
        secrets: new SecretStore(new Map([["registry", "bot:token:with:colons"]])),
      },
      { provider },
    );
  });

describe("a registry in the cluster", () => {
  it.each([
    [{ login: "registry" }, "host: "],
    [{ ...input, host: "registry" }, "host: must be a lower-case dotted host name"],
    [{ ...input, login: "bot:token" }, "login: must be the name of an entry of fleet:secrets"],
    [{ ...input, storage: { size: "20" } }, "storage.size: must be a quantity"],
  ])("is refused where it is said wrong: %j", (value, says) => {
    expect(complaints(RegistryServerConfig, value).join("\n")).toContain(says);
  });

  it("is one pod at a time with a disk that stays, and takes images of any size", async () => {
    const collected = await program();
    const { inputs } = find(collected, "kubernetes:apps/v1:Deployment", "registry");
    expect(inputs["spec"]).toMatchObject({ replicas: 1, strategy: { type: "Recreate" } });
    const claims = collected.resources.filter(({ type }) =>
      type.endsWith(":PersistentVolumeClaim"),
    );
    expect(claims.map(({ inputs: claim }) => claim["spec"])).toMatchObject([
      { resources: { requests: { storage: "20Gi" } } },
    ]);
    const host = find(collected, "kubernetes:networking.k8s.io/v1:Ingress", "registry-ingress");
    expect(host.inputs["metadata"]).toMatchObject({
      annotations: { "nginx.org/client-max-body-size": "0" },
    });
  });

  it("keeps its login in a Secret, and shows the token to no log and no argument", async () => {
    const { resources } = await program();
    const secrets = resources.filter(({ type }) => type === "kubernetes:core/v1:Secret");
    expect(secrets.map(({ inputs }) => unwrapSecrets(inputs["stringData"]))).toEqual([
      { "login.USERNAME": "bot", "login.PASSWORD": "token:with:colons" },
    ]);
    const others = resources.filter((resource) => !secrets.includes(resource));
    expect(JSON.stringify(others)).not.toContain("with:colons");
  });

  it("is reached by the controller of its host alone", () => {
    expect(registryFlows(config, ingress)).toEqual([
      {
        from: { kind: "workload", name: "nginx", namespace: "ingress" },
        to: { kind: "workload", name: "registry", namespace: "registry" },
        ports: [tcp(5000)],
      },
    ]);
    expect(registryRequests(config)).toMatchObject([{ workload: "registry", replicas: 1 }]);
  });
});

describe("a stack with a registry of its own", () => {
  const images = (change: Record<string, unknown> = {}) =>
    taggedImagesConfig(["storage"]).parse({
      repository: "registry.example.org/team/demo",
      pullSecret: "registry",
      ...change,
    });
  const faults = (change: Record<string, unknown>, sections: Partial<RegistrySections> = {}) =>
    ownRegistryFaults({ images: images(change), ingress, registry: config, ...sections }).map(
      ({ path, message }) => `${path.join(".")}: ${message}`,
    );

  it("has its images there under its login, by digests or built by itself", () => {
    expect(faults({ overrides: { storage: { build: { context: "." } } } })).toEqual([]);
    expect(faults({ pullSecret: "other" })).toEqual([
      "images.pullSecret: must be registry, the login of fleet:registry: the images are there",
    ]);
    expect(faults({ resolve: "run" }).join()).toMatch(/^images\.resolve: must go: previews would/);
  });

  it("may have them elsewhere, and says of those what it likes", () => {
    const hub = { repository: "docker.io/team/demo", pullSecret: "other", resolve: "run" };
    expect(faults(hub)).toEqual([]);
    expect(faults({ pullSecret: "other" }, { registry: undefined })).toEqual([]);
  });

  it("has no Traefik before it that keeps bodies small", () => {
    const behind = (change: object) =>
      IssuingIngressConfig.parse({
        controllers: {
          edge: { kind: "traefik", exposure: { kind: "load-balancer" }, ...change },
        },
        default: "edge",
        tls: { kind: "own-issuer" },
      });
    expect(faults({}, { ingress: behind({}) })).toEqual([]);
    expect(faults({}, { ingress: behind({ maximumBody: "64Mi" }) }).join()).toMatch(
      /^ingress\.controllers\.edge\.maximumBody: must go, or registry\.example\.org have another/,
    );
  });
});
