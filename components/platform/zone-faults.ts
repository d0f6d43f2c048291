/**
 * Faults of our own zones: what a name server refuses, or serves and nobody can use. Pure.
 *
 * Found in the config, before anything is published; the server's own check comes on top.
 */
import { zoneOf } from "./dns.schema.ts";
import type { PlannedHost } from "./dns-records.ts";
import type { PlatformFault } from "./fault.ts";
import type { NameServerDnsConfig } from "./name-server.schema.ts";
import { zonesBelow } from "./zone-content.ts";
import { ownerOf, recordData } from "./zone-file.ts";

type Path = PlatformFault["path"];

/** A record with the place in the config that it follows from. */
interface Entry {
  readonly path: Path;
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  /** Unknown for hosts: their addresses are made by the run. */
  readonly data?: string;
  readonly target?: string;
  readonly ttlSeconds: number;
  /** Who says so, for messages. */
  readonly by: "records" | "host" | "server" | "delegation";
}

function configured(config: NameServerDnsConfig, path: Path): Entry[] {
  return Object.entries(config.zones).flatMap(([zone, { records }]) =>
    records.map((record, index): Entry => ({
      path: [...path, "zones", zone, "records", index],
      zone,
      name: ownerOf(record.name, zone),
      type: record.type,
      data: recordData(record),
      ...("target" in record ? { target: record.target } : {}),
      ttlSeconds: record.ttlSeconds ?? config.ttlSeconds,
      by: "records",
    })),
  );
}

/** Whether a server's address will be in the zones: given, or the made machine's own. */
const hasAddress = (config: NameServerDnsConfig, name: string): boolean =>
  config.nameServers[name]?.address !== undefined ||
  (config.machine.kind === "linode" && config.machine.nameServer === name);

function derived(config: NameServerDnsConfig, hosts: readonly PlannedHost[], path: Path): Entry[] {
  const zones = Object.keys(config.zones);
  const { ttlSeconds } = config;
  const servers = Object.keys(config.nameServers).flatMap((name): Entry[] => {
    const zone = zoneOf(name, zones);
    return zone === undefined || !hasAddress(config, name)
      ? []
      : [{ path: [...path, "nameServers", name], zone, name, type: "A", ttlSeconds, by: "server" }];
  });
  const cuts = zones.flatMap((zone) =>
    zonesBelow(zone, zones).map((name): Entry => ({
      path: [...path, "zones", name],
      zone,
      name,
      type: "NS",
      ttlSeconds,
      by: "delegation",
    })),
  );
  const own = hosts.flatMap(({ path: at, host, type, target }): Entry[] => {
    const zone = zoneOf(host, zones);
    const leads = target === undefined ? {} : { target };
    return zone === undefined
      ? []
      : [{ path: at, zone, name: host, type, ttlSeconds, by: "host", ...leads }];
  });
  return [...servers, ...cuts, ...own];
}

/** Types of records that lead to an address. */
const leading: readonly string[] = ["A", "AAAA", "CNAME"];

const place = (path: Path): string => `fleet:${path.join(".")}`;

/** One name with a CNAME and anything else, or an address of the stack's host said twice. */
function conflicts(entries: readonly Entry[]): PlatformFault[] {
  const isAddress = ({ type }: Entry): boolean => leading.includes(type);
  return entries.flatMap((entry, index): PlatformFault[] => {
    const same = entries.filter((other) => other.name === entry.name && other.zone === entry.zone);
    const others = same.filter((other) => other !== entry);
    if (entry.by !== "records" || others.length === 0) {
      return [];
    }
    const twin = entries
      .slice(0, index)
      .find(
        ({ name, type, data }) => name === entry.name && type === entry.type && data === entry.data,
      );
    if (twin !== undefined) {
      return [
        { path: entry.path, message: `is the record of ${place(twin.path)} again: take one out` },
      ];
    }
    const owned = others.find((other) => other.by !== "records" && isAddress(other));
    if (owned !== undefined && isAddress(entry)) {
      return [
        {
          path: entry.path,
          message: `${entry.name} already leads where ${place(owned.path)} says: take this record out, or half of all clients go elsewhere`,
        },
      ];
    }
    // Told once, at the CNAME; at the other where the CNAME is a host's.
    const beside =
      entry.type === "CNAME"
        ? others.find((other) => other.type !== "CNAME" || entries.indexOf(other) < index)
        : others.find((other) => other.type === "CNAME" && other.by !== "records");
    return beside === undefined
      ? []
      : [
          {
            path: entry.path,
            message: `${entry.name} has a CNAME beside another record (${place(beside.path)}): a CNAME stands alone`,
          },
        ];
  });
}

