/** Linode machines, addresses and volumes: facts/clouds-linode-cloudflare-docker.md 1.7, 3.1, 3.2. */
import { hashNumber } from "../../world.ts";
import type { CloudObject, Facts, World } from "../../world.ts";
import { asText, digest } from "../../values.ts";
import type { Properties, Value } from "../../values.ts";
import {
  bags,
  epoch,
  flag,
  given,
  list,
  matching,
  number,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Rule } from "../rule.ts";
import { addressType, firewallType, instanceType, volumeType } from "./types.ts";

/** Machine ids from here on belong to nodes of managed clusters, which are no resources of their own. */
const firstNodeMachine = 90_000_000;

/** Whether a machine id belongs to a node of a managed cluster. */
export function isNodeMachine(id: Value): boolean {
  return Number(id) >= firstNodeMachine;
}

/** The machine id of a node of a managed cluster. A recycled node is another machine. */
export function nodeMachineId(pool: string, index: number, generation: number): number {
  return firstNodeMachine + hashNumber(`${pool}/${index}/${generation}`, 9_000_000);
}

/** A machine. */
export const instance: Rule = {
  replaces: [
    "image",
    "metadatas.*.userData",
    "stackscriptId",
    "stackscriptData",
    "authorizedKeys",
    "authorizedUsers",
    "rootPass",
    "firewallId",
    "ipv4s",
    "diskEncryption",
    "backupId",
  ],
  sets: ["tags", "ipv4s", "sharedIpv4s"],
  check: (inputs) => [
    ...matching(
      inputs,
      "label",
      /^[A-Za-z0-9_.-]{3,50}$/,
      "must be 3 to 50 letters, digits, '-', '_', '.'",
    ),
    ...["configs", "disks"].flatMap((part) =>
      unless(!given(inputs, "image") || !given(inputs, part), part, "excludes image"),
    ),
    ...oneOf(inputs, "diskEncryption", ["enabled", "disabled"]),
    ...bags(inputs, "metadatas").flatMap((metadata, index) =>
      matching(metadata, "userData", /^[A-Za-z0-9+/\s]*={0,2}\s*$/, "must be base64").map(
        (fault) => ({
          ...fault,
          path: `metadatas[${index}].userData`,
        }),
      ),
    ),
    // The API's page says "about 16kb encoded": the stricter way to read it.
    ...bags(inputs, "metadatas").flatMap((metadata, index) =>
      unless(
        text(metadata, "userData").length <= 16_384,
        `metadatas[${index}].userData`,
        "must have at most 16384 characters in base64",
      ),
    ),
  ],
  create: ({ seed, inputs }, world) => {
    const label = text(inputs, "label");
    const taken = world.all(instanceType).some((known) => text(known.inputs, "label") === label);
    refuseUnless(
      label === "" || !taken,
      `[400] [label] Label must be unique among your linodes: ${label}`,
    );
    if (given(inputs, "firewallId")) world.need(firewallType, inputs["firewallId"] ?? null);
    const reserved = list(inputs, "ipv4s").map(asText);
    for (const address of reserved) refuseAddress(world, address, text(inputs, "region"));
    const ipv4 = reserved[0] ?? world.address("linode", seed);
    return { id: world.decimalId(seed), facts: { ipv4 } };
  },
  update: ({ self, inputs, olds }) => {
    refuseUnless(
      !flag(olds, "privateIp", false) || flag(inputs, "privateIp", false),
      "[400] [privateIp] a private address can be turned on, never off",
    );
    return self.facts;
  },
  outputs: (self) => machineOutputs(self),
};

