/** What changes, as entries: one a resource, or one a group of resources that change alike. */
import type { Finding, Group, Item, PropertyChange, RiskClass, StackReport } from "../../model.ts";
import type { Detail, Entry, Line } from "../document.ts";
import { memberDetail, propertyDetail, textDetail } from "./details.ts";
import { importance } from "./importance.ts";
import {
  anchor,
  arrows,
  change,
  counted,
  labelled,
  limits,
  sentence,
  strong,
  textOf,
  words,
} from "./line.ts";

/** Facts that an entry shows; the others are told by its properties. */
const mostFacts = 12;
/** Reasons that an entry shows; they come worst first. */
const mostReasons = 5;

/** Entries of one class of risk, worst first: single resources, then groups. */
export function entriesOf(
  stacks: readonly StackReport[],
  groups: readonly Group[],
  risk: RiskClass,
): readonly Entry[] {
  const told = new Map(groups.map((group) => [group.id, group]));
  const several = stacks.length > 1;
  return [
    ...stacks.flatMap(({ items }) =>
      items
        .filter((item) => item.risk === risk && !item.folded)
        .map((item) => itemEntry(item, told, several)),
    ),
    ...groups.filter((group) => group.risk === risk).map((group) => groupEntry(group, several)),
  ];
}

/** A resource that changes. */
export function itemEntry(item: Item, groups: ReadonlyMap<string, Group>, several: boolean): Entry {
  const within = item.groups.flatMap((id) => groups.get(id) ?? []);
  const changes = changesLeft(item.changes, within);
  return {
    is: "entry",
    id: anchor(item.id),
    tone: item.risk,
    operation: item.operation,
    title: labelled(item.resource.label),
    stacks: several ? [item.resource.stack, ...(item.alsoIn ?? [])].map(nameOf) : [],
    reasons: reasonsOf(item.findings),
    facts: itemFacts(item, within),
    details: itemDetails(item, changes),
    importance: importance.entry[item.risk],
  };
}

const nameOf = (stack: string): string => textOf(stack, limits.name);

/** Rule and sentence of each finding that counts most. */
const reasonsOf = (findings: readonly Finding[]): Entry["reasons"] =>
  findings.slice(0, mostReasons).map(({ rule, why }) => ({
    rule: textOf(rule, limits.name),
    why: sentence(arrows(why)),
  }));

/** What changes besides what the groups tell. */
function changesLeft(
  changes: readonly PropertyChange[],
  groups: readonly Group[],
): readonly PropertyChange[] {
  if (groups.length === 0) {
    return changes;
  }
  const told = new Set(groups.flatMap((group) => group.changes.map((one) => JSON.stringify(one))));
  return changes.filter((one) => !told.has(JSON.stringify(one)));
}

function itemFacts(item: Item, groups: readonly Group[]): readonly Line[] {
  const facts: readonly Line[] = [
    ...(item.failure === undefined ? [] : [[strong("failed:"), words(item.failure)]]),
    ...(item.replacement === undefined ? [] : [[change(item.replacement.why)]]),
    ...item.words.map((text) => [change(text)]),
    ...groups.map(({ title }) => [words("also:"), words(title)]),
  ];
  return most(facts);
}

/** The first facts, and how many there are besides. */
const most = (facts: readonly Line[]): readonly Line[] =>
  facts.length <= mostFacts
    ? facts
    : [
        ...facts.slice(0, mostFacts - 1),
        [words(`and ${counted(facts.length - mostFacts + 1, "more fact")}`)],
      ];

function itemDetails(item: Item, changes: readonly PropertyChange[]): readonly Detail[] {
  return [
    ...propertyDetail(item, changes, importance.properties[item.risk]),
    ...item.texts.map((text) => textDetail(text, importance.texts[item.risk])),
  ];
}

function groupEntry(group: Group, several: boolean): Entry {
  return {
    is: "entry",
    id: anchor(group.id),
    tone: group.risk,
    operation: group.operation,
    title: [words(group.title)],
    stacks: several ? group.stacks.map(nameOf) : [],
    reasons: reasonsOf(group.findings),
    facts: most(group.words.map((text) => [change(text)])),
    details: [
      ...propertyDetail({}, group.changes, importance.properties[group.risk]),
      memberDetail(group.members, several, importance.members),
    ],
    importance: importance.entry[group.risk],
  };
}
