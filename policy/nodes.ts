/** The nodes that a stack's file promises. */
import {
  ClusterConfig,
  clusterNodes,
  type NodeShape,
} from "../components/platform/cluster.schema.ts";
import { readEntries } from "./stack-file.ts";

/**
 * Nodes of a stack; undefined where its file is not there, or promises none.
 *
 * @param clone Folder of the stack files.
 */
export function nodesOfFile(stack: string, clone: string): readonly NodeShape[] | undefined {
  const entries = readEntries(stack, clone, { "fleet:cluster": ClusterConfig });
  return entries === undefined ? undefined : clusterNodes(entries["fleet:cluster"]);
}