/** Hosts whose CNAME meets another host's record, and CNAMEs at the top of a zone. */
function aliases(entries: readonly Entry[], config: NameServerDnsConfig): PlatformFault[] {
  return entries
    .filter(({ type, name }) => type === "CNAME" && Object.hasOwn(config.zones, name))
    .map(({ path, name }) => ({
      path,
      message: `${name} is the top of its zone, which takes no CNAME: give it an A record`,
    }));
}

/** Times to live of one name and type that differ: resolvers keep a part of the answer (RFC 2181 5.2). */
function unequalTimes(entries: readonly Entry[]): PlatformFault[] {
  return entries.flatMap((entry, index): PlatformFault[] => {
    const first = entries
      .slice(0, index)
      .find((o) => o.name === entry.name && o.type === entry.type);
    return entry.by !== "records" || first === undefined || first.ttlSeconds === entry.ttlSeconds
      ? []
      : [
          {
            path: [...entry.path, "ttlSeconds"],
            message: `must be ${first.ttlSeconds} like that of ${place(first.path)}: the ${entry.type} records of one name live equally long`,
          },
        ];
  });
}

/**
 * Records below a name that was handed to other servers, or that is a zone of ours itself: nobody asks for them here,
 * and our server answers out of that zone.
 */
function hidden(entries: readonly Entry[], config: NameServerDnsConfig): PlatformFault[] {
  const cuts = entries.filter(
    ({ type, name, by }) =>
      by === "delegation" ||
      (by === "records" && type === "NS" && !Object.hasOwn(config.zones, name)),
  );
  const targets = new Set(cuts.flatMap(({ target }) => target ?? []));
  return entries.flatMap((entry): PlatformFault[] => {
    const cut = cuts.find(
      ({ name, zone, by }) =>
        (by === "records" || entry.zone === zone) &&
        (entry.name.endsWith(`.${name}`) || (entry.name === name && entry.type !== "NS")),
    );
    const glue = ["A", "AAAA"].includes(entry.type) && targets.has(entry.name);
    if (cut === undefined || glue) {
      return [];
    }
    const why =
      cut.by === "delegation"
        ? `a zone of its own (${place(cut.path)})`
        : `which ${place(cut.path)} hands to ${cut.target ?? "other servers"}`;
    return [
      {
        path: entry.path,
        message: `${entry.name} lies at or below ${cut.name}, ${why}: its record belongs there`,
      },
    ];
  });
}

/** NS records of a zone's top or of a wildcard, and servers whose names need an address that nobody says. */
function servers(
  entries: readonly Entry[],
  config: NameServerDnsConfig,
  path: Path,
): PlatformFault[] {
  const zones = Object.keys(config.zones);
  const top = entries
    .filter(({ by, type, name }) => by === "records" && type === "NS" && zones.includes(name))
    .map(({ path: at }) => ({
      path: at,
      message: "must not be of type NS: nameServers says which servers a zone of ours has",
    }));
  // What it would mean nobody says (RFC 4592 4.2); BIND loads no such zone, and named-checkzone says so.
  const wild = entries
    .filter(({ by, type, name }) => by === "records" && type === "NS" && name.startsWith("*."))
    .map(({ path: at, name }) => ({
      path: at,
      message: `${name} is handed to other servers: say each name, as BIND takes no NS record of a wildcard`,
    }));
  const bare = Object.keys(config.nameServers)
    .filter((name) => zoneOf(name, zones) !== undefined && !hasAddress(config, name))
    .map((name) => ({
      path: [...path, "nameServers", name, "address"],
      message: `must be the address of ${name}: a server inside a zone of its own is found by that glue alone`,
    }));
  const { machine } = config;
  const [primary] = Object.keys(config.nameServers);
  const made =
    machine.kind === "linode" &&
    machine.nameServer !== primary &&
    // One that is none of them is told by the schema.
    Object.hasOwn(config.nameServers, machine.nameServer)
      ? [
          {
            path: [...path, "machine", "nameServer"],
            message: `must be ${primary ?? ""}, the first of nameServers: the machine that pulls the zones is the primary`,
          },
        ]
      : [];
  return [...top, ...wild, ...bare, ...made];
}

/**
 * What a wildcard says of a name. It answers for names that are not there, and are none on the way to another,
 * and only right below the nearest one that is (RFC 4592 3.3.1): any record of a name takes its address from it.
 */
function wildcardsOf(target: string, entries: readonly Entry[]): readonly Entry[] {
  const isThere = (name: string): boolean =>
    entries.some((one) => one.name === name || one.name.endsWith(`.${name}`));
  const labels = target.split(".");
  const nearest = labels.map((_, index) => labels.slice(index).join(".")).find(isThere);
  return nearest === undefined || nearest === target
    ? []
    : entries.filter(({ name }) => name === `*.${nearest}`);
}

