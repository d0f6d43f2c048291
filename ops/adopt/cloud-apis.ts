/**
 * What exists at Linode and Cloudflare: their APIs, read only. Endpoints: techdocs.akamai.com
 * (linode-api), developers.cloudflare.com (api, zones/dns_records).
 */
import * as z from "zod";

import { CommandError } from "../command.ts";
import type { CloudThing } from "./clouds.ts";
import type { Planned } from "./preview.ts";

/** How the APIs are reached. */
export interface CloudAccess {
  /** Tokens LINODE_TOKEN and CLOUDFLARE_API_TOKEN, and other addresses in LINODE_URL and CLOUDFLARE_BASE_URL. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const Thing = z.looseObject({ id: z.union([z.number(), z.string()]) });
type Thing = z.infer<typeof Thing>;

/** Paths of things that are looked for as soon as a stack has one of their type. */
const linodePaths: Readonly<Record<string, string>> = {
  "linode:index/lkeCluster:LkeCluster": "lke/clusters",
  "linode:index/nodeBalancer:NodeBalancer": "nodebalancers",
  "linode:index/instance:Instance": "linode/instances",
  "linode:index/firewall:Firewall": "networking/firewalls",
  "linode:index/domain:Domain": "domains",
};

const linodeRecord = "linode:index/domainRecord:DomainRecord";
const cloudflareRecord = "cloudflare:index/dnsRecord:DnsRecord";

/**
 * Things of the types that a stack would make.
 *
 * @throws CommandError where an API cannot be asked, or refuses.
 */
export async function readClouds(
  creates: readonly Planned[],
  { environment }: CloudAccess,
): Promise<readonly CloudThing[]> {
  const types = new Set(creates.map(({ type }) => type));
  const linode = linodeApi(environment);
  const cloudflare = new Api(
    "Cloudflare",
    environment["CLOUDFLARE_BASE_URL"] ?? "https://api.cloudflare.com/client/v4",
    environment["CLOUDFLARE_API_TOKEN"],
    "CLOUDFLARE_API_TOKEN",
  );
  const found: CloudThing[] = [];
  for (const [type, path] of Object.entries(linodePaths)) {
    if (types.has(type)) {
      const things = await linode.all(path, linodePage);
      found.push(
        ...things.map((thing) => ({ type, id: String(thing.id), inputs: linodeInputs(thing) })),
      );
    }
  }
  for (const domain of valuesOf(creates, linodeRecord, "domainId")) {
    const records = await linode.all(`domains/${domain}/records`, linodePage);
    found.push(...records.map((record) => linodeRecordThing(domain, record)));
  }
  for (const zone of valuesOf(creates, cloudflareRecord, "zoneId")) {
    const records = await cloudflare.all(`zones/${zone}/dns_records`, cloudflarePage);
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
  const clusters = (await linode.all("lke/clusters", linodePage)).filter(
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
  const { kubeconfig } = z.looseObject({ kubeconfig: z.string() }).parse(answer);
  return Buffer.from(kubeconfig, "base64").toString("utf8");
}

function linodeApi(environment: CloudAccess["environment"]): Api {
  const url = (environment["LINODE_URL"] ?? "https://api.linode.com").replace(/\/(v4\/?)?$/, "");
  return new Api("Linode", `${url}/v4`, environment["LINODE_TOKEN"], "LINODE_TOKEN");
}

function valuesOf(creates: readonly Planned[], type: string, input: string): readonly string[] {
  const values = creates
    .filter((planned) => planned.type === type)
    .map(({ inputs }) => inputs[input])
    .filter((value) => typeof value === "string" || typeof value === "number");
  return [...new Set(values.map(String))];
}

/** The SDK's words for what the API calls otherwise. */
function linodeInputs(thing: Thing): Readonly<Record<string, unknown>> {
  const { k8s_version: k8sVersion, ...rest } = thing;
  return { ...rest, k8sVersion };
}

function linodeRecordThing(domain: string, record: Thing): CloudThing {
  const { id, name, type, target } = record;
  return {
    type: linodeRecord,
    id: `${domain},${String(id)}`,
    inputs: { domainId: domain, name, recordType: type, target },
  };
}

const LinodePage = z.looseObject({ data: z.array(Thing), pages: z.number() });
const CloudflarePage = z.looseObject({
  result: z.array(Thing),
  result_info: z.looseObject({ total_pages: z.number() }),
});

interface Page {
  readonly things: readonly Thing[];
  readonly pages: number;
}

const linodePage = (answer: unknown): Page => {
  const { data, pages } = LinodePage.parse(answer);
  return { things: data, pages };
};

const cloudflarePage = (answer: unknown): Page => {
  const { result, result_info: info } = CloudflarePage.parse(answer);
  return { things: result, pages: info.total_pages };
};

/** An API that answers page by page. */
class Api {
  readonly #name: string;
  readonly #url: string;
  readonly #token: string | undefined;
  readonly #variable: string;

  constructor(name: string, url: string, token: string | undefined, variable: string) {
    this.#name = name;
    this.#url = url;
    this.#token = token;
    this.#variable = variable;
  }

  async all(path: string, read: (answer: unknown) => Page): Promise<readonly Thing[]> {
    const things: Thing[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      // 100 is the most that both take.
      const answer = read(await this.get(`${path}?page=${page}&page_size=100&per_page=100`));
      things.push(...answer.things);
      ({ pages } = answer);
    }
    return things;
  }

  async get(path: string): Promise<unknown> {
    if (this.#token === undefined) {
      throw new CommandError(
        `${this.#variable} is not set: adopt asks ${this.#name} what there is`,
      );
    }
    let response: Response;
    try {
      response = await fetch(`${this.#url}/${path}`, {
        headers: { authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.timeout(20_000),
      });
    } catch (error) {
      throw new CommandError(
        `${this.#name} cannot be reached (${error instanceof Error ? error.message : "?"})`,
      );
    }
    if (!response.ok) {
      throw new CommandError(
        `${this.#name} answers ${response.status} to ${path.split("?")[0] ?? ""}${
          response.status === 401 || response.status === 403
            ? `: ${this.#variable} may not read it`
            : ""
        }`,
      );
    }
    return response.json();
  }
}
