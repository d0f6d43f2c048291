/** The nodes that a stack's file promises: the engine tells a pack nothing of a stack's config. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";
import * as z from "zod";

import {
  ClusterConfig,
  clusterNodes,
  type NodeShape,
} from "../components/platform/cluster.schema.ts";

const File = z.object({ config: z.object({ "fleet:cluster": ClusterConfig }) });

/**
 * Nodes of a stack; undefined where its file is not there, or promises none.
 *
 * @param clone Folder of the stack files.
 */
export function nodesOfFile(stack: string, clone: string): readonly NodeShape[] | undefined {
  const path = join(clone, `Pulumi.${stack}.yaml`);
  if (!/^[\w.-]+$/.test(stack) || !existsSync(path)) {
    return undefined;
  }
  // A file that is not in order is the program's to tell, with all its faults together.
  const file = File.safeParse(parse(readFileSync(path, "utf8")));
  return file.success ? clusterNodes(file.data.config["fleet:cluster"]) : undefined;
}
