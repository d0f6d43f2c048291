/** The lines of the picture: ways in, public names, calls between programs, stores. */
import type { Card, Model } from "./model.ts";
import { columns, labelRoom, type Plan, serviceCount } from "./plan.ts";
import type { Door } from "./reach.ts";
import { type Box, colours, line, type Point, rectangle, slotColour, text } from "./svg.ts";

/** Heights on a card's left edge, from its top, at which lines end. */
const left = { door: 13, host: 30, hairpin: 44 } as const;
/** Heights on a card's right edge, from its top: its own store, and one it shares. */
const right = { own: 17, shared: 45 } as const;

/** Box of a workload. */
export function boxOf(plan: Plan, { id }: Pick<Card, "id">): Box {
  const box = plan.boxes.get(id);
  if (box === undefined) {
    throw new Error(`${id} has no place in the picture`);
  }
  return box;
}

const centre = ({ y, h }: Box): number => y + h / 2;

/** How a slot's node is dialled; a load balancer has its address only once it runs. */
export function addressOf({ nodes }: Model, slot: number | undefined): string {
  const address = nodes.find((node) => slot !== undefined && node.slot === slot)?.address;
  switch (address?.kind) {
    case "reserved":
      return "ip" in address ? address.ip : "made with the cluster";
    case "dns":
      return address.name;
    case "ephemeral":
      return "address changes";
    case undefined:
      return "its own address";
  }
}

/** Ports of one way in: those of one protocol that lead to one workload. */
interface Way {
  readonly slot: number | undefined;
  readonly ports: string;
  readonly to: Card;
  readonly targets: string;
  readonly y: number;
}

function waysOf(model: Model, plan: Plan): Way[] {
  const groups = Map.groupBy(
    model.doors,
    ({ slot, to, protocol }) => `${slot ?? ""} ${to} ${protocol}`,
  );
  return [...groups.values()].flatMap((doors) => {
    const [first] = doors;
    const to = model.cards.find(({ id }) => id === first?.to);
    if (first === undefined || to === undefined) {
      return [];
    }
    const list = (pick: (door: Door) => number): string =>
      `${first.protocol} ${doors
        .map(pick)
        .sort((a, b) => a - b)
        .join(", ")}`;
    const box = boxOf(plan, to);
    return [
      {
        slot: first.slot,
        ports: list(({ port }) => port),
        to,
        targets: list(({ targetPort }) => targetPort),
        y: to.role === "controller" ? centre(box) : box.y + left.door,
      },
    ];
  });
}

/** The internet, the addresses it dials, and where they lead. */
export function drawDoors(model: Model, plan: Plan): string {
  const ways = waysOf(model, plan);
  const { doors, internet } = columns;
  const ys = ways.map(({ y }) => y);
  const bar = {
    ...internet,
    y: Math.min(...ys) - 24,
    h: Math.max(...ys) - Math.min(...ys) + 48,
  };
  const groups = [...Map.groupBy(ways, ({ slot }) => slot)];
  return [
    rectangle(bar, { fill: colours.ink, radius: 8 }),
    text([bar.x + bar.w / 2 + 4.5, bar.y + bar.h / 2], "internet", {
      size: 13,
      bold: true,
      fill: colours.page,
      anchor: "middle",
      upright: true,
    }),
    ...groups.map(([slot, group]) => drawDoor(model, slot, group)),
    ...ways.flatMap(({ y, ports, targets, to, slot }) => {
      const stroke = slot === undefined ? colours.entry : slotColour(slot);
      const box = boxOf(plan, to);
      return [
        wire([internet.x + internet.w, y], [doors.x, y], stroke),
        text([(internet.x + internet.w + doors.x) / 2 - 3, y - 5], ports, {
          size: 10,
          bold: true,
          fill: stroke,
          anchor: "middle",
          rim: colours.page,
        }),
        wire([doors.x + doors.w, y], [box.x, y], stroke),
        text([box.x - 10, y - 4], targets.replace("TCP ", ""), {
          size: 9.5,
          fill: stroke,
          anchor: "end",
          rim: colours.cluster,
        }),
      ];
    }),
  ].join("\n");
}

