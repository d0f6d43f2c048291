/** A node's gRPC API, as far as rewards need it. */
import type * as GrpcModule from "@grpc/grpc-js";
import { createRequire } from "node:module";

import { visible } from "../../../review/render/visible.ts";
import { CommandError } from "../../command.ts";
import {
  accountDataQuery,
  type AccountRewards,
  type AccountState,
  readAccountData,
  readAccounts,
} from "./messages.ts";

const grpc = createRequire(import.meta.url)("@grpc/grpc-js") as typeof GrpcModule;

/** Bytes of one answer: all rewards of an account of years, or a hundred thousand accounts. */
const mostBytes = 64 * 2 ** 20;

/** Seconds that one answer may take. */
const deadlineSeconds = 30;

/** Where a node's API is: `host:port` as it is, `https://host[:port]` with TLS. */
export interface NodeAddress {
  readonly target: string;
  readonly tls: boolean;
}

/** @throws CommandError where a text is no such address. */
export function readNodeAddress(variable: string, text: string): NodeAddress {
  const isTls = text.startsWith("https://");
  const rest = isTls ? text.slice("https://".length).replace(/\/$/, "") : text;
  const [, host, port] = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d+)?$/i.test(rest)
    ? (/^(.*?)(?::(\d+))?$/.exec(rest) ?? [])
    : [];
  const number = port === undefined ? (isTls ? 443 : 0) : Number(port);
  if (host === undefined || number < 1 || number > 65_535) {
    throw new CommandError(
      `${variable} must be host:port of a node's gRPC API, or https://host of one behind TLS (it is ${JSON.stringify(text)})`,
    );
  }
  return { target: `${host}:${number}`, tls: isTls };
}

/** One node. */
export class NodeApi {
  readonly #client: GrpcModule.Client;
  readonly #address: NodeAddress;

  constructor(address: NodeAddress) {
    this.#address = address;
    const credentials = address.tls
      ? grpc.credentials.createSsl()
      : grpc.credentials.createInsecure();
    this.#client = new grpc.Client(address.target, credentials, {
      "grpc.max_receive_message_length": mostBytes,
    });
  }

  /** Rewards and balance of one account, by GlobalStateService. @throws CommandError */
  async rewards(address: string): Promise<AccountRewards> {
    const request = accountDataQuery(address);
    return readAccountData(await this.#call("GlobalStateService", "AccountDataQuery", request));
  }

  /** Every account there is, by DebugService. @throws CommandError */
  async accounts(): Promise<readonly AccountState[]> {
    return readAccounts(await this.#call("DebugService", "Accounts", Buffer.alloc(0)));
  }

  close(): void {
    this.#client.close();
  }

  #call(service: string, method: string, request: Buffer): Promise<Buffer> {
    const asIs = (bytes: Buffer): Buffer => bytes;
    const deadline = Date.now() + deadlineSeconds * 1000;
    return new Promise((settle, fail) => {
      this.#client.makeUnaryRequest(
        `/spacemesh.v1.${service}/${method}`,
        ...([asIs, asIs, request, { deadline }] as const),
        (error: GrpcModule.ServiceError | null, answer?: Buffer) => {
          if (error === null && answer !== undefined) {
            settle(answer);
          } else {
            fail(this.#fault(service, error));
          }
        },
      );
    });
  }

  #fault(service: string, error: GrpcModule.ServiceError | null): CommandError {
    const where = this.#address.target;
    switch (error?.code) {
      case grpc.status.UNIMPLEMENTED: {
        const api = service === "DebugService" ? "debug" : "globalstate";
        return new CommandError(
          `${where} does not serve ${service}: fleet:miners.publicApis must list ${api}, and the node must have been brought up with it`,
        );
      }
      case grpc.status.UNAVAILABLE:
        return new CommandError(
          `${where} does not answer: is it a node's gRPC API, and can it be reached from here? (${visible(error.details)})`,
        );
      case grpc.status.DEADLINE_EXCEEDED:
        return new CommandError(`${where} gave no answer within ${deadlineSeconds} s`);
      default:
        return new CommandError(
          `${where}: ${service} says ${visible(error?.details ?? "nothing")} (${error?.code ?? "no answer"})`,
        );
    }
  }
}
