/**
 * The pack's own server beside the vendor's library: whatever an engine asks, both tell it the same. The
 * messages are written and read by the SDK's own classes.
 *
 * Proves that a sandbox judges as a live stack is judged; that an engine starts either is
 * test/e2e/policy.e2e.test.ts's.
 */
import { createRequire } from "node:module";

import type { PolicyPackArgs } from "@pulumi/policy";
import * as grpc from "@grpc/grpc-js";
import analyzerService from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import analyzer, { type AnalyzeResponse } from "@pulumi/pulumi/proto/analyzer_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { beforeAll, describe, expect, it } from "vitest";

import { answersOf } from "../../policy/analyzer/answers.ts";
import { readAnalyzeRequest } from "../../policy/analyzer/messages.ts";
import { serve } from "../../policy/analyzer/server.ts";
import { decodeOnce } from "../../policy/decode-once.ts";
import { policiesOf } from "../../policy/pack.ts";
import { type Resource, unknownText } from "../../policy/resource.ts";
import { rules } from "../../policy/rules.ts";
import { onlyLarge, renderedOnce, stacks } from "../rendered.ts";
import { stackOf } from "./stack-resources.ts";

type Asked = analyzer.AnalyzeRequest | analyzer.AnalyzeStackRequest;
type Handler = (
  call: { readonly request: Asked },
  answer: (error: Error | null | undefined, response: AnalyzeResponse | undefined) => void,
) => void;
type MakeHandler = (
  pack: string,
  version: string,
  level: string,
  policies: PolicyPackArgs["policies"],
) => Handler;
const library = createRequire(import.meta.url)("@pulumi/policy/server.js") as {
  readonly makeAnalyzeRpcFun: MakeHandler;
  readonly makeAnalyzeStackRpcFun: MakeHandler;
};

const pack = { name: "fleet", version: "0.1.0" };
const ours = answersOf(pack, rules);

const secretMark = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
};
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const asStruct = (properties: object): struct.Struct =>
  struct.Struct.fromJavaScript(
    JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>,
  );

/** Fills in what requests and resources of the protocol have in common. */
function fill<Message extends analyzer.AnalyzeRequest | analyzer.AnalyzerResource>(
  message: Message,
  resource: Resource,
): Message {
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(resource.protect);
  options.setIgnorechangesList([...resource.ignoreChanges]);
  options.setParent(resource.parent);
  options.setAliasesList(["urn:pulumi:test::fleet::made:up:Thing::before"]);
  message.setType(resource.type);
  message.setUrn(resource.urn);
  message.setName(resource.name);
  message.setProperties(asStruct(resource.properties));
  message.setOptions(options);
  if (resource.provider !== undefined) {
    const provider = new analyzer.AnalyzerProviderResource();
    provider.setType(resource.provider.type);
    provider.setName(resource.provider.name);
    provider.setProperties(asStruct({ cluster: { name: "any" } }));
    message.setProvider(provider);
  }
  return message;
}

const requestOf = (resource: Resource): analyzer.AnalyzeRequest =>
  fill(new analyzer.AnalyzeRequest(), resource);

function stackRequestOf(resources: readonly Resource[]): analyzer.AnalyzeStackRequest {
  const request = new analyzer.AnalyzeStackRequest();
  request.setResourcesList(
    resources.map((resource) => {
      const message = fill(new analyzer.AnalyzerResource(), resource);
      message.setParent(resource.parent);
      message.setDependenciesList([resource.urn]);
      return message;
    }),
  );
  return request;
}

/** What the vendor's library tells an engine. */
const told = (make: MakeHandler, request: Asked): Promise<AnalyzeResponse.AsObject> =>
  new Promise((settle, fail) => {
    make(
      pack.name,
      pack.version,
      "advisory",
      policiesOf(rules),
    )({ request }, (error, response) => {
      if (response === undefined) {
        fail(error ?? new Error("neither an answer nor an error"));
      } else {
        settle(response.toObject());
      }
    });
  });

/** What the pack's own server tells it. */
function tells(call: "Analyze" | "AnalyzeStack", request: Asked): AnalyzeResponse.AsObject {
  const answer = ours[call]?.(request.serializeBinary()) ?? new Uint8Array();
  return analyzer.AnalyzeResponse.deserializeBinary(answer).toObject();
}

/** A resource that many rules object to, or cannot tell of: what it is made of is spoilt. */
function spoil(resource: Resource, number: number): Resource {
  const text = JSON.stringify(resource.properties);
  const properties = [
    () => text.replaceAll(/"image":"[^"]*"/g, '"image":"nginx"'),
    () => text.replaceAll(/"image":"[^"]*"/g, `"image":"${unknownMark}"`),
    () => text.replaceAll(/"(limits|requests|resources)":/g, '"other":'),
    () => text.replaceAll('"runAsNonRoot":true', '"runAsNonRoot":false'),
    () => text.replaceAll(/"replicas":\d+/g, `"replicas":"${unknownMark}"`),
    () => text.replaceAll(/"labels":\{[^}]*\}/g, `"labels":"${unknownMark}"`),
    () => text.replaceAll(/"spec":\{/g, '"spec":[],"status":{'),
  ];
  const spoilt = properties[number % properties.length]?.() ?? text;
  return { ...resource, protect: false, properties: JSON.parse(spoilt) as Resource["properties"] };
}

