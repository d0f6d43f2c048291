/**
 * Has the programs of LogShipper compiled and run by the language's own compiler and runtime, the ones
 * that Vector has within, over the corpus of lines and over events as its source makes them. Vector
 * itself is to be had nowhere here: what it makes of `vector.yaml`, and its sinks, are seen live.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";

import { LogFamilies } from "../../components/observability/logs/families.ts";
import {
  fault,
  linePrograms,
  timeAs,
  whose,
} from "../../components/observability/vector/transforms/programs.ts";
import { vectorFile, vectorFiles } from "../../components/observability/vector/vector-files.ts";
import { bytesOf, logLines } from "../observability/log-lines.ts";
import { archive, configOf, elsewhere, service } from "../observability/vector/configs.ts";
import { type JobResult, runPrograms, type SourceEvent } from "./vrl.ts";

const families = LogFamilies.parse({
  skywire: { namespaces: ["skywire", "tools"], retention: "7d" },
  nodes: {
    namespaces: ["shared"],
    containers: ["node", "miner-*"],
    retention: "3d",
    hexKeys: "keep",
  },
});
const steps = [
  whose(families, "digital_ocean_docker"),
  Object.values(linePrograms(families)).join("\n"),
];

/** A line as Vector's source gives it, of a pod that the API server has told of. */
function sourceEvent(line: string | Uint8Array, kubernetes: object = {}): SourceEvent {
  return {
    event: {
      file: "/var/log/pods/skywire_sd-0_uid/sd/0.log",
      source_type: "kubernetes_logs",
      stream: "stderr",
      kubernetes: {
        container_name: "sd",
        pod_annotations: { "fleet/logs": "ship" },
        pod_labels: { "app.kubernetes.io/name": "service-discovery" },
        pod_name: "sd-0",
        pod_namespace: "skywire",
        pod_node_name: "node-1",
        ...kubernetes,
      },
    },
    bytes: { message: Buffer.from(bytesOf({ text: line })).toString("hex") },
    times: { timestamp: "2026-11-21T10:00:00.000000005Z" },
  };
}

const inNodes = { pod_namespace: "shared", container_name: "node" };

async function results(events: readonly SourceEvent[], programs = steps) {
  const [job] = await runPrograms([{ steps: programs, events }]);
  expect(job).toMatchObject({ faults: "", warnings: "" });
  return job?.results ?? [];
}

type Part = Record<string, unknown>;

/** What the programs decide of a line. */
const decided = ({ line, message, fields, length }: Part): object => ({
  line,
  ...(message === undefined ? {} : { message }),
  ...(fields === undefined ? {} : { fields }),
  ...(length === undefined ? {} : { length }),
});

describe("the programs of LogShipper over the corpus", () => {
  let made: JobResult["results"] = [];
  beforeAll(async () => {
    made = await results(
      logLines.map((line) =>
        sourceEvent(line.text as string, line.hexKeys === "keep" ? inNodes : {}),
      ),
    );
  });

  it.each(logLines.map((line, index) => ({ ...line, index })))(
    "make of $name what is expected",
    ({ index, expected, secrets = [] }) => {
      const result = made[index];
      expect(result?.outcome, result?.error).toBe("kept");
      // As text: a member called __proto__ is one of JSON's, not of JavaScript's.
      expect(JSON.parse(JSON.stringify(decided(result?.event ?? {})))).toEqual(
        JSON.parse(JSON.stringify(expected)),
      );
      for (const secret of secrets) expect(JSON.stringify(result)).not.toContain(secret);
    },
  );

  it("leave nothing but texts, under the names of a stored line", () => {
    const known = [
      ...["@timestamp", "stream", "family", "namespace", "pod", "container", "workload", "node"],
      ...["source", "line", "message", "fields", "length"],
    ];
    for (const { event } of made) {
      expect(known).toEqual(expect.arrayContaining(Object.keys(event)));
      const { fields = {}, ...rest } = event;
      const values: unknown[] = [...Object.values(rest), ...Object.values(fields as Part)];
      for (const value of values) {
        expect(value).toBeTypeOf("string");
      }
    }
  });
});

