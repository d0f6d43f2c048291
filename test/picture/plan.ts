/**
 * Where everything stands. From left to right: the internet, the addresses it dials, the ingress
 * controllers, the programs one below the other, the calls among them, their stores.
 */
import type { Card, Model, Room } from "./model.ts";
import type { Call } from "./reach.ts";
import type { Box } from "./svg.ts";

/** Height of a row, and of a program's card in it. */
export const row = { gap: 12, card: 52, store: 26, job: 13 } as const;

/** Left edges and widths of the columns that do not depend on the stack. */
export const columns = {
  internet: { x: 16, w: 34 },
  doors: { x: 142, w: 128 },
  controllers: { x: 344, w: 126 },
  programs: { x: 562, w: 224 },
} as const;

/** Room between the programs and the first line of calls: port numbers stand there. */
export const labelRoom = 40;
const lanePitch = 13;
const storeWidth = 212;
const sharedWidth = 150;
const firstRow = 160;

/** Calls of one kind: all that end at one port of one workload. */
export interface Net {
  readonly to: Card;
  readonly port: number;
  readonly protocol: string;
  readonly callers: readonly Card[];
}

/** A store with what is done to it by the clock. */
export interface Store {
  readonly card: Card;
  readonly jobs: readonly Card[];
  /** Programs that use it. */
  readonly users: readonly Card[];
}

/** The plan of a picture. */
export interface Plan {
  readonly programs: readonly Card[];
  readonly controllers: readonly Card[];
  readonly stores: readonly Store[];
  /** Calls between programs, one vertical line each, from left to right. */
  readonly nets: readonly (Net & { readonly x: number })[];
  /** Calls of programs to a controller: those that dial public names from inside. */
  readonly hairpins: readonly Net[];
  /** Box of every workload, by its id. */
  readonly boxes: ReadonlyMap<string, Box>;
  readonly rooms: readonly (Room & { readonly box: Box })[];
  readonly cluster: Box;
  /** Where the strip of nodes begins. */
  readonly nodesTop: number;
  readonly width: number;
}

const order = <Value extends string | number>(left: Value, right: Value): number =>
  left < right ? -1 : left > right ? 1 : 0;

/** Sorts by the first key that differs. */
function sortedBy<Item>(
  items: readonly Item[],
  keys: (item: Item) => readonly (string | number)[],
): Item[] {
  return items.toSorted((left, right) => {
    const others = keys(right);
    return (
      keys(left)
        .map((key, index) => order(key, others[index] ?? key))
        .find((result) => result !== 0) ?? 0
    );
  });
}

/** Jobs of a workload: those whose names begin with its own. */
export const jobsOf = (cards: readonly Card[], { id }: Card): Card[] =>
  cards.filter((card) => card.role === "job" && card.id.startsWith(`${id}-`));

function storesOf({ cards, calls }: Model): Store[] {
  return cards
    .filter(({ role }) => role === "store")
    .map((card) => ({
      card,
      jobs: jobsOf(cards, card),
      users: cards.filter(
        ({ id, role }) =>
          role === "program" && calls.some((call) => call.from === id && call.to === card.id),
      ),
    }));
}

/** How many services use a store: members of one service are one. */
export const serviceCount = (users: readonly Card[]): number =>
  new Set(users.map(({ id, hosts }) => hosts[0] ?? id)).size;

/** Rows from above: what is dialled past the controllers, what has a public name, the others. */
function inRows({ cards, doors }: Model, stores: readonly Store[]): Card[] {
  const programs = cards.filter(({ role }) => role === "program");
  const uses = (card: Card, shared: boolean): boolean =>
    stores.some(({ users }) => users.includes(card) && serviceCount(users) > 1 === shared);
  const most = Map.groupBy(programs, ({ namespace }) => namespace);
  const [home] = sortedBy([...most.keys()], (name) => [-(most.get(name)?.length ?? 0), name]);
  return sortedBy(programs, (card) => {
    const past = doors.some(({ to }) => to === card.id);
    const group = past ? (card.hosts.length === 0 ? 0 : 1) : card.hosts.length > 0 ? 2 : 3;
    const storage = uses(card, true) ? 1 : uses(card, false) ? 0 : 2;
    return [card.namespace === home ? 0 : 1, group, storage, uses(card, false) ? 0 : 1, card.id];
  });
}

/** Height of a program's card: its jobs stand below it. */
const heightOf = (cards: readonly Card[], card: Card): number =>
  row.card + jobsOf(cards, card).length * row.job;

/** Top of every row, one more than there are. */
function rowTops(cards: readonly Card[], programs: readonly Card[]): number[] {
  const tops = [firstRow];
  for (const [index, card] of programs.entries()) {
    const last = tops.at(-1) ?? firstRow;
    const next = programs[index + 1];
    // Rows of another namespace stand lower, so that the two boxes do not touch.
    const between = next !== undefined && next.namespace !== card.namespace ? 44 : 0;
    tops.push(last + heightOf(cards, card) + row.gap + between);
  }
  return tops;
}

/** The rows of stores of one user: its own, or, where that stands in another namespace, a free one. */
function storeRows(stores: readonly Store[], programs: readonly Card[]): Map<Store, number> {
  const own = stores.filter(({ users }) => serviceCount(users) <= 1);
  const rows = new Map<Store, number>();
  const strangers: Store[] = [];
  for (const store of own) {
    const [user] = store.users;
    if (user?.namespace === store.card.namespace) {
      rows.set(store, programs.indexOf(user));
    } else {
      strangers.push(store);
    }
  }
  const taken = new Set(rows.values());
  for (const store of strangers) {
    const free = programs.findLastIndex(
      ({ namespace }, index) => namespace === store.card.namespace && !taken.has(index),
    );
    const chosen = free === -1 ? programs.length : free;
    taken.add(chosen);
    rows.set(store, chosen);
  }
  return rows;
}

