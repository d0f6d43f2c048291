/** What the servers stand on: their namespace with the registry's login, their images, and what all of them read. */
import type * as pulumi from "@pulumi/pulumi";

import { AvatarDisk } from "../../components/fxa/avatars.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { SharedObjects } from "../../components/fxa/shared-objects.ts";
import type { FxaSurroundings } from "../../components/fxa/surroundings.ts";
import type { StoreSurroundings } from "../../components/data/surroundings.ts";
import { StackImages } from "../../components/platform/images.ts";
import { hosted, Namespace } from "../../components/platform/namespace.ts";
import { registryServer } from "../../components/platform/registry.schema.ts";
import type { StackContext } from "../context.ts";
import type { Ground } from "../ground.ts";
import { serverImage } from "./images.ts";
import type { FxaStack } from "./schema.ts";
import { contextOfStack } from "./shape.ts";

/** {@link layFoundation}. */
export interface Foundation {
  readonly namespace: Namespace;
  /** What stores stand in. */
  readonly around: StoreSurroundings;
  /** What servers stand in. */
  readonly surroundings: FxaSurroundings;
  /** The namespace with all that every server reads. */
  readonly ready: readonly pulumi.Resource[];
}

/** Name of the registry's login in the cluster. */
const pullSecretName = "registry";

/** Makes it. */
export function layFoundation(stack: FxaStack, context: StackContext, ground: Ground): Foundation {
  const { opts, common } = ground;
  const { images, ingress, servers } = stack;
  const { secrets } = context;
  const { networkPolicy, data } = common;
  const namespace = new Namespace(
    stack.namespace,
    {
      ...{ system: "fxa", networkPolicy, data, ...hosted(ingress, secrets) },
      pullSecrets:
        images.pullSecret === undefined
          ? []
          : [
              {
                name: pullSecretName,
                server: registryServer(images.repository),
                login: secrets.value(images.pullSecret),
              },
            ],
    },
    opts,
  );
  const around: StoreSurroundings = {
    ...common,
    system: "fxa",
    namespace: namespace.name,
    namespaceName: stack.namespace,
    pullPolicy: images.pullPolicy,
    secrets,
  };
  const inside = { ...opts, dependsOn: [...namespace.ready] };
  const fxaContext = contextOfStack(stack);
  const shared = new SharedObjects(
    "shared",
    { context: fxaContext, namespace: namespace.name, secrets },
    inside,
  );
  const { images: pictures } = servers["profile-server"].settings;
  const avatars =
    pictures.kind === "local" ? new AvatarDisk({ ...around, images: pictures }, inside) : undefined;
  return {
    namespace,
    around,
    surroundings: {
      ...around,
      context: fxaContext,
      shared,
      image: imagesOf(stack, context),
      avatars: avatars?.claim,
    },
    ready: [...namespace.ready, ...shared.ready, ...(avatars?.ready ?? [])],
  };
}

/** Image of each program: the one that the run settles, or one that its section names. */
function imagesOf(stack: FxaStack, { secrets, digests }: StackContext): FxaSurroundings["image"] {
  const { images, mail, sync } = stack;
  const { pullSecret, build, resolve, repository } = images;
  const reference = serverImage(images);
  const digest =
    pullSecret === undefined
      ? undefined
      : new StackImages({
          images: {
            ...(resolve === undefined ? {} : { resolve }),
            overrides: build === undefined ? {} : { fxa: { build } },
            account: { repository, pullSecret },
          },
          login: (login) => secrets.value(login),
          digests,
          buildPath: "fleet:images.build",
        }).digest("fxa", reference);
  // The login is that of one registry: no other one is ever shown it.
  const loginsFor = (image: string): readonly string[] =>
    pullSecret !== undefined && registryServer(image) === registryServer(repository)
      ? [pullSecretName]
      : [];
  const named = (image: string, user: number | undefined) => ({
    reference: image,
    pullSecrets: loginsFor(image),
    user,
  });
  return (program) => {
    switch (traitsOf(program).image) {
      case "sync":
        return named(sync.image, sync.runAsUser);
      case "mail-service":
        if (mail.kind !== "mail-service") {
          throw new Error("mail-service: fleet:mail has the auth-server send, and names no image");
        }
        return named(mail.image, mail.runAsUser);
      case "fxa":
        return {
          ...named(reference, images.runAsUser),
          ...(digest === undefined ? {} : { digest }),
        };
    }
  };
}
