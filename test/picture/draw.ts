/** Draws a stack. */
import type { NodeShape } from "../../components/platform/cluster.schema.ts";
import type { Card, Model } from "./model.ts";
import { drawNets } from "./nets.ts";
import { columns, jobsOf, type Plan, planOf, row, serviceCount, type Store } from "./plan.ts";
import {
  type Box,
  chip,
  colours,
  disk,
  escape,
  key,
  line,
  netColour,
  type Point,
  rectangle,
  slotColour,
  text,
  widthOf,
} from "./svg.ts";
import { addressOf, boxOf, drawDoors, drawHairpins, drawHosts, drawStoreLines } from "./wires.ts";

/** What stands below the name of a program. */
function place(model: Model, card: Card): string {
  const past = model.doors.find(({ to }) => to === card.id);
  const [host] = card.hosts;
  if (host !== undefined) {
    return host;
  }
  return past === undefined
    ? "no way in from outside"
    : `${addressOf(model, past.slot)}:${past.port}`;
}

/** Marks at the right end of a card: key, number of pods, slot. */
function marks(card: Card, { x, y, w }: Box): string {
  const labels = [
    ...(card.slot === undefined ? [] : [[`slot ${card.slot}`, slotColour(card.slot)] as const]),
    ...(card.slot === undefined && card.pool !== undefined
      ? [[card.pool, colours.quiet] as const]
      : []),
    ...(card.replicas > 1 ? [[`× ${card.replicas}`, colours.ink] as const] : []),
  ];
  let right = x + w - 8;
  const chips = labels.map(([label, fill]) => {
    const drawn = chip([right, y + 9], label, fill);
    right -= widthOf(label, 9.5) + 16;
    return drawn;
  });
  return [...chips, ...(card.keyed ? [key([right - 18, y + 10])] : [])].join("");
}

function drawProgram(model: Model, plan: Plan, card: Card): string {
  const box = boxOf(plan, card);
  const { x, y, w, h } = box;
  const fill = card.hosts.length > 0 ? colours.entry : colours.quiet;
  const outbound = card.outbound.length === 0 ? "" : `↗ ${card.outbound.join(", ")}`;
  const [size] = card.disks;
  const beside = widthOf(outbound, 10) + (outbound === "" ? 8 : 16);
  return [
    rectangle(box, { fill: colours.card, stroke: colours.hair, thick: 1.2 }),
    card.slot === undefined
      ? ""
      : rectangle({ x, y, w: 4, h }, { fill: slotColour(card.slot), radius: 2 }),
    text([x + 12, y + 21], card.name, { size: 13, bold: true }),
    text([x + 12, y + 40], place(model, card), { size: 11, fill }),
    text([x + w - 8, y + 40], outbound, { size: 10, fill: colours.quiet, anchor: "end" }),
    size === undefined
      ? ""
      : text([x + w - beside, y + 40], size, { size: 10, fill: colours.quiet, anchor: "end" }) +
        disk([x + w - beside - widthOf(size, 10) - 16, y + 30.5]),
    marks(card, box),
    ...jobsOf(model.cards, card).map((job, index) =>
      text([x + 12, y + row.card + 4 + index * row.job], jobText(job), {
        size: 9.5,
        fill: colours.quiet,
      }),
    ),
  ].join("");
}

function drawController(plan: Plan, card: Card): string {
  const box = boxOf(plan, card);
  const { x, y, h } = box;
  return [
    rectangle(box, { fill: colours.card, stroke: colours.entry, thick: 1.6 }),
    card.slot === undefined
      ? ""
      : rectangle({ x, y, w: 4, h }, { fill: slotColour(card.slot), radius: 2 }),
    text([x + 12, y + 21], card.name, { size: 13, bold: true }),
    text([x + 12, y + 40], "HTTP by host name", { size: 11, fill: colours.quiet }),
    marks(card, box),
  ].join("");
}

