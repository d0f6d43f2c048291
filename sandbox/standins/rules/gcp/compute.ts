/** Google's addresses, firewalls and networks: facts/clouds-gke-ingress-tls.md 1.7, 2.1 and 8. */
import { isIPv4, isIPv6 } from "node:net";
import type { Fault } from "../../check.ts";
import { asText, digest, without } from "../../values.ts";
import type { Properties } from "../../values.ts";
import { hashNumber } from "../../world.ts";
import {
  bag,
  bags,
  epoch,
  flag,
  given,
  list,
  matching,
  number,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Answer, Rule } from "../rule.ts";
import {
  addressType,
  byReference,
  labelOutputs,
  named,
  nameFaults,
  networkType,
  projectOf,
  regionOf,
  selfLink,
} from "./common.ts";

/** A regional address. Every main input replaces it, and a new one is another address. */
export const address: Rule = {
  replaces: { allBut: ["labels", "deletionPolicy"] },
  autoName: named,
  check: (inputs) => nameFaults(inputs),
  create: ({ seed, inputs }, world) => {
    const [project, region] = [projectOf(inputs, world), regionOf(inputs, world)];
    const id = `projects/${project}/regions/${region}/addresses/${text(inputs, "name")}`;
    refuseUnless(
      world.find(addressType, id) === undefined,
      `googleapi: Error 409: ${id} already exists`,
    );
    const given = text(inputs, "address");
    return {
      id,
      facts: {
        project,
        region,
        address: given === "" ? world.address("gcp", seed) : given,
        users: "",
      },
    };
  },
  remove: ({ facts, inputs }) => {
    const users = String(facts["users"]);
    refuseUnless(
      users === "",
      `googleapi: Error 400: The address resource '${text(inputs, "name")}' is already being used by '${users}'`,
    );
    return "gone";
  },
  outputs: ({ id, inputs, facts }) => ({
    address: String(facts["address"]),
    addressId: String(hashNumber(id, 2 ** 40)),
    addressType: text(inputs, "addressType", "EXTERNAL"),
    networkTier: text(inputs, "networkTier", "PREMIUM"),
    project: String(facts["project"]),
    region: String(facts["region"]),
    selfLink: selfLink("compute", id),
    users: facts["users"] === "" ? [] : [String(facts["users"])],
    creationTimestamp: epoch,
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
    labelFingerprint: digest(JSON.stringify(bag(inputs, "labels"))).slice(0, 8),
    ...labelOutputs(inputs),
  }),
};