/** Values as a line spells them, and as they are stored. */
const spellings: readonly (readonly [spelt: string, stored: string])[] = [
  ["1", "1"],
  ["-0", "-0"],
  ["1.50", "1.50"],
  ["1E400", "1E400"],
  ["-12.0e-3", "-12.0e-3"],
  ["9223372036854775808", "9223372036854775808"],
  ["true", "true"],
  ["null", "null"],
  ['"1.50"', "1.50"],
  ['""', ""],
  ['"at: 1.50, b:2}"', "at: 1.50, b:2}"],
  ['"quote \\": 3,"', 'quote ": 3,'],
  ['"{\\"a\\":1.50}"', '{"a":1.50}'],
  ['"[1, 2.0]"', "[1, 2.0]"],
  ['{"n": 1.50 , "s":"t: 4.0,"}', '{"n": 1.50 , "s":"t: 4.0,"}'],
  ["[ 1.0,[2],{} ]", "[ 1.0,[2],{} ]"],
];

describe("values of a JSON line", () => {
  it("are stored letter by letter, whichever stand beside which", async () => {
    const pairs = spellings.flatMap((one) => spellings.map((other) => [one, other] as const));
    const made = await results(
      pairs.map(([[one], [other]]) => sourceEvent(`{"a":${one}, "b" : ${other}}`)),
    );
    expect(made.map(({ event }) => event["fields"])).toEqual(
      pairs.map(([[, a], [, b]]) => ({ a, b })),
    );
  });

  it("are taken for no numbers that were marked, whatever they hold", async () => {
    const [one] = await results([sourceEvent('{"msg":"\\u007f3","x":0.5}')]);
    expect(one?.event).toMatchObject({ message: "\uFFFD3", fields: { msg: "\uFFFD3", x: "0.5" } });
  });

  it("are no message but where they are texts", async () => {
    const made = await results(spellings.map(([spelt]) => sourceEvent(`{"msg":${spelt},"x":0.5}`)));
    expect(made.map(({ event }) => event["message"])).toEqual(
      spellings.map(([spelt, stored]) => (spelt.startsWith('"') ? stored : undefined)),
    );
  });
});

describe("whose line it is", () => {
  it("stands in each line", async () => {
    const [one] = await results([sourceEvent("hello")]);
    expect(one?.event).toEqual({
      "@timestamp": "2026-11-21T10:00:00.000000005Z",
      stream: "stderr",
      family: "skywire",
      namespace: "skywire",
      pod: "sd-0",
      container: "sd",
      workload: "service-discovery",
      node: "node-1",
      source: "digital_ocean_docker",
      line: "text",
      message: "hello",
    });
  });

  it.each([
    ["a pod that asks to be left out", { pod_annotations: { "fleet/logs": "drop" } }],
    ["a namespace of no family", { pod_namespace: "kube-system" }],
    ["a namespace whose name only begins so", { pod_namespace: "skywire-test" }],
    ["a container of no family", { pod_namespace: "shared", container_name: "other-node" }],
    ["a pod that the API server has not told of", { pod_node_name: undefined }],
  ])("lets nothing through of %s", async (_, kubernetes) => {
    const [one] = await results([sourceEvent("hello", kubernetes)]);
    expect(one?.outcome).toBe("aborted");
  });

  it("lets nothing through without any word of a pod, and takes a pod without labels by its name", async () => {
    const bare = sourceEvent("hello");
    const [none, unnamed] = await results([
      { ...bare, event: { stream: "stdout" } },
      sourceEvent("hello", { pod_labels: undefined, pod_annotations: undefined }),
    ]);
    expect(none?.outcome).toBe("aborted");
    expect(unnamed?.event["workload"]).toBe("sd-0");
  });

  it("takes a container by its name or how that begins", async () => {
    const made = await results(
      ["node", "miner-7"].map((name) => sourceEvent("x", { ...inNodes, container_name: name })),
    );
    expect(made.map(({ event }) => event["family"])).toEqual(["nodes", "nodes"]);
  });
});

