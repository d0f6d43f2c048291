/** Orders to the stand-ins: to fail, or to take their time. Given by `tell.ts`, kept in one file. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readJson, withLock, writeJson } from "./files.ts";

/** What a plugin is asked to do with a resource or a function. */
export const operations = [
  "check",
  "diff",
  "create",
  "read",
  "update",
  "delete",
  "invoke",
] as const;

/** One of {@link operations}. */
export type Operation = (typeof operations)[number];

/** An order. */
export interface Order {
  /** To fail, before anything is done or after it was done; or to wait first. */
  readonly kind: "fail" | "fail-after" | "slow";
  /** Type or function token; `*` is any. */
  readonly token: string;
  /** The operation. */
  readonly operation: Operation;
  /** How many times still; absent is for ever. */
  readonly times?: number;
  /** A part of the URN, the id or the arguments that must occur; absent is any. */
  readonly match?: string;
  /** What to say when failing. */
  readonly message?: string;
  /** How long to wait, in seconds. */
  readonly seconds?: number;
}

/** A failure that was ordered. */
export class ToldToFail extends Error {
  override name = "ToldToFail";
}

/** Where the stand-ins of a sandbox keep their files. */
export function standinsFolder(sandbox: string): string {
  return join(sandbox, "standins");
}

/** Adds an order. */
export async function giveOrder(sandbox: string, order: Order): Promise<void> {
  const file = controlFile(sandbox);
  await withLock(file, () => {
    writeJson(file, { orders: [...readOrders(file), order] });
  });
}

/** Takes every order back. */
export async function clearOrders(sandbox: string): Promise<void> {
  const file = controlFile(sandbox);
  await withLock(file, () => {
    writeJson(file, { orders: [] });
  });
}

/** The orders that stand. */
export function standingOrders(sandbox: string): Order[] {
  return readOrders(controlFile(sandbox));
}

/**
 * Obeys the orders for one operation: waits as told, throws as told.
 * @param subject URN, id or arguments, for orders with `match`
 * @returns a function to call once the work is done, which throws where the order is to fail after it
 */
export async function obey(
  sandbox: string,
  token: string,
  operation: Operation,
  subject: string,
): Promise<() => void> {
  const due = await takeOrders(sandbox, token, operation, subject);
  for (const order of due) if (order.kind === "slow") await sleep((order.seconds ?? 1) * 1_000);
  const failure = due.find((order) => order.kind === "fail");
  if (failure !== undefined)
    throw new ToldToFail(failure.message ?? `told to fail: ${operation} ${token}`);
  const late = due.find((order) => order.kind === "fail-after");
  return () => {
    if (late !== undefined)
      throw new ToldToFail(late.message ?? `told to fail after ${operation} ${token}`);
  };
}

async function takeOrders(
  sandbox: string,
  token: string,
  operation: Operation,
  subject: string,
): Promise<Order[]> {
  const file = controlFile(sandbox);
  const isDue = (order: Order): boolean =>
    (order.token === "*" || order.token === token) &&
    order.operation === operation &&
    (order.match === undefined || subject.includes(order.match));
  if (!readOrders(file).some(isDue)) return [];
  return withLock(file, () => {
    const orders = readOrders(file);
    const due = orders.filter(isDue);
    const left = orders.flatMap((order) => {
      if (!isDue(order) || order.times === undefined) return [order];
      return order.times > 1 ? [{ ...order, times: order.times - 1 }] : [];
    });
    if (due.length > 0) writeJson(file, { orders: left });
    return due;
  });
}

function controlFile(sandbox: string): string {
  return join(standinsFolder(sandbox), "control.json");
}

function readOrders(file: string): Order[] {
  return readJson<{ readonly orders: Order[] }>(file, { orders: [] }).orders;
}