beforeAll(decodeOnce);

describe.each([...stacks, ...onlyLarge])("of stack %s", (name) => {
  let resources: readonly Resource[];
  beforeAll(async () => {
    ({ resources } = stackOf(name, await renderedOnce(name)));
  });

  it("tells of every resource what the vendor's library tells", async () => {
    for (const resource of resources) {
      const request = requestOf(resource);
      expect(tells("Analyze", request)).toEqual(await told(library.makeAnalyzeRpcFun, request));
    }
  });

  it("tells of spoilt resources what the library tells: findings, and rules that cannot run", async () => {
    const seen = new Set<string>();
    for (const resource of resources.map(spoil)) {
      const request = requestOf(resource);
      const own = tells("Analyze", request);
      expect(own).toEqual(await told(library.makeAnalyzeRpcFun, request));
      own.diagnosticsList.forEach(({ message }) =>
        seen.add(message.startsWith("can't run") ? "untold" : "found"),
      );
    }
    expect([...seen].sort()).toEqual(["found", "untold"]);
  });

  it("tells of the whole stack what the library tells, as it stands and spoilt", async () => {
    for (const some of [resources, resources.map(spoil)]) {
      const request = stackRequestOf(some);
      expect(tells("AnalyzeStack", request)).toEqual(
        await told(library.makeAnalyzeStackRpcFun, request),
      );
    }
  });
});

it("says of rules that need what nobody tells that they cannot run: left out, they would be missing from the report", async () => {
  const { resources } = stackOf("test", await renderedOnce("test"));
  // A stack without a file, and so without nodes.
  const elsewhere = resources.map((resource) => ({
    ...resource,
    urn: resource.urn.replace(/^urn:pulumi:[^:]+::/, "urn:pulumi:nowhere::"),
  }));
  const request = stackRequestOf(elsewhere);
  const own = tells("AnalyzeStack", request);
  expect(own).toEqual(await told(library.makeAnalyzeStackRpcFun, request));
  const untold = own.diagnosticsList.filter(({ message }) => message.startsWith("can't run"));
  expect(untold.map(({ policyname }) => policyname)).toContain("requests-fit");
  expect(untold.find(({ policyname }) => policyname === "requests-fit")?.message).toContain(
    "fleet:cluster.pools has no node to look at: the stack's file is missing or not in order, or its pools are parked",
  );
  expect(untold.map(({ enforcementlevel }) => enforcementlevel)).not.toContain(1);
});

