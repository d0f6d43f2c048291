/** Objects put before a real API server, to the last field, and not kept. */
import type { Api } from "../../sandbox/api.ts";

/** Folder of a kind at the API server. */
const folders: Readonly<Record<string, string>> = {
  ConfigMap: "configmaps",
  CronJob: "cronjobs",
  DaemonSet: "daemonsets",
  Deployment: "deployments",
  HorizontalPodAutoscaler: "horizontalpodautoscalers",
  Job: "jobs",
  NetworkPolicy: "networkpolicies",
  PersistentVolumeClaim: "persistentvolumeclaims",
  Pod: "pods",
  PodDisruptionBudget: "poddisruptionbudgets",
  Service: "services",
  ServiceAccount: "serviceaccounts",
  StatefulSet: "statefulsets",
};

/** An object as the API server takes it. */
export interface Admitted {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
}

/** Lets the API server judge an object in a namespace, without keeping it. */
export async function admit(api: Api, namespace: string, object: Admitted): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const folder = folders[kind];
  if (folder === undefined) {
    throw new Error(`no folder of ${kind} is known`);
  }
  const group = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
  const path = `${group}/namespaces/${namespace}/${folder}?dryRun=All&fieldValidation=Strict`;
  await api.create(path, { ...object, metadata: { ...metadata, namespace } });
}