/** Targets inside our zones that no record leads on from, or a CNAME where none may be. */
function targets(entries: readonly Entry[], config: NameServerDnsConfig): PlatformFault[] {
  const zones = Object.keys(config.zones);
  return entries.flatMap(({ path, type, target }): PlatformFault[] => {
    const zone = target === undefined ? undefined : zoneOf(target, zones);
    if (target === undefined || zone === undefined) {
      return [];
    }
    const found = entries.filter(({ name }) => name === target);
    const answers = found.some((one) => leading.includes(one.type));
    const handed = entries.some(
      (one) => one.type === "NS" && one.by === "records" && `.${target}`.endsWith(`.${one.name}`),
    );
    if (!answers && type === "NS") {
      return [{ path, message: `${target} has no address in ${zone}: add its A record, the glue` }];
    }
    const wild = handed ? [] : wildcardsOf(target, entries);
    if (!answers && !handed && !wild.some((one) => leading.includes(one.type))) {
      return [
        {
          path,
          message: `leads to ${target}, which has no address in ${zone}: add its A record or mend the name`,
        },
      ];
    }
    // What a wildcard makes of a name that is asked for is an alias like any other (RFC 2181 10.3, RFC 2782, RFC 4592 4.3).
    const alias = [...found, ...wild].find((one) => one.type === "CNAME");
    return type === "CNAME" || alias === undefined
      ? []
      : [
          {
            path,
            message: `leads to ${target}, which is a CNAME${alias.name === target ? "" : ` by ${alias.name}`}: ${type} needs a name with an address`,
          },
        ];
  });
}

/** CNAMEs that lead back to themselves, by whichever names and wildcards: no server refuses them, and nobody gets an address. */
function circles(entries: readonly Entry[]): PlatformFault[] {
  const next = ({ target = "" }: Entry): Entry | undefined =>
    [...entries.filter(({ name }) => name === target), ...wildcardsOf(target, entries)].find(
      ({ type }) => type === "CNAME",
    );
  const told = new Set<Entry>();
  return entries.flatMap((entry): PlatformFault[] => {
    const way: Entry[] = [];
    let at = entry.type === "CNAME" ? entry : undefined;
    while (at !== undefined && !way.includes(at)) {
      way.push(at);
      at = next(at);
    }
    if (at !== entry || told.has(entry)) {
      return [];
    }
    way.forEach((one) => told.add(one));
    const names = [...way, entry].map(({ name }) => name).join(" → ");
    return [{ path: entry.path, message: `leads in a circle: ${names}. Let one lead elsewhere` }];
  });
}

/** Addresses and mail at names that no host may have: BIND, as it comes, loads no zone with one. */
function unhostly(entries: readonly Entry[], { machine }: NameServerDnsConfig): PlatformFault[] {
  if (machine.kind === "linode" || machine.software !== "bind9") {
    return [];
  }
  return entries
    .filter(({ name, type }) => ["A", "AAAA", "MX"].includes(type) && name.includes("_"))
    .map(({ path, name, type }) => ({
      path,
      message: `${name} is no name of a host, which has letters, digits and dashes: BIND takes no ${type} record of it`,
    }));
}

/** Names that end in their own zone, as if they were full ones. */
function doubled(config: NameServerDnsConfig, path: Path): PlatformFault[] {
  return Object.entries(config.zones).flatMap(([zone, { records }]) =>
    records.flatMap(({ name }, index) =>
      name === zone || name.endsWith(`.${zone}`)
        ? [
            {
              path: [...path, "zones", zone, "records", index, "name"],
              message: `must be a name inside ${zone}, without it: this one would be ${name}.${zone}`,
            },
          ]
        : [],
    ),
  );
}

/**
 * Every fault of the zones.
 *
 * @param hosts The stack's hosts with the kind of record that leads to each.
 * @param path Place of the section in the config.
 */
export function ownZoneFaults(
  config: NameServerDnsConfig,
  hosts: readonly PlannedHost[],
  path: Path = ["dns"],
): PlatformFault[] {
  // Hosts and servers first: what was written by hand is what must change.
  const entries = [...derived(config, hosts, path), ...configured(config, path)];
  return [
    ...doubled(config, path),
    ...servers(entries, config, path),
    ...conflicts(entries),
    ...aliases(
      entries.filter(({ by }) => by === "records"),
      config,
    ),
    ...unequalTimes(entries),
    ...hidden(entries, config),
    ...targets(entries, config),
    ...circles(entries),
    ...unhostly(entries, config),
  ];
}
