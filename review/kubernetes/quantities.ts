/** Amounts of CPU, memory and storage, in words. */
import { quantityFactors } from "../../components/base/quantity.ts";

/** Reads any quantity of the API server, in cores or bytes; undefined for what is none. */
export function readQuantity(value: unknown): number | undefined {
  if (typeof value === "number") {
    return Number.isFinite(value) ? value : undefined;
  }
  const match =
    typeof value === "string"
      ? /^([+-]?(?:\d{1,18}(?:\.\d{0,18})?|\.\d{1,18}))(?:[eE]([+-]?\d{1,2})|([a-zA-Z]{0,2}))$/.exec(
          value,
        )
      : null;
  const factor =
    match?.[2] === undefined ? quantityFactors[match?.[3] ?? ""] : 10 ** Number(match[2]);
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

/** `+33%`, `-50%`; empty where there was nothing before. */
export function percent(before: number, after: number): string {
  if (before === 0) {
    return "";
  }
  const change = Math.round(((after - before) / before) * 100);
  return `${change < 0 ? "" : "+"}${change}%`;
}
