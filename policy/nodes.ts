/** The nodes that a stack's file promises. */
import { isUnsized } from "../components/platform/auto-size.ts";
import {
  ClusterConfig,
  clusterNodes,
  type NodeShape,
} from "../components/platform/cluster.schema.ts";
import { readEntries } from "./stack-file.ts";

/**
 * Nodes of a stack; undefined where its file is not there, or promises none, or leaves their number to the
 * program, which finds room for all before it makes any.
 *
 * @param clone Folder of the stack files.
 */
export function nodesOfFile(stack: string, clone: string): readonly NodeShape[] | undefined {
  const entries = readEntries(stack, clone, { "fleet:cluster": ClusterConfig });
  const cluster = entries?.["fleet:cluster"];
  return cluster === undefined || isUnsized(cluster) ? undefined : clusterNodes(cluster);
}