const wire = (from: Point, to: Point, stroke: string): string =>
  line([from, to], { stroke, arrow: true, thick: 1.8 });

function drawDoor(model: Model, slot: number | undefined, ways: readonly Way[]): string {
  const ys = ways.map(({ y }) => y);
  const { x, w } = columns.doors;
  const y = Math.min(...ys) - 24;
  const stroke = slot === undefined ? colours.entry : slotColour(slot);
  const pool = model.nodes.find((node) => slot !== undefined && node.slot === slot)?.pool;
  const title = slot === undefined ? "load balancer" : `${pool ?? "node"}, slot ${slot}`;
  return (
    rectangle(
      { x, y, w, h: Math.max(...ys) - Math.min(...ys) + 48 },
      { fill: colours.card, stroke, thick: 1.6, radius: 8 },
    ) +
    text([x + w / 2, y + 20], title, { size: 12, bold: true, fill: stroke, anchor: "middle" }) +
    text([x + w / 2, y + 36], addressOf(model, slot), { size: 11, anchor: "middle" })
  );
}

/** From each controller to the programs behind it, by public name. */
export function drawHosts(model: Model, plan: Plan): string {
  return plan.controllers
    .flatMap((controller, index) => {
      const x = columns.programs.x - labelRoom - 6 - index * 12;
      const behind = model.calls.filter(
        ({ from, to }) => from === controller.id && plan.programs.some(({ id }) => id === to),
      );
      const ends = behind.flatMap(({ to, port }) => {
        const card = plan.programs.find(({ id }) => id === to);
        return card === undefined ? [] : [{ y: boxOf(plan, card).y + left.host, port, card }];
      });
      const from = boxOf(plan, controller);
      const start: Point = [from.x + from.w, centre(from) - 8];
      const ys = [start[1], ...ends.map(({ y }) => y)];
      const stroke = colours.entry;
      return [
        line([start, [x, start[1]]], { stroke, thick: 1.8 }),
        line(
          [
            [x, Math.min(...ys)],
            [x, Math.max(...ys)],
          ],
          { stroke, thick: 1.8 },
        ),
        ...ends.map(
          ({ y, port, card }) =>
            wire([x, y], [boxOf(plan, card).x, y], stroke) +
            text([columns.programs.x - 10, y - 4], `${port}`, {
              size: 9.5,
              fill: stroke,
              anchor: "end",
              rim: colours.page,
            }),
        ),
      ];
    })
    .join("\n");
}

/** Calls to the deployment's own public names, from inside it. */
export function drawHairpins(plan: Plan): string {
  const stroke = colours.quiet;
  const byController = Map.groupBy(plan.hairpins, ({ to }) => to);
  return [...byController]
    .flatMap(([controller, nets], index) => {
      const box = boxOf(plan, controller);
      const end: Point = [box.x + box.w, centre(box) + 12];
      const x = columns.programs.x - labelRoom - 6 - (plan.controllers.length + index) * 12;
      const callers = [...new Set(nets.flatMap((net) => net.callers))];
      const ys = callers.map((caller) => boxOf(plan, caller).y + left.hairpin);
      return [
        ...ys.map((y) =>
          line(
            [
              [columns.programs.x, y],
              [x, y],
            ],
            { stroke, dashed: true },
          ),
        ),
        line(
          [
            [x, Math.max(...ys, end[1])],
            [x, Math.min(...ys, end[1])],
          ],
          { stroke, dashed: true },
        ),
        line([[x, end[1]], end], { stroke, dashed: true, arrow: true }),
      ];
    })
    .join("\n");
}

/** Lines to stores that stand in the row of their user, or along the rows of several. */
export function drawStoreLines(plan: Plan): string {
  const nets = new Set(plan.nets.map(({ to }) => to.id));
  return plan.stores
    .filter(({ card }) => !nets.has(card.id))
    .flatMap(({ card, users }) => {
      const store = boxOf(plan, card);
      return users.map((user) => {
        const box = boxOf(plan, user);
        const y = box.y + (serviceCount(users) > 1 ? right.shared : right.own);
        return line(
          [
            [box.x + box.w, y],
            [store.x, y],
          ],
          { stroke: colours.stores, arrow: true },
        );
      });
    })
    .join("\n");
}
