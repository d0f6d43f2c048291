/** Calls between programs: one vertical line for each port that is called. */
import type { Card } from "./model.ts";
import type { Net, Plan } from "./plan.ts";
import { type Box, colours, dot, line, netColour, type Point, text } from "./svg.ts";
import { boxOf } from "./wires.ts";

/** Heights on a card's right edge, from its top, in the order in which lines take them. */
const heights = [7, 27, 35.5, 22, 40, 12, 49] as const;

/** Heights on right edges that are taken. */
class Taken {
  readonly #next = new Map<string, number>();

  /** The next free height on a card's right edge. */
  at({ id }: Card, box: Box): number {
    const index = this.#next.get(id) ?? 0;
    this.#next.set(id, index + 1);
    return box.y + (heights[index % heights.length] ?? box.h / 2);
  }
}

/** Calls between programs: one vertical line for each port that is called. */
export function drawNets(plan: Plan): string {
  const taken = new Taken();
  // Those who are called first: their arrows get the upper places, where port numbers have room.
  const ends = plan.nets.map((net) => {
    const box = boxOf(plan, net.to);
    return net.to.role === "store" ? box.y + 13 : taken.at(net.to, box);
  });
  return plan.nets
    .map((net, index) => drawNet(plan, { net, index, end: ends[index] ?? 0, taken }))
    .join("\n");
}

interface NetDrawing {
  readonly net: Net & { readonly x: number };
  readonly index: number;
  readonly end: number;
  readonly taken: Taken;
}

function drawNet(plan: Plan, { net, index, end, taken }: NetDrawing): string {
  const stroke = netColour(index);
  const { x, to, port, protocol } = net;
  const callee = boxOf(plan, to);
  const starts = net.callers.map((caller): Point => {
    const box = boxOf(plan, caller);
    return [box.x + box.w, taken.at(caller, box)];
  });
  const ys = [end, ...starts.map(([, y]) => y)];
  const head = to.role === "store" ? callee.x : callee.x + callee.w;
  const label = to.role === "store" ? "" : `${port}${protocol === "UDP" ? " UDP" : ""}`;
  return [
    line(
      [
        [x, Math.min(...ys)],
        [x, Math.max(...ys)],
      ],
      { stroke },
    ),
    ...starts.map(
      ([from, y]) =>
        line(
          [
            [from, y],
            [x, y],
          ],
          { stroke },
        ) + dot([x, y], stroke),
    ),
    line(
      [
        [x, end],
        [head, end],
      ],
      { stroke, arrow: true, thick: 1.8 },
    ),
    text([head + 9, end - 3.5], label, { size: 9.5, bold: true, fill: stroke, rim: colours.page }),
  ].join("");
}
