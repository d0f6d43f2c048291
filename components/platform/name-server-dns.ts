import type { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import * as pulumi from "@pulumi/pulumi";

import { requireZone, zoneNames } from "./dns.schema.ts";
import type { Dns, DnsNotes } from "./dns.ts";
import type { NamedRecord } from "./dns-records.ts";
import { NameServer, type NameServerSettings } from "./name-server.ts";
import type { NameServerDnsConfig } from "./name-server.schema.ts";
import {
  delegations,
  type KnownRecord,
  type ServerAddresses,
  zoneContents,
} from "./zone-content.ts";
import { zoneFile, zoneIndex } from "./zone-file.ts";

/** Zones that we write whole, and a name server of our own that pulls them. */
export class NameServerDns implements Dns {
  /** Where the zones are published, and what zones above ours must say. */
  readonly notes: pulumi.Output<DnsNotes>;

  readonly #config: NameServerDnsConfig;
  readonly #provider: LinodeProvider;
  readonly #server: NameServer;

  constructor(name: string, config: NameServerSettings, provider: LinodeProvider) {
    this.#config = config;
    this.#provider = provider;
    this.#server = new NameServer(`${name}-server`, config, { provider });
    const { source, addresses } = this.#server;
    this.notes = pulumi.all([source, addresses]).apply(([from, known]) => ({
      zonesAt: from,
      delegations: delegations(config, new Map(known)),
    }));
  }

  write(
    records: readonly NamedRecord[],
    opts: { readonly parent: pulumi.Resource },
  ): readonly pulumi.Resource[] {
    // In no zone's file, a record would be left out in silence.
    records.forEach(({ host }) => requireZone(host, this.#config));
    const zones = zoneNames(this.#config);
    const known = pulumi.all(
      records.map(({ host, type, content, ttlSeconds }) =>
        pulumi.output(content).apply((value): KnownRecord => ({
          ...{ host, type, ttlSeconds },
          content: value,
        })),
      ),
    );
    const options = { ...opts, provider: this.#provider };
    const files = zones.map((zone) => {
      const content = pulumi
        .all([known, this.#server.addresses])
        .apply(([hosts, addresses]) => this.#file(zone, hosts, new Map(addresses)));
      return this.#server.publish(`${zone}.zone`, content, options);
    });
    // The list last: what it names is there.
    const index = this.#server.publish("index", zoneIndex(zones), {
      ...options,
      dependsOn: files,
    });
    return [...files, index];
  }

  #file(zone: string, hosts: readonly KnownRecord[], addresses: ServerAddresses): string {
    const content = zoneContents(this.#config, hosts, addresses).find((one) => one.zone === zone);
    if (content === undefined) {
      throw new Error(`fleet:dns.zones has no ${zone}`);
    }
    return zoneFile(content);
  }
}