/** A machine takes at its creation a reserved address of its own region that no other machine has. */
function refuseAddress(world: World, address: string, region: string): void {
  const held = world.find(addressType, address);
  const reserved = held !== undefined && flag(held.inputs, "reserved", false);
  refuseUnless(reserved, `[400] [ipv4] ${address} is not reserved by this account`);
  const place = text(held?.inputs ?? {}, "region", region);
  refuseUnless(
    place === region,
    `[400] [ipv4] ${address} is reserved in ${place}, not in ${region}`,
  );
  const owner = world.all(instanceType).find((known) => known.facts["ipv4"] === address);
  refuseUnless(
    owner === undefined,
    `[400] [ipv4] ${address} is assigned to Linode ${owner?.id ?? ""} already`,
  );
}

function machineOutputs({ id, inputs, facts }: CloudObject): Properties {
  const ipv4 = String(facts["ipv4"]);
  const hash = hashNumber(id, 32_000);
  const inner = flag(inputs, "privateIp", false)
    ? `192.168.${128 + Math.floor(hash / 250)}.${1 + (hash % 250)}`
    : "";
  const group = digest(id).slice(0, 4);
  return {
    ipAddress: ipv4,
    ipv4s: inner === "" ? [ipv4] : [inner, ipv4],
    ipv6: `2001:db8::${group}:${digest(ipv4).slice(0, 4)}/128`,
    privateIpAddress: inner,
    label: text(inputs, "label", `linode${id}`),
    type: text(inputs, "type", "g6-standard-1"),
    status: flag(inputs, "booted", true) ? "running" : "offline",
    booted: flag(inputs, "booted", true),
    diskEncryption: text(inputs, "diskEncryption", "disabled"),
    backupsEnabled: flag(inputs, "backupsEnabled", false),
    hasUserData: bags(inputs, "metadatas").some((metadata) => given(metadata, "userData")),
    hostUuid: digest(`${id}/host`).slice(0, 40),
    specs: [
      { acceleratedDevices: 0, disk: 51_200, gpus: 0, memory: 2_048, transfer: 2_000, vcpus: 1 },
    ],
    swapSize: number(inputs, "swapSize", 512),
    tags: [...list(inputs, "tags")],
  };
}

/** A public address: reserved (it survives the machine) or extra. */
export const networkingIp: Rule = {
  // The provider replaces an extra address that shall move; a reserved one is detached and attached again.
  // Changes of region, public and type neither replace nor do anything: the state shows the wish.
  replaces: (_olds, news) => (flag(news, "reserved", false) ? [] : ["linodeId"]),
  check: (inputs) => {
    const reserved = flag(inputs, "reserved", false);
    return [
      ...oneOf(inputs, "type", ["ipv4"]),
      ...unless(
        reserved || given(inputs, "linodeId"),
        "linodeId",
        "is required where the address is not reserved",
      ),
      ...unless(
        !reserved || given(inputs, "linodeId") || given(inputs, "region"),
        "region",
        "is required for a reserved address that no machine has yet",
      ),
      ...unless(
        !given(inputs, "region") || !given(inputs, "linodeId"),
        "region",
        "excludes linodeId: the machine's region counts",
      ),
    ];
  },
  create: ({ seed, inputs }, world) => {
    if (given(inputs, "linodeId")) world.need(instanceType, inputs["linodeId"] ?? null);
    const address = world.address("linode", seed);
    return { id: address, facts: { address } };
  },
  outputs: (self, world) => addressOutputs(self, world),
};

function addressOutputs({ id, inputs }: CloudObject, world: World): Properties {
  const machine = world.find(instanceType, inputs["linodeId"] ?? null);
  return {
    address: id,
    gateway: id.replace(/\d+$/, "1"),
    prefix: 24,
    subnetMask: "255.255.255.0",
    public: flag(inputs, "public", true),
    reserved: flag(inputs, "reserved", false),
    type: text(inputs, "type", "ipv4"),
    region: text(inputs, "region", text(machine?.inputs ?? {}, "region")),
    rdns: `${id.replaceAll(".", "-")}.ip.linodeusercontent.com`,
    linodeId: number(inputs, "linodeId", 0),
  };
}

