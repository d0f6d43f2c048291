/** Words about images that contradict a registry of the stack's own. Pure. */
import type { PlatformFault } from "./fault.ts";
import { classOf, type IngressConfig } from "./ingress.schema.ts";
import type { RegistryServerConfig } from "./registry-server.schema.ts";
import { registryServer } from "./registry.schema.ts";
import type { TaggedImagesConfig } from "./tagged-images.schema.ts";

/** Sections that a registry of the stack's own has to do with. */
export interface RegistrySections {
  readonly images: TaggedImagesConfig;
  readonly ingress: IngressConfig;
  readonly registry?: RegistryServerConfig | undefined;
}

/** Faults of a stack with a registry of its own: none without. */
export function ownRegistryFaults({
  images,
  ingress,
  registry,
}: RegistrySections): PlatformFault[] {
  if (registry === undefined) {
    return [];
  }
  const name = classOf(ingress, registry.host);
  const controller = ingress.controllers[name];
  const isOwn = registryServer(images.repository) === registry.host;
  return [
    ...(isOwn && images.pullSecret.name !== registry.login.name
      ? [
          {
            path: ["images", "pullSecret"],
            message: `must be ${registry.login.name}, the login of fleet:registry: the images are there`,
          },
        ]
      : []),
    ...(isOwn && images.resolve === "run"
      ? [
          {
            path: ["images", "resolve"],
            message:
              "must go: previews would ask fleet:registry, which the stack itself makes. Have the images built (overrides.<name>.build), or write their digests (make images)",
          },
        ]
      : []),
    // nginx has another limit for this one host; Traefik's holds for all of an entry point.
    ...(controller?.kind === "traefik" && controller.maximumBody !== undefined
      ? [
          {
            path: ["ingress", "controllers", name, "maximumBody"],
            message: `must go, or ${registry.host} have another controller in fleet:ingress.hosts: a layer of an image is one body`,
          },
        ]
      : []),
  ];
}
