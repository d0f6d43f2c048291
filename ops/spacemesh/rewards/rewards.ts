/**
 * `rewards`: what the network paid, and how much of it to whom the stack's own miners smesh for. The original
 * printed balances only (facts/spacemesh.md 7.1); here are the rewards, too, and the totals of both sides.
 */
import { inParallel } from "../../parallel.ts";
import { table } from "../../table.ts";
import type { AccountRewards, AccountState } from "./messages.ts";

/** An account that miners of the stack smesh for. */
export interface ManagedAccount {
  readonly address: string;
  /** Names of the miners. */
  readonly miners: readonly string[];
}

/** What is asked of a node; NodeApi is one. */
export interface RewardsApi {
  readonly rewards: (address: string) => Promise<AccountRewards>;
  readonly accounts: () => Promise<readonly AccountState[]>;
}

/** What is asked for. */
export interface RewardsRequest {
  readonly managed: readonly ManagedAccount[];
  readonly api: RewardsApi;
  /** Which node is asked, for the reader. */
  readonly node: string;
  /** Whether the node tells every account: `debug` stands in `fleet:miners.publicApis`. */
  readonly debug: boolean;
}

/** Accounts that a node is asked about at a time: it looks each up in its database. */
const atATime = 8;

interface Row extends AccountRewards {
  readonly address: string;
  readonly miners: readonly string[];
}

/** Counts them. @throws CommandError where the node does not tell. */
export async function rewardsReport({
  api,
  debug,
  managed,
  node,
}: RewardsRequest): Promise<string> {
  const known = new Set(managed.map(({ address }) => normal(address)));
  const others = debug
    ? (await api.accounts()).filter(({ address }) => !known.has(normal(address)))
    : [];
  const asked = [...managed, ...others.map(({ address }) => ({ address, miners: [] }))];
  const rows = await inParallel(asked, atATime, async ({ address, miners }): Promise<Row> => ({
    ...{ address, miners },
    ...(await api.rewards(address)),
  }));
  rows.sort((left, right) => Number(right.total - left.total));
  const [own, foreign] = [true, false].map((isOwn) =>
    rows.filter(({ miners }) => miners.length > 0 === isOwn),
  );
  return [
    `Asked ${node}: GlobalStateService, which fleet:miners.publicApis serves as globalstate${debug ? ", and DebugService, as debug" : ""}.`,
    debug
      ? "Accounts of the genesis config are among those of nobody here."
      : "Accounts that are not the stack's own are told by DebugService only, which is off: debug in fleet:miners.publicApis turns it on.",
    "",
    table([
      ["ACCOUNT", "SMESHED FOR BY", "BALANCE", "REWARDS", "LAYERS"],
      ...rows.map(({ address, balance, layers, miners, total }) => [
        address,
        miners.length === 0 ? "-" : miners.join(","),
        ...[`${balance}`, `${total}`, `${layers}`],
      ]),
    ]),
    "",
    sumLine("managed", own ?? []),
    ...(debug ? [sumLine("not managed", foreign ?? [])] : []),
    "Amounts are in smidge.",
  ].join("\n");
}

function sumLine(what: string, rows: readonly Row[]): string {
  const sum = (of: (row: Row) => bigint): bigint => rows.reduce((all, row) => all + of(row), 0n);
  return `${what}: ${rows.length} accounts, balances of ${sum(({ balance }) => balance)}, rewards of ${sum(({ total }) => total)}`;
}

/** Hex may be written in either case; bech32 is lower case by itself. */
const normal = (address: string): string => address.toLowerCase();
