/** What a service asks for that Kubernetes cannot do, or that Fleet's namespaces refuse. Pure. */
import type { ComposeVolumes } from "./compose-stack.schema.ts";
import type { ComposeService } from "./compose.schema.ts";
import { ownLabels } from "./labels.ts";
import { layoutOf } from "./layout.ts";
import { placementFaults } from "./placement.ts";
import { hostPortFaults } from "./ports.ts";
import { pairsOf } from "./text.ts";
import { volumeFaults } from "./volumes.ts";
import type { ComposeFault } from "./warning.ts";

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
    ...hostPortFaults(service, exception),
    ...volumeFaults(service, volumes),
    ...labelFaults(service),
  ];
}

function labelFaults(service: ComposeService): ComposeFault[] {
  const places = [
    [["labels"], service.labels],
    [["deploy", "labels"], service.deploy?.labels],
  ] as const;
  return places.flatMap(([path, labels]) =>
    Object.keys(pairsOf(labels ?? {}))
      .filter((key) => key.startsWith(ownLabels))
      .map((key) => ({ path, message: `must not set ${key}: Fleet selects pods by such labels` })),
  );
}
