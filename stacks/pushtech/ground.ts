/** What stands whatever is deployed: a way to the cluster, the public way in, who orders certificates. */
import type { Flow } from "../../components/base/flows.ts";
import { CertManager } from "../../components/platform/cert-manager.ts";
import type { StackContext } from "../context.ts";
import { type Ground as CommonGround, layGround as layCommonGround } from "../ground.ts";
import type { PushtechStack } from "./schema.ts";
import { guardsOf } from "./shape.ts";

/** {@link layGround}. */
export interface Ground extends CommonGround {
  /** Who orders certificates, where the stack itself does. */
  readonly issuer: CertManager | undefined;
}

/** Makes it. */
export function layGround(
  stack: PushtechStack,
  context: StackContext,
  flows: readonly Flow[],
): Ground {
  const { certificates, ingress, system } = stack;
  const ground = layCommonGround(stack, context, flows, {
    guards: { hosts: guardsOf(stack), users: (reference) => context.secrets.value(reference) },
  });
  const { networkPolicy } = ground.common;
  const issuer =
    certificates === undefined
      ? undefined
      : new CertManager(
          "cert-manager",
          { config: certificates, ingress, system, flows, networkPolicy },
          ground.opts,
        );
  return { ...ground, issuer };
}
