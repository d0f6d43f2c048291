/**
 * cert-manager, the stack's issuer and its certificates. What the chart holds is the provider's to render:
 * the sandbox does (test/e2e).
 */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { tcp } from "../../components/base/flows.ts";
import { CertManager } from "../../components/platform/cert-manager.ts";
import {
  certManagerFlows,
  certManagerRequests,
} from "../../components/platform/cert-manager-shape.ts";
import { CertificatesConfig, issuerName } from "../../components/platform/cert-manager.schema.ts";
import {
  certificateState,
  challengeAnnotations,
  HostCertificates,
} from "../../components/platform/host-certificates.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import { IngressConfig, IssuingIngressConfig } from "../../components/platform/ingress.schema.ts";
import { collect, type Collected, find } from "../harness.ts";
import { complaints, ingressInput } from "./fixtures.ts";

const input = {
  certManager: { kind: "chart" },
  issuer: { email: "ops@example.org", acme: "staging" },
};
const config = CertificatesConfig.parse(input);
const preinstalled = CertificatesConfig.parse({ ...input, certManager: { kind: "preinstalled" } });
const ingress = IssuingIngressConfig.parse({
  ...ingressInput,
  controllers: {
    ...ingressInput.controllers,
    nginx: { kind: "nginx", exposure: { kind: "load-balancer" } },
  },
  hosts: { "a.example.org": "nginx" },
  tls: { kind: "own-issuer" },
});

describe("the certificates of a stack", () => {
  it.each([
    [{ ...input, issuer: { acme: "staging" } }, "issuer.email: must be a mail address"],
    [{ ...input, issuer: { email: "ops", acme: "staging" } }, "issuer.email: must be a mail"],
    [{ ...input, issuer: { email: "a@b.de", acme: "test" } }, "must be staging or production"],
    [{ ...input, certManager: { kind: "helm" } }, "certManager.kind: must be chart or prein"],
    [
      { ...input, certManager: { kind: "chart", version: "1.21" } },
      "certManager.version: must be a release of cert-manager, e.g. v1.21.2",
    ],
  ])("are refused where they are said wrong: %j", (value, says) => {
    expect(complaints(CertificatesConfig, value).join("\n")).toContain(says);
  });

  it("come from an issuer of the system's own, another one for each authority", () => {
    expect(issuerName(config, "pushtech")).toBe("pushtech-letsencrypt-staging");
    expect(issuerName({ ...config, issuer: { ...config.issuer, acme: "production" } }, "fxa")).toBe(
      "fxa-letsencrypt-production",
    );
    expect(issuerName({ ...config, issuer: { ...config.issuer, name: "ours" } }, "fxa")).toBe(
      "ours",
    );
  });

  it("are for stacks that have an issuer: others have no such word", () => {
    const own = { ...ingressInput, tls: { kind: "own-issuer" } };
    expect(complaints(IssuingIngressConfig, own)).toEqual([]);
    expect(complaints(IngressConfig, own)).not.toEqual([]);
  });
});

const program = (certificates: CertificatesConfig, networkPolicy = true): Promise<Collected> =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const args = { config: certificates, ingress, system: "demo", flows: [], networkPolicy };
    return new CertManager("cert-manager", args, { provider });
  });

describe("cert-manager", () => {
  it("comes from its chart, with its kinds, in a namespace where nothing is allowed by itself", async () => {
    const collected = await program(config);
    expect(find(collected, "kubernetes:helm.sh/v4:Chart", "cert-manager").inputs).toMatchObject({
      chart: "oci://quay.io/jetstack/charts/cert-manager",
      version: "v1.21.2",
      values: {
        crds: { enabled: true, keep: true },
        global: { leaderElection: { namespace: "cert-manager" } },
        startupapicheck: { enabled: false },
      },
    });
    const policies = collected.resources.filter(({ type }) => type.endsWith("NetworkPolicy"));
    expect(policies.map(({ name }) => name).sort()).toEqual([
      "cert-manager-cainjector-policy",
      "cert-manager-cert-manager-policy",
      "cert-manager-check-policy",
      "cert-manager-default-deny",
      "cert-manager-webhook-policy",
    ]);
  });

  it("is asked until a certificate could be ordered, by the release that is installed", async () => {
    const collected = await program(
      CertificatesConfig.parse({ ...input, certManager: { kind: "chart", version: "v1.20.0" } }),
    );
    const { inputs } = find(collected, "kubernetes:batch/v1:Job", "cert-manager-check");
    expect(JSON.stringify(inputs)).toContain(
      '"image":"quay.io/jetstack/cert-manager-startupapicheck:v1.20.0"',
    );
    expect(JSON.stringify(inputs)).toContain('"args":["check","api","--wait=4m"]');
  });

  it("comes from a folder as it is, whatever version is named", async () => {
    const chart = { kind: "chart", source: "./charts/cert-manager" };
    const collected = await program(CertificatesConfig.parse({ ...input, certManager: chart }));
    const { inputs } = find(collected, "kubernetes:helm.sh/v4:Chart", "cert-manager");
    expect(inputs["chart"]).toBe("./charts/cert-manager");
    expect(inputs).not.toHaveProperty("version");
  });

  it("is left alone where somebody else has it: the issuer is all that is made", async () => {
    const { resources } = await program(preinstalled);
    const made = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
    expect(made.map(({ type }) => type)).toEqual(["kubernetes:cert-manager.io/v1:ClusterIssuer"]);
    expect(certManagerRequests(preinstalled)).toEqual([]);
    expect(certManagerRequests(config)).toHaveLength(3);
  });

  it("proves hosts over HTTP, and opens no node's port for it", async () => {
    const type = "kubernetes:cert-manager.io/v1:ClusterIssuer";
    const { inputs } = find(await program(config), type, "cert-manager-issuer");
    expect(inputs).toMatchObject({
      metadata: { name: "demo-letsencrypt-staging" },
      spec: {
        acme: {
          server: "https://acme-staging-v02.api.letsencrypt.org/directory",
          email: "ops@example.org",
          privateKeySecretRef: { name: "demo-letsencrypt-staging-account" },
          solvers: [
            { http01: { ingress: { ingressClassName: "traefik", serviceType: "ClusterIP" } } },
          ],
        },
      },
    });
  });

  it("may ask the API server, the authority and the stack's own controllers", () => {
    if (config.certManager.kind !== "chart") {
      throw new Error("no chart");
    }
    const flows = certManagerFlows(config.certManager, ingress);
    const controller = flows.filter(
      ({ from }) => from.kind === "workload" && from.name === "cert-manager",
    );
    expect(controller.map(({ to, ports }) => [to.kind, ports])).toEqual([
      ["api-server", []],
      ["internet", [tcp(80), tcp(443)]],
      ["workload", [tcp(8000), tcp(8443)]],
      ["workload", [tcp(80), tcp(443)]],
    ]);
    const webhook = { kind: "workload", name: "webhook", namespace: "cert-manager" };
    expect(flows).toContainEqual({
      from: { kind: "api-server" },
      to: webhook,
      ports: [tcp(10_250)],
    });
  });
});

