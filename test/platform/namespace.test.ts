import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import {
  dockerConfigJson,
  hosted,
  Namespace,
  type NamespaceArgs,
  podSecurityLabels,
} from "../../components/platform/namespace.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import { readTlsPair } from "../../components/base/tls-certificate.ts";
import { throwAwayTlsPair } from "../certificates.ts";
import { collect, find } from "../harness.ts";
import { ingress } from "./fixtures.ts";

const certified = ingress({ tls: { kind: "certificate", hosts: ["*.spacemesh.io"] } });

const program = (change: Partial<NamespaceArgs> = {}) =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const namespace = new Namespace(
      "demo",
      {
        system: "demo",
        pullSecrets: [
          {
            name: "registry-pull",
            server: "registry.example.org",
            login: pulumi.secret("robot:hunter2"),
          },
        ],
        ...change,
      },
      { parent },
    );
    return namespace.pullSecretNames;
  });

describe("Namespace", () => {
  it("makes itself, the denial of everything and its registry logins, below its parent", async () => {
    const collected = await program();
    // The mocks' URNs name the direct parent only.
    const start = "urn:pulumi:test::fleet::";
    const below = `${start}fleet:platform:Namespace`;
    expect(collected.urns.filter((urn) => urn.includes("platform"))).toEqual([
      `${start}demo:test:Parent$fleet:platform:Namespace::demo`,
      `${below}$kubernetes:core/v1:Namespace::demo`,
      `${below}$kubernetes:core/v1:Secret::demo-registry-pull`,
      `${below}$kubernetes:networking.k8s.io/v1:NetworkPolicy::demo-default-deny`,
    ]);
    expect(collected.result).toEqual(["registry-pull"]);
    const objects = collected.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.map(({ provider }) => provider.includes("::cluster::"))).toEqual(
      objects.map(() => true),
    );
  });

  it("denies both directions to every pod", async () => {
    const policy = find(
      await program(),
      "kubernetes:networking.k8s.io/v1:NetworkPolicy",
      "demo-default-deny",
    );
    expect(policy.inputs).toMatchObject({
      metadata: { name: "default-deny", namespace: "demo" },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    expect(policy.inputs["spec"]).not.toHaveProperty("ingress");
    expect(policy.inputs["spec"]).not.toHaveProperty("egress");
  });

  it("holds its pods to the restricted level unless told otherwise", async () => {
    const labels = async (change: Partial<NamespaceArgs>) =>
      find(await program(change), "kubernetes:core/v1:Namespace", "demo").inputs["metadata"];
    expect(await labels({})).toMatchObject({ labels: podSecurityLabels("restricted") });
    expect(await labels({ podSecurity: "privileged" })).toMatchObject({
      name: "demo",
      labels: {
        "pod-security.kubernetes.io/enforce": "privileged",
        "pod-security.kubernetes.io/enforce-version": "v1.36",
      },
    });
    expect(Object.keys(podSecurityLabels("baseline"))).toHaveLength(6);
  });

  it("leaves the policies out of adopted clusters", async () => {
    const collected = await program({ networkPolicy: false, acmeFrom: "ingress" });
    expect(collected.urns.filter((urn) => urn.includes("NetworkPolicy"))).toEqual([]);
  });

  it("lets controllers reach cert-manager's helpers, which the denial would cut off", async () => {
    const collected = await program({ acmeFrom: "ingress" });
    const type = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    expect(find(collected, type, "demo-acme-solvers").inputs["spec"]).toEqual({
      podSelector: { matchLabels: { "acme.cert-manager.io/http01-solver": "true" } },
      policyTypes: ["Ingress"],
      ingress: [
        {
          from: [
            { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } },
          ],
          ports: [{ port: 8089, protocol: "TCP" }],
        },
      ],
    });
  });

  it("holds the certificate of its hosts, whose key stands in that Secret alone", async () => {
    const secrets = new SecretStore(new Map([["tls", throwAwayTlsPair]]));
    const collected = await program(hosted(certified, secrets));
    const made = find(collected, "kubernetes:core/v1:Secret", "demo-tls");
    const { certificate, key } = readTlsPair(throwAwayTlsPair);
    expect(made.inputs).toMatchObject({
      // Ingresses name it, and a renewed one is taken up without them.
      metadata: { name: "tls", namespace: "demo" },
      type: "kubernetes.io/tls",
    });
    expect(JSON.stringify(made.inputs["stringData"])).toContain(
      JSON.stringify({ "tls.crt": certificate, "tls.key": key }),
    );
    const others = collected.resources.filter((one) => one !== made);
    expect(JSON.stringify(others)).not.toContain("PRIVATE KEY");
    expect(hosted(ingress(), secrets)).toEqual({ acmeFrom: "ingress" });
  });

  it("writes the login as kubelets read it, and into that Secret alone", async () => {
    const collected = await program();
    const secret = find(collected, "kubernetes:core/v1:Secret", "demo-registry-pull");
    expect(secret.inputs).toMatchObject({
      metadata: { name: "registry-pull", namespace: "demo" },
      type: "kubernetes.io/dockerconfigjson",
    });
    const others = collected.resources.filter((one) => one !== secret);
    expect(JSON.stringify(others)).not.toContain("hunter2");
    expect(JSON.stringify(secret.inputs)).toContain("hunter2");
  });

  it("keeps a colon inside the registry's token", () => {
    expect(JSON.parse(dockerConfigJson("registry.example.org", "robot:a:b"))).toEqual({
      auths: {
        "registry.example.org": { username: "robot", password: "a:b", auth: "cm9ib3Q6YTpi" },
      },
    });
  });
});
