/** Asks the workloads of the list for profiles, and hands them to Pyroscope. */
import type { WorkloadArgs } from "../../workload/types.ts";
import { announces } from "../../base/announce.ts";
import { prometheusProbes } from "../probes.ts";
import {
  surrounded,
  type SystemSurroundings as Surroundings,
} from "../../workload/surroundings.ts";
import type { ProfilesConfig } from "./profiles.schema.ts";
import { scraperArguments, scraperFile, scraperFolders } from "./pyroscope-files.ts";
import { pyroscopeUrl, scraperPort, scrapeTargets } from "./shape.ts";

/** What the scraper is made of. */
export interface ProfileScraperArgs extends Surroundings {
  readonly config: ProfilesConfig;
}

/** The image's user, named alloy there. */
const user = 473;

/** The Workload of a scraper. Pure. */
export function profileScraperWorkload(name: string, args: ProfileScraperArgs): WorkloadArgs {
  const { config } = args;
  const { image, resources, placement } = config.scraper;
  const file = scraperFile(scrapeTargets(config), pyroscopeUrl(config));
  return {
    kind: "Deployment",
    ...surrounded(name, args),
    container: {
      name,
      image,
      args: scraperArguments,
      ports: [{ name: "http", port: scraperPort }],
      probes: prometheusProbes,
      resources,
      mounts: [
        { volume: "config", path: scraperFolders.config },
        { volume: "temporary", path: "/tmp" },
      ],
    },
    ...(placement === undefined ? {} : { placement }),
    security: { user },
    files: [{ name: "config", files: { "config.alloy": file } }],
    scratch: [{ name: "temporary" }],
    // Only what it needs to find pods. Rights to read them are not rights to call them.
    clusterRules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    podAnnotations: announces(scraperPort),
  };
}
