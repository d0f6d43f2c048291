/** What the stack file of the list of Spacemesh networks may say. */
import * as z from "zod";

import { DataPolicy } from "../../components/base/scalars.ts";
import { PublishedList } from "../../components/spacemesh/discovery.schema.ts";
import { OnFailure } from "../release.schema.ts";

const stackShape = "must be the name of a stack, e.g. spacemesh-devnet";

/** A section that belongs to what runs somewhere: this stack writes one object. */
const nowhere = z.never("belongs to a stack that runs in a cluster: take it out").optional();

/** Config of the list of networks. */
export const SpacemeshDiscoveryStack = z.strictObject({
  system: z.literal("spacemesh-discovery"),
  /**
   * Stacks of the networks that are listed, newest network first. Each has `fleet:webServices`: the list
   * tells where those are. A network leaves the list before its web services go.
   */
  networks: z
    .array(z.string(stackShape).regex(/^[a-z0-9][-a-z0-9]{0,99}$/, stackShape))
    .superRefine((stacks, context) => {
      for (const [index, stack] of stacks.entries()) {
        if (stacks.indexOf(stack) < index) {
          context.addIssue({
            code: "custom",
            path: [index],
            message: `already stands at ${stacks.indexOf(stack)}: each network is listed once`,
          });
        }
      }
    }),
  /** Where the list is read. */
  published: PublishedList.prefault({}),
  /** What happens to the list when it goes from the config. */
  data: DataPolicy.default("protect"),
  /** What a failed update does; see `make up` and `make live-up`. */
  onFailure: OnFailure.default("pause"),
  cluster: nowhere,
  dns: nowhere,
  docker: nowhere,
});
/** {@inheritDoc SpacemeshDiscoveryStack} */
export type SpacemeshDiscoveryStack = z.infer<typeof SpacemeshDiscoveryStack>;
