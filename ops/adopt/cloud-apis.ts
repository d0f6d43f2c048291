/**
 * What exists at Linode and Cloudflare: their APIs, read only. Endpoints: techdocs.akamai.com
 * (linode-api), developers.cloudflare.com (api, zones/dns_records).
 */
import * as z from "zod";

import { CommandError } from "../command.ts";
import { Api, cloudflareTerms, linodeTerms, type Thing } from "./api.ts";
import type { CloudThing } from "./clouds.ts";
import { holdsUnknown, type Planned } from "./preview.ts";

/** How the APIs are reached. */
export interface CloudAccess {
  /** Tokens LINODE_TOKEN and CLOUDFLARE_API_TOKEN, and other addresses in LINODE_URL and CLOUDFLARE_BASE_URL. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Paths of things that are looked for as soon as a stack has one of their type. */
const linodePaths: Readonly<Record<string, string>> = {
  "linode:index/lkeCluster:LkeCluster": "lke/clusters",
  "linode:index/nodeBalancer:NodeBalancer": "nodebalancers",
  "linode:index/instance:Instance": "linode/instances",
  "linode:index/firewall:Firewall": "networking/firewalls",
  "linode:index/domain:Domain": "domains",
  "linode:index/objectStorageBucket:ObjectStorageBucket": "object-storage/buckets",
};

const nodeBalancerTerm = "linode-loadbalancer-nodebalancer-id";
const clusterType = "linode:index/lkeCluster:LkeCluster";
const poolType = "linode:index/lkeNodePool:LkeNodePool";
const linodeRecord = "linode:index/domainRecord:DomainRecord";
const cloudflareRecord = "cloudflare:index/dnsRecord:DnsRecord";

/**
 * Things of the types that a stack would make.
 *
 * @param planned What it would make, and what it takes by itself.
 * @throws CommandError where an API cannot be asked, or refuses.
 */
export async function readClouds(
  planned: readonly Planned[],
  { environment }: CloudAccess,
): Promise<readonly CloudThing[]> {
  const types = new Set(planned.map(({ type }) => type));
  // Of a Service that names a balancer: which one it has so far.
  if (planned.some(({ inputs }) => JSON.stringify(inputs).includes(nodeBalancerTerm))) {
    types.add("linode:index/nodeBalancer:NodeBalancer");
  }
  const linode = linodeApi(environment);
  const cloudflare = new Api({
    ...{ name: "Cloudflare", ...cloudflareTerms },
    url: environment["CLOUDFLARE_BASE_URL"] ?? "https://api.cloudflare.com/client/v4",
    token: environment["CLOUDFLARE_API_TOKEN"],
    variable: "CLOUDFLARE_API_TOKEN",
  });
  const found: CloudThing[] = [];
  for (const [type, path] of Object.entries(linodePaths)) {
    if (types.has(type)) {
      const things = await linode.all(path);
      found.push(...things.map((thing) => linodeThing(type, thing)));
    }
  }
  for (const cluster of clustersOf(planned, found)) {
    const pools = await linode.all(`lke/clusters/${cluster}/pools`);
    found.push(...pools.map((pool) => poolThing(cluster, pool)));
  }
  for (const domain of valuesOf(planned, linodeRecord, "domainId")) {
    const records = await linode.all(`domains/${domain}/records`);
    found.push(...records.map((record) => linodeRecordThing(domain, record)));
  }
  for (const zone of valuesOf(planned, cloudflareRecord, "zoneId")) {
    const records = await cloudflare.all(`zones/${zone}/dns_records`);
    found.push(
      ...records.map((record) => ({
        type: cloudflareRecord,
        id: `${zone}/${String(record.id)}`,
        inputs: { ...record, zoneId: zone },
      })),
    );
  }
  return found;
}

/**
 * Kubeconfig of a cluster at Linode, by its label; undefined where there is none of that label.
 *
 * @throws CommandError where the API cannot be asked, or the label is not one cluster's alone.
 */
export async function lkeKubeconfig(
  label: string,
  { environment }: CloudAccess,
): Promise<string | undefined> {
  const linode = linodeApi(environment);
  const clusters = (await linode.all("lke/clusters")).filter(
    (cluster) => cluster["label"] === label,
  );
  const [cluster, ...others] = clusters;
  if (cluster === undefined) {
    return undefined;
  }
  if (others.length > 0) {
    throw new CommandError(
      `Linode has ${clusters.length} clusters of the label ${label}: rename one`,
    );
  }
  const answer = await linode.get(`lke/clusters/${String(cluster.id)}/kubeconfig`);
  const { data } = z.looseObject({ kubeconfig: z.string() }).safeParse(answer);
  if (data === undefined) {
    throw new CommandError(`Linode gives no kubeconfig of cluster ${label}: is it ready?`);
  }
  return Buffer.from(data.kubeconfig, "base64").toString("utf8");
}

function linodeApi(environment: CloudAccess["environment"]): Api {
  const url = (environment["LINODE_URL"] ?? "https://api.linode.com").replace(/\/(v4\/?)?$/, "");
  return new Api({
    ...{ name: "Linode", ...linodeTerms },
    url: `${url}/v4`,
    token: environment["LINODE_TOKEN"],
    variable: "LINODE_TOKEN",
  });
}

/** Clusters whose pools are the stack's: of its label, or known already by their number. */
function clustersOf(planned: readonly Planned[], found: readonly CloudThing[]): readonly string[] {
  const labels = valuesOf(planned, clusterType, "label");
  const named = found
    .filter(({ type, inputs }) => type === clusterType && labels.includes(String(inputs["label"])))
    .map(({ id }) => id);
  return [...new Set([...named, ...valuesOf(planned, poolType, "clusterId")])];
}

function valuesOf(planned: readonly Planned[], type: string, input: string): readonly string[] {
  const values = planned
    .filter((one) => one.type === type)
    .map(({ inputs }) => inputs[input])
    .filter((value) => typeof value === "string" || typeof value === "number")
    .filter((value) => !holdsUnknown(value));
  return [...new Set(values.map(String))];
}

const Plane = z.looseObject({ high_availability: z.boolean() });

const Rules = z.looseObject({
  inbound_policy: z.string(),
  outbound_policy: z.string(),
  inbound: z.array(
    z.looseObject({
      addresses: z
        .looseObject({ ipv4: z.array(z.string()).nullish(), ipv6: z.array(z.string()).nullish() })
        .nullish(),
    }),
  ),
});

/** The SDK's words for what the API calls otherwise. */
function linodeThing(type: string, thing: Thing): CloudThing {
  const { k8s_version: k8sVersion, control_plane: plane, rules, ...rest } = thing;
  const { high_availability: highAvailability } = Plane.safeParse(plane).data ?? {};
  const firewall = Rules.safeParse(rules).data;
  const inputs = {
    ...rest,
    ...(k8sVersion === undefined ? {} : { k8sVersion }),
    ...(highAvailability === undefined ? {} : { controlPlane: { highAvailability } }),
    ...(firewall === undefined ? {} : firewallInputs(firewall)),
  };
  // Buckets have no number (facts/clouds-linode-cloudflare-docker.md 3.5).
  const id = thing.id ?? `${String(thing["region"])}:${String(thing["label"])}`;
  return { type, id: String(id), inputs };
}

function firewallInputs(rules: z.infer<typeof Rules>): Readonly<Record<string, unknown>> {
  return {
    inboundPolicy: rules.inbound_policy,
    outboundPolicy: rules.outbound_policy,
    inbounds: rules.inbound.map(({ addresses, ...rule }) => ({
      ...rule,
      ...(addresses?.ipv4?.length ? { ipv4s: addresses.ipv4 } : {}),
      ...(addresses?.ipv6?.length ? { ipv6s: addresses.ipv6 } : {}),
    })),
  };
}

function poolThing(cluster: string, pool: Thing): CloudThing {
  const { id, type, count, labels = {}, taints = [], tags = [] } = pool;
  return {
    type: poolType,
    id: `${cluster},${String(id)}`,
    inputs: { clusterId: cluster, type, nodeCount: count, labels, taints, tags },
  };
}

function linodeRecordThing(domain: string, record: Thing): CloudThing {
  const { id, name, type, target } = record;
  return {
    type: linodeRecord,
    id: `${domain},${String(id)}`,
    inputs: { domainId: domain, name, recordType: type, target },
  };
}
