import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import type { Provider as CloudflareProvider } from "@pulumi/cloudflare/provider.js";
import type * as pulumi from "@pulumi/pulumi";

import { type CloudflareDnsConfig, isProxied, requireZone } from "./dns.schema.ts";
import { type Dns, inItsPlace } from "./dns.ts";
import type { NamedRecord } from "./dns-records.ts";

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

  isProxied(record: NamedRecord): boolean {
    return isProxied(this.#config, record.host, record.proxied);
  }

  #record(record: NamedRecord, opts: { readonly parent: pulumi.Resource }): pulumi.Resource {
    const zone = requireZone(record.host, this.#config);
    const zoneId = this.#config.zones[zone]?.zoneId;
    if (zoneId === undefined) {
      throw new Error(`fleet:dns.zones.${zone} has no zoneId`);
    }
    const proxied = this.isProxied(record);
    return new DnsRecord(
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
      { ...opts, provider: this.#provider, ...inItsPlace(record) },
    );
  }
}
