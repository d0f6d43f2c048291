/**
 * Has a real Filebeat run the config and script that the program makes: it finds the containers of each
 * family through an API server that is played, reads files as containerd writes them, and writes to a
 * store that is played. It is Filebeat 7.17, the last that is a Go module; the script runs in the same
 * engine there as in the version that is deployed. What that version makes of its config is seen live.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFailed } from "vitest";

import {
  authoritiesFile,
  filebeatArguments,
  filebeatConfig,
  filebeatFile,
  filebeatFolders,
  filebeatUser,
  outputCheck,
  passwordValue,
  passwordVariable,
} from "../../components/observability/filebeat/filebeat-files.ts";
import { scriptContents } from "../../components/observability/filebeat/script.ts";
import { LogFamilies } from "../../components/observability/logs/families.ts";
import { bytesOf, type LogLine, logLines, secretKey } from "../observability/log-lines.ts";
import { authority, selfSigned } from "../ops/certificates.ts";
import {
  playApi,
  type PlayedApi,
  type PlayedPod,
  playStore,
  type PlayedStore,
} from "./log-store.ts";
import { render } from "../rendered.ts";
import { type Finished, run, toolPath } from "./tools.ts";

const node = "node-1";
/** Of digits alone: a config's reader could take it for a number. */
const password = "1234567890123456";

const families = LogFamilies.parse({
  skywire: { namespaces: ["skywire", "shared"], containers: ["dmsg-*", "sd"], retention: "7d" },
  nodes: { namespaces: ["shared"], containers: ["node"], retention: "3d", hexKeys: "keep" },
});

const identifier = (digit: string): string => digit.repeat(64);

const pods: readonly PlayedPod[] = [
  {
    namespace: "skywire",
    name: "dmsg-server-1-abc",
    workload: "dmsg-server-1",
    annotations: { "fleet/logs": "ship" },
    containers: { "dmsg-server": identifier("a"), sidecar: identifier("b") },
  },
  { namespace: "shared", name: "node-0", containers: { node: identifier("c") } },
  {
    namespace: "skywire",
    name: "setup-node-abc",
    annotations: { "fleet/logs": "drop" },
    containers: { sd: identifier("d") },
  },
  { namespace: "other", name: "sd-abc", containers: { sd: identifier("e") } },
  { namespace: "skywire", name: "sd-abc", containers: { sd: identifier("f") } },
];

/** One line as containerd writes it: what is longer than 16 KiB in parts. */
function runtimeLines(text: Uint8Array, stream = "stdout"): Buffer {
  const part = 16_384;
  const count = Math.max(1, Math.ceil(text.length / part));
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      Buffer.concat([
        Buffer.from(`2026-11-21T10:00:00.000000001Z ${stream} ${index === count - 1 ? "F" : "P"} `),
        text.subarray(index * part, (index + 1) * part),
        Buffer.from("\n"),
      ]),
    ),
  );
}

/** A node's folders, with a Filebeat in them. */
class Node {
  readonly #folder = mkdtempSync(join(tmpdir(), "fleet-filebeat-"));
  #child: ChildProcess | undefined;
  /** What the program wrote. */
  output = "";

  constructor(store: PlayedStore, api: PlayedApi, script = "") {
    for (const name of ["containers", "pods", "data"]) mkdirSync(join(this.#folder, name));
    const config = filebeatConfig({
      families,
      store: {
        url: `https://127.0.0.1:${store.port}`,
        verifyName: false,
        authorities: true,
      },
      folders: this.folders,
    });
    this.write(filebeatFile, config);
    this.write(authoritiesFile, authority);
    const { "line.js": line, ...rest } = scriptContents(families);
    for (const [name, text] of Object.entries({ ...rest, "line.js": line + script })) {
      this.write(name, text);
    }
    this.write(
      "kubeconfig",
      JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        "current-context": "played",
        clusters: [{ name: "played", cluster: { server: `http://127.0.0.1:${api.port}` } }],
        contexts: [{ name: "played", context: { cluster: "played", user: "" } }],
      }),
    );
  }

  get folders() {
    const place = (name: string): string => join(this.#folder, name);
    return {
      config: this.#folder,
      trust: this.#folder,
      logs: place("containers"),
      data: place("data"),
    };
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text, { mode: 0o644 });
  }

  /** File that a container's lines go to. The first line makes it, and the link to it. */
  #file(id: string): string {
    return join(this.#folder, "pods", `${id}.0.log`);
  }

