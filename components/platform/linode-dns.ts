import { DomainRecord } from "@pulumi/linode/domainRecord.js";
import { getDomainOutput } from "@pulumi/linode/getDomain.js";
import type { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import type * as pulumi from "@pulumi/pulumi";

import { type LinodeDnsConfig, requireZone } from "./dns.schema.ts";
import { type Dns, inItsPlace } from "./dns.ts";
import type { NamedRecord } from "./dns-records.ts";

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
    return new DomainRecord(
      record.name,
      {
        domainId: this.#zone(zone),
        name: relativeName(record.host, zone),
        recordType: record.type,
        target: record.content,
        ttlSec: record.ttlSeconds,
      },
      { ...opts, provider: this.#provider, ...inItsPlace(record) },
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

/** Name of a host inside its zone; empty at the top of the zone. */
export function relativeName(host: string, zone: string): string {
  return host === zone ? "" : host.slice(0, -(zone.length + 1));
}