/** Calls by where they end; those to stores are not among them: their lines run straight. */
function netsOf(model: Model, to: (card: Card) => boolean): Net[] {
  const byId = new Map(model.cards.map((card) => [card.id, card]));
  const nets = new Map<string, { net: Omit<Net, "callers">; callers: Card[] }>();
  for (const call of model.calls) {
    const [from, callee] = [byId.get(call.from), byId.get(call.to)];
    if (from?.role === "program" && callee !== undefined && to(callee)) {
      const id = netId(call);
      const entry = nets.get(id) ?? {
        net: { to: callee, port: call.port, protocol: call.protocol },
        callers: [],
      };
      entry.callers.push(from);
      nets.set(id, entry);
    }
  }
  return [...nets]
    .sort(([a], [b]) => order(a, b))
    .map(([, { net, callers }]) => ({ ...net, callers }));
}

const netId = ({ to, port, protocol }: Call): string => `${to} ${protocol} ${port}`;

function around(boxes: readonly Box[], margin: { side: number; top: number; bottom: number }): Box {
  const x = Math.min(...boxes.map((box) => box.x)) - margin.side;
  const y = Math.min(...boxes.map((box) => box.y)) - margin.top;
  const right = Math.max(...boxes.map((box) => box.x + box.w)) + margin.side;
  const bottom = Math.max(...boxes.map((box) => box.y + box.h)) + margin.bottom;
  return { x, y, w: right - x, h: bottom - y };
}

/** Where columns to the right of the programs begin: they depend on the number of calls. */
interface RightColumns {
  readonly store: number;
  readonly shared: number;
}

/** Box of every workload that has one of its own: jobs stand in their owners'. */
function placeBoxes(
  model: Model,
  programs: readonly Card[],
  stores: readonly Store[],
  rows: ReadonlyMap<Store, number>,
  x: RightColumns,
): Map<string, Box> {
  const tops = rowTops(model.cards, programs);
  const topOf = (index: number): number => tops[index] ?? firstRow;
  const boxes = new Map<string, Box>();
  for (const [index, card] of programs.entries()) {
    const h = heightOf(model.cards, card);
    boxes.set(card.id, { ...columns.programs, y: topOf(index), h });
  }
  for (const [{ card, jobs, users }, index] of rows) {
    // As high as the rows of all members of its service.
    const more = topOf(index + Math.max(users.length, 1) - 1) - topOf(index);
    const h = Math.max(row.store + jobs.length * row.job, more + row.store);
    boxes.set(card.id, { x: x.store, y: topOf(index) + 4, w: storeWidth, h });
  }
  for (const { card, users } of stores.filter((store) => !rows.has(store))) {
    const used = around(
      users.flatMap(({ id }) => boxes.get(id) ?? []),
      { side: 0, top: 0, bottom: 0 },
    );
    boxes.set(card.id, { ...used, x: x.shared, w: sharedWidth });
  }
  const firstHosted = programs.findIndex(
    ({ id, hosts }) => hosts.length > 0 && !model.doors.some(({ to }) => to === id),
  );
  const controllers = model.cards.filter(({ role }) => role === "controller");
  for (const [index, { id }] of controllers.entries()) {
    const y = topOf(Math.max(firstHosted, 0) + 1 + index * 2);
    boxes.set(id, { ...columns.controllers, y, h: row.card });
  }
  return boxes;
}

/** Lays a stack out. */
export function planOf(model: Model): Plan {
  const stores = storesOf(model);
  const programs = inRows(model, stores);
  const rows = storeRows(stores, programs);
  // Stores that do not stand in their user's row are reached by a line like any other call's.
  const strangers = new Set(
    [...rows].flatMap(([{ card, users }, index]) => (users[0] === programs[index] ? [] : [card])),
  );
  const firstLane = columns.programs.x + columns.programs.w + labelRoom + 4;
  const nets = sortedBy(
    netsOf(model, (card) => card.role === "program" || strangers.has(card)),
    ({ to, port, callers }) => [strangers.has(to) ? 1 : 0, callers.length, to.id, port],
  ).map((net, index) => ({ ...net, x: firstLane + index * lanePitch }));
  const store = firstLane + nets.length * lanePitch + 14;
  const boxes = placeBoxes(model, programs, stores, rows, {
    store,
    shared: store + storeWidth + 22,
  });
  const rooms = model.rooms.map((room) => {
    const cards = model.cards.filter(({ namespace }) => namespace === room.name);
    const inside = cards.flatMap(({ id }) => boxes.get(id) ?? []);
    return { ...room, box: around(inside, { side: 14, top: 30, bottom: 12 }) };
  });
  const content = around([...boxes.values()], { side: 30, top: 46, bottom: 12 });
  const cluster = {
    x: columns.doors.x - 16,
    y: content.y - 30,
    w: content.x + content.w - columns.doors.x + 16,
    h: content.h + 30 + 128,
  };
  return {
    programs,
    controllers: model.cards.filter(({ role }) => role === "controller"),
    stores,
    nets,
    hairpins: netsOf(model, (card) => card.role === "controller"),
    boxes,
    rooms,
    cluster,
    nodesTop: content.y + content.h + 24,
    width: cluster.x + cluster.w + 16,
  };
}
