// Not from their roots: loading all of both takes an eighth of a second in every run of every stack.
import { DnsRecord as CloudflareRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { Provider as CloudflareProvider } from "@pulumi/cloudflare/provider.js";
import { DomainRecord as LinodeRecord } from "@pulumi/linode/domainRecord.js";
import { getDomainOutput } from "@pulumi/linode/getDomain.js";
import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { DataPolicy } from "../base/scalars.ts";
import {
  type CloudflareDnsConfig,
  type DnsConfig,
  isProxied,
  type LinodeDnsConfig,
  zoneNames,
  zoneOf,
} from "./dns.schema.ts";
import type { NamedRecord } from "./dns-records.ts";
import { NameServerDns } from "./name-server.ts";

/** Whoever keeps the zones. Components hand records over and never name a provider. */
export interface Dns {
  /**
   * Makes the stack's records, all at once: a keeper of whole zones writes each zone one time.
   *
   * @returns What stands for them in the engine: nothing where a person keeps the zone.
   * @param opts Its `parent` owns the records; the provider is this one's own.
   * @throws Error when a host lies in no configured zone.
   */
  write(
    records: readonly NamedRecord[],
    opts: { readonly parent: pulumi.Resource },
  ): readonly pulumi.Resource[];
  /** What must be done elsewhere for the records to be found, for the stack's outputs. */
  readonly notes?: pulumi.Output<DnsNotes>;
}

/** What a keeper of whole zones needs of others. */
export interface DnsNotes {
  /** URL of the folder of the published zone files. */
  readonly zonesAt: string;
  /** Lines that must stand in the zones above, where somebody else keeps those. */
  readonly delegations: readonly string[];
}

/**
 * The configured keeper of the zones, with a provider of its own.
 *
 * Live, the provider's token comes from the environment of whoever deploys (LINODE_TOKEN,
 * CLOUDFLARE_API_TOKEN): it is a person's or a pipeline's, not the stack's, and stays out of state.
 *
 * @param data What happens to a name server's bucket and address when they go.
 */
export function createDns(name: string, config: DnsConfig, data: DataPolicy = "protect"): Dns {
  switch (config.kind) {
    case "none":
      return new NoDns();
    case "linode":
      return new LinodeDns(config, new LinodeProvider(`${name}-linode`));
    case "cloudflare":
      return new CloudflareDns(config, new CloudflareProvider(`${name}-cloudflare`));
    case "name-server":
      return new NameServerDns(
        name,
        { ...config, data },
        // Keys of the bucket are made for the run and forgotten: none stands in state.
        new LinodeProvider(`${name}-linode`, { objUseTempKeys: true }),
      );
  }
}

/** Nobody: the records are a stack output only. */
export class NoDns implements Dns {
  write(): readonly pulumi.Resource[] {
    // The output of DnsRecords is the whole of it.
    return [];
  }
}

/** Zones at Linode's name servers. */
export class LinodeDns implements Dns {
  readonly #config: LinodeDnsConfig;
  readonly #provider: LinodeProvider;
  readonly #zones = new Map<string, pulumi.Output<number>>();

  constructor(config: LinodeDnsConfig, provider: LinodeProvider) {
    this.#config = config;
    this.#provider = provider;
  }

  write(
    records: readonly NamedRecord[],
    opts: { readonly parent: pulumi.Resource },
  ): readonly pulumi.Resource[] {
    return records.map((record) => this.#record(record, opts));
  }

  #record(record: NamedRecord, opts: { readonly parent: pulumi.Resource }): pulumi.Resource {
    const zone = requireZone(record.host, this.#config);
    return new LinodeRecord(
      record.name,
      {
        domainId: this.#zone(zone),
        name: relativeName(record.host, zone),
        recordType: record.type,
        target: record.content,
        ttlSec: record.ttlSeconds,
      },
      // A changed type is a new record; made first, it would stand beside the old one.
      { ...opts, provider: this.#provider, deleteBeforeReplace: true },
    );
  }

  /** Identifier of a zone, looked up once a run. A number here, a string everywhere else (0.1). */
  #zone(zone: string): pulumi.Output<number> {
    const known = this.#zones.get(zone);
    if (known !== undefined) {
      return known;
    }
    const found = getDomainOutput({ domain: zone }, { provider: this.#provider }).apply(({ id }) =>
      Number(id),
    );
    this.#zones.set(zone, found);
    return found;
  }
}

/**
 * Zones at Cloudflare. Records are proxied only where their host says so: the proxy carries no UDP and no
 * odd ports.
 */
export class CloudflareDns implements Dns {
  readonly #config: CloudflareDnsConfig;
  readonly #provider: CloudflareProvider;

  constructor(config: CloudflareDnsConfig, provider: CloudflareProvider) {
    this.#config = config;
    this.#provider = provider;
  }

  write(
    records: readonly NamedRecord[],
    opts: { readonly parent: pulumi.Resource },
  ): readonly pulumi.Resource[] {
    return records.map((record) => this.#record(record, opts));
  }

  #record(record: NamedRecord, opts: { readonly parent: pulumi.Resource }): pulumi.Resource {
    const zone = requireZone(record.host, this.#config);
    const zoneId = this.#config.zones[zone]?.zoneId;
    if (zoneId === undefined) {
      throw new Error(`fleet:dns.zones.${zone} has no zoneId`);
    }
    const proxied = isProxied(this.#config, record.host, record.proxied);
    return new CloudflareRecord(
      record.name,
      {
        zoneId,
        // The full name: the only form without special cases.
        name: record.host,
        type: record.type,
        content: record.content,
        // Of what is proxied the provider takes no other than "automatic", and says so only at create.
        ttl: proxied ? 1 : record.ttlSeconds,
        proxied,
      },
      // Cloudflare refuses an A record beside a CNAME of the same name.
      { ...opts, provider: this.#provider, deleteBeforeReplace: true },
    );
  }
}

function requireZone(host: string, config: DnsConfig): string {
  const zone = zoneOf(host, zoneNames(config));
  if (zone === undefined) {
    throw new Error(`host ${host} lies in no zone of fleet:dns (${zoneNames(config).join(", ")})`);
  }
  return zone;
}

/** Name of a host inside its zone; empty at the top of the zone. */
export function relativeName(host: string, zone: string): string {
  return host === zone ? "" : host.slice(0, -(zone.length + 1));
}

/** What {@link DnsRecords} needs. */
export interface DnsRecordsArgs {
  readonly dns: Dns;
  readonly records: readonly NamedRecord[];
}

/** All records of a stack. */
export class DnsRecords extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** What must be done elsewhere for the records to be found. */
  readonly notes: pulumi.Output<DnsNotes> | undefined;

  /** The records as a person would type them into a zone, for the stack's outputs. */
  readonly zoneLines: readonly pulumi.Output<string>[];

  constructor(name: string, args: DnsRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:platform:DnsRecords", name, { records: args.records.length }, opts);
    this.ready = args.dns.write(args.records, { parent: this });
    this.notes = args.dns.notes;
    this.zoneLines = args.records.map(
      ({ host, type, content, ttlSeconds }) =>
        pulumi.interpolate`${host}. ${ttlSeconds} IN ${type} ${content}${type === "CNAME" ? "." : ""}`,
    );
    this.registerOutputs({ zoneLines: this.zoneLines });
  }
}
