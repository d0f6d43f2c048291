import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { Chart } from "@pulumi/kubernetes/helm/v4/chart.js";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";

import { type Flow, flowsOf } from "../base/flows.ts";
import { systemLabel } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import { networkPolicySpec } from "../workload/policy.ts";
import { makeWorkload } from "../workload/workload.ts";
import {
  acmeServers,
  type CertificatesConfig,
  type ChartCertManager,
  issuerName,
} from "./cert-manager.schema.ts";
import { certManagerFlows, checkName, parts, resources } from "./cert-manager-shape.ts";
import type { IngressConfig } from "./ingress.schema.ts";
import { Namespace } from "./namespace.ts";

/** What {@link CertManager} needs. */
export interface CertManagerArgs {
  readonly config: CertificatesConfig;
  /** Its default controller serves the authority's challenges, unless a certificate says another. */
  readonly ingress: IngressConfig;
  readonly system: string;
  /** The stack's flows, for who reads its metrics. */
  readonly flows: readonly Flow[];
  readonly networkPolicy: boolean;
}

/**
 * cert-manager, where the stack has it, and the stack's account at the authority.
 *
 * Depend on it: certificates that are ordered before its webhook answers are refused.
 */
export class CertManager extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** Name of the ClusterIssuer. */
  readonly issuer: string;

  constructor(name: string, args: CertManagerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { config, system } = args;
    const { certManager } = config;
    super("fleet:platform:CertManager", name, { certManager, issuer: config.issuer.acme }, opts);
    this.issuer = issuerName(config, system);
    const installed = certManager.kind === "chart" ? this.#install(name, certManager, args) : [];
    const issuer = new CustomResource(
      `${name}-issuer`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "ClusterIssuer",
        metadata: { name: this.issuer, labels: { [systemLabel]: system } },
        spec: issuerSpec(this.issuer, config, args.ingress),
      },
      { parent: this, dependsOn: [...installed] },
    );
    this.ready = [issuer];
    this.registerOutputs({ issuer: this.issuer });
  }

  #install(name: string, config: ChartCertManager, args: CertManagerArgs): pulumi.Resource[] {
    const { system, networkPolicy } = args;
    const parent = { parent: this };
    const namespace = new Namespace(
      config.namespace,
      // Certificates lie in their own namespaces; the account here is registered anew.
      { system, networkPolicy, data: "delete" },
      parent,
    );
    const flows = [...certManagerFlows(config, args.ingress), ...args.flows];
    const policies = networkPolicy
      ? Object.values(parts).map(
          (part) =>
            new NetworkPolicy(
              `${name}-${part}-policy`,
              {
                metadata: { name: part, namespace: namespace.name },
                spec: networkPolicySpec(part, flowsOf(flows, part, config.namespace)),
              },
              parent,
            ),
        )
      : [];
    const chart = new Chart(
      name,
      {
        name: "cert-manager",
        namespace: namespace.name,
        chart: config.source,
        // A folder is the version that it is.
        ...(isRemote(config.source) ? { version: config.version } : {}),
        values: chartValues(config, system),
      },
      { ...parent, dependsOn: [...namespace.ready, ...policies] },
    );
    const check = makeWorkload(checkName, checkWorkload(config, namespace.name, flows, args), {
      ...parent,
      dependsOn: [chart],
    });
    return [...check.ready];
  }
}

/** Whether the chart lies in a registry or on a server, and not in a folder. */
const isRemote = (source: string): boolean => /^[a-z]+:\/\//.test(source);

/** Values of the chart. */
function chartValues({ namespace }: ChartCertManager, system: string): Record<string, unknown> {
  return {
    // Kept when the chart goes: without its kinds, every certificate of the cluster goes with them.
    crds: { enabled: true, keep: true },
    // By default it elects in kube-system, which is the cluster's.
    global: {
      leaderElection: { namespace },
      commonLabels: { [systemLabel]: system },
    },
    // A hook, which only Helm itself runs: the stack has a Job of its own.
    startupapicheck: { enabled: false },
    resources: resources.controller,
    webhook: { resources: resources.webhook },
    cainjector: { resources: resources.injector },
  };
}

/**
 * Asks whether a certificate could be ordered, until one could: its webhook answers some seconds after
 * its pods are ready, when it has made itself a certificate and told the API server.
 */
const checkWorkload = (
  { version, namespace }: ChartCertManager,
  namespaceName: pulumi.Input<string>,
  flows: readonly Flow[],
  { system, networkPolicy }: CertManagerArgs,
) =>
  ({
    kind: "Job",
    system,
    namespace: namespaceName,
    container: {
      name: checkName,
      image: `quay.io/jetstack/cert-manager-startupapicheck:${version}`,
      args: ["check", "api", "--wait=4m"],
      fieldEnv: { POD_NAMESPACE: "metadata.namespace" },
      resources: resources.check,
    },
    security: { user: 1000 },
    // In a dry run: none is ever made.
    rules: [
      { apiGroups: ["cert-manager.io"], resources: ["certificaterequests"], verbs: ["create"] },
    ],
    flows: flowsOf(flows, checkName, namespace),
    networkPolicy,
    job: { backoffLimit: 1, restartPolicy: "OnFailure" },
  }) as const;

function issuerSpec(name: string, { issuer }: CertificatesConfig, ingress: IngressConfig) {
  return {
    acme: {
      server: acmeServers[issuer.acme],
      email: issuer.email,
      privateKeySecretRef: { name: `${name}-account` },
      solvers: [
        {
          http01: {
            ingress: {
              ingressClassName: ingress.default,
              // By default a port of every node would be opened for each.
              serviceType: "ClusterIP",
            },
          },
        },
      ],
    },
  };
}
