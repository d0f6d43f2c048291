/** Who else keeps an object that exists: two that apply one object undo each other's work for ever. Pure. */
import * as z from "zod";

import type { Planned } from "./preview.ts";

/** Annotation by which a person says that a stack may take what another one applied: `fleet/adopt: prod`. */
const consentAnnotation = "fleet/adopt";

const Live = z.looseObject({
  metadata: z.looseObject({
    annotations: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
    managedFields: z.array(z.looseObject({ manager: z.string().default("") })).default([]),
    ownerReferences: z
      .array(
        z.looseObject({ kind: z.string(), name: z.string(), controller: z.boolean().optional() }),
      )
      .default([]),
  }),
});

/**
 * Why an object is not the stack's to take, and what mends it; undefined where it is.
 *
 * @param manager Under which name the stack itself applies it.
 */
export function ownerFault({ urn }: Planned, live: unknown, manager: string): string | undefined {
  const { annotations, managedFields, ownerReferences } = Live.parse(live).metadata;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  if (owner !== undefined) {
    return `belongs to ${owner.kind} ${owner.name}, which writes it anew: delete that one, or take its name out of ownerReferences`;
  }
  // The provider's own name has a hash of the URN, and so of the stack, in it.
  const other = managedFields.find(
    (entry) =>
      /^pulumi-kubernetes(-[0-9a-f]{8})?$/.test(entry.manager) && entry.manager !== manager,
  );
  const stack = urn.split("::")[0]?.replace("urn:pulumi:", "") ?? "";
  return other === undefined || annotations[consentAnnotation] === stack
    ? undefined
    : `another Pulumi stack applies it (field manager ${other.manager}): take it out of that state, then annotate it ${consentAnnotation}=${stack}`;
}

/** Labels that Flux' controllers put on what they apply (fluxcd.io, Kustomization and HelmRelease). */
const fluxLabels = ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"] as const;

/** What a person has to know of a tool that made an object; empty where none is known. */
export function ownerNote(live: unknown): string {
  const { annotations, labels } = Live.parse(live).metadata;
  // Before Helm, which its controller for releases works with: what that upgrades comes back by itself.
  if (fluxLabels.some((label) => label in labels)) {
    return "; Flux keeps it and puts back what it had: take it out there first, without pruning it";
  }
  const release = annotations["meta.helm.sh/release-name"];
  if (release !== undefined) {
    return `; Helm's release ${release} made it: never upgrade or uninstall that again`;
  }
  return "argocd.argoproj.io/tracking-id" in annotations
    ? "; Argo CD keeps it and puts back what it had: take it out there first, without pruning it"
    : "";
}