/** A job's name, and when it runs. */
const jobText = ({ name, schedule }: Card): string =>
  schedule === undefined ? name : `${name} · ${schedule}`;

function drawStore(plan: Plan, { card, jobs, users }: Store): string {
  const box = boxOf(plan, card);
  const { x, y, w, h } = box;
  const [size = "no disk"] = card.disks;
  const upright = serviceCount(users) > 1;
  const [port] = card.ports;
  const first = upright ? y + h / 2 - 16 : y + 17;
  const sizeAt: Point = upright ? [x + 28, first + 20] : [x + w - 10, first];
  return [
    rectangle(box, { fill: colours.card, stroke: colours.stores, thick: 1.2 }),
    text([x + 10, first], card.name, { size: upright ? 14 : 12, bold: true }),
    text(sizeAt, size, {
      size: 10,
      fill: colours.quiet,
      anchor: upright ? "start" : "end",
    }),
    disk([upright ? x + 11 : x + w - 26 - widthOf(size, 10), sizeAt[1] - 9]),
    upright && port !== undefined
      ? text([x + w - 10, sizeAt[1]], `${port.port}`, {
          size: 10,
          fill: colours.quiet,
          anchor: "end",
        })
      : "",
    ...jobs.map((job, index) =>
      text([x + 10, (upright ? sizeAt[1] + 20 : y + 31) + index * 13], jobText(job), {
        size: 9.5,
        fill: colours.quiet,
      }),
    ),
  ].join("");
}

function drawRooms(plan: Plan): string {
  return plan.rooms
    .map(
      ({ box, name, level }) =>
        rectangle(box, { fill: colours.page, stroke: colours.hair, radius: 10 }) +
        text([box.x + 14, box.y + 19], name, { size: 11.5, bold: true }) +
        text(
          [box.x + 20 + widthOf(name, 12.2), box.y + 19],
          box.w < 300 ? level : `namespace, Pod Security ${level}`,
          { size: 10, fill: colours.quiet },
        ),
    )
    .join("\n");
}

/** Nodes that are alike: a pool, or one slot. */
interface NodeGroup {
  readonly title: string;
  readonly lines: readonly string[];
  readonly slot: number | undefined;
}

function nodeGroups({ nodes, cards }: Model): NodeGroup[] {
  const staying = cards.filter(({ role }) => role !== "job");
  const groups = Map.groupBy(nodes, ({ pool, slot }) => `${pool} ${slot ?? ""}`);
  return [...groups.values()].flatMap((group) => {
    const [node] = group;
    return node === undefined ? [] : [nodeGroup(node, group.length, staying)];
  });
}

function nodeGroup(node: NodeShape, count: number, cards: readonly Card[]): NodeGroup {
  const { pool, slot, capacity } = node;
  const size = `${capacity.cpu} CPU, ${capacity.memory}`;
  if (slot !== undefined) {
    const pinned = cards.filter((card) => card.slot === slot).map(({ name }) => name);
    const what = pinned.length === 0 ? "nothing pinned here" : pinned.join(", ");
    return { title: `${pool}, slot ${slot}`, lines: [size, what], slot };
  }
  const free = cards.filter((card) => card.slot === undefined && (card.pool ?? pool) === pool);
  const more = `${free.length} workloads, free to move`;
  return { title: `${pool} × ${count}`, lines: [`${size} each`, more], slot: undefined };
}

function drawNodes(model: Model, plan: Plan): string {
  const groups = nodeGroups(model);
  const gap = 12;
  const left = plan.cluster.x + 16;
  const w = (plan.cluster.w - 32 - gap * (groups.length - 1)) / groups.length;
  const y = plan.nodesTop;
  return [
    text([left, y], "Nodes", { size: 11.5, bold: true }),
    ...groups.map(({ title, lines, slot }, index) => {
      const x = left + index * (w + gap);
      const stroke = slot === undefined ? colours.quiet : slotColour(slot);
      return [
        rectangle({ x, y: y + 10, w, h: 64 }, { fill: colours.card, stroke, thick: 1.4 }),
        text([x + 12, y + 30], title, { size: 12, bold: true, fill: stroke }),
        ...lines.map((content, at) =>
          text([x + 12, y + 47 + at * 15], content, {
            size: 10.5,
            fill: at === 0 ? colours.quiet : colours.ink,
          }),
        ),
      ].join("");
    }),
  ].join("\n");
}

