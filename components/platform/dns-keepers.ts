/** Who keeps a stack's zones, as its file says. */
// Not from their roots: loading all of both takes an eighth of a second in every run of every stack.
import { Provider as CloudflareProvider } from "@pulumi/cloudflare/provider.js";
import { Provider as LinodeProvider } from "@pulumi/linode/provider.js";
import type * as pulumi from "@pulumi/pulumi";

import type { DataPolicy } from "../base/scalars.ts";
import { CloudflareDns } from "./cloudflare-dns.ts";
import type { DnsConfig } from "./dns.schema.ts";
import type { Dns } from "./dns.ts";
import { LinodeDns } from "./linode-dns.ts";
import { NameServerDns } from "./name-server-dns.ts";

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
class NoDns implements Dns {
  write(): readonly pulumi.Resource[] {
    // The output of DnsRecords is the whole of it.
    return [];
  }
}
