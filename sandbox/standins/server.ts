/**
 * The provider protocol over a stand-in. The SDK's own `provider.main` cannot refuse to configure, says
 * nothing of previews and loads the whole SDK: this server uses the SDK's protocol files only.
 */
import type * as GrpcModule from "@grpc/grpc-js";
import type * as StructModule from "google-protobuf/google/protobuf/struct_pb.js";
import type * as ProviderModule from "@pulumi/pulumi/proto/provider_pb.js";
import type { Fault } from "./check.ts";
import { segments } from "./diff.ts";
import { HalfDone } from "./plugin.ts";
import type { Difference } from "./difference.ts";
import type { Subject } from "./objects.ts";
import type { StandIn } from "./plugin.ts";
import { any, empty, grpc, plugin, provider, service, status, struct } from "./protocol.ts";
import { isBag } from "./values.ts";
import type { Properties, Value } from "./values.ts";

/** Serves a stand-in on a free loopback port, and gives that port. */
export async function serve(version: string, enter: () => StandIn): Promise<number> {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(service.ResourceProviderService, handlers(version, enter));
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/**
 * The calls of the protocol that an engine makes of a plugin of resources.
 * @param enter gives the stand-in, or throws where the plugin runs outside a sandbox
 */
function handlers(version: string, enter: () => StandIn): GrpcModule.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => {
      const reply = new plugin.PluginInfo();
      reply.setVersion(version);
      return reply;
    }),
    getSchema: unary(() => {
      const reply = new provider.GetSchemaResponse();
      reply.setSchema("{}");
      return reply;
    }),
    attach: unary(() => new empty.Empty()),
    cancel: unary(() => new empty.Empty()),
    checkConfig: unary((request: ProviderModule.CheckRequest) => {
      const reply = new provider.CheckResponse();
      const faults = enter().checkConfig(bag(request.getNews()));
      reply.setInputs(request.getNews());
      reply.setFailuresList(failures(faults));
      return reply;
    }),
    diffConfig: unary((request: ProviderModule.DiffRequest) => {
      // Another token or address is the same cloud: nothing is ever replaced for it.
      const [olds, news] = [request.getOldInputs() ?? request.getOlds(), request.getNews()].map(
        bag,
      );
      const reply = new provider.DiffResponse();
      const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
      reply.setChanges(JSON.stringify(olds) === JSON.stringify(news) ? DIFF_NONE : DIFF_SOME);
      return reply;
    }),
    configure: unary((request: ProviderModule.ConfigureRequest) => {
      enter().configure(bag(request.getArgs()));
      const reply = new provider.ConfigureResponse();
      reply.setAcceptsecrets(true);
      reply.setSupportspreview(true);
      return reply;
    }),
    check: unary(async (request: ProviderModule.CheckRequest) => {
      const checked = await enter().check(
        subject(request),
        bag(request.getOlds()),
        bag(request.getNews()),
        request.getRandomseed_asB64(),
      );
      const reply = new provider.CheckResponse();
      reply.setInputs(fromBag(checked.inputs));
      reply.setFailuresList(failures(checked.faults));
      return reply;
    }),
    diff: unary(async (request: ProviderModule.DiffRequest) => {
      const olds = bag(request.getOldInputs() ?? request.getOlds());
      return diffReply(await enter().diff(subject(request), olds, bag(request.getNews())));
    }),
    create: unary(async (request: ProviderModule.CreateRequest) => {
      const inputs = bag(request.getProperties());
      const stored = await enter().create(subject(request), inputs, request.getPreview());
      const reply = new provider.CreateResponse();
      reply.setId(stored.id);
      reply.setProperties(fromBag(stored.properties));
      return reply;
    }),
    read: unary(async (request: ProviderModule.ReadRequest) => {
      const held = bag(request.getInputs());
      const stored = await enter().read(subject(request), request.getId(), held);
      const reply = new provider.ReadResponse();
      if (stored === undefined) return reply;
      reply.setId(stored.id);
      reply.setProperties(fromBag(stored.properties));
      reply.setInputs(fromBag(stored.inputs));
      return reply;
    }),
    update: unary(async (request: ProviderModule.UpdateRequest) => {
      const properties = bag(request.getOlds());
      const olds = { inputs: bag(request.getOldInputs() ?? request.getOlds()), properties };
      const news = bag(request.getNews());
      const reply = new provider.UpdateResponse();
      reply.setProperties(
        fromBag(
          await enter().update(subject(request), request.getId(), olds, news, request.getPreview()),
        ),
      );
      return reply;
    }),
    delete: unary(async (request: ProviderModule.DeleteRequest) => {
      await enter().delete(subject(request), request.getId());
      return new empty.Empty();
    }),
    invoke: unary(async (request: ProviderModule.InvokeRequest) => {
      const answer = await enter().invoke(request.getTok(), bag(request.getArgs()));
      const reply = new provider.InvokeResponse();
      if ("faults" in answer) reply.setFailuresList(failures(answer.faults));
      else reply.setReturn(fromBag(answer.result));
      return reply;
    }),
  };
}

