/** The few shapes the picture is drawn with, as text. Numbers are CSS pixels. */

/** A rectangle. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A point. */
export type Point = readonly [x: number, y: number];

/** Colours: dark enough on white, and told apart by their lightness, too. */
export const colours = {
  ink: "#1f2937",
  quiet: "#6b7280",
  hair: "#d1d5db",
  page: "#ffffff",
  cluster: "#f8fafc",
  card: "#ffffff",
  entry: "#2563eb",
  stores: "#94a3b8",
  key: "#b45309",
} as const;

/** Colours of slots, repeated when there are more. */
const slotColours = ["#0f766e", "#9333ea", "#0369a1", "#be123c", "#a16207", "#3f6212"];

/** Colour of a slot: its node, and what is pinned to it. */
export const slotColour = (slot: number): string =>
  slotColours[slot % slotColours.length] ?? colours.ink;

/** Colours of lines that carry calls between programs, repeated when there are more. */
const netColours = ["#c2410c", "#4d7c0f", "#a16207", "#be185d", "#334155", "#dc2626", "#78716c"];

/** Colour of the n-th line. */
export const netColour = (index: number): string =>
  netColours[index % netColours.length] ?? colours.ink;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

/** Text as XML has it. */
export const escape = (text: string): string =>
  text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);

const attributes = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === "number" ? round(value) : value}"`)
    .join("");

/** Numbers short, and the same on every machine. */
const round = (value: number | undefined): string => `${Math.round((value ?? 0) * 10) / 10}`;

/** How a rectangle looks. */
export interface RectangleStyle {
  readonly fill?: string;
  readonly stroke?: string;
  readonly radius?: number;
  readonly dashed?: boolean;
  readonly thick?: number;
}

/** A rectangle. */
export function rectangle({ x, y, w, h }: Box, style: RectangleStyle): string {
  const { fill = "none", stroke = "none", radius = 6, dashed = false, thick = 1 } = style;
  return `<rect${attributes({
    x,
    y,
    width: w,
    height: h,
    rx: radius,
    fill,
    stroke,
    "stroke-width": thick,
    "stroke-dasharray": dashed ? "5 4" : undefined,
  })}/>`;
}

/** How text looks. */
export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly fill?: string;
  readonly anchor?: "start" | "middle" | "end";
  /** Turned a quarter to the left. */
  readonly upright?: boolean;
  /** A rim of the page's colour, where lines run behind. */
  readonly rim?: string;
}

/** A line of text; `y` is its baseline. */
export function text([x, y]: Point, content: string, style: TextStyle = {}): string {
  const { size = 11, bold = false, fill = colours.ink, anchor = "start", upright, rim } = style;
  const values = attributes({
    x,
    y,
    "font-size": size,
    "font-weight": bold ? 600 : undefined,
    fill,
    "text-anchor": anchor === "start" ? undefined : anchor,
    transform: upright === true ? `rotate(-90 ${round(x)} ${round(y)})` : undefined,
    stroke: rim,
    "stroke-width": rim === undefined ? undefined : 3,
    "stroke-linejoin": rim === undefined ? undefined : "round",
    "paint-order": rim === undefined ? undefined : "stroke",
  });
  return `<text${values}>${escape(content)}</text>`;
}

/** How wide text is, roughly: fonts differ from machine to machine. */
export const widthOf = (content: string, size: number): number => content.length * size * 0.54;

/** A small label on a coloured ground, its right end at a point. */
export function chip([right, y]: Point, content: string, fill: string): string {
  const w = widthOf(content, 9.5) + 10;
  return (
    rectangle({ x: right - w, y, w, h: 14 }, { fill, radius: 7 }) +
    text([right - w / 2, y + 10.2], content, {
      size: 9.5,
      bold: true,
      fill: colours.page,
      anchor: "middle",
    })
  );
}

/** How a line looks. */
export interface LineStyle {
  readonly stroke: string;
  readonly arrow?: boolean;
  readonly dashed?: boolean;
  readonly thick?: number;
}

/** A line with bends; with an arrow's head at its end, if wanted. */
export function line(points: readonly Point[], style: LineStyle): string {
  const { stroke, arrow = false, dashed = false, thick = 1.4 } = style;
  const end = points.at(-1);
  const before = points.at(-2);
  const d = points.map(([x, y], index) => `${index === 0 ? "M" : "L"}${round(x)} ${round(y)}`);
  const path = `<path${attributes({
    d: d.join(""),
    fill: "none",
    stroke,
    "stroke-width": thick,
    "stroke-linejoin": "round",
    "stroke-dasharray": dashed ? "4 3" : undefined,
  })}/>`;
  return arrow && end !== undefined && before !== undefined
    ? path + head(end, Math.sign(end[0] - before[0]), stroke)
    : path;
}

/** Head of a horizontal arrow. */
function head([x, y]: Point, direction: number, fill: string): string {
  const back = x - direction * 7;
  return `<path${attributes({
    d: `M${round(x)} ${round(y)}L${round(back)} ${round(y - 3.6)}L${round(back)} ${round(y + 3.6)}Z`,
    fill,
  })}/>`;
}

/** Where lines of one net meet. */
export const dot = ([x, y]: Point, fill: string): string =>
  `<circle${attributes({ cx: x, cy: y, r: 2.4, fill })}/>`;

/** A key: the workload carries a secret key of the stack. Its left upper corner is the point. */
export function key([x, y]: Point): string {
  const stroke = colours.key;
  return (
    `<circle${attributes({ cx: x + 4, cy: y + 5, r: 3, fill: "none", stroke, "stroke-width": 1.6 })}/>` +
    line(
      [
        [x + 7, y + 5],
        [x + 15, y + 5],
        [x + 15, y + 8.5],
      ],
      { stroke, thick: 1.6 },
    ) +
    line(
      [
        [x + 11.5, y + 5],
        [x + 11.5, y + 8],
      ],
      { stroke, thick: 1.6 },
    )
  );
}

/** A disk. Its left upper corner is the point. */
export function disk([x, y]: Point): string {
  const style = { fill: colours.card, stroke: colours.quiet, "stroke-width": 1.2 };
  return (
    `<path${attributes({ d: `M${round(x)} ${round(y + 2)}v6a5 2 0 0 0 10 0v-6`, ...style })}/>` +
    `<ellipse${attributes({ cx: x + 5, cy: y + 2, rx: 5, ry: 2, ...style })}/>`
  );
}
