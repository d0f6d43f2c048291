/**
 * cert-manager in the sandbox: its real chart with its real kinds, from this machine and without a network.
 *
 * Its webhook is left out of what the API server asks: no pod answers here, and every certificate would be
 * refused. What only the webhook refuses is not found out, therefore (facts/clouds-gke-ingress-tls.md 7.2).
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Document } from "yaml";
import { parse } from "yaml";

import { certManagerVersion } from "../components/platform/cert-manager.schema.ts";
import type { Api } from "./api.ts";
import { type Environment, toolFolder } from "./tools.ts";

/** Name of the tool: files of cert-manager's release. */
const tool = "cert-manager-chart";

const certManagerPath = ["config", "fleet:certificates", "certManager"] as const;

/** Where a stack's cert-manager comes from, as its file says; undefined where it speaks of none. */
function certManagerKind(document: Document): "chart" | "preinstalled" | undefined {
  const kind = document.getIn([...certManagerPath, "kind"]);
  return kind === "chart" || kind === "preinstalled" ? kind : undefined;
}

/** Makes a stack file take its chart from a folder. */
export function useChart(document: Document, folder: string | undefined): void {
  if (folder !== undefined && certManagerKind(document) === "chart") {
    document.setIn([...certManagerPath, "source"], folder);
  }
}

/**
 * Copies the chart of a stack's file into a folder, without the webhook's registrations.
 *
 * @returns The chart's folder; undefined where the stack has none.
 * @throws SandboxError where the tool is not installed.
 */
export function prepareChart(
  document: Document,
  into: string,
  environment: Environment,
): string | undefined {
  if (certManagerKind(document) !== "chart") {
    return undefined;
  }
  const target = join(into, "cert-manager");
  rmSync(target, { recursive: true, force: true });
  cpSync(join(toolFolder(tool, environment), "chart"), target, { recursive: true });
  for (const registration of ["validating", "mutating"]) {
    rmSync(join(target, "templates", `webhook-${registration}-webhook.yaml`));
  }
  const description = join(target, "Chart.yaml");
  const said = document.getIn([...certManagerPath, "version"]);
  const version = typeof said === "string" ? said : certManagerVersion;
  // In the sources both are v0.0.0: a release writes them, and images are named by the second.
  const text = readFileSync(description, "utf8");
  writeFileSync(description, text.replaceAll(/^(version|appVersion): .*$/gm, `$1: ${version}`));
  return target;
}

/** Installs cert-manager's kinds, where the stack's file says that somebody else has. */
export async function installKinds(
  document: Document,
  api: Api,
  environment: Environment,
): Promise<void> {
  if (certManagerKind(document) !== "preinstalled") {
    return;
  }
  const folder = join(toolFolder(tool, environment), "crds");
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".yaml"))) {
    const kind = parse(readFileSync(join(folder, file), "utf8")) as object;
    await api.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", kind);
  }
}
