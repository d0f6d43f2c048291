/** The records of a stack, whoever keeps their zones. */
import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import type { NamedRecord } from "./dns-records.ts";
import { proxiedMark } from "./dns.schema.ts";

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
  /** Whether a proxy of the keeper's stands before a record: its name then leads to that. Default: before none. */
  readonly isProxied?: (record: NamedRecord) => boolean;
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

/** What {@link DnsRecords} needs. */
export interface DnsRecordsArgs {
  readonly dns: Dns;
  readonly records: readonly NamedRecord[];
}

/**
 * Options of a record that is a resource of its own. A changed type is a new record: made first, it would stand beside the
 * old one, and Cloudflare refuses an address beside a CNAME. By the aliases it is that record to the engine at all.
 */
export const inItsPlace = ({
  onceCalled = [],
}: Pick<NamedRecord, "onceCalled">): Pick<
  pulumi.CustomResourceOptions,
  "deleteBeforeReplace" | "aliases"
> => ({ deleteBeforeReplace: true, aliases: onceCalled.map((name) => ({ name })) });

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
    this.zoneLines = args.records.map((record) => {
      const { host, type, content, ttlSeconds } = record;
      const end = `${type === "CNAME" ? "." : ""}${args.dns.isProxied?.(record) === true ? proxiedMark : ""}`;
      return pulumi.interpolate`${host}. ${ttlSeconds} IN ${type} ${content}${end}`;
    });
    this.registerOutputs({ zoneLines: this.zoneLines });
  }
}
