/** What the programs of Firefox Accounts stand in. */
import type * as pulumi from "@pulumi/pulumi";

import type { SecretStore } from "../base/secret-store.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";
import type { FxaContext } from "./context.ts";
import type { Program } from "./roles.ts";
import type { SharedObjects } from "./shared-objects.ts";
import type { ServerTraits } from "./servers.ts";

/** Image of a program, and whose number its processes have. */
export interface FxaImage extends ProgramImage {
  /** User of the image's processes, never 0: `runAsUser` of the file. Default: {@link imageUsers}. */
  readonly user?: number | undefined;
}

/** Users of the images, as their publishers number them: `app` in each. */
export const imageUsers: Readonly<Record<ServerTraits["image"], number>> = {
  fxa: 10_001,
  "mail-service": 10_001,
  sync: 1_001,
};

/** What each component of the system is given. */
export interface FxaSurroundings extends Surroundings {
  readonly context: FxaContext;
  /** Values behind the references of the config. */
  readonly secrets: SecretStore;
  readonly image: (program: Program) => FxaImage;
  /** mysql-secret, keys-secret and the root ConfigMap. */
  readonly shared: SharedObjects;
  /** Claim of users' pictures, where they are kept in the cluster: {@link "./avatars.ts"}. */
  readonly avatars?: pulumi.Input<string> | undefined;
}