/** A firewall rule. */
export const firewall: Rule = {
  replaces: ["name", "direction", "project"],
  sets: ["sourceRanges", "destinationRanges", "sourceTags", "targetTags"],
  // The provider shows no change here: to close a port say disabled, or delete the rule.
  unseen: (olds, news) =>
    list(olds, "sourceRanges").map(asText).join() === "0.0.0.0/0" &&
    list(news, "sourceRanges").length === 0
      ? ["sourceRanges"]
      : [],
  autoName: named,
  check: (inputs) => [...nameFaults(inputs), ...sourceFaults(inputs), ...protocolFaults(inputs)],
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    return {
      id: `projects/${project}/global/firewalls/${text(inputs, "name")}`,
      facts: { project },
    };
  },
  outputs: ({ id, inputs, facts }) => ({
    direction: text(inputs, "direction", "INGRESS"),
    priority: number(inputs, "priority", 1000),
    disabled: flag(inputs, "disabled", false),
    enableLogging: flag(inputs, "enableLogging", false),
    destinationRanges: [...list(inputs, "destinationRanges")],
    project: String(facts["project"]),
    selfLink: selfLink("compute", id),
    creationTimestamp: epoch,
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** A network. */
export const network: Rule = {
  replaces: {
    allBut: [
      "routingMode",
      "deleteDefaultRoutesOnCreate",
      "deletionPolicy",
      "networkFirewallPolicyEnforcementOrder",
    ],
  },
  autoName: named,
  check: (inputs) => nameFaults(inputs),
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    return {
      id: `projects/${project}/global/networks/${text(inputs, "name")}`,
      facts: { project },
    };
  },
  outputs: ({ id, inputs, facts }) => ({
    autoCreateSubnetworks: flag(inputs, "autoCreateSubnetworks", true),
    routingMode: text(inputs, "routingMode", "REGIONAL"),
    mtu: number(inputs, "mtu", 1460),
    networkId: String(hashNumber(id, 2 ** 40)),
    numericId: String(hashNumber(id, 2 ** 40)),
    project: String(facts["project"]),
    selfLink: selfLink("compute", id),
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** A subnetwork. */
export const subnetwork: Rule = {
  replaces: ["name", "network", "region", "project", "description", "reservedInternalRange"],
  autoName: named,
  check: (inputs) => [
    ...nameFaults(inputs),
    ...unless(
      given(inputs, "ipCidrRange") || given(inputs, "reservedInternalRange"),
      "ipCidrRange",
      "is required where no reservedInternalRange is given",
    ),
    ...matching(
      inputs,
      "ipCidrRange",
      /^\d+\.\d+\.\d+\.\d+\/\d+$/,
      "must be in CIDR form, as 10.0.0.0/20",
    ),
  ],
  create: ({ inputs }, world) => {
    const [project, region] = [projectOf(inputs, world), regionOf(inputs, world)];
    const name = text(inputs, "name");
    return {
      id: `projects/${project}/regions/${region}/subnetworks/${name}`,
      facts: { project, region },
    };
  },
  outputs: ({ id, inputs, facts }) => ({
    gatewayAddress: text(inputs, "ipCidrRange").replace(/\d+\/\d+$/, "1"),
    privateIpGoogleAccess: flag(inputs, "privateIpGoogleAccess", false),
    purpose: text(inputs, "purpose", "PRIVATE"),
    stackType: text(inputs, "stackType", "IPV4_ONLY"),
    secondaryIpRanges: [...list(inputs, "secondaryIpRanges")],
    subnetworkId: hashNumber(id, 2 ** 40),
    project: String(facts["project"]),
    region: String(facts["region"]),
    selfLink: selfLink("compute", id),
    state: "READY",
    creationTimestamp: epoch,
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** An address by its name. */
export const getAddress: Answer = ({ args, world }) => {
  const id = `projects/${projectOf(args, world)}/regions/${regionOf(args, world)}/addresses/${text(args, "name")}`;
  const found = world.need(addressType, id);
  const open = without(address.outputs(found, world), "effectiveLabels", "pulumiLabels");
  const used = list(open, "users").length > 0;
  return { ...open, id, name: text(found.inputs, "name"), status: used ? "IN_USE" : "RESERVED" };
};

/** A network by its name: `default` is there from the start, as live. */
export const getNetwork: Answer = ({ args, world }) => {
  const name = text(args, "name");
  const id = `projects/${projectOf(args, world)}/global/networks/${name}`;
  const found = byReference(world, networkType, name);
  refuseUnless(
    found !== undefined || name === "default",
    `googleapi: Error 404: ${id} was not found`,
  );
  return { id, name, selfLink: selfLink("compute", id), subnetworksSelfLinks: [] };
};

/** The zones of a region: three. */
export const getZones: Answer = ({ args, world }) => {
  const region = regionOf(args, world);
  const project = projectOf(args, world);
  return {
    id: `projects/${project}`,
    project,
    names: ["a", "b", "c"].map((zone) => `${region}-${zone}`),
  };
};

function sourceFaults(inputs: Properties): Fault[] {
  const ingress = text(inputs, "direction", "INGRESS") === "INGRESS";
  const sources = ["sourceRanges", "sourceTags", "sourceServiceAccounts"];
  const tags = ["sourceTags", "targetTags"].some((name) => given(inputs, name));
  const accounts = ["sourceServiceAccounts", "targetServiceAccounts"].some((name) =>
    given(inputs, name),
  );
  return [
    ...unless(
      !ingress || sources.some((name) => given(inputs, name)),
      "sourceRanges",
      "one of sourceRanges, sourceTags and sourceServiceAccounts must be given for INGRESS",
    ),
    ...unless(
      !tags || !accounts,
      "targetTags",
      "tags and service accounts cannot be mixed in one rule",
    ),
    ...["sourceRanges", "destinationRanges"].flatMap((name) => rangeFaults(inputs, name)),
  ];
}

function rangeFaults(inputs: Properties, name: string): Fault[] {
  const hosts = list(inputs, name).map((range) => asText(range).split("/")[0] ?? "");
  return unless(
    !hosts.some(isIPv4) || !hosts.some(isIPv6),
    name,
    "IPv4 and IPv6 ranges must not be mixed in one rule",
  );
}

function protocolFaults(inputs: Properties): Fault[] {
  const sides = ["allows", "denies"].filter((name) => given(inputs, name));
  return [
    ...unless(sides.length === 1, "allows", "exactly one of allows and denies must be given"),
    ...sides.flatMap((side) =>
      bags(inputs, side).flatMap((entry, index) => {
        const protocol = text(entry, "protocol");
        return [
          ...unless(
            protocol === protocol.toLowerCase(),
            `${side}[${index}].protocol`,
            "must be in lower case, as tcp",
          ),
          ...list(entry, "ports").flatMap((port, at) =>
            unless(
              typeof port !== "string" || /^\d+(-\d+)?$/.test(port) || port.includes("-"),
              `${side}[${index}].ports[${at}]`,
              'must be a text, as "443" or "30000-32767"',
            ),
          ),
        ];
      }),
    ),
  ];
}
