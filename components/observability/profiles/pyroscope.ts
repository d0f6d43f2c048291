import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../base/ready.ts";
import { claimOf } from "../../workload/storage.ts";
import type { Probe, Probes, WorkloadArgs } from "../../workload/types.ts";
import { makeWorkload } from "../../workload/workload.ts";
import { announces } from "../../base/announce.ts";
import { readyAndAlive } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import type { ProfilesConfig } from "./profiles.schema.ts";
import { pyroscopeArguments, pyroscopeFile, pyroscopeFolders } from "./pyroscope-files.ts";
import { profileScraperWorkload } from "./profile-scraper.ts";
import { profilesNames, pyroscopePort, pyroscopeUrl, scrapeTargets } from "./shape.ts";

/** Inputs of {@link Profiles}. */
export interface ProfilesArgs extends Surroundings {
  readonly config: ProfilesConfig;
}

/** The image's user, named pyroscope there. */
const user = 10_001;

const answers: Probe["check"] = { kind: "http", path: "/ready", port: "http" };

/** Its index elects itself, and it calls itself ready half a minute after that. */
const probes: Probes = {
  startup: { check: answers, periodSeconds: 10, failureThreshold: 60 },
  ...readyAndAlive(answers, { kind: "tcp", port: "http" }),
};

/** The Workload of a Pyroscope. Pure. */
export function pyroscopeWorkload(name: string, args: ProfilesArgs): WorkloadArgs {
  const { config } = args;
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image: config.image,
      args: pyroscopeArguments,
      ports: [{ name: "http", port: pyroscopePort }],
      probes,
      resources: config.resources,
      mounts: [
        { volume: "config", path: pyroscopeFolders.config },
        { volume: "data", path: pyroscopeFolders.data },
        { volume: "temporary", path: "/tmp" },
      ],
    },
    // One writer to the disk.
    update: { strategy: "Recreate" },
    ...(config.placement === undefined ? {} : { placement: config.placement }),
    security: { user },
    data: args.data,
    files: [{ name: "config", files: { "config.yaml": pyroscopeFile(config.retention) } }],
    claims: [claimOf("data", config.storage)],
    // Blocks are merged there.
    scratch: [{ name: "temporary", sizeLimit: "2Gi" }],
    services: [{ ports: [{ name: "http" }] }],
    podAnnotations: announces(pyroscopePort),
    // What it holds in memory is written to its disk.
    terminationGraceSeconds: 60,
  };
}

/** A Pyroscope with what asks the workloads of its list for profiles, where it is they who are asked. */
export class Profiles extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** URL inside the cluster, to push to and to ask. */
  readonly url: string;

  constructor(name: string, args: ProfilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:observability:Profiles", name, { image: args.config.image }, opts);
    const parent = { parent: this };
    this.url = pyroscopeUrl(args.config);
    const { server, scraper } = profilesNames;
    const isScraped = scrapeTargets(args.config).length > 0;
    this.ready = [
      makeWorkload(server, pyroscopeWorkload(server, args), parent),
      ...(isScraped ? [makeWorkload(scraper, profileScraperWorkload(scraper, args), parent)] : []),
    ].flatMap(({ ready }) => ready);
    this.registerOutputs({ url: this.url });
  }
}
