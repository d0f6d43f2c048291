/** What the programs stand on: the ground, their namespaces with the registry's login, their images. */
import type * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../../components/base/ready.ts";
import type { NfsServer } from "../../components/data/shared-files.ts";
import type { StoreSurroundings } from "../../components/data/surroundings.ts";
import { StackImages } from "../../components/platform/images.ts";
import { hosted, Namespace, type PullSecret } from "../../components/platform/namespace.ts";
import { registryServer } from "../../components/platform/registry.schema.ts";
import { taggedImageOf } from "../../components/platform/tagged-images.schema.ts";
import type { ProgramImage } from "../../components/workload/surroundings.ts";
import type { StackContext } from "../context.ts";
import type { Ground } from "../ground.ts";
import type { PushtechImage } from "./images.ts";
import type { PushtechStack } from "./schema.ts";

/** {@link layFoundation}. */
export interface Foundation extends Ground {
  /** Namespace of the system, with all that is in it before the programs. */
  readonly namespace: Namespace;
  /** What programs and stores stand in. */
  readonly around: StoreSurroundings;
  /** Image of a program, its digest settled by the run where the stack says so. */
  readonly image: (name: PushtechImage) => ProgramImage;
  /** Where the server of the uploaded images runs, where the stack has one. */
  readonly imageServer: NfsServer & Awaitable;
}

/** Name of the registry's login in the cluster: the one that operators know (facts/pushtech.md 5). */
const pullSecretName = "meatdocker";

/**
 * Makes it.
 *
 * @param pushable What must be there before an image is pushed: the stack's own registry.
 */
export function layFoundation(
  stack: PushtechStack,
  context: StackContext,
  ground: Ground,
  pushable: readonly pulumi.Resource[],
): Foundation {
  const { opts, common } = ground;
  const { images, stores, ingress } = stack;
  const { networkPolicy, data } = common;
  const pullSecret: PullSecret = {
    name: pullSecretName,
    server: registryServer(images.repository),
    login: context.secrets.value(images.pullSecret),
  };
  const shared = { system: "pushtech", networkPolicy, data, pullSecrets: [pullSecret] } as const;
  const namespace = new Namespace(
    stack.namespace,
    { ...shared, ...hosted(ingress, context.secrets) },
    opts,
  );
  // A privileged pod: a namespace of its own, so that nothing else may be one.
  const serverNamespace =
    stores.imageStore.kind === "nfs"
      ? new Namespace(stores.imageNamespace, { ...shared, podSecurity: "privileged" }, opts)
      : undefined;
  const image = settledImages(stack, context, pushable);
  return {
    ...ground,
    namespace,
    image,
    around: {
      ...common,
      system: "pushtech",
      namespace: namespace.name,
      namespaceName: stack.namespace,
      pullPolicy: images.pullPolicy,
      secrets: context.secrets,
    },
    imageServer: {
      namespace: serverNamespace?.name ?? stores.imageNamespace,
      namespaceName: stores.imageNamespace,
      image: image("imageserver.nfs"),
      program: "/usr/local/bin/run_nfs.sh",
      ready: serverNamespace?.ready ?? [],
    },
  };
}

/** Images as the run settles them: its digests, where the stack has them looked up or built. */
function settledImages(
  { images }: PushtechStack,
  { secrets, digests }: StackContext,
  pushable: readonly pulumi.Resource[],
): Foundation["image"] {
  const settled = new StackImages({
    images: { ...images, account: images },
    login: (reference) => secrets.value(reference),
    digests,
    after: pushable,
  });
  return (name) => {
    const { reference, login } = taggedImageOf(images, name);
    const digest = settled.digest(name, reference);
    return {
      reference,
      ...(digest === undefined ? {} : { digest }),
      pullSecrets: login === undefined ? [] : [pullSecretName],
    };
  };
}