describe("what is read of a message", () => {
  const made: Resource = {
    urn: "urn:pulumi:test::fleet::made:up:Thing::one",
    type: "made:up:Thing",
    name: "one",
    properties: {},
    parent: "urn:pulumi:test::fleet::pulumi:pulumi:Stack::fleet-test",
    provider: { type: "pulumi:providers:made", name: "made" },
    protect: true,
    retainOnDelete: undefined,
    ignoreChanges: ["spec.replicas", "data"],
  };

  it.each([
    ["every type of value", { a: [1.5, -0.25, true, false, null, "", [[]], {}], b: { c: "d" } }],
    ["keys that mean something to JavaScript", { toString: 2, constructor: { length: 1 } }],
    ["text beyond ASCII", { schlüssel: "värde 🚢\u0000" }],
  ])("is %s", (_, properties: Record<string, unknown>) => {
    const resource = { ...made, properties };
    expect(readAnalyzeRequest(requestOf(resource).serializeBinary())).toEqual(resource);
  });

  it("is a secret in the clear, wherever it stands, and the unknown by our own word", () => {
    const properties = {
      a: { ...secretMark, value: { b: [unknownMark, { ...secretMark, value: "hidden" }] } },
    };
    const { properties: read } = readAnalyzeRequest(
      requestOf({ ...made, properties }).serializeBinary(),
    );
    expect(read).toEqual({ a: { b: [unknownText, "hidden"] } });
  });

  it("is a prototype's name as a key like any other", () => {
    // The SDK's own classes lose such a key: it is put into the bytes of a request with another.
    const request = requestOf({ ...made, properties: { __other__: "text" } }).serializeBinary();
    const bytes = Buffer.from(request).toString("latin1").replace("__other__", "__proto__");
    const read = readAnalyzeRequest(Buffer.from(bytes, "latin1")).properties;
    expect(Object.entries(read)).toEqual([["__proto__", "text"]]);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it("is nothing of a message that is cut", () => {
    const bytes = requestOf(made).serializeBinary();
    expect(() => readAnalyzeRequest(bytes.subarray(0, bytes.length - 3))).toThrow(RangeError);
  });
});

describe("the server", () => {
  const client = (port: number) =>
    new analyzerService.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());

  it("names itself and every rule to the SDK's own client", async () => {
    const asking = client(await serve(ours));
    const info = await new Promise<analyzer.AnalyzerInfo>((settle, fail) => {
      asking.getAnalyzerInfo(new empty.Empty(), (error, answer) => {
        if (error === null) settle(answer);
        else fail(error);
      });
    });
    asking.close();
    expect([info.getName(), info.getVersion(), info.getSupportsconfig()]).toEqual([
      "fleet",
      "0.1.0",
      false,
    ]);
    const { ADVISORY, MANDATORY } = analyzer.EnforcementLevel;
    const { POLICY_TYPE_RESOURCE, POLICY_TYPE_STACK } = analyzer.PolicyType;
    expect(
      info
        .getPoliciesList()
        .map((one) => [one.getName(), one.getEnforcementlevel(), one.getPolicyType()]),
    ).toEqual(
      rules.map(({ name, level, kind }) => [
        name,
        level === "mandatory" ? MANDATORY : ADVISORY,
        kind === "resource" ? POLICY_TYPE_RESOURCE : POLICY_TYPE_STACK,
      ]),
    );
  });

  it("knows no call that mends a resource, as an engine may find", async () => {
    const asking = client(await serve(ours));
    const error = await new Promise<grpc.ServiceError | null>((settle) => {
      asking.remediate(new analyzer.AnalyzeRequest(), (fault) => {
        settle(fault);
      });
    });
    asking.close();
    expect(error?.code).toBe(grpc.status.UNIMPLEMENTED);
  });

  it("reads a stack's files once the engine waits for its program, and not while it waits for the pack", async () => {
    const done: string[] = [];
    const prepared = Promise.withResolvers<undefined>();
    const calls = answersOf(pack, rules, undefined, (stack) => {
      done.push(`prepared ${stack}`);
      prepared.resolve(undefined);
      throw new Error("no such file");
    });
    const noted = (name: "ConfigureStack" | "GetAnalyzerInfo", request: Uint8Array): void => {
      calls[name]?.(request);
      done.push(name);
    };
    noted("GetAnalyzerInfo", new Uint8Array());
    const request = new analyzer.AnalyzerStackConfigureRequest();
    request.setStack("test");
    noted("ConfigureStack", request.serializeBinary());
    noted("GetAnalyzerInfo", new Uint8Array());
    // The turn in which the answer is written to its connection.
    await new Promise((settle) => setImmediate(settle));
    done.push("answered");
    await prepared.promise;
    expect(done).toEqual([
      ...["GetAnalyzerInfo", "ConfigureStack", "GetAnalyzerInfo"],
      ...["answered", "prepared test"],
    ]);
  });

  it("takes all resources of a large stack as one message, and answers calls beside it", async () => {
    const asking = client(await serve(ours));
    const note = (number: number): Resource => ({
      urn: `urn:pulumi:test::fleet::kubernetes:core/v1:ConfigMap::note-${number}`,
      type: "kubernetes:core/v1:ConfigMap",
      name: `note-${number}`,
      properties: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "note", namespace: "notes" },
        data: { text: "x".repeat(20_000) },
      },
      parent: "",
      provider: undefined,
      protect: false,
      retainOnDelete: undefined,
      ignoreChanges: [],
    });
    const notes = Array.from({ length: 600 }, (_, number) => note(number));
    const told = await Promise.all(
      [stackRequestOf(notes), stackRequestOf(notes.slice(0, 2))].map(
        (request) =>
          new Promise<AnalyzeResponse>((settle, fail) => {
            asking.analyzeStack(request, (error, answer) => {
              if (error === null) settle(answer);
              else fail(error);
            });
          }),
      ),
    );
    asking.close();
    const twice = told.map((answer) =>
      answer.getDiagnosticsList().filter((one) => one.getPolicyname() === "distinct-objects"),
    );
    expect(twice.map(({ length }) => length)).toEqual([599, 1]);
  });

  it("ends a run where a rule fails by itself, and says where", async () => {
    const broken = {
      ...rules[0],
      kind: "resource",
      check: (): string[] => {
        throw new Error("broken");
      },
    };
    const asking = client(await serve(answersOf(pack, [broken as (typeof rules)[number]])));
    const error = await new Promise<Error | null>((settle) => {
      asking.analyze(new analyzer.AnalyzeRequest(), (fault) => {
        settle(fault);
      });
    });
    asking.close();
    expect(error?.message).toMatch(/broken[^]*analyzer\.test\.ts/);
  });
});