  print(pod: PlayedPod, container: string, ...lines: readonly Uint8Array[]): void {
    const id = pod.containers[container] ?? "";
    const link = join(
      this.#folder,
      "containers",
      `${pod.name}_${pod.namespace}_${container}-${id}.log`,
    );
    appendFileSync(this.#file(id), Buffer.concat(lines.map((line) => runtimeLines(line))));
    // Made once: while it is away Filebeat could take the file for deleted.
    if (!existsSync(link)) symlinkSync(this.#file(id), link);
  }

  /** As the kubelet does with a file that has grown. */
  rotate(pod: PlayedPod, container: string): void {
    const file = this.#file(pod.containers[container] ?? "");
    renameSync(file, `${file}.20261121-100000`);
  }

  #environment(secret: string): Record<string, string> {
    return { NODE_NAME: node, [passwordVariable]: passwordValue(secret), HOME: this.#folder };
  }

  /** Port 0 for its own health: another test's may run beside. */
  get #here(): string[] {
    return [
      ...[
        "-E",
        `filebeat.autodiscover.providers.0.kube_config=${join(this.#folder, "kubeconfig")}`,
      ],
      ...["-E", "http.enabled=false"],
    ];
  }

  start(...more: readonly string[]): void {
    const args = [...filebeatArguments(this.folders), ...this.#here, ...more];
    const child = spawn(toolPath("filebeat"), args, {
      env: this.#environment(password),
      stdio: ["ignore", "ignore", "pipe"],
    });
    child.stderr.on("data", (part: Buffer) => (this.output += part.toString()));
    this.#child = child;
  }

  /** Waits until it has found so many files: it says so where it is asked to tell of its files. */
  async untilFound(count: number): Promise<void> {
    while (this.output.split("A new file ").length <= count) {
      await once(this.#child?.stderr as Readable, "data");
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  }

  /** The probe's own words, but for the folder that it may write to. */
  checkOutput(secret = password, ...more: string[]): Promise<Finished> {
    const [, ...words] = outputCheck(this.folders);
    const check = words.map((word) => (word === "/tmp/check" ? join(this.#folder, "check") : word));
    return run(toolPath("filebeat"), [...check, ...more], { env: this.#environment(secret) });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const [server, shared, quiet, foreign, sd] = pods as [
  PlayedPod,
  PlayedPod,
  PlayedPod,
  PlayedPod,
  PlayedPod,
];

let api: PlayedApi;
let store: PlayedStore;
let place: Node;

const fresh = async (script?: string): Promise<void> => {
  store = await playStore(filebeatUser, password);
  const made = new Node(store, api, script);
  place = made;
  // Of one that waits for a line in vain nothing else says why.
  onTestFailed(() => {
    console.error(made.output.slice(-8_192));
  });
};

/** What the shipper made of a pod's lines, in their order. */
const documents = (pod: PlayedPod): unknown[] =>
  store.lines.flatMap(({ document }) =>
    document["pod"] === pod.name && document["namespace"] === pod.namespace
      ? [
          Object.fromEntries(
            Object.entries(document).filter(([name]) =>
              ["line", "message", "fields", "length"].includes(name),
            ),
          ),
        ]
      : [],
  );

/** A member is a field; an object without any is none. */
function expectedOf({ expected }: LogLine): unknown {
  const { fields, ...rest } = expected;
  return fields === undefined || Object.keys(fields).length === 0 ? rest : { ...rest, fields };
}

describe("Filebeat", () => {
  beforeAll(async () => {
    api = await playApi(node, pods);
  });
  afterEach(async () => {
    await place.stop();
    await store.stop();
    place.remove();
  });
  afterAll(async () => {
    await api.stop();
  });

  // A line without a letter is none to Filebeat.
  const corpus = logLines.filter(({ text }) => text.length > 0);
  const masking = corpus.filter(({ hexKeys }) => hexKeys === undefined);
  const keeping = corpus.filter(({ hexKeys }) => hexKeys === "keep");

  it("makes of every line of the corpus what is expected, and keeps none of its secrets", async () => {
    await fresh();
    place.print(server, "dmsg-server", ...masking.map(bytesOf));
    place.print(shared, "node", ...keeping.map(bytesOf));
    place.start();
    await store.until(masking.length + keeping.length);
    expect(store.refused).toEqual([]);
    const lines = documents(server);
    masking.forEach((line, index) => {
      expect(lines[index], line.name).toStrictEqual(expectedOf(line));
    });
    expect(documents(shared)).toStrictEqual(keeping.map(expectedOf));
    masking.forEach(({ name, secrets = [] }, index) => {
      const text = JSON.stringify(lines[index]);
      expect(
        secrets.filter((secret) => text.includes(secret) || place.output.includes(secret)),
        name,
      ).toEqual([]);
    });
  });

  it("says of a line where it is from, and stores it with its family", async () => {
    await fresh();
    place.print(server, "dmsg-server", Buffer.from("one"));
    place.print(shared, "node", Buffer.from("two"));
    place.start();
    await store.until(2);
    const found = [...store.lines].sort((one, other) => (one.index < other.index ? 1 : -1));
    expect(found).toStrictEqual([
      {
        index: "skywire-logs",
        document: {
          "@timestamp": "2026-11-21T10:00:00.000Z",
          stream: "stdout",
          family: "skywire",
          namespace: "skywire",
          pod: "dmsg-server-1-abc",
          container: "dmsg-server",
          workload: "dmsg-server-1",
          node,
          line: "text",
          message: "one",
        },
      },
      {
        index: "nodes-logs",
        document: {
          "@timestamp": "2026-11-21T10:00:00.000Z",
          stream: "stdout",
          family: "nodes",
          namespace: "shared",
          pod: "node-0",
          container: "node",
          workload: "node-0",
          node,
          line: "text",
          message: "two",
        },
      },
    ]);
  });

  it("reads no other container, none that asks not to be read, and asks for no other objects", async () => {
    await fresh();
    for (const [pod, container] of [
      [server, "sidecar"],
      [quiet, "sd"],
      [foreign, "sd"],
    ] as const) {
      place.print(pod, container, Buffer.from(`sk=${secretKey}`));
    }
    place.start();
    // Found as the others would be, and later than they.
    place.print(sd, "sd", Buffer.from("last"));
    await store.until(1);
    expect(store.lines.map(({ document }) => document["message"])).toEqual(["last"]);
    expect(place.output).not.toContain(secretKey);
    expect(api.refused).toEqual([]);
  });

  it("goes on where it was after a restart and after the kubelet has begun a new file", async () => {
    await fresh();
    place.print(sd, "sd", Buffer.from("first"));
    place.start();
    await store.until(1);
    await place.stop();
    place.print(sd, "sd", Buffer.from("while it was away"));
    place.start();
    await store.untilMessages(2);
    place.print(sd, "sd", Buffer.from("the last of the old file"));
    place.rotate(sd, "sd");
    place.print(sd, "sd", Buffer.from("in the new file"));
    await store.untilMessages(4);
    // A line whose receipt it did not see when it was stopped is sent once more; none is left out. The files
    // are read side by side: which of the last two comes first is open.
    expect(store.messages().slice(0, 2)).toEqual(["first", "while it was away"]);
    expect(new Set(store.messages().slice(2))).toEqual(
      new Set(["the last of the old file", "in the new file"]),
    );
  });

  it("reads a file to its end that the kubelet has put away while the store did not answer", async () => {
    await fresh();
    // More than waits in memory: of the rest it has read nothing when the file is put away.
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index}`);
    const held = store.hold();
    place.print(sd, "sd", ...lines.map((line) => Buffer.from(line)));
    place.start("-d", "input.filestream");
    await held.asked;
    place.rotate(sd, "sd");
    place.print(sd, "sd", Buffer.from("in the new file"));
    // By then it has done with the old one what it does with files that are away.
    await place.untilFound(2);
    held.answer();
    await store.untilMessages(lines.length + 1);
    expect(new Set(store.messages())).toEqual(new Set([...lines, "in the new file"]));
  });

  it("stores nothing of a line that the script fails at", async () => {
    await fresh("\nprocess = function () { throw new Error('failed'); };\n");
    place.print(sd, "sd", Buffer.from(`sk=${secretKey}`));
    place.start();
    await store.until(1);
    expect(documents(sd)).toStrictEqual([{ line: "fault" }]);
    expect(place.output).not.toContain(secretKey);
  });

  it("counts as started only where the store answers, is the right one and takes the password", async () => {
    await fresh();
    const right = await place.checkOutput();
    expect(right.code, right.stdout + right.stderr).toBe(0);
    expect((await place.checkOutput("9876543210123456")).code).not.toBe(0);
    // Of a store elsewhere the name is looked at, too; this one's certificate bears another.
    const name = ["-E", "output.elasticsearch.ssl.verification_mode=full"];
    expect((await place.checkOutput(password, ...name)).code).not.toBe(0);
    place.write(authoritiesFile, selfSigned.cert);
    expect((await place.checkOutput()).code).not.toBe(0);
  });
});

describe("the Filebeat of a committed stack", () => {
  const here = mkdtempSync(join(tmpdir(), "fleet-filebeat-stack-"));
  afterAll(() => {
    rmSync(here, { recursive: true, force: true });
  });

  it("has a config that Filebeat takes, with the script that it names", async () => {
    const { world } = await render("prod");
    const found = world.configMaps.find(({ data = {} }) => filebeatFile in data);
    // Whose authority it is, is the sandbox's affair.
    const files = { ...found?.data, [authoritiesFile]: authority };
    for (const [name, text] of Object.entries(files)) {
      const { config, trust } = filebeatFolders;
      const moved = text.replaceAll(`${trust}/`, `${here}/`).replaceAll(`${config}/`, `${here}/`);
      writeFileSync(join(here, name), moved, { mode: 0o644 });
    }
    expect(Object.keys(files).sort()).toEqual(
      [filebeatFile, authoritiesFile, "line.js", "settings.js"].sort(),
    );
    const { code, stdout, stderr } = await run(
      toolPath("filebeat"),
      ["test", "config", "-c", join(here, filebeatFile), "--path.data", join(here, "data")],
      { env: { NODE_NAME: node, [passwordVariable]: passwordValue(password), HOME: here } },
    );
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: "Config OK\n" });
  });
});
