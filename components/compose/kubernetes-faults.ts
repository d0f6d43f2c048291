/** What a service asks for that Kubernetes cannot do, or that Fleet's namespaces refuse. Pure. */
import type { ComposeVolumes } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { fileFaults } from "./files.ts";
import { isOwn } from "./labels.ts";
import { layoutOf } from "./layout.ts";
import { placementFaults } from "./placement.ts";
import { hostPortFaults } from "./ports.ts";
import { pairsOf } from "./text.ts";
import { volumeFaults } from "./volumes.ts";
import { type ComposeFault, when } from "./warning.ts";

/** The cluster, as far as it decides what can be asked for. */
export interface KubernetesLimits {
  readonly volumes: ComposeVolumes;
  /** Whether pods can be put on nodes of the control plane. */
  readonly controlPlaneNodes: boolean;
  /** Why pods may break Pod Security `restricted`, where they may. */
  readonly exception: string | undefined;
}

/** Every word of a service that cannot be had, at its place. */
export function kubernetesFaults(
  service: ComposeService,
  { volumes, controlPlaneNodes, exception }: KubernetesLimits,
): ComposeFault[] {
  const { deploy, at } = layoutOf(service);
  return [
    ...placementFaults({ placement: deploy.placement ?? {} }, controlPlaneNodes, (...words) =>
      at("placement", ...words),
    ),
    ...userFaults(service, exception),
    ...hostPortFaults(service, exception),
    ...volumeFaults(service, volumes),
    ...fileFaults(service),
    ...labelFaults(service),
  ];
}

/** Root is let in by a named exception only. */
function userFaults({ user }: ComposeService, exception: string | undefined): ComposeFault[] {
  return when(
    user !== undefined && Number.parseInt(user, 10) === 0 && exception === undefined,
    ["user"],
    "must not be 0: Pod Security restricted refuses root, and the stack names no exception",
  );
}

function labelFaults(service: ComposeService): ComposeFault[] {
  const places = [
    [["labels"], service.labels],
    [["deploy", "labels"], service.deploy?.labels],
  ] as const;
  return places.flatMap(([path, labels]) =>
    Object.keys(pairsOf(labels ?? {}))
      .filter(isOwn)
      .map((key) => ({ path, message: `must not set ${key}: Fleet knows its pods by such words` })),
  );
}
