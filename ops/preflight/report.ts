/** What `preflight` shows. Pure. What images say of themselves is content of strangers: shown as such. */
import { RegistryFault } from "../images/registry-fault.ts";
import { counted } from "../../review/render/compose/line.ts";
import { visible } from "../../review/render/visible.ts";
import { table } from "../table.ts";
import type { Finding } from "./findings.ts";
import type { ImageResult } from "./preflight.ts";
import type { ImageUses } from "./uses.ts";

/** A report and the exit code that goes with it. */
export interface PreflightReport {
  readonly text: string;
  /** 0: all in order; 1: a fault; 2: no fault, and something that could not be checked. */
  readonly code: 0 | 1 | 2;
}

/** Every image in a table, then faults, then what could not be checked, then notices. */
export function preflightReport(
  stack: string,
  images: readonly ImageResult[],
  untold: ImageUses["untold"],
): PreflightReport {
  const faults = [
    ...images.flatMap(registryFaults),
    ...folded(images.flatMap(({ findings }) => findings).filter(isFault)),
  ];
  const notices = folded(images.flatMap(({ findings }) => findings).filter((one) => !isFault(one)));
  const unchecked = [
    ...images.flatMap(({ name, found }) => {
      const why = whyUnchecked(found);
      return why === undefined ? [] : [`${name}: ${why}`];
    }),
    ...[...untold].map(([where, why]) => `${where}: ${why}`),
  ];
  const lines = [
    table([["IMAGE", "PINNED", "FOR", "USER", "SIZE", "USED BY", "RESULT"], ...images.map(row)]),
    "",
    ...section("FAULTS", faults),
    ...(unchecked.length === 0 ? [] : ["NOT CHECKED", ...unchecked.map((one) => `  ${one}`), ""]),
    ...section("NOTICES", notices),
    [
      `${stack}: ${counted(images.length, "image")}`,
      counted(faults.length, "fault"),
      `${unchecked.length} not checked`,
      counted(notices.length, "notice"),
    ].join(", "),
  ];
  return {
    text: lines.map((line) => line.split("\n").map(visible).join("\n")).join("\n"),
    code: faults.length > 0 ? 1 : unchecked.length > 0 ? 2 : 0,
  };
}

interface Told {
  readonly what: string;
  readonly mend: string;
  readonly where: readonly string[];
}

const isFault = ({ severity }: Finding): boolean => severity === "fault";

function registryFaults({ found, uses }: ImageResult): Told[] {
  return found instanceof RegistryFault && !found.isPassing
    ? [{ what: found.message, mend: found.mend, where: uses.map(({ where }) => where) }]
    : [];
}

/** The same of many containers is said once. */
function folded(findings: readonly Finding[]): Told[] {
  const told = new Map<string, Finding & { where: string; all: string[] }>();
  for (const finding of findings) {
    const known = told.get(`${finding.what}\n${finding.mend}`);
    if (known === undefined) {
      told.set(`${finding.what}\n${finding.mend}`, { ...finding, all: [finding.where] });
    } else {
      known.all.push(finding.where);
    }
  }
  return [...told.values()].map(({ what, mend, all }) => ({ what, mend, where: all }));
}

function section(title: string, told: readonly Told[]): string[] {
  return told.length === 0
    ? []
    : [
        title,
        ...told.flatMap(({ what, mend, where }) => [
          `  ${shortened(where)}`,
          `    ${what}`,
          `    to mend: ${mend}`,
        ]),
        "",
      ];
}

const shortened = (where: readonly string[]): string =>
  where.length <= 3
    ? where.join(", ")
    : `${where.slice(0, 3).join(", ")} and ${where.length - 3} more`;

/** A registry that does not answer says nothing of the image. */
function whyUnchecked(found: ImageResult["found"]): string | undefined {
  if (found instanceof RegistryFault) {
    return found.isPassing ? `${found.message}; ${found.mend}` : undefined;
  }
  return "unchecked" in found ? found.unchecked : undefined;
}

function row({ name, pinned, uses, found, findings }: ImageResult): string[] {
  const [first] = "images" in found ? found.images.values() : [];
  const faults = findings.filter(isFault).length;
  const result =
    whyUnchecked(found) !== undefined
      ? "not checked"
      : found instanceof RegistryFault
        ? "FAULT"
        : faults > 0
          ? counted(faults, "FAULT", "FAULTS")
          : findings.length > 0
            ? counted(findings.length, "notice")
            : "ok";
  return [
    name,
    pinned === undefined ? "by tag" : pinned.slice(0, "sha256:".length + 12),
    "platforms" in found ? shortList(found.platforms) : "?",
    first === undefined ? "?" : visible(first.start.user === "" ? "root" : first.start.user),
    first === undefined ? "?" : `${(first.bytes / (1 << 20)).toFixed(1)} MiB`,
    counted(uses.length, "container"),
    result,
  ];
}

/** Of an index for ten machines the first few are told. */
const shortList = (all: readonly string[]): string =>
  all.length <= 2 ? all.join(" ") : `${all.slice(0, 2).join(" ")} +${all.length - 2}`;
