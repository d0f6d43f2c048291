/**
 * Where everything stands. From left to right: the internet, the addresses it dials, the ingress
 * controllers, the programs one below the other, the calls among them, their stores.
 */
import type { Call, Card, Model, Room } from "./model.ts";
import type { Box } from "./svg.ts";

/** Height of a row, and of a program's card in it. */
export const row = { pitch: 64, card: 52, store: 26, job: 13 } as const;

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

/** A job belongs to the store whose name its own begins with. */
function storesOf({ cards, calls }: Model): Store[] {
  const jobs = cards.filter(({ role }) => role === "job");
  return cards
    .filter(({ role }) => role === "store")
    .map((card) => ({
      card,
      jobs: jobs.filter(({ id }) => id.startsWith(`${card.id}-`)),
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

const top = (index: number): number => firstRow + index * row.pitch;

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

/** Lays a stack out. */
export function planOf(model: Model): Plan {
  const stores = storesOf(model);
  const programs = inRows(model, stores);
  const rows = storeRows(stores, programs);
  const strangers = new Set(
    [...rows].flatMap(([{ card, users }, index]) => (users[0] === programs[index] ? [] : [card])),
  );
  const short = (net: Net): number => net.callers.length;
  const sorted = sortedBy(
    netsOf(model, (card) => card.role === "program" || strangers.has(card)),
    (net) => [strangers.has(net.to) ? 1 : 0, short(net), net.to.id, net.port],
  );
  const firstLane = columns.programs.x + columns.programs.w + labelRoom + 4;
  const nets = sorted.map((net, index) => ({ ...net, x: firstLane + index * lanePitch }));
  const storeX = firstLane + nets.length * lanePitch + 14;
  const sharedX = storeX + storeWidth + 22;

  const boxes = new Map<string, Box>();
  // Rows of another namespace stand lower, so that the two boxes do not touch.
  const home = programs[0]?.namespace;
  const rowTop = (index: number): number =>
    top(index) + (programs[index] !== undefined && programs[index].namespace !== home ? 44 : 0);
  for (const [index, { id }] of programs.entries()) {
    boxes.set(id, { ...columns.programs, y: rowTop(index), h: row.card });
  }
  for (const [{ card, jobs, users }, index] of rows) {
    // As high as the rows of all members of its service.
    const more = rowTop(index + Math.max(users.length, 1) - 1) - rowTop(index);
    const h = Math.max(row.store + jobs.length * row.job, more + row.store);
    boxes.set(card.id, { x: storeX, y: rowTop(index) + 4, w: storeWidth, h });
  }
  for (const { card, users } of stores.filter((store) => !rows.has(store))) {
    const used = users.map((user) => programs.indexOf(user));
    const y = rowTop(Math.min(...used));
    boxes.set(card.id, {
      x: sharedX,
      y,
      w: sharedWidth,
      h: rowTop(Math.max(...used)) + row.card - y,
    });
  }
  const controllers = model.cards.filter(({ role }) => role === "controller");
  const firstHosted = programs.findIndex(
    ({ id, hosts }) => hosts.length > 0 && !model.doors.some(({ to }) => to === id),
  );
  for (const [index, { id }] of controllers.entries()) {
    const y = rowTop(Math.max(firstHosted, 0) + 1 + index * 2);
    boxes.set(id, { ...columns.controllers, y, h: row.card });
  }
  const boxesIn = (namespace: string): Box[] =>
    model.cards
      .filter((card) => card.namespace === namespace)
      .flatMap(({ id }) => boxes.get(id) ?? []);
  const rooms = model.rooms.map((room) => ({
    ...room,
    box: around(boxesIn(room.name), { side: 14, top: 30, bottom: 12 }),
  }));
  const content = around([...boxes.values()], { side: 30, top: 46, bottom: 12 });
  const cluster = {
    x: columns.doors.x - 16,
    y: content.y - 30,
    w: content.x + content.w - columns.doors.x + 16,
    h: content.h + 30 + 128,
  };
  return {
    programs,
    controllers,
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