/** A reserved address put on a machine. */
export const reservedIpAssignment: Rule = {
  replaces: ["linodeId", "public", "address"],
  create: ({ inputs }, world) => {
    const address = text(inputs, "address");
    world.need(instanceType, inputs["linodeId"] ?? null);
    const held = world.need(addressType, address);
    refuseUnless(
      flag(held.inputs, "reserved", false),
      `[400] [address] ${address} is not reserved`,
    );
    return { id: address };
  },
  outputs: ({ id, inputs }, world) => ({
    ...addressOutputs(world.find(addressType, id) ?? { ...emptyAddress, id }, world),
    linodeId: inputs["linodeId"] ?? null,
    public: flag(inputs, "public", true),
    rdns: text(inputs, "rdns", `${id.replaceAll(".", "-")}.ip.linodeusercontent.com`),
    applyImmediately: flag(inputs, "applyImmediately", false),
  }),
};

const noFacts: Facts = {};
const emptyAddress = { type: addressType, urn: "", birth: 0, inputs: {}, facts: noFacts };

/** Addresses dealt to machines. Destroying it takes them off the machines. */
export const networkingIpAssignment: Rule = {
  replaces: ["assignments", "region"],
  check: (inputs) =>
    unless(list(inputs, "assignments").length > 0, "assignments", "must have at least one entry"),
  create: ({ seed, inputs }, world) => {
    for (const assignment of bags(inputs, "assignments")) {
      world.need(instanceType, assignment["linodeId"] ?? null);
    }
    return { id: world.decimalId(seed) };
  },
  outputs: () => ({}),
};

/** The name an address resolves back to. */
export const rdns: Rule = {
  replaces: ["address"],
  create: ({ inputs }) => ({ id: text(inputs, "address") }),
  outputs: ({ inputs }) => ({ waitForAvailable: flag(inputs, "waitForAvailable", false) }),
};

/** A public key of the account. */
export const sshKey: Rule = {
  replaces: ["sshKey"],
  create: ({ seed }, world) => ({ id: world.decimalId(seed) }),
  outputs: () => ({ created: epoch }),
};

/** A block storage volume. */
export const volume: Rule = {
  replaces: ["region", "encryption", "sourceVolumeId"],
  sets: ["tags"],
  check: (inputs) => [
    ...unless(
      given(inputs, "region") || given(inputs, "linodeId"),
      "region",
      "is required where no linodeId is given",
    ),
    ...matching(
      inputs,
      "label",
      /^[A-Za-z0-9_-]{1,32}$/,
      "must be 1 to 32 letters, digits, '-' or '_'",
    ),
    ...oneOf(inputs, "encryption", ["enabled", "disabled"]),
    ...unless(number(inputs, "size", 20) >= 10, "size", "must be at least 10 (GB)"),
  ],
  create: ({ seed, inputs }, world) => {
    const label = text(inputs, "label");
    const taken = world.all(volumeType).some((known) => text(known.inputs, "label") === label);
    refuseUnless(
      !taken,
      `[400] [label] Label must be unique among your volumes: there is one ${label}`,
    );
    if (given(inputs, "linodeId")) world.need(instanceType, inputs["linodeId"] ?? null);
    return { id: world.decimalId(seed) };
  },
  update: ({ self, inputs, olds }) => {
    const [before, after] = [number(olds, "size", 20), number(inputs, "size", 20)];
    refuseUnless(
      after >= before,
      `[400] [size] a volume cannot shrink from ${before} to ${after} GB`,
    );
    return self.facts;
  },
  outputs: ({ inputs }, world) => ({
    size: number(inputs, "size", 20),
    status: "active",
    encryption: text(inputs, "encryption", "disabled"),
    filesystemPath: `/dev/disk/by-id/scsi-0Linode_Volume_${text(inputs, "label")}`,
    region: text(
      inputs,
      "region",
      text(world.find(instanceType, inputs["linodeId"] ?? null)?.inputs ?? {}, "region"),
    ),
    linodeId: number(inputs, "linodeId", 0),
    tags: [...list(inputs, "tags")],
  }),
};
