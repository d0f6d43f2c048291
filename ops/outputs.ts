/** What a stack tells of itself: the outputs that its last update left in the target's state. */
import * as z from "zod";

import { readDeployment } from "../sandbox/checkpoint.ts";
import { sandboxPlace } from "../sandbox/place.ts";
import { CommandError, type Target } from "./command.ts";
import { livePulumi, type RunPulumi } from "./keys/pulumi.ts";

const Endpoint = z.object({
  name: z.string(),
  kind: z.string(),
  url: z.string(),
  verify: z.string().optional(),
});
/** A place that clients dial, as stacks publish it. */
export type PublishedEndpoint = z.infer<typeof Endpoint>;

/** What a Spacemesh network tells of itself. */
const Network = z.object({
  name: z.string(),
  /** `new`, `running` or `parked`. */
  phase: z.string(),
  /** `p2p.network-id` of the node config; later versions of the node have none. */
  id: z.number().optional(),
  /** Address of its published config. */
  config: z.string(),
  /** Image of its nodes. */
  image: z.string(),
  /** Its members, in the order of their numbers. */
  miners: z.array(
    z.object({
      /** `miner-<number>`. */
      name: z.string(),
      /** gRPC API, `host:port`: from outside where the stack opens node ports, else inside the cluster. */
      grpc: z.string(),
      /** Account that it smeshes for. */
      coinbase: z.string(),
    }),
  ),
});
/** {@inheritDoc Network} */
export type PublishedNetwork = z.infer<typeof Network>;

const StackOutputs = z.object({
  endpoints: z.array(Endpoint).default([]),
  /** Records as lines of a zone file: `host. 300 IN A 192.0.2.1`. */
  records: z.array(z.string()).default([]),
  /** Name of a page or an API → its public host. */
  hosts: z.record(z.string(), z.string()).optional(),
  network: Network.optional(),
});
/** What commands read of a stack's outputs; a system without hosts has neither. */
export type StackOutputs = z.infer<typeof StackOutputs>;

/**
 * The outputs of a stack.
 *
 * @throws CommandError when the stack was never brought up in this target, or its outputs are none that
 * this version wrote.
 */
export async function readOutputs(
  root: string,
  stack: string,
  target: Target,
): Promise<StackOutputs> {
  const outputs =
    target === "live"
      ? await liveOutputs(stack, livePulumi({ root, environment: process.env }))
      : sandboxOutputs(root, stack);
  return checkOutputs(outputs, stack, target);
}

/**
 * Takes outputs as they stand in a state.
 *
 * @throws CommandError when there are none, or of another shape.
 */
export function checkOutputs(outputs: unknown, stack: string, target: Target): StackOutputs {
  // A stack that was initialised and never brought up has an empty map.
  if (outputs === undefined || (isMap(outputs) && Object.keys(outputs).length === 0)) {
    throw new CommandError(
      `${stack} has no outputs ${target === "live" ? "live" : "in the sandbox"}: bring it up first with ` +
        (target === "live" ? `pulumi up -s ${stack}` : `make up STACK=${stack}`),
    );
  }
  const parsed = StackOutputs.safeParse(outputs);
  if (!parsed.success) {
    throw new CommandError(
      `the outputs of ${stack} are none that this version wrote (${parsed.error.issues
        .map(({ path }) => path.join("."))
        .join(", ")}): bring it up again`,
    );
  }
  return parsed.data;
}

/** Secret outputs come as `[secret]`: no endpoint is one. */
async function liveOutputs(stack: string, pulumi: RunPulumi): Promise<unknown> {
  const text = await pulumi(["stack", "output", "--json", "--stack", stack]);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CommandError(
      `pulumi stack output --json --stack ${stack} printed nothing this version can read`,
    );
  }
}

const State = z.object({
  resources: z.array(z.object({ type: z.string(), outputs: z.unknown().optional() })).default([]),
});

/** Read from the backend's own file: needs no engine, and the sandbox need not run. */
function sandboxOutputs(root: string, stack: string): unknown {
  const place = sandboxPlace(stack, { clone: root, root: process.env["FLEET_SANDBOX_ROOT"] });
  const state = State.safeParse(readDeployment(place)).data;
  return state?.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
