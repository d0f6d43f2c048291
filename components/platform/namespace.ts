import type * as k8s from "@pulumi/kubernetes";
import { Namespace as NamespaceResource } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import { systemLabel } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import { readLogin } from "../base/secrets.ts";
import type { SecretStore, TlsSecret } from "../base/secret-store.ts";
import type { IngressConfig } from "./ingress.schema.ts";
import { makePodCount } from "./pod-count.ts";

/** What Pod Security lets pods do: nothing beyond a plain process, the usual, or everything. */
export type PodSecurityLevel = "restricted" | "baseline" | "privileged";

/**
 * Kubernetes version whose rules apply. Pinned: otherwise an upgrade of the control plane could
 * refuse pods that ran the day before. An older control plane uses its newest rules.
 */
const podSecurityVersion = "v1.36";

/** A registry login that pods of the namespace pull with. */
export interface PullSecret {
  /** Name of the Secret, and of the entry of `fleet:secrets` it comes from. */
  readonly name: string;
  /** Name of the registry in the file, see `registryServer`. */
  readonly server: string;
  /** `user:token`, marked secret. */
  readonly login: pulumi.Output<string>;
}

/** A certificate that the Ingresses of the namespace show. */
export interface HostCertificate extends TlsSecret {
  /** Name of the Secret. */
  readonly name: string;
}

/** What a {@link Namespace} needs. */
export interface NamespaceArgs {
  /** System it belongs to: a label. */
  readonly system: string;
  /** Default restricted. */
  readonly podSecurity?: PodSecurityLevel;
  /** Deny what no other policy allows, in both directions. Default true; off for adopted clusters. */
  readonly networkPolicy?: boolean;
  readonly pullSecrets?: readonly PullSecret[];
  /**
   * Namespace of the ingress controllers, where cert-manager proves hosts over HTTP: its helper pods
   * run beside the host's Ingress and would be cut off by the default denial.
   */
  readonly acmeFrom?: string;
  /** Of its public hosts, where it was imported. */
  readonly certificate?: HostCertificate;
  /**
   * Whether its pods are counted, for whoever must wait for the last one. Of no use where each node has a pod
   * of it: these end with their nodes. Default false.
   */
  readonly countPods?: boolean;
  /** What happens to the namespace, and so to everything in it, when it goes. Default protect. */
  readonly data?: DataPolicy;
}

/** A namespace in which nothing is allowed that was not said. */
export class Namespace extends pulumi.ComponentResource implements Awaitable {
  /** Name; whoever uses it waits for the namespace. Depend on {@link ready} for what is in it, too. */
  readonly name: pulumi.Output<string>;
  /** Names of the Secrets with registry logins. */
  readonly pullSecretNames: readonly string[];
  /** The denial and the logins: pods that come before them talk to everybody, or have no image. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const { podSecurity = "restricted", networkPolicy = true, data = "protect" } = args;
    super("fleet:platform:Namespace", name, { podSecurity, networkPolicy, data }, opts);
    const parent = { parent: this };
    const labels = { [systemLabel]: args.system };
    const namespace = new NamespaceResource(
      name,
      { metadata: { name, labels: { ...labels, ...podSecurityLabels(podSecurity) } } },
      { ...parent, ...keptAs(data) },
    );
    this.name = namespace.metadata.name;

    const denial = networkPolicy ? this.#policies(name, args, labels) : namespace;
    const pullSecrets = args.pullSecrets ?? [];
    const logins = pullSecrets.map(
      (pullSecret) =>
        new Secret(
          `${name}-${pullSecret.name}`,
          {
            // A fixed name: a new token is no reason to exchange running pods.
            metadata: { name: pullSecret.name, namespace: this.name, labels },
            type: "kubernetes.io/dockerconfigjson",
            stringData: {
              ".dockerconfigjson": pullSecret.login.apply((login) =>
                dockerConfigJson(pullSecret.server, login),
              ),
            },
          },
          parent,
        ),
    );
    const certificates =
      args.certificate === undefined ? [] : [this.#shown(name, args.certificate, labels)];
    this.ready = [denial, ...logins, ...certificates];
    if (args.countPods === true) {
      makePodCount(`${name}-pods`, { namespace: this.name, labels }, parent);
    }
    this.pullSecretNames = pullSecrets.map((pullSecret) => pullSecret.name);
    this.registerOutputs({ name: this.name, pullSecretNames: this.pullSecretNames });
  }

  #shown(
    name: string,
    { name: secretName, certificate, key }: HostCertificate,
    labels: Record<string, string>,
  ): Secret {
    return new Secret(
      `${name}-${secretName}`,
      {
        // A fixed name: Ingresses say it, and controllers take a renewed certificate by themselves.
        metadata: { name: secretName, namespace: this.name, labels },
        type: "kubernetes.io/tls",
        stringData: { "tls.crt": certificate, "tls.key": key },
      },
      { parent: this },
    );
  }

  #policies(name: string, args: NamespaceArgs, labels: Record<string, string>): pulumi.Resource {
    const metadata = { namespace: this.name, labels };
    const denial = new NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: { ...metadata, name: "default-deny" },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      { parent: this },
    );
    if (args.acmeFrom !== undefined) {
      new NetworkPolicy(
        `${name}-acme-solvers`,
        { metadata: { ...metadata, name: "acme-solvers" }, spec: acmeSolverPolicy(args.acmeFrom) },
        { parent: this },
      );
    }
    return denial;
  }
}

/** What a namespace with public hosts takes of the ingress section. */
export const hosted = (
  { namespace, tls }: Pick<IngressConfig, "namespace" | "tls">,
  secrets: SecretStore,
): Pick<NamespaceArgs, "acmeFrom" | "certificate"> => ({
  acmeFrom: namespace,
  ...(tls.kind === "certificate"
    ? { certificate: { name: tls.name, ...secrets.tlsPair(tls.secret) } }
    : {}),
});

/** Pod Security's labels: what breaks the level is refused, recorded and told. */
export function podSecurityLabels(level: PodSecurityLevel): Record<string, string> {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, podSecurityVersion],
    ]),
  );
}

/** The file by which a kubelet logs in at a registry. */
export function dockerConfigJson(server: string, login: string): string {
  const auth = Buffer.from(login, "utf8").toString("base64");
  return JSON.stringify({ auths: { [server]: { ...readLogin(login), auth } } });
}

/** Label and port of the pods by which cert-manager answers a challenge over HTTP. */
export const acmeSolver = {
  labels: { "acme.cert-manager.io/http01-solver": "true" },
  port: 8089,
} as const;

function acmeSolverPolicy(
  ingressNamespace: string,
): k8s.types.input.networking.v1.NetworkPolicySpec {
  const from = { "kubernetes.io/metadata.name": ingressNamespace };
  return {
    podSelector: { matchLabels: { ...acmeSolver.labels } },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: from } }],
        ports: [{ port: acmeSolver.port, protocol: "TCP" }],
      },
    ],
  };
}
