import { Firewall } from "@pulumi/linode/firewall.js";
import { Instance } from "@pulumi/linode/instance.js";
import { NetworkingIp } from "@pulumi/linode/networkingIp.js";
import { ObjectStorageBucket } from "@pulumi/linode/objectStorageBucket.js";
import { ObjectStorageObject } from "@pulumi/linode/objectStorageObject.js";
import * as pulumi from "@pulumi/pulumi";

import { keptAs } from "../base/kept.ts";
import type { DataPolicy } from "../base/scalars.ts";
import { externalSettings, installScript, userData } from "./name-server-files.ts";
import type { LinodeMachine, NameServerDnsConfig } from "./name-server.schema.ts";

type Options = pulumi.CustomResourceOptions;

/** Config, with what happens to bucket and address when they go. */
export type NameServerSettings = NameServerDnsConfig & { readonly data: DataPolicy };

/** Folder of the zone files in their bucket. */
const folder = "zones";

/** The bucket of the zones and the machine that pulls them, where that is made or adopted. */
export class NameServer extends pulumi.ComponentResource {
  /** URL of the folder of the zone files. */
  readonly source: pulumi.Output<string>;

  /** Address of each server that has one. */
  readonly addresses: pulumi.Output<readonly (readonly [string, string])[]>;

  readonly #bucket: ObjectStorageBucket;
  readonly #region: string;

  constructor(name: string, config: NameServerSettings, opts: pulumi.ComponentResourceOptions) {
    const { machine, publication } = config;
    super("fleet:platform:NameServer", name, { machine: machine.kind, ...publication }, opts);
    this.#region = publication.region;
    this.#bucket = new ObjectStorageBucket(
      `${name}-bucket`,
      { label: publication.bucket, region: publication.region },
      // Names are unique across customers: one that went could be somebody else's, with other zones.
      { parent: this, ...keptAs(config.data) },
    );
    this.source = pulumi.interpolate`https://${this.#bucket.hostname}/${folder}`;

    const options: Options = { parent: this };
    const made = machine.kind === "linode" ? this.#make(name, machine, config, options) : undefined;
    if (machine.kind === "adopted") {
      adopt(name, machine, options);
    }
    if (machine.kind !== "linode") {
      const settings = this.source.apply((source) =>
        externalSettings(machine.software, source, secondaries(config)),
      );
      const user = machine.software === "knot" ? "knot" : "bind";
      const script = settings.apply((known) => installScript(known, user));
      this.publish("install.sh", script, options);
    }
    const given = Object.entries(config.nameServers).flatMap(([server, { address }]) =>
      address === undefined ? [] : [[server, address] as const],
    );
    this.addresses =
      machine.kind === "linode" && made !== undefined
        ? made.apply((address) => [
            ...given.filter(([server]) => server !== machine.nameServer),
            [machine.nameServer, address] as const,
          ])
        : pulumi.output(given);
    this.registerOutputs({ source: this.source });
  }

  /** Puts a file where the machine looks for it, readable by everybody: so is what it says. */
  publish(file: string, content: pulumi.Input<string>, opts: Options): ObjectStorageObject {
    return new ObjectStorageObject(
      `${folder}/${file}`,
      {
        bucket: this.#bucket.label,
        region: this.#region,
        key: `${folder}/${file}`,
        content,
        acl: "public-read",
        contentType: "text/plain; charset=utf-8",
        // A cache on the way would hand out yesterday's zone.
        cacheControl: "no-store",
      },
      opts,
    );
  }

  /**
   * Makes the machine.
   *
   * The address is reserved by itself, so that it outlives the machine, and given at creation: put on
   * later, it would need a restart. Two machines cannot hold it, so the old one goes first.
   *
   * Neither leaves its region: the provider would move the machine, which gets another address there, and note the
   * new region of an address that stays where it is (linode/terraform-provider-linode, linode/instance/resource.go,
   * linode/networkingip). So another region is another machine and address, and refused while they are protected.
   */
  #make(
    name: string,
    machine: LinodeMachine,
    config: NameServerSettings,
    options: Options,
  ): pulumi.Output<string> {
    const protect = (machine.data ?? config.data) !== "delete";
    const address =
      machine.address === undefined
        ? new NetworkingIp(
            `${name}-address`,
            { reserved: true, region: machine.region, type: "ipv4" },
            // A released address is somebody else's: glue and registrars name it.
            { ...options, ...keptAs(config.data), replaceOnChanges: ["region"] },
          ).address
        : pulumi.output(machine.address);
    const firewall = new Firewall(
      `${name}-firewall`,
      { label: label(machine.nameServer, 32), ...firewallRules(machine.sshFrom), tags: ["fleet"] },
      { ...options, protect },
    );
    new Instance(
      `${name}-machine`,
      {
        label: label(machine.nameServer, 50),
        region: machine.region,
        type: machine.type,
        image: machine.image,
        authorizedKeys: machine.sshKeys,
        ipv4s: [address],
        // From its first second on: a device attached later leaves it open meanwhile.
        firewallId: firewall.id.apply(Number),
        metadatas: [
          {
            userData: this.source.apply((source) =>
              Buffer.from(userData(source, secondaries(config))).toString("base64"),
            ),
          },
        ],
        tags: ["fleet"],
      },
      { ...options, protect, deleteBeforeReplace: true, replaceOnChanges: ["region"] },
    );
    return address;
  }
}

/** Takes a machine into state as it is: nothing of it is changed, and it cannot be deleted. */
function adopt(
  name: string,
  { linodeId, label: machineLabel, region }: { linodeId: number; label: string; region: string },
  options: Options,
): Instance {
  return new Instance(
    `${name}-machine`,
    { label: machineLabel, region },
    {
      ...options,
      import: `${linodeId}`,
      protect: true,
      retainOnDelete: true,
      ignoreChanges: ["*"],
    },
  );
}

/** Addresses of the servers that copy the zones: all but the first. */
const secondaries = ({ nameServers }: NameServerDnsConfig): readonly string[] =>
  Object.values(nameServers)
    .slice(1)
    .flatMap(({ address }) => (address === undefined ? [] : [address]));

/** A name as a label of Linode: no dots, at most so long. */
const label = (host: string, length: number): string =>
  host.replaceAll(".", "-").slice(0, length).replace(/-+$/, "");

const everybody = { ipv4s: ["0.0.0.0/0"], ipv6s: ["::/0"] };

/** What reaches the machine: questions over UDP and TCP, operators, and what path discovery needs. */
export function firewallRules(sshFrom: readonly string[]) {
  const [ipv4s, ipv6s] = [false, true].map((v6) =>
    sshFrom.filter((one) => one.includes(":") === v6),
  );
  const rule = { action: "ACCEPT", protocol: "TCP" };
  return {
    inboundPolicy: "DROP",
    outboundPolicy: "ACCEPT",
    inbounds: [
      { ...rule, label: "dns-udp", protocol: "UDP", ports: "53", ...everybody },
      { ...rule, label: "dns-tcp", ports: "53", ...everybody },
      {
        ...rule,
        label: "ssh",
        ports: "22",
        // An empty list is refused.
        ...(ipv4s === undefined || ipv4s.length === 0 ? {} : { ipv4s }),
        ...(ipv6s === undefined || ipv6s.length === 0 ? {} : { ipv6s }),
      },
      { ...rule, label: "icmp", protocol: "ICMP", ...everybody },
    ],
  };
}
