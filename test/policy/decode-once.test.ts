/** The library's own handlers, with what policy/decode-once.ts puts in the place of their decoding. */
import { createRequire } from "node:module";

import { AnalyzeRequest, AnalyzerResourceOptions } from "@pulumi/pulumi/proto/analyzer_pb.js";
import type { PolicyPackArgs, ResourceValidationPolicy } from "@pulumi/policy";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { beforeAll, describe, expect, it } from "vitest";

import { decodeOnce } from "../../policy/decode-once.ts";
import { policiesOf } from "../../policy/pack.ts";
import { rules } from "../../policy/rules.ts";

type Handler = (
  call: { readonly request: AnalyzeRequest },
  answer: (error: Error | null | undefined, response: unknown) => void,
) => void;
type MakeHandler = (
  pack: string,
  version: string,
  level: string,
  policies: PolicyPackArgs["policies"],
) => Handler;
const server = createRequire(import.meta.url)("@pulumi/policy/server.js") as {
  readonly makeAnalyzeRpcFun: MakeHandler;
  readonly makeRemediateRpcFun: MakeHandler;
};

const properties = {
  data: { key: "value", list: [1, { deep: true }] },
  password: {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value: "hidden",
  },
};

/** A request, and how often its properties were decoded. */
function requestOf(): { readonly request: AnalyzeRequest; readonly decodings: () => number } {
  const message = struct.Struct.fromJavaScript(properties);
  let count = 0;
  const decode = message.toJavaScript.bind(message);
  message.toJavaScript = () => {
    count += 1;
    return decode();
  };
  const request = new AnalyzeRequest();
  request.setType("made:up:Thing");
  request.setUrn("urn:pulumi:test::fleet::made:up:Thing::one");
  request.setName("one");
  request.setProperties(message);
  request.setOptions(new AnalyzerResourceOptions());
  return { request, decodings: () => count };
}

const ask = (make: MakeHandler, policies: PolicyPackArgs["policies"], request: AnalyzeRequest) =>
  new Promise<void>((settle, fail) => {
    make(
      "made",
      "1.0.0",
      "advisory",
      policies,
    )({ request }, (error) => {
      if (error === null || error === undefined) {
        settle();
      } else {
        fail(error);
      }
    });
  });

/** Three rules that say what they were given. */
function lookers(seen: unknown[]): ResourceValidationPolicy[] {
  return ["a", "b", "c"].map((name) => ({
    name,
    description: "Looks.",
    validateResource: ({ props }) => {
      seen.push(JSON.parse(JSON.stringify(props)));
    },
  }));
}

describe("decoding once", () => {
  const undisturbed: unknown[] = [];
  beforeAll(async () => {
    const { request, decodings } = requestOf();
    await ask(server.makeAnalyzeRpcFun, lookers(undisturbed), request);
    // Where the library learns to do this itself, ours can go.
    expect(decodings()).toBe(3);
    decodeOnce();
  });

  it("gives every rule what the library would, from one decoding", async () => {
    const seen: unknown[] = [];
    const { request, decodings } = requestOf();
    await ask(server.makeAnalyzeRpcFun, lookers(seen), request);
    expect(seen).toEqual(undisturbed);
    expect(seen).toContainEqual({ ...properties, password: "hidden" });
    expect(decodings()).toBe(1);
  });

  it("gives each resource its own properties", async () => {
    const seen: unknown[] = [];
    const [one, other] = [requestOf(), requestOf()];
    other.request.setProperties(struct.Struct.fromJavaScript({ other: true }));
    await ask(server.makeAnalyzeRpcFun, lookers(seen), one.request);
    await ask(server.makeAnalyzeRpcFun, lookers(seen), other.request);
    expect(seen.slice(3)).toEqual([{ other: true }, { other: true }, { other: true }]);
  });

  it("decodes nothing for a remediation, and no rule is one", async () => {
    const { request, decodings } = requestOf();
    await ask(server.makeRemediateRpcFun, policiesOf(rules), request);
    expect(decodings()).toBe(0);
    for (const policy of policiesOf(rules)) {
      expect(policy).not.toHaveProperty("remediateResource");
      expect(policy.enforcementLevel).not.toBe("remediate");
    }
  });
});
