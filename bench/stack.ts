/** A stack beside its flat twin, in a sandbox of its own. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseStackFile } from "../ops/stack-file.ts";
import { sandboxEnvironment } from "../sandbox/environment.ts";
import { sandboxPlace, type SandboxPlace, stackFile } from "../sandbox/place.ts";
import { readPlan } from "../sandbox/plan.ts";
import { packWords } from "../sandbox/policy.ts";
import { openSandbox, removeSandbox, type Sandbox } from "../sandbox/sandbox.ts";
import { asRawConfig } from "../stacks/raw.ts";
import { clone, type Rendered, renderConfig, type Stack } from "../test/rendered.ts";
import { writeFlatTwin } from "./flat-twin.ts";
import { compare, timeOnce, type Times, type Work } from "./measure.ts";
import { Project } from "./project.ts";
import { bareProgram, emptyProgram, startProgram, writeProject } from "./projects.ts";
import type { Figure } from "./table.ts";
import { tellChain } from "./update.ts";

const ratio = (name: string, bound: number, times: { ours: Times; peer: Times }): Figure => ({
  name,
  value: times.ours.median / times.peer.median,
  unit: "×",
  bound,
  detail: `${seconds(times.ours)} against ${seconds(times.peer)}`,
});

/** What the policy pack adds to a preview: a fifth of it, or a second, whichever is more. */
const added = (stack: Stack, { ours, peer }: { ours: Times; peer: Times }): Figure => ({
  name: `policy pack on a preview of ${stack}`,
  value: ours.median - peer.median,
  unit: "s",
  bound: Math.max(1, 0.2 * peer.median),
  detail: `${seconds(ours)} against ${seconds(peer)} without it`,
});

const seconds = ({ minimum, median, maximum }: Times): string =>
  `${median.toFixed(2)} s (${minimum.toFixed(2)}–${maximum.toFixed(2)})`;

/**
 * The stack's file with `data: delete`: what one program leaves behind would be in the other's way. Both
 * declare the same, so that their ratio is that of the file as it stands.
 */
function disposable(stack: Stack, place: SandboxPlace, root: string): string {
  const text = readFileSync(stackFile(place), "utf8");
  const file = join(root, `Pulumi.${stack}.yaml`);
  writeFileSync(file, withData(text, "delete"));
  return file;
}

/** A stack file, or what the sandbox makes of it, with another word for what happens to its data. */
function withData(text: string, word: "delete" | "protect"): string {
  const changed = text.replace(/^( {2}"?fleet:data"?:).*$/m, `$1 ${word}`);
  if (changed === text) {
    throw new Error(`no fleet:data to be made ${word}`);
  }
  return changed;
}

/** The sandbox with what the policies ask of production: what may be deleted keeps to none of them. */
function protectedPlace(place: SandboxPlace, folder: string): SandboxPlace {
  const config = join(folder, `Pulumi.${place.stack}.yaml`);
  writeFileSync(config, withData(readFileSync(place.config, "utf8"), "protect"));
  return { ...place, config };
}

/**
 * Figures of one stack.
 *
 * @param root Folder of its sandbox.
 * @param rounds How often each preview is timed.
 */
export async function stackFigures(stack: Stack, root: string, rounds = 5): Promise<Figure[]> {
  const place = sandboxPlace(stack, { root });
  const file = disposable(stack, place, root);
  const { config } = parseStackFile(stack, readFileSync(file, "utf8"));
  const rendered = await renderConfig(stack, asRawConfig(config));
  const plan = readPlan(stack, file, new Map());
  const begun = process.hrtime.bigint();
  const sandbox = await openSandbox(place, plan, process.env, console.log);
  const start = Number(process.hrtime.bigint() - begun) / 1e9;
  try {
    return [
      ...(await programFigures(stack, sandbox, rendered, rounds)),
      {
        name: `sandbox start of ${stack}`,
        value: start,
        unit: "s",
        bound: 10,
        detail: `control plane, ${plan.nodes.length} nodes`,
      },
    ];
  } finally {
    sandbox.api.close();
    await removeSandbox(place);
  }
}

/**
 * What watches alone, beside its flat twin: what one of its objects costs a preview and the state.
 *
 * @param stack One that has all of it.
 */
