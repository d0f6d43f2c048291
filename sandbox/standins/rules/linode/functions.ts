/** Linode's look-ups: facts/clouds-linode-cloudflare-docker.md 0, 1.1 and 3. */
import { asText, isList, without } from "../../values.ts";
import type { Properties } from "../../values.ts";
import { Refusal } from "../../world.ts";
import type { CloudObject, World } from "../../world.ts";
import { bags, epoch, given, list, number, refuseUnless, text } from "../rule.ts";
import type { Answer, Rule } from "../rule.ts";
import { nodeBalancer } from "./balancer.ts";
import { domain, recordName, recordsOf, roundedTtl } from "./dns.ts";
import { firewall } from "./firewall.ts";
import { describeCluster, offeredVersions } from "./lke.ts";
import { instance, networkingIp, volume } from "./machines.ts";
import {
  addressType,
  balancerType,
  clusterType,
  domainType,
  firewallType,
  instanceType,
  volumeType,
} from "./types.ts";

const getDomain: Answer = ({ args, world }) => {
  refuseUnless(given(args, "id") || given(args, "domain"), "one of id and domain must be given");
  const found = given(args, "id")
    ? world.find(domainType, args["id"] ?? null)
    : world.all(domainType).find((known) => text(known.inputs, "domain") === text(args, "domain"));
  if (found === undefined) {
    const wanted = text(args, "domain", asText(args["id"]));
    throw new Refusal(`[404] Domain ${wanted} was not found`);
  }
  return describeDomain(found, world);
};

const getDomainRecord: Answer = ({ args, world }) => {
  refuseUnless(given(args, "id") || given(args, "name"), "Record name or ID is required");
  const zone = world.need(domainType, args["domainId"] ?? null);
  const record = recordsOf(world, zone.id).find(({ id, inputs }) =>
    given(args, "id") ? id === asText(args["id"]) : recordName(inputs) === text(args, "name"),
  );
  if (record === undefined) throw new Refusal(`[404] Domain record was not found in ${zone.id}`);
  const { inputs } = record;
  return {
    id: Number(record.id),
    domainId: Number(zone.id),
    name: recordName(inputs),
    type: text(inputs, "recordType"),
    target: text(inputs, "target"),
    ttlSec: roundedTtl(number(inputs, "ttlSec", 0)),
    port: number(inputs, "port", 0),
    priority: number(inputs, "priority", 0),
    weight: number(inputs, "weight", 0),
    protocol: text(inputs, "protocol"),
    service: text(inputs, "service"),
    tag: text(inputs, "tag"),
  };
};

const getLkeVersions: Answer = ({ args }) => {
  const tier = text(args, "tier", "standard");
  const ids = tier === "standard" ? offeredVersions : offeredVersions.map((id) => `v${id}.0+lke1`);
  return { id: tier, tier, versions: ids.map((id) => ({ id, tier })) };
};

const getLkeCluster: Answer = ({ args, world }) => {
  const found = world.need(clusterType, args["id"] ?? null);
  return { ...describeCluster(found, world), id: Number(found.id) };
};

/** Answers by function token. */
export const functions: Readonly<Record<string, Answer>> = {
  "linode:index/getDomain:getDomain": getDomain,
  "linode:index/getDomainRecord:getDomainRecord": getDomainRecord,
  "linode:index/getDomains:getDomains": listing("domains", domainType, describeDomain),
  "linode:index/getFirewalls:getFirewalls": listing("firewalls", firewallType, by(firewall)),
  "linode:index/getInstances:getInstances": listing("instances", instanceType, by(instance)),
  "linode:index/getLkeCluster:getLkeCluster": getLkeCluster,
  "linode:index/getLkeClusters:getLkeClusters": listing(
    "lkeClusters",
    clusterType,
    (found, world) => {
      const open = without(describeCluster(found, world), "kubeconfig");
      return { ...open, id: Number(found.id) };
    },
  ),
  "linode:index/getLkeVersions:getLkeVersions": getLkeVersions,
  "linode:index/getNetworkingIp:getNetworkingIp": ({ args, world }) => {
    const found = world.need(addressType, args["address"] ?? null);
    return { ...networkingIp.outputs(found, world), id: found.id };
  },
  "linode:index/getNodeBalancer:getNodeBalancer": single(balancerType, by(nodeBalancer)),
  "linode:index/getNodebalancers:getNodebalancers": listing(
    "nodebalancers",
    balancerType,
    by(nodeBalancer),
  ),
  "linode:index/getVolume:getVolume": single(volumeType, by(volume)),
};

function describeDomain({ id, inputs }: CloudObject, world: World): Properties {
  const outputs = domain.outputs(
    { id, inputs, type: domainType, urn: "", birth: 0, facts: {} },
    world,
  );
  return {
    axfrIps: [],
    masterIps: [],
    description: "",
    expireSec: 0,
    refreshSec: 0,
    retrySec: 0,
    soaEmail: "",
    ...inputs,
    ...outputs,
    id: Number(id),
  };
}

/** Describes an object of a type by its inputs and the outputs of its rule. */
function by(rule: Rule): (found: CloudObject, world: World) => Properties {
  return (found, world) => ({
    created: epoch,
    updated: epoch,
    ...found.inputs,
    ...rule.outputs(found, world),
    id: Number(found.id),
  });
}

function single(type: string, describe: (found: CloudObject, world: World) => Properties): Answer {
  return ({ args, world }) => describe(world.need(type, args["id"] ?? null), world);
}

/** The answer of a list function: what is there, filtered as asked. */
function listing(
  name: string,
  type: string,
  describe: (found: CloudObject, world: World) => Properties,
): Answer {
  return ({ args, world }) => ({
    id: "listing",
    [name]: world
      .all(type)
      .map((found) => describe(found, world))
      .filter((found) => bags(args, "filters").every((filter) => passes(found, filter))),
  });
}

/** Whether an object passes one filter, as `{name: "label", values: ["a"], matchBy: "exact"}`. */
function passes(found: Properties, filter: Properties): boolean {
  const field = text(filter, "name").replaceAll(/_(.)/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
  const held = found[field];
  const texts = (isList(held) ? held : [held ?? ""]).map(asText);
  const mode = text(filter, "matchBy", "exact");
  return list(filter, "values").some((wanted) =>
    texts.some((value) => {
      if (mode === "substring") return value.includes(asText(wanted));
      return mode === "regex" ? new RegExp(asText(wanted)).test(value) : value === asText(wanted);
    }),
  );
}
