/** A provider in front of another one: hands every call on, but those that would change a cluster. */
import type * as GrpcModule from "@grpc/grpc-js";
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb.js";
import type * as ProviderModule from "@pulumi/pulumi/proto/provider_pb.js";

import { empty, grpc, monitor, provider, resource, service, struct } from "../standins/protocol.ts";
import { type Inputs, made } from "./objects.ts";

type Answer = (request: unknown) => unknown;
type Call = (request: unknown, callback: GrpcModule.requestCallback<unknown>) => unknown;

/**
 * Serves on a free loopback port.
 *
 * @param behind Port of the provider that answers.
 * @param guard Throws where this plugin may not serve.
 * @returns The port.
 */
export async function serveProxy(behind: number, guard: () => unknown): Promise<number> {
  const unlimited = {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  };
  const client = new service.ResourceProviderClient(
    `127.0.0.1:${behind}`,
    grpc.credentials.createInsecure(),
    unlimited,
  ) as unknown as Readonly<Record<string, Call>>;
  const calls = Object.keys(service.ResourceProviderService).map((name) => [
    name,
    forward(client, name, guard),
  ]);
  const server = new grpc.Server(unlimited);
  server.addService(
    service.ResourceProviderService,
    Object.fromEntries(calls) as GrpcModule.UntypedServiceImplementation,
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

function forward(
  client: Readonly<Record<string, Call>>,
  name: string,
  guard: () => unknown,
): GrpcModule.handleUnaryCall<unknown, unknown> {
  return ({ request }, callback) => {
    const answer = async (): Promise<void> => {
      guard();
      const own = await answers[name]?.(request);
      if (own === undefined) {
        client[name]?.call(client, request, callback);
      } else {
        callback(null, own);
      }
    };
    answer().catch((error: unknown) => {
      callback({ code: grpc.status.UNKNOWN, details: String(error) });
    });
  };
}

/** What is answered here; undefined hands the call on. */
const answers: Readonly<Record<string, Answer>> = {
  create: (request) => {
    const asked = request as ProviderModule.CreateRequest;
    if (asked.getPreview()) {
      return undefined;
    }
    const { id, outputs } = made(inputsOf(asked.getProperties()));
    const reply = new provider.CreateResponse();
    reply.setId(id);
    reply.setProperties(properties(outputs));
    return reply;
  },
  update: (request) => {
    const asked = request as ProviderModule.UpdateRequest;
    if (asked.getPreview()) {
      return undefined;
    }
    const reply = new provider.UpdateResponse();
    reply.setProperties(properties(made(inputsOf(asked.getNews())).outputs));
    return reply;
  },
  read: (request) => {
    const asked = request as ProviderModule.ReadRequest;
    const reply = new provider.ReadResponse();
    reply.setId(asked.getId());
    reply.setProperties(asked.getProperties());
    reply.setInputs(asked.getInputs());
    return reply;
  },
  delete: () => new empty.Empty(),
  construct: (request) => registerAlone(request as ProviderModule.ConstructRequest),
};

/**
 * A chart, which only a cluster tells how to render: it stands for all that is in it, with what it is given.
 * A component registers itself, by what its plugin says to the engine.
 */
async function registerAlone(
  asked: ProviderModule.ConstructRequest,
): Promise<ProviderModule.ConstructResponse> {
  const registration = new resource.RegisterResourceRequest();
  registration.setType(asked.getType());
  registration.setName(asked.getName());
  registration.setParent(asked.getParent());
  registration.setCustom(false);
  registration.setObject(asked.getInputs());
  registration.setAcceptsecrets(true);
  registration.setAcceptresources(true);
  const engine = new monitor.ResourceMonitorClient(
    asked.getMonitorendpoint(),
    grpc.credentials.createInsecure(),
  );
  const urn = await new Promise<string>((settle, fail) => {
    engine.registerResource(registration, (error, registered) => {
      if (error === null) {
        settle(registered.getUrn());
      } else {
        fail(error);
      }
    });
  });
  engine.close();
  const reply = new provider.ConstructResponse();
  reply.setUrn(urn);
  reply.setState(asked.getInputs());
  return reply;
}

function inputsOf(given: StructModule.Struct | undefined): Inputs {
  return given?.toJavaScript() ?? {};
}

function properties(outputs: Readonly<Record<string, unknown>>): StructModule.Struct {
  return struct.Struct.fromJavaScript(outputs as Record<string, StructModule.JavaScriptValue>);
}
