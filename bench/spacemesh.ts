/**
 * Spacemesh networks of 10, 100 and 1,000 miners beside their flat twins: what one more miner costs.
 *
 * Previews are compared by the processors' time, which what else the machine does changes least.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseStackFile } from "../ops/stack-file.ts";
import { sandboxPlace } from "../sandbox/place.ts";
import { readPlan } from "../sandbox/plan.ts";
import { openSandbox, removeSandbox, type Sandbox } from "../sandbox/sandbox.ts";
import { asRawConfig } from "../stacks/raw.ts";
import { clone, type Rendered, renderConfig } from "../test/rendered.ts";
import { writeFlatTwin } from "./flat-twin.ts";
import { compareFootprints, type Footprints, timesOf } from "./footprint.ts";
import { timeOnce, type Times } from "./measure.ts";
import { Project } from "./project.ts";
import { bareProgram, writeProject } from "./projects.ts";
import { networkFile, smallNetwork } from "./spacemesh-files.ts";
import { applyObjects } from "./stack.ts";
import type { Figure } from "./table.ts";
import { tellChain } from "./update.ts";

/** A network whose previews were measured. */
interface Measured {
  readonly miners: number;
  readonly resources: number;
  readonly taken: Footprints;
}

/** What is measured of a network of one size. */
export interface NetworkSize {
  readonly miners: number;
  /** How often each preview is measured; 0 leaves them out. */
  readonly rounds: number;
  /** Whether it is brought up, too, and with checkpoints or without. */
  readonly up?: "checkpoints" | "none";
}

/** Sizes of a whole run. */
export const sizes: readonly NetworkSize[] = [
  { miners: 10, rounds: 7, up: "checkpoints" },
  { miners: 100, rounds: 5, up: "checkpoints" },
  { miners: 1000, rounds: 3, up: "none" },
];

const shown = ({ minimum, median, maximum }: Times): string =>
  `${median.toFixed(2)} s (${minimum.toFixed(2)}–${maximum.toFixed(2)})`;

/**
 * Figures of networks of some sizes, in that order.
 *
 * @param tell Is told them as they come: the larger ones take minutes.
 */
export async function networkFigures(
  root: string,
  tell: (figures: readonly Figure[]) => void,
  of: readonly NetworkSize[] = sizes,
): Promise<void> {
  const measured: Measured[] = [];
  for (const size of of) {
    measured.push(await measureNetwork(size, join(root, `miners-${size.miners}`), tell));
  }
  tell(costFigures(measured));
}

async function measureNetwork(
  size: NetworkSize,
  root: string,
  tell: (figures: readonly Figure[]) => void,
): Promise<Measured> {
  const place = sandboxPlace(smallNetwork, { root });
  mkdirSync(root, { recursive: true });
  const file = join(root, `Pulumi.${smallNetwork}.yaml`);
  writeFileSync(file, networkFile(size.miners));
  const { config } = parseStackFile(smallNetwork, readFileSync(file, "utf8"));
  const rendered = await renderConfig(smallNetwork, asRawConfig(config));
  const plan = readPlan(smallNetwork, file, new Map());
  const sandbox = await openSandbox(place, plan, process.env, console.log);
  try {
    const folder = join(place.folder, "bench-projects");
    const resources = writeFlatTwin(rendered, join(folder, "flat"));
    const flat = await Project.of(place, join(folder, "flat"), "flat");
    const fleet = await Project.of(place, clone, "fleet", {
      checkpoints: size.up === "checkpoints",
    });
    const taken =
      size.rounds === 0
        ? { ours: [], peer: [] }
        : await compareFootprints(fleet.preview(), flat.preview(), size.rounds);
    const measured = { miners: size.miners, resources, taken };
    if (size.rounds > 0) {
      tell(previewFigures(measured));
    }
    if (size.up !== undefined) {
      tell([await updateFigure(sandbox, fleet, rendered, measured, folder)]);
    }
    return measured;
  } finally {
    sandbox.api.close();
    await removeSandbox(place);
  }
}

/** A preview beside its twin's. */
function previewFigures({ miners, resources, taken }: Measured): Figure[] {
  const [ours, peer] = [timesOf(taken.ours), timesOf(taken.peer)];
  const clock = [timesOf(taken.ours, "seconds"), timesOf(taken.peer, "seconds")].map(shown);
  const [own, twin] = [timesOf(taken.ours, "peakBytes"), timesOf(taken.peer, "peakBytes")];
  const megabytes = [own, twin].map(({ median }) => `${(median / 1e6).toFixed(0)} MB`);
  return [
    {
      name: `preview of ${miners} miners ÷ flat program (${resources} resources)`,
      // Whatever else runs adds to a run, and takes nothing away: the least of each is the most like.
      value: ours.minimum / peer.minimum,
      unit: "×",
      bound: 1.05,
      detail: `${shown(ours)} against ${shown(peer)} of processors; ${clock.join(" against ")} by the clock`,
    },
    {
      name: `peak memory of a preview of ${miners} miners ÷ flat program`,
      value: own.median / twin.median,
      unit: "×",
      bound: 1.15,
      detail: megabytes.join(" against "),
    },
  ];
}

/** What one more miner costs from each size to the next; it must not grow. */
function costFigures(measured: readonly Measured[]): Figure[] {
  const costs = measured.slice(1).flatMap((to, index) => {
    const from = measured[index];
    return from === undefined
      ? []
      : [
          {
            name: `${from.miners} to ${to.miners}`,
            ours: costOf(from, to, "ours"),
            peer: costOf(from, to, "peer"),
          },
        ];
  });
  return costs.slice(1).flatMap((later, index): Figure[] => {
    const earlier = costs[index];
    return earlier === undefined
      ? []
      : [
          {
            name: `cost per miner from ${later.name} ÷ from ${earlier.name}`,
            value: later.ours / earlier.ours,
            unit: "×",
            bound: 1.1,
            detail: [
              `${milliseconds(later.ours)} against ${milliseconds(earlier.ours)}`,
              `the flat program's: ${milliseconds(later.peer)} against ${milliseconds(earlier.peer)}`,
            ].join("; "),
          },
        ];
  });
}

const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;

/** Seconds of processors for one miner more. The least of each is what nothing else disturbed. */
const costOf = (from: Measured, to: Measured, who: keyof Footprints): number =>
  (timesOf(to.taken[who]).minimum - timesOf(from.taken[who]).minimum) / (to.miners - from.miners);

/** An update beside what it cannot do without. Both are told, and none is bound. */
async function updateFigure(
  sandbox: Sandbox,
  fleet: Project,
  rendered: Rendered<unknown>,
  { miners }: Measured,
  folder: string,
): Promise<Figure> {
  const { place } = sandbox;
  writeProject(join(folder, "bare"), bareProgram(rendered.options.length));
  const update = await fleet.up(sandbox.api);
  await fleet.down(sandbox.api);
  const bare = await (await Project.of(place, join(folder, "bare"), "bare")).up(sandbox.api);
  const applied = await timeOnce(applyObjects(place, rendered));
  return {
    name: `up of ${miners} miners ÷ (kubectl apply + the engine's floor)`,
    value: update.seconds / (applied + bare.seconds),
    unit: "×",
    detail: [
      `${update.seconds.toFixed(1)} s against ${applied.toFixed(1)} + ${bare.seconds.toFixed(1)} s`,
      tellChain(update.chain, 4),
    ].join("; "),
  };
}