const hosts = ["a.example.org", "b.example.org"];
const certificates = (
  args: { readonly awaited?: readonly string[]; readonly isUnread?: boolean } = {},
): Promise<Collected> =>
  collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const parent = new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider });
    const made = new HostCertificates(
      "certificates",
      {
        ...{ issuer: "ours", ingress, system: "demo", ...args },
        hosts: hosts.map(
          (host) =>
            new HttpHost(
              host.charAt(0),
              {
                ...{ host, system: "demo", namespace: "demo", ingress },
                ...{ serviceName: "web", servicePort: 80 },
              },
              { parent },
            ),
        ),
      },
      { parent },
    );
    return { state: made.state, of: (host: string) => made.of(host) };
  });
const certificate = "kubernetes:cert-manager.io/v1:Certificate";

describe("a host's certificate", () => {
  it("is ordered as a resource, for the Secret that the Ingress shows", async () => {
    const collected = await certificates();
    expect(find(collected, certificate, "a-certificate").inputs).toMatchObject({
      metadata: {
        name: "a",
        namespace: "demo",
        annotations: { "acme.cert-manager.io/http01-override-ingress-name": "a" },
      },
      spec: {
        secretName: "a-tls",
        dnsNames: ["a.example.org"],
        issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "ours" },
      },
    });
    const { inputs } = find(collected, "kubernetes:networking.k8s.io/v1:Ingress", "a-ingress");
    expect(inputs).toMatchObject({
      metadata: { annotations: { "pulumi.com/patchForce": "true" } },
      spec: { tls: [{ hosts: ["a.example.org"], secretName: "a-tls" }] },
    });
    // A Certificate of the issuer's own making would fight over the Secret with this one.
    expect(JSON.stringify(inputs)).not.toContain("cert-manager.io/");
  });

  it("is proved through the host's own Ingress of nginx, beside that of Traefik", () => {
    expect(challengeAnnotations({ host: "b.example.org", objectName: "b" }, ingress)).toEqual({
      "acme.cert-manager.io/http01-override-ingress-ingressclassname": "traefik",
    });
  });

  it("is waited for only where something needs it", async () => {
    const waits = (collected: Collected) =>
      collected.resources
        .filter(({ type }) => type === certificate)
        .map(({ inputs }) => JSON.stringify(inputs).includes("pulumi.com/waitFor"));
    expect(waits(await certificates())).toEqual([false, false]);
    expect(waits(await certificates({ awaited: ["b.example.org"] }))).toEqual([false, true]);
  });

  it("is found by its host", async () => {
    const { result } = await certificates();
    const { of } = result as { of: (host: string) => pulumi.Resource };
    expect(of("a.example.org")).toBeDefined();
    expect(() => of("c.example.org")).toThrow("no certificate is ordered for c.example.org");
  });

  it("is read in each run, and not where the cluster is asked nothing", async () => {
    const read = async (isUnread: boolean) => {
      const { urns } = await certificates({ isUnread });
      return urns.filter((urn) => urn.includes("certificate-state")).length;
    };
    expect([await read(false), await read(true)]).toEqual([2, 0]);
  });
});

describe("what the stack tells of its certificates", () => {
  const condition = (status: string, message: string) => ({
    conditions: [
      { type: "Issuing", status: "True" },
      { type: "Ready", status, message },
    ],
  });

  it("is how many hosts lack one, and what is said of those", () => {
    expect(
      certificateState([
        { host: "a", status: condition("True", "up to date") },
        { host: "b", status: condition("False", "Issuing certificate as Secret does not exist") },
        { host: "c", status: undefined },
        { host: "d", status: { conditions: "half-written" } },
      ]),
    ).toEqual({
      hosts: 4,
      missing: 3,
      lacking: {
        b: "Issuing certificate as Secret does not exist",
        c: "ordered; nothing is known of it yet",
        d: "ordered; nothing is known of it yet",
      },
    });
  });

  it("is that none does, where all are there", () => {
    expect(certificateState([{ host: "a", status: condition("True", "") }])).toEqual({
      hosts: 1,
      missing: 0,
      lacking: {},
    });
  });
});
