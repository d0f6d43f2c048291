/** Things at Linode and Cloudflare that exist and that a stack would make: found by their names. Pure. */
import type { Decision } from "./decision.ts";
import { holdsUnknown, type Planned } from "./preview.ts";

/** A thing that a cloud holds, as far as it is compared. */
export interface CloudThing {
  /** Type token of the resource. */
  readonly type: string;
  /** By which the provider imports it. */
  readonly id: string;
  /** Inputs as the resource has them. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** How things of a type are found and compared. */
interface Rule {
  /** Inputs that together are its name. */
  readonly name: readonly string[];
  /** Inputs whose change makes another thing of it. */
  readonly fixed: readonly string[];
  /** Several of one name may stand side by side; this tells them apart. */
  readonly content?: string;
}

/** Types that can be taken. Names and what replaces: facts/clouds-linode-cloudflare-docker.md 1 to 4. */
export const cloudRules: Readonly<Record<string, Rule>> = {
  "linode:index/lkeCluster:LkeCluster": { name: ["label"], fixed: ["region", "tier"] },
  "linode:index/nodeBalancer:NodeBalancer": { name: ["label"], fixed: ["region", "firewallId"] },
  "linode:index/instance:Instance": {
    name: ["label"],
    fixed: ["image", "authorizedKeys", "metadatas", "region"],
  },
  "linode:index/firewall:Firewall": { name: ["label"], fixed: [] },
  "linode:index/domain:Domain": { name: ["domain"], fixed: ["type"] },
  "linode:index/domainRecord:DomainRecord": {
    name: ["domainId", "name"],
    fixed: ["recordType"],
    content: "target",
  },
  "cloudflare:index/dnsRecord:DnsRecord": {
    name: ["zoneId", "name"],
    fixed: ["type"],
    content: "content",
  },
};

/** What becomes of things of the clouds. */
export function decideThings(
  creates: readonly Planned[],
  things: readonly CloudThing[],
): readonly Decision[] {
  const taken = new Set<CloudThing>();
  const decisions: Decision[] = [];
  // The same content first: what is left of a name then goes to whoever has none.
  for (const exact of [true, false]) {
    for (const planned of creates) {
      if (decisions.some((decision) => decision.planned === planned)) {
        continue;
      }
      const rule = cloudRules[planned.type];
      const thing = things.find(
        (one) =>
          rule !== undefined &&
          !taken.has(one) &&
          one.type === planned.type &&
          isNamed(planned, one, rule.name) &&
          (!exact || isSame(planned, one, rule)),
      );
      if (rule !== undefined && thing !== undefined) {
        taken.add(thing);
        decisions.push(decideThing(planned, thing, rule));
      }
    }
  }
  return [...decisions, ...things.flatMap((thing) => besides(thing, creates, taken))];
}

function isNamed({ inputs }: Planned, thing: CloudThing, name: readonly string[]): boolean {
  return name.every(
    (field) => !holdsUnknown(inputs[field]) && text(inputs[field]) === text(thing.inputs[field]),
  );
}

function isSame({ inputs }: Planned, thing: CloudThing, { fixed, content }: Rule): boolean {
  const fields = content === undefined ? fixed : [...fixed, content];
  return fields.every((field) => text(inputs[field]) === text(thing.inputs[field]));
}

function decideThing(planned: Planned, thing: CloudThing, rule: Rule): Decision {
  const { inputs } = planned;
  const what = wordsFor(thing);
  const common = { what, planned, id: thing.id };
  const other = rule.fixed.find(
    (field) =>
      inputs[field] !== undefined &&
      !holdsUnknown(inputs[field]) &&
      text(inputs[field]) !== text(thing.inputs[field]),
  );
  if (other === undefined) {
    const { content } = rule;
    const moves = content !== undefined && text(inputs[content]) !== text(thing.inputs[content]);
    const to = holdsUnknown(inputs[content ?? ""])
      ? "where the stack's balancer is"
      : text(inputs[content ?? ""]);
    return {
      ...common,
      verdict: "adopted",
      why: moves
        ? `the next update leads it from ${text(thing.inputs[content])} to ${to}`
        : "as it is",
    };
  }
  const difference = `its ${other} is ${text(thing.inputs[other])}, the stack says ${text(inputs[other])}`;
  return rule.content === undefined
    ? {
        ...common,
        verdict: "in the way",
        why: `${difference}: another one would have another address. Say in the stack file what there is`,
      }
    : { ...common, verdict: "replaced", why: `${difference}: the old one goes first` };
}

/** Records of the stack's own names that are not among its own: they take a share of the clients. */
function besides(
  thing: CloudThing,
  creates: readonly Planned[],
  taken: ReadonlySet<CloudThing>,
): readonly Decision[] {
  const rule = cloudRules[thing.type];
  const isBeside =
    rule?.content !== undefined &&
    !taken.has(thing) &&
    creates.some((planned) => planned.type === thing.type && isNamed(planned, thing, rule.name));
  return isBeside
    ? [
        {
          verdict: "untouched",
          what: wordsFor(thing),
          why: "stands beside the stack's own record and takes a share of its clients: delete it by hand",
        },
      ]
    : [];
}

function wordsFor({ type, inputs }: CloudThing): string {
  const kind = type.split(":").at(-1) ?? type;
  const name = text(inputs["label"] ?? inputs["domain"] ?? inputs["name"]);
  const record = inputs["recordType"] ?? inputs["type"];
  return cloudRules[type]?.content === undefined
    ? `${kind} ${name}`
    : `${kind} ${text(record)} ${name === "" ? "@" : name}`;
}

/** Numbers and texts are compared as texts: identifiers come as both. */
function text(value: unknown): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}
