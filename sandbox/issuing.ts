/** What cert-manager and the authority behind it do, played: accounts are registered, certificates issued. */
import * as z from "zod";

import { makeTlsPair } from "../components/base/certificate-maker.ts";
import { readTlsPair } from "../components/base/tls-certificate.ts";
import { type Api, ApiError, type KubeObject } from "./api.ts";

const group = "/apis/cert-manager.io/v1";

const Conditions = z.object({
  conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
});

const CertificateSpec = z.object({
  secretName: z.string(),
  dnsNames: z.array(z.string()).min(1),
  issuerRef: z.object({ kind: z.string(), name: z.string() }),
});

/** Annotation that names the Ingress which the authority's question comes in by. */
const throughIngress = "acme.cert-manager.io/http01-override-ingress-name";

const isReady = ({ status }: KubeObject): boolean =>
  Conditions.parse(status ?? {}).conditions.some(
    ({ type, status: is }) => type === "Ready" && is === "True",
  );

/**
 * One look at everything that was ordered. A certificate is issued where its issuer stands and an Ingress is
 * there for the authority's question; it is self-made, and nobody was asked for it.
 */
export async function issueCertificates(api: Api): Promise<void> {
  const issuers = await listOf(api, `${group}/clusterissuers`);
  for (const issuer of issuers.filter((one) => !isReady(one))) {
    const path = `${group}/clusterissuers/${issuer.metadata.name}`;
    await tell(api, path, "True", "ACMEAccountRegistered", "The account was registered");
  }
  const known = new Set(issuers.map(({ metadata }) => metadata.name));
  const ordered = await listOf(api, `${group}/certificates`);
  for (const certificate of ordered.filter((one) => !isReady(one))) {
    await issue(api, certificate, known);
  }
}

/** Objects of a kind; none where the cluster has no such kind. */
async function listOf(api: Api, path: string): Promise<readonly KubeObject[]> {
  try {
    return await api.list(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      return [];
    }
    throw error;
  }
}

async function issue(
  api: Api,
  certificate: KubeObject,
  issuers: ReadonlySet<string>,
): Promise<void> {
  const { name, namespace = "", annotations = {} } = certificate.metadata;
  const { secretName, dnsNames, issuerRef } = CertificateSpec.parse(certificate.spec);
  const path = `${group}/namespaces/${namespace}/certificates/${name}`;
  if (!issuers.has(issuerRef.name)) {
    const why = `Referenced "ClusterIssuer" not found: ${issuerRef.name}`;
    return tell(api, path, "False", "IssuerNotFound", why);
  }
  const ingress = annotations[throughIngress];
  const at = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${ingress ?? ""}`;
  if (ingress !== undefined && (await api.find(at)) === undefined) {
    const why = `Waiting for HTTP-01 challenge propagation: there is no Ingress ${ingress}`;
    return tell(api, path, "False", "DoesNotExist", why);
  }
  const { certificate: chain, key } = readTlsPair(makeTlsPair(dnsNames));
  await api.create(`/api/v1/namespaces/${namespace}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secretName, namespace },
    type: "kubernetes.io/tls",
    stringData: { "tls.crt": chain, "tls.key": key },
  });
  await tell(api, path, "True", "Ready", "Certificate is up to date and has not expired");
}

/** Writes a condition Ready. The same one again would only be a change to look at. */
async function tell(
  api: Api,
  path: string,
  status: "True" | "False",
  reason: string,
  message: string,
): Promise<void> {
  const ready = { type: "Ready", status, reason, message };
  const before = (await api.find(path))?.status?.["conditions"];
  const Same = z.array(z.looseObject({ reason: z.literal(reason), message: z.literal(message) }));
  if (!Same.min(1).safeParse(before).success) {
    const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    await api.patch(`${path}/status`, {
      status: { conditions: [{ ...ready, lastTransitionTime }] },
    });
  }
}
