/** Where each of the extras stands: a namespace of its own, with logins and policies. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import { hosted, Namespace, type PodSecurityLevel } from "../../components/platform/namespace.ts";
import type { Surroundings } from "../../components/workload/surroundings.ts";
import type { StackContext } from "../context.ts";
import { type Foundation, pullSecret } from "./foundation.ts";
import type { SkywireStack } from "./schema.ts";
import type { Backend } from "./services.ts";

/** What the extras are made from. */
export interface ExtrasInput {
  readonly stack: SkywireStack;
  readonly context: StackContext;
  readonly foundation: Foundation;
}

/** What stands behind a public host, in its own namespace. */
export interface ExtraBackend extends Backend, Awaitable {
  readonly component: pulumi.ComponentResource;
  readonly namespace: pulumi.Input<string>;
}

/** A namespace of an extra. */
export interface ExtraPlace {
  /** What its programs stand in. */
  readonly around: Surroundings;
  /** Options of a component there, after what must be ready before it. */
  readonly after: (...before: Awaitable[]) => pulumi.ComponentResourceOptions;
}

/** What of a namespace differs from one extra to the other. */
interface PlaceOptions {
  readonly podSecurity?: PodSecurityLevel;
  /** Its images are private. */
  readonly login?: boolean;
  /** It has a public host, whose certificate is proved there. */
  readonly hosts?: boolean;
}

/** Makes the namespace of an extra. */
export function makePlace(
  { stack, context, foundation }: ExtrasInput,
  name: string,
  { podSecurity, login = false, hosts = false }: PlaceOptions,
): ExtraPlace {
  const { opts, around } = foundation;
  const namespace = new Namespace(
    name,
    {
      system: "skywire",
      networkPolicy: around.networkPolicy,
      data: stack.data,
      ...(podSecurity === undefined ? {} : { podSecurity }),
      ...(login ? { pullSecrets: [pullSecret(stack, context)] } : {}),
      ...(hosts ? hosted(stack.ingress, context.secrets) : {}),
    },
    opts,
  );
  return {
    around: { ...around, namespace: namespace.name, namespaceName: name },
    after: (...before) => ({
      ...opts,
      dependsOn: [namespace, ...before].flatMap(({ ready }) => ready),
    }),
  };
}

/** A component behind a public host. */
export const backendOf = (
  component: pulumi.ComponentResource & Backend & Awaitable,
  { around }: ExtraPlace,
): ExtraBackend => ({
  component,
  namespace: around.namespace,
  serviceName: component.serviceName,
  servicePort: component.servicePort,
  ready: component.ready,
});