describe("access lines", () => {
  it("give their parts as fields, in Apache's form and in pairs", async () => {
    const path = "/v2/history/tvl?interval=hour&count=168";
    const made = await results(
      [
        `[INFO] 200 10.0.0.2 - - [03/May/2022:12:39:37 +0000] "GET ${path} HTTP/2.0" 200 25208`,
        `10.0.0.2 - u [03/May/2022:12:39:37 +0000] "POST / HTTP/1.1" 302 - "-" "okhttp/4.9.1"`,
        `2022-05-03T12:39:37Z INF Access duration_ms=1210.841177 ip=10.0.0.2 method=GET module=http req_id=c9oi size=25208 status=200 url=${path} user_agent=okhttp/4.9.1`,
        `level=info msg="it is done" method=GET status=204 path=/a user_agent="Mozilla/5.0 (X11)"`,
        "we speak HTTP/1.1 and HTTP/2 here",
        "no method=",
      ].map((line) => sourceEvent(line)),
    );
    expect(made.map(({ event }) => event["fields"])).toEqual([
      { client: "10.0.0.2", method: "GET", path, status: "200", size: "25208" },
      {
        client: "10.0.0.2",
        method: "POST",
        path: "/",
        status: "302",
        size: "-",
        user_agent: "okhttp/4.9.1",
      },
      {
        client: "10.0.0.2",
        method: "GET",
        path,
        status: "200",
        size: "25208",
        user_agent: "okhttp/4.9.1",
        duration_ms: "1210.841177",
      },
      { method: "GET", path: "/a", status: "204", user_agent: "Mozilla/5.0 (X11)" },
      undefined,
      undefined,
    ]);
    for (const { event } of made) expect(event["line"]).toBe("text");
  });

  it("have no secret in a field that is none in the line", async () => {
    const [one] = await results([
      sourceEvent('1.2.3.4 - - [x] "GET /a?token=abcdefgh&b=1 HTTP/1.1" 200 1'),
    ]);
    expect(JSON.stringify(one)).not.toContain("abcdefgh");
  });
});

describe("what the programs fail at", () => {
  it("leaves whose line it was, and neither its text nor what was said of it", async () => {
    const event = {
      family: "skywire",
      pod: "sd-0",
      text: "sk=1234",
      metadata: { dropped: { message: "cannot read sk=1234" } },
    };
    const [one] = await results([{ event }], [fault]);
    expect(one?.event).toEqual({ family: "skywire", pod: "sd-0", line: "fault" });
  });
});

describe("programs before a sink", () => {
  it("give the time the name that the service looks for", async () => {
    const [one] = await results([{ event: { "@timestamp": "t", a: "b" } }], [timeAs("dt")]);
    expect(one?.event).toEqual({ dt: "t", a: "b" });
  });

  it("and all others of a config compile as Vector reads them: each file, each condition", async () => {
    const config = configOf({
      archive: { ...archive, families: ["skywire"] },
      service: { ...service, timeField: "@time" },
      elsewhere,
    });
    const files = vectorFiles({ config, families });
    const { transforms } = parse(vectorFile({ config, families })) as {
      readonly transforms: Record<string, { file?: string; files?: string[]; condition?: string }>;
    };
    const read = (path: string): string =>
      files[path.replace("/etc/vector/", "")] ?? "no such file";
    const programs = Object.values(transforms).map(
      ({ file, files: several = [], condition }) =>
        condition ?? [...(file === undefined ? [] : [file]), ...several].map(read).join("\n"),
    );
    expect(programs.length).toBeGreaterThan(4);
    const jobs = await runPrograms(programs.map((program) => ({ steps: [program], events: [] })));
    for (const { faults, warnings } of jobs) expect(faults + warnings).toBe("");
  });

  it("a program that is none is told with its place: the judge can say no", async () => {
    const [job] = await runPrograms([{ steps: [". = parse_json(.message)"], events: [] }]);
    expect(job?.faults).toMatch(/E103.*unhandled fallible/s);
  });
});
