/**
 * Serves the pack without the vendor's library, which for a process of a few seconds costs more than the
 * rules do: it loads the whole SDK, and takes every message apart three times.
 */
import type * as GrpcModule from "@grpc/grpc-js";
import { createRequire } from "node:module";

import type { Answer } from "./answers.ts";

const grpc = createRequire(import.meta.url)("@grpc/grpc-js") as typeof GrpcModule;

/** Messages are taken and given as bytes. */
const asIs = (bytes: Buffer): Buffer => bytes;

const method = (name: string): GrpcModule.MethodDefinition<Buffer, Buffer> => ({
  path: `/pulumirpc.Analyzer/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
});

/**
 * Serves calls on a free loopback port, and gives that port.
 *
 * @param answers What is answered, by the calls' names. What one throws ends the engine's run, with its stack.
 */
export async function serve(answers: Readonly<Record<string, Answer>>): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  const names = Object.keys(answers);
  server.addService(
    Object.fromEntries(names.map((name) => [name, method(name)])),
    Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, handler(answer)])),
  );
  return new Promise((settle, fail) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        settle(port);
      } else {
        fail(error);
      }
    });
  });
}

const handler =
  (answer: Answer): GrpcModule.handleUnaryCall<Buffer, Buffer> =>
  ({ request }, reply) => {
    try {
      reply(null, Buffer.from(answer(request)));
    } catch (error) {
      const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
      reply({ code: grpc.status.UNKNOWN, details });
    }
  };