export async function watchFigures(stack: Stack, root: string, rounds = 5): Promise<Figure[]> {
  const place = sandboxPlace(stack, { root: join(root, "watch") });
  const file = disposable(stack, place, root);
  writeFileSync(file, `${readFileSync(file, "utf8").trimEnd()}\n  fleet:only: observability\n`);
  const { config } = parseStackFile(stack, readFileSync(file, "utf8"));
  const rendered = await renderConfig(stack, asRawConfig(config));
  const sandbox = await openSandbox(
    place,
    readPlan(stack, file, new Map()),
    process.env,
    console.log,
  );
  try {
    const folder = join(place.folder, "bench-projects");
    const count = writeFlatTwin(rendered, join(folder, "flat"));
    const flat = await Project.of(place, join(folder, "flat"), "flat");
    const fleet = await Project.of(place, clone, "fleet");
    const previews = await compare(fleet.preview(), flat.preview(), rounds);
    await flat.up(sandbox.api);
    const peer = await flat.stateBytes();
    await flat.down(sandbox.api);
    await fleet.up(sandbox.api);
    const ours = await fleet.stateBytes();
    await fleet.down(sandbox.api);
    const cost = (previews.ours.median * 1000) / count;
    return [
      {
        ...ratio(`preview of what watches ${stack} ÷ flat program`, 1.05, previews),
        detail: `${seconds(previews.ours)} against ${seconds(previews.peer)}; ${cost.toFixed(1)} ms for each of ${count} objects`,
      },
      {
        name: `state bytes of what watches ${stack} ÷ flat program's`,
        value: ours / peer,
        unit: "×",
        bound: 1.1,
        detail: `${ours} against ${peer}; ${Math.round(ours / count)} for each of ${count} objects`,
      },
    ];
  } finally {
    sandbox.api.close();
    await removeSandbox(place);
  }
}

async function programFigures(
  stack: Stack,
  sandbox: Sandbox,
  rendered: Rendered<unknown>,
  rounds: number,
): Promise<Figure[]> {
  const { place } = sandbox;
  const folder = join(place.folder, "bench-projects");
  const project = (name: string): Promise<Project> => Project.of(place, join(folder, name), name);
  writeProject(join(folder, "empty"), emptyProgram);
  writeProject(join(folder, "start"), startProgram);
  writeProject(join(folder, "bare"), bareProgram(rendered.options.length));
  const count = writeFlatTwin(rendered, join(folder, "flat"));
  const flat = await project("flat");
  const fleet = await Project.of(place, clone, "fleet");

  const starts = await compare(
    (await project("start")).preview(),
    (await project("empty")).preview(),
    rounds,
  );
  const previews = await compare(fleet.preview(), flat.preview(), rounds);
  const kept = await Project.of(protectedPlace(place, folder), clone, "kept");
  const judged = await compare(kept.preview(...packWords(clone)), kept.preview(), rounds);

  await flat.up(sandbox.api);
  const peer = await flat.stateBytes();
  await flat.down(sandbox.api);
  const update = await fleet.up(sandbox.api);
  const ours = await fleet.stateBytes();
  await fleet.down(sandbox.api);
  const bare = await (await project("bare")).up(sandbox.api);
  const applied = await timeOnce(applyObjects(place, rendered));
  return [
    ratio(`program start of ${stack} ÷ empty program`, 1.2, starts),
    ratio(`preview of ${stack} ÷ flat program (${count} resources)`, 1.05, previews),
    added(stack, judged),
    {
      name: `state bytes of ${stack} ÷ flat program's`,
      value: ours / peer,
      unit: "×",
      bound: 1.1,
      detail: `${ours} against ${peer}`,
    },
    {
      name: `up of ${stack} ÷ (kubectl apply + the engine's floor)`,
      value: update.seconds / (applied + bare.seconds),
      unit: "×",
      detail: [
        `${update.seconds.toFixed(1)} s against ${applied.toFixed(1)} + ${bare.seconds.toFixed(1)} s`,
        tellChain(update.chain, 4),
      ].join("; "),
    },
  ];
}

/** `kubectl apply` of the same objects, namespaces first; it waits for none of them. */
export function applyObjects(place: SandboxPlace, { world }: Rendered<unknown>): Work {
  const isNamespace = ({ kind }: { readonly kind: string }): boolean => kind === "Namespace";
  const items = [
    ...world.objects.filter(isNamespace),
    ...world.objects.filter((object) => !isNamespace(object)),
  ];
  return {
    command: "kubectl",
    arguments: ["--kubeconfig", place.kubeconfig, "apply", "--server-side", "-f", "-"],
    folder: place.folder,
    environment: sandboxEnvironment(place, process.env),
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  };
}