/** A call with one answer: what it throws goes to the engine as the call's error. */
function unary<Request, Reply>(
  answer: (request: Request) => Reply | Promise<Reply>,
): GrpcModule.handleUnaryCall<Request, Reply> {
  return (call, callback) => {
    const work = async (): Promise<Reply> => answer(call.request);
    work().then(
      (reply) => {
        callback(null, reply);
      },
      (error: unknown) => {
        callback(serviceError(error));
      },
    );
  };
}

/**
 * What the engine shows of an error. One that left a resource behind carries its id and state, so that the
 * engine records it instead of forgetting it.
 */
function serviceError(error: unknown): Partial<GrpcModule.StatusObject> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof HalfDone)) return { code: grpc.status.UNKNOWN, details: message };
  const half = new provider.ErrorResourceInitFailed();
  half.setId(error.stored.id);
  half.setProperties(fromBag(error.stored.properties));
  half.setReasonsList([message]);
  const detail = new any.Any();
  detail.pack(half.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const full = new status.Status();
  full.setCode(grpc.status.UNKNOWN);
  full.setMessage(message);
  full.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(full.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function diffReply(difference: Difference): ProviderModule.DiffResponse {
  const reply = new provider.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = provider.DiffResponse.DiffChanges;
  reply.setChanges(difference.changes.length === 0 ? DIFF_NONE : DIFF_SOME);
  reply.setReplacesList([...new Set(difference.replaces.map(topOf))]);
  reply.setDiffsList([...new Set(difference.changes.map(({ path }) => topOf(path)))]);
  reply.setDeletebeforereplace(difference.deleteBeforeReplace);
  reply.setHasdetaileddiff(true);
  const { Kind } = provider.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  for (const { path, kind } of difference.changes) {
    const detail = new provider.PropertyDiff();
    detail.setKind(kinds[kind][difference.replaces.includes(path) ? 1 : 0]);
    detail.setInputdiff(true);
    reply.getDetaileddiffMap().set(path, detail);
  }
  return reply;
}

function topOf(path: string): string {
  return segments(path)[0] ?? path;
}

function failures(faults: readonly Fault[]): ProviderModule.CheckFailure[] {
  return faults.map(({ path, reason }) => {
    const failure = new provider.CheckFailure();
    // Named as the failure's property, the engine would print its value too: which may be secret.
    failure.setReason(`${path} ${reason}`);
    return failure;
  });
}

function subject(request: {
  getUrn: () => string;
  getType: () => string;
  getName: () => string;
}): Subject {
  const urn = request.getUrn();
  const [, , types = "", name = ""] = urn.split("::");
  const type = request.getType();
  return {
    urn,
    type: type === "" ? (types.split("$").at(-1) ?? "") : type,
    name: request.getName() === "" ? name : request.getName(),
  };
}

function bag(properties: StructModule.Struct | undefined): Properties {
  const value = properties?.toJavaScript() as Value | undefined;
  return isBag(value) ? value : {};
}

function fromBag(properties: Properties): StructModule.Struct {
  const copy = JSON.parse(JSON.stringify(properties)) as Record<
    string,
    StructModule.JavaScriptValue
  >;
  return struct.Struct.fromJavaScript(copy);
}
