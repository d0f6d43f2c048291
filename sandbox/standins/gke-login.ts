/**
 * What `gke-gcloud-auth-plugin` answers inside a sandbox: the certificate of its control plane, which the
 * kubeconfig of a GKE cluster does not hold. Live, the real one answers a token of whoever is logged in.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { parse } from "yaml";

import { sandboxFolder } from "./guard.ts";
import { Store } from "./store.ts";
import { isBag, type Value } from "./values.ts";
import { bag, bags, text } from "./rules/rule.ts";

/** The answer that kubectl and the Kubernetes provider read (client.authentication.k8s.io/v1beta1). */
export interface ExecCredential {
  readonly apiVersion: "client.authentication.k8s.io/v1beta1";
  readonly kind: "ExecCredential";
  readonly status: { readonly clientCertificateData: string; readonly clientKeyData: string };
}

/**
 * The credentials in a kubeconfig with one user.
 *
 * @throws Error where it holds none.
 */
export function credentialOf(kubeconfig: string): ExecCredential {
  const content = parse(kubeconfig) as Value;
  const [first] = isBag(content) ? bags(content, "users") : [];
  const user = bag(first ?? {}, "user");
  const pem = (name: string): string => Buffer.from(text(user, name), "base64").toString("utf8");
  const status = {
    clientCertificateData: pem("client-certificate-data"),
    clientKeyData: pem("client-key-data"),
  };
  if (status.clientCertificateData === "" || status.clientKeyData === "") {
    throw new Error("the sandbox's kubeconfig holds no certificate: make down, then make up");
  }
  return { apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", status };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { kubeconfig } = new Store(sandboxFolder("gcp", process.env)).settings();
    if (kubeconfig === undefined) {
      throw new Error("the sandbox has no control plane: make up");
    }
    console.log(JSON.stringify(credentialOf(readFileSync(kubeconfig, "utf8"))));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
