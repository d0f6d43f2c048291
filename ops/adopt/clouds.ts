/** Things at Linode and Cloudflare that exist and that a stack would make: found by their names. Pure. */
import type { Decision } from "./decision.ts";
import { holdsUnknown, type Planned, type PlannedImport } from "./preview.ts";
import { type Comparison, isWithin } from "./within.ts";

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
  /** Inputs whose change makes another thing of it, or of what is in it. */
  readonly fixed: readonly string[];
  /** Several of one name may stand side by side; this tells them apart. */
  readonly content?: string;
  /** Why it cannot be taken by its name. */
  readonly refusal?: (id: string) => string;
  /** What a change of a fixed input costs, where that is not its address. */
  readonly cost?: string;
}

/** Types that can be taken. Names and what replaces: facts/clouds-linode-cloudflare-docker.md 1 to 4. */
export const cloudRules: Readonly<Record<string, Rule>> = {
  "linode:index/lkeCluster:LkeCluster": {
    name: ["label"],
    // Another version is an update in place, which recycles every node of every pool.
    fixed: ["region", "tier", "k8sVersion", "controlPlane"],
    cost: "the next update would exchange its nodes, or be refused",
  },
  "linode:index/nodeBalancer:NodeBalancer": { name: ["label"], fixed: ["region", "firewallId"] },
  "linode:index/instance:Instance": {
    name: ["label"],
    fixed: [],
    refusal: (id) =>
      `its image, keys and user data cannot be read back, and the next update would make another machine: take it over as it is, with fleet:dns.machine: {kind: adopted, linodeId: ${id}, …}, or give one of the two another name`,
  },
  "linode:index/firewall:Firewall": { name: ["label"], fixed: [] },
  "linode:index/objectStorageBucket:ObjectStorageBucket": {
    name: ["label"],
    fixed: ["region"],
    cost: "another one would be empty, and elsewhere",
  },
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
  // The same content first: what is left of a name then goes to whoever has none of its type, and none at all.
  for (const isNear of [isSame, isOfItsType, isExchanged]) {
    for (const planned of creates) {
      const rule = cloudRules[planned.type];
      if (rule === undefined || decisions.some((decision) => decision.planned === planned)) {
        continue;
      }
      const named = things.filter(
        (one) => one.type === planned.type && isNamed(planned, one, rule.name),
      );
      const thing = named.find((one) => !taken.has(one) && isNear(planned, one, rule));
      if (thing !== undefined) {
        taken.add(thing);
        const isTwice = rule.content === undefined && named.length > 1;
        decisions.push(isTwice ? twice(planned, named) : decideThing(planned, thing, rule));
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

/** Records that lead clients somewhere: one of them left over, or two of different types, and they go elsewhere. */
const leading = ["A", "AAAA", "CNAME"];

const recordType = (inputs: CloudThing["inputs"]): string =>
  text(inputs["recordType"] ?? inputs["type"]);

/** A name has records for mail, proofs and authorities as well: what is of another type is another thing. */
const isOfItsType = ({ inputs }: Planned, thing: CloudThing, { content }: Rule): boolean =>
  content === undefined || recordType(inputs) === recordType(thing.inputs);

/** Nothing that leads clients can stand beside a CNAME (Cloudflare's errors 81053 and 81054): one goes for the other. */
function isExchanged({ inputs }: Planned, thing: CloudThing): boolean {
  const types = [recordType(inputs), recordType(thing.inputs)];
  return types.includes("CNAME") && types.every((type) => leading.includes(type));
}

/** What the program takes by its number at the next update, whatever else it says of it. */
export function decideImports(
  imports: readonly PlannedImport[],
  things: readonly CloudThing[],
): readonly Decision[] {
  return imports.flatMap((planned): Decision[] => {
    const { type, id, inputs } = planned;
    const thing = things.find((one) => one.type === type && one.id === id);
    const rule = cloudRules[type];
    if (thing === undefined || rule === undefined) {
      return [];
    }
    const other = [...rule.name, "region"].find((field) => isOther(planned, thing, field));
    const what = `${wordsFor(thing)} (${id})`;
    return other === undefined
      ? [{ verdict: "adopted", what, why: "by the program itself, as it is" }]
      : [
          {
            verdict: "in the way",
            what,
            why: `its ${other} is ${text(thing.inputs[other])}, the stack says ${text(inputs[other])}: is it the one that is meant? Say in the stack file what there is`,
          },
        ];
  });
}

/** Which of them it is, no name can tell. */
function twice(planned: Planned, named: readonly CloudThing[]): Decision {
  const [first, ...others] = named.map(({ id }) => id);
  return {
    verdict: "in the way",
    what: wordsFor(named[0] as CloudThing),
    why: `there are ${named.length} of this name (${[first, ...others].join(", ")}): rename or delete all but the one that is meant`,
    planned,
  };
}

function decideThing(planned: Planned, thing: CloudThing, rule: Rule): Decision {
  const common = { what: wordsFor(thing), planned, id: thing.id };
  const { refusal, content } = rule;
  if (refusal !== undefined) {
    return { ...common, verdict: "in the way", why: refusal(thing.id) };
  }
  const other = rule.fixed.find((field) => isOther(planned, thing, field));
  if (other === undefined) {
    return { ...common, verdict: "adopted", why: whatChanges(planned, thing, rule) };
  }
  const difference = `its ${other} is ${text(thing.inputs[other])}, the stack says ${text(planned.inputs[other])}`;
  const cost = rule.cost ?? "another one would have another address";
  return content === undefined
    ? {
        ...common,
        verdict: "in the way",
        why: `${difference}: ${cost}. Say in the stack file what there is`,
      }
    : { ...common, verdict: "replaced", why: `${difference}: the old one goes first` };
}

/** Whether both say it, and not the same. What a cloud does not tell cannot be compared. */
function isOther({ inputs }: Planned, thing: CloudThing, field: string): boolean {
  const [wanted, live] = [inputs[field], thing.inputs[field]];
  return (
    wanted !== undefined &&
    live !== undefined &&
    !holdsUnknown(wanted) &&
    !isWithin(wanted, live, asThings)
  );
}

function whatChanges(planned: Planned, thing: CloudThing, { content }: Rule): string {
  const { inputs } = planned;
  if (content === undefined) {
    const fields = Object.keys(inputs).filter(
      (field) => !field.startsWith("__") && isOther(planned, thing, field),
    );
    return fields.length === 0 ? "as it is" : `the next update changes its ${fields.join(", ")}`;
  }
  const to = holdsUnknown(inputs[content])
    ? "where the stack's balancer is"
    : text(inputs[content]);
  return text(inputs[content]) === text(thing.inputs[content])
    ? "as it is"
    : `the next update leads it from ${text(thing.inputs[content])} to ${to}`;
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
    leading.includes(recordType(thing.inputs)) &&
    creates.some(
      (planned) =>
        planned.type === thing.type &&
        leading.includes(recordType(planned.inputs)) &&
        isNamed(planned, thing, rule.name),
    );
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
  return cloudRules[type]?.content === undefined
    ? `${kind} ${name}`
    : `${kind} ${recordType(inputs)} ${name === "" ? "@" : name}`;
}

/** Clouds fill in more than they are told. */
const asThings: Comparison = { isSame: (wanted, live) => text(wanted) === text(live) };

/** Numbers and texts are compared as texts: identifiers come as both. */
export function text(value: unknown): string {
  return value === undefined || value === null
    ? ""
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}