/** What lines and signs mean, in a row below the cluster. */
function drawLegend(plan: Plan, top: number): { readonly drawn: string; readonly bottom: number } {
  const wireSign =
    (stroke: string, dashed = false) =>
    ([x, y]: Point): string =>
      line(
        [
          [x, y - 4],
          [x + 22, y - 4],
        ],
        { stroke, arrow: true, dashed, thick: 1.8 },
      );
  const entries: { sign: (at: Point) => string; wide: number; label: string }[] = [
    { sign: wireSign(colours.entry), wide: 28, label: "HTTP and HTTPS by host name" },
    ...plan.nets.map(({ to, port, protocol, callers }, index) => ({
      sign: wireSign(netColour(index)),
      wide: 28,
      label: `${to.name} ${port}${protocol === "UDP" ? " UDP" : ""} (${callers.length} ${callers.length === 1 ? "caller" : "callers"})`,
    })),
    { sign: wireSign(colours.stores), wide: 28, label: "its store" },
    {
      sign: wireSign(colours.quiet, true),
      wide: 28,
      label: "own public names, dialled from inside",
    },
    { sign: ([x, y]) => key([x, y - 9]), wide: 22, label: "carries a secret key" },
    { sign: ([x, y]) => disk([x, y - 9]), wide: 16, label: "disk that stays" },
    {
      sign: ([x, y]) => text([x, y], "↗", { size: 11, fill: colours.quiet }),
      wide: 14,
      label: "may call the internet on these ports, beside dmsg",
    },
  ];
  let [x, y] = [columns.internet.x, top];
  const drawn = entries.map(({ sign, wide, label }) => {
    const w = wide + widthOf(label, 10.5) + 22;
    if (x + w > plan.width - 10) {
      [x, y] = [columns.internet.x, y + 20];
    }
    const item = sign([x, y]) + text([x + wide, y], label, { size: 10.5, fill: colours.quiet });
    x += w;
    return item;
  });
  return { drawn: drawn.join("\n"), bottom: y };
}

/** The picture of a stack as a file of its own. */
export function drawPicture(model: Model, source: string): string {
  const plan = planOf(model);
  const { cluster, width } = plan;
  const legend = drawLegend(plan, cluster.y + cluster.h + 26);
  const height = legend.bottom + 18;
  const families = "Inter, 'Segoe UI', 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif";
  const stores = plan.stores.map((store) => drawStore(plan, store));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.round(width)} ${Math.round(height)}" font-family="${families}" role="img" aria-label="${escape(model.title)}">`,
    `<title>${escape(model.title)}</title>`,
    rectangle({ x: 0, y: 0, w: width, h: height }, { fill: colours.page, radius: 10 }),
    text([16, 34], model.title, { size: 20, bold: true }),
    text([16, 54], `Drawn from the resources that ${source} renders to.`, {
      size: 11,
      fill: colours.quiet,
    }),
    rectangle(cluster, { fill: colours.cluster, stroke: colours.hair, radius: 12 }),
    text([cluster.x + 16, cluster.y + 22], `Cluster ${model.context}`, { size: 13, bold: true }),
    drawRooms(plan),
    drawStoreLines(plan),
    drawNets(plan),
    drawHairpins(plan),
    drawHosts(model, plan),
    drawDoors(model, plan),
    ...plan.controllers.map((card) => drawController(plan, card)),
    ...plan.programs.map((card) => drawProgram(model, plan, card)),
    ...stores,
    drawNodes(model, plan),
    legend.drawn,
    "</svg>",
    "",
  ].join("\n");
}
