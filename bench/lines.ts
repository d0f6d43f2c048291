/**
 * What LogShipper's programs take of a core: lines through all of them, by the language's own compiler
 * and runtime, against the same lines through a program that does nothing.
 */
import { LogFamilies } from "../components/observability/logs/families.ts";
import { linePrograms, whose } from "../components/observability/vector/transforms/programs.ts";
import { type Job, runPrograms, type SourceEvent } from "../test/judges/vrl.ts";
import { summarise } from "./measure.ts";
import type { Figure } from "./table.ts";

/** Lines as the systems print them, one of each form: text, JSON, JSON with a fraction, a request. */
export const lines = [
  "[2026-11-21T10:00:00Z] INFO [dmsg_server]: accepted 3 sessions of 12, the others have no entry",
  '{"L":"INFO","T":"2026-11-21T10:00:00.000Z","N":"hare","M":"round started","layer":1234,"round":2}',
  '{"level":"info","ts":1763719200.12,"msg":"handled","path":"/entry","status":200,"seconds":0.0123}',
  '10.0.0.2 - - [21/Nov/2026:10:00:00 +0000] "GET /v2/history?count=168 HTTP/2.0" 200 25208',
];

const families = LogFamilies.parse({ skywire: { namespaces: ["skywire"], retention: "7d" } });

const events: SourceEvent[] = lines.map((message) => ({
  event: {
    message,
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
    },
  },
  times: { timestamp: "2026-11-21T10:00:00Z" },
}));

const rounds = 10_000;
const jobs: readonly Job[] = [
  {
    steps: [
      whose(families, "digital_ocean_docker"),
      Object.values(linePrograms(families)).join("\n"),
    ],
    events,
    rounds,
  },
  { steps: ["."], events, rounds },
];

/** Seconds of each job; both in one process, one after the other. */
async function times(): Promise<[ours: number, nothing: number]> {
  const [ours, nothing] = await runPrograms(jobs);
  if (ours === undefined || nothing === undefined || ours.faults + nothing.faults !== "") {
    throw new Error(`the programs do not compile: ${ours?.faults ?? ""}${nothing?.faults ?? ""}`);
  }
  return [ours.nanoseconds / 1e9, nothing.nanoseconds / 1e9];
}

const perSecond = (seconds: number): string =>
  Math.round((rounds * lines.length) / seconds).toLocaleString("en");

/** Throughput of LogShipper's programs. */
export async function lineFigures(): Promise<Figure[]> {
  await times();
  const taken: [number, number][] = [];
  for (let run = 0; run < 5; run += 1) {
    taken.push(await times());
  }
  const ours = summarise(taken.map(([seconds]) => seconds));
  const nothing = summarise(taken.map(([, seconds]) => seconds));
  const ratio = summarise(taken.map(([mine, floor]) => mine / floor));
  return [
    {
      name: "lines: LogShipper's programs",
      value: ratio.median,
      unit: "×",
      bound: 40,
      detail: `${perSecond(ours.median)} lines a second on one core, ${perSecond(nothing.median)} where nothing is done to them`,
    },
  ];
}
