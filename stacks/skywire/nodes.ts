/** What keeps the stack's nodes as its file says, where the cluster is at Linode. */
import type { Awaitable } from "../../components/base/ready.ts";
import type { Cluster } from "../../components/platform/cluster.ts";
import { Nodes } from "../../components/platform/nodes.ts";
import type { StackContext } from "../context.ts";
import { publishedPorts } from "./published-ports.ts";
import type { SkywireStack } from "./schema.ts";

/** Makes what keeps the nodes, where the stack has it. */
export function keepNodes(stack: SkywireStack, context: StackContext, cluster: Cluster): Awaitable {
  const keeper = stack.cluster.linode?.nodeKeeper;
  if (keeper === undefined || cluster.linode === undefined) {
    return { ready: [] };
  }
  return new Nodes(
    "nodes",
    {
      cluster: stack.cluster,
      keeper,
      token: context.secrets.value(keeper.token),
      linode: cluster.linode,
      stack: context.stack,
      system: "skywire",
      published: publishedPorts(stack),
      networkPolicy: stack.networkPolicy === "on",
    },
    { provider: cluster.provider },
  );
}
