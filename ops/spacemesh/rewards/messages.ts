/**
 * The node's messages that rewards are counted from, field by field: `spacemesh/v1/global_state_types.proto`,
 * `types.proto` and `debug_types.proto` of github.com/spacemeshos/api, whose generated server judges them in
 * test/judges/rewards.test.ts.
 *
 * An account's address was bytes up to v0.2.17 and is a text since; both go over the wire alike.
 */
import protobuf from "protobufjs/minimal.js";

import { eachField, open, type Reader } from "../../../policy/analyzer/wire.ts";

/** What an account has, in smidge. */
export interface AccountState {
  /** As the network shows it: 0x and 40 hex digits, or bech32. */
  readonly address: string;
  readonly balance: bigint;
}

/** What one account was rewarded with. */
export interface AccountRewards {
  /** Sum of all rewards, fees included, in smidge. */
  readonly total: bigint;
  /** Layers that it was rewarded for. */
  readonly layers: number;
  /** What it has now. */
  readonly balance: bigint;
}

/** Bits of `AccountDataFlag`: rewards, and the account itself. */
const rewardsAndAccount = 2 | 4;

/** `AccountDataQueryRequest` for all that there is of one account. */
export function accountDataQuery(address: string): Buffer {
  const writer = protobuf.Writer.create();
  writer.uint32(tag(1)).fork(); // filter
  writer.uint32(tag(1)).fork().uint32(tag(1)).bytes(addressBytes(address)).ldelim(); // account_id
  writer.uint32((2 << 3) | 0).uint32(rewardsAndAccount);
  writer.ldelim();
  // max_results and offset stay 0: everything, as one moment has it.
  return Buffer.from(writer.finish());
}

/** `AccountDataQueryResponse`. */
export function readAccountData(bytes: Uint8Array): AccountRewards {
  const layers = new Set<number>();
  let [total, balance] = [0n, 0n];
  const reader = open(bytes);
  eachField(reader, undefined, (field) => {
    if (field !== 2) {
      return false;
    }
    eachField(reader, reader.uint32(), (datum) => {
      if (datum === 1) {
        const reward = readReward(reader);
        total += reward.total;
        layers.add(reward.layer);
      } else if (datum === 3) {
        ({ balance } = readAccount(reader));
      }
      return datum === 1 || datum === 3;
    });
    return true;
  });
  return { total, layers: layers.size, balance };
}

/** `AccountsResponse`. */
export function readAccounts(bytes: Uint8Array): readonly AccountState[] {
  const accounts: AccountState[] = [];
  const reader = open(bytes);
  eachField(reader, undefined, (field) => {
    if (field === 1) {
      accounts.push(readAccount(reader));
    }
    return field === 1;
  });
  return accounts;
}

/** `Account`, whose length comes next. */
function readAccount(reader: Reader): AccountState {
  let [address, balance] = ["", 0n];
  eachField(reader, reader.uint32(), (field) => {
    if (field === 1) {
      eachField(reader, reader.uint32(), (inner) => {
        if (inner === 1) {
          address = addressText(reader.bytes());
        }
        return inner === 1;
      });
    } else if (field === 2) {
      eachField(reader, reader.uint32(), (inner) => {
        if (inner === 2) {
          balance = readAmount(reader);
        }
        return inner === 2;
      });
    }
    return field === 1 || field === 2;
  });
  return { address, balance };
}

/** `Reward`, whose length comes next. */
function readReward(reader: Reader): { readonly layer: number; readonly total: bigint } {
  let [layer, total] = [0, 0n];
  eachField(reader, reader.uint32(), (field) => {
    if (field === 1) {
      layer = Number(readAmount(reader));
    } else if (field === 2) {
      total = readAmount(reader);
    }
    return field === 1 || field === 2;
  });
  return { layer, total };
}

/** `Amount` or `LayerNumber`, whose length comes next: one number each. */
function readAmount(reader: Reader): bigint {
  let value = 0n;
  eachField(reader, reader.uint32(), (field) => {
    if (field === 1) {
      // 64 bits: more than a number holds.
      value = BigInt((reader.uint64() as { toString(): string }).toString());
    }
    return field === 1;
  });
  return value;
}

const tag = (field: number): number => (field << 3) | 2;

/** Bytes of an account of old. */
const accountBytes = 20;

function addressBytes(address: string): Buffer {
  return address.startsWith("0x")
    ? Buffer.from(address.slice(2), "hex")
    : Buffer.from(address, "utf8");
}

function addressText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  return buffer.length === accountBytes ? `0x${buffer.toString("hex")}` : buffer.toString("utf8");
}
