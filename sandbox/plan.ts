/** What a stack file asks of a sandbox, read and checked before anything is touched. */
import { readFileSync } from "node:fs";

import * as z from "zod";

import { generateSecret } from "../components/base/secrets.ts";
import {
  type ClusterConfig,
  clusterNodes,
  nameOfCluster,
  type NodeShape,
} from "../components/platform/cluster.schema.ts";
import type { DnsConfig } from "../components/platform/dns.schema.ts";
import type { NameServerDnsConfig } from "../components/platform/name-server.schema.ts";
import { checkConfig, ConfigError } from "../stacks/check.ts";
import { parseAll } from "../stacks/parse.ts";
import { asRawConfig, systemSections } from "../stacks/raw.ts";
import type { OnFailure } from "../stacks/release.schema.ts";
import { inFile, requiredSecrets } from "../stacks/secrets.ts";
import { StackConfig } from "../stacks/stack.schema.ts";
import { configValues, parseStackFile } from "./config.ts";
import { fault, SandboxError } from "./fault.ts";
import { reservedAddresses } from "./nodes.ts";
import type { Seeds } from "./standins/seeds.ts";
import { ensureSandboxSecrets, neededSecrets, type SecretNeed } from "./secrets.ts";

/** A stack file that stands. */
export interface Plan {
  readonly stack: string;
  /** Path of the stack's own file. */
  readonly file: string;
  readonly text: string;
  /** Name of the kubeconfig's context. */
  readonly context: string;
  /** None where the stack runs in no cluster, or its cloud makes the nodes. */
  readonly nodes: readonly NodeShape[];
  /** Whether the cluster is one that the stack makes at Google. */
  readonly isGoogle: boolean;
  /** Other stacks whose outputs this one reads. */
  readonly references: readonly string[];
  readonly needs: readonly SecretNeed[];
  /** What exists in the clouds before the stack does. */
  readonly seeds: Seeds;
  readonly onFailure: OnFailure;
  /** Secrets to keep: {@link ensureSandboxSecrets}. */
  readonly kept: ReadonlyMap<string, string>;
}

/** Context of a sandbox whose stack asks for no cluster. */
const contextOfNobody = "sandbox";

/**
 * Reads a stack file with the program's own schema.
 *
 * @param existing Secrets of the sandbox so far.
 * @throws SandboxError with every fault of the file.
 */
export function readPlan(stack: string, file: string, existing: ReadonlyMap<string, string>): Plan {
  const text = readText(file);
  const values = configValues(parseStackFile(text, file));
  const raw = asRawConfig(values);
  const needs = secretNeeds(values);
  const kept = ensureSandboxSecrets(needs, existing, generateSecret);
  const secrets = Object.fromEntries(neededSecrets(needs, kept));
  const config = check(
    stack,
    { ...raw, "fleet:secrets": JSON.stringify(secrets) },
    values["fleet:cluster"],
  );
  const { cluster, dns, onFailure } = config;
  return {
    stack,
    file,
    text,
    context: cluster === undefined ? contextOfNobody : nameOfCluster(cluster),
    // Google makes the machines of its pools itself: sandbox/google/.
    nodes: cluster === undefined || isGke(cluster) ? [] : clusterNodes(cluster),
    isGoogle: cluster !== undefined && isGke(cluster),
    references: config.system === "spacemesh-discovery" ? config.networks : [],
    needs,
    kept,
    onFailure,
    seeds: { ...seedsOf(dns, cluster), buckets: bucketsOf(config) },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw fault(`${file} cannot be read (${error instanceof Error ? error.message : ""})`);
  }
}

const isGke = ({ kind }: { readonly kind: string }): boolean => kind === "gke";

/** Buckets that a stack writes into, and does not make. */
function bucketsOf(config: StackConfig): readonly string[] {
  const published = z.looseObject({ published: z.looseObject({ bucket: z.string() }) });
  const found = published.safeParse(config).data;
  return found === undefined ? [] : [found.published.bucket];
}

/** What the clouds have before the stack comes: its zones, its name server, its reserved addresses. */
function seedsOf(dns: DnsConfig | undefined, cluster: ClusterConfig | undefined): Seeds {
  const zones = dns === undefined ? {} : dnsSeeds(dns);
  const region = cluster?.linode?.region;
  return cluster === undefined || region === undefined
    ? zones
    : {
        region,
        ...zones,
        addresses: [...reservedAddresses(clusterNodes(cluster)), ...(zones.addresses ?? [])],
      };
}

/** Zones that the stack writes records into, and does not make. */
function dnsSeeds(dns: DnsConfig): Seeds {
  switch (dns.kind) {
    case "linode":
      return { domains: dns.zones };
    case "cloudflare": {
      const zoneIds = Object.entries(dns.zones).map(([zone, { zoneId }]) => [zone, zoneId]);
      return { zoneIds: Object.fromEntries(zoneIds) as Record<string, string> };
    }
    case "name-server":
      return nameServerSeeds(dns);
    case "none":
      return {};
  }
}

/** What a name server's config says the account has already. */
function nameServerSeeds({ machine }: NameServerDnsConfig): Seeds {
  switch (machine.kind) {
    case "linode":
      return machine.address === undefined
        ? {}
        : { addresses: [machine.address], region: machine.region };
    case "adopted":
      return { machines: [machine] };
    case "external":
      return {};
  }
}

/** What a config refers to, as far as it can be read: faults are told by {@link check}. */
function secretNeeds(values: Readonly<Record<string, unknown>>): readonly SecretNeed[] {
  const parsed = parseAll(StackConfig, systemSections(values), inFile);
  const config = parsed.ok ? parsed.value : parsed.rest;
  return config === undefined ? [] : requiredSecrets(config);
}

/** The program's own check. The sandbox will make the very context that the file names. */
function check(
  stack: string,
  raw: Readonly<Record<string, string>>,
  cluster: unknown,
): StackConfig {
  const context =
    typeof cluster === "object" && cluster !== null && "context" in cluster
      ? cluster.context
      : undefined;
  const contexts = new Map(typeof context === "string" ? [[context, "https://127.0.0.1"]] : []);
  try {
    const environment = { stack, kubeContexts: () => ({ ok: true, value: contexts }) as const };
    return checkConfig(raw, environment, StackConfig).config;
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new SandboxError(error.message);
    }
    throw error;
  }
}
