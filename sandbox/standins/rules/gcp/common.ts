/** What Google's resources have in common: projects, names, labels. */
import type { Fault } from "../../check.ts";
import type { Properties } from "../../values.ts";
import { Refusal } from "../../world.ts";
import type { CloudObject, World } from "../../world.ts";
import { bag, matching, text } from "../rule.ts";

/** Type token of a bucket. */
export const bucketType = "gcp:storage/bucket:Bucket";
/** Type token of an object in a bucket. */
export const objectType = "gcp:storage/bucketObject:BucketObject";
/** Type token of a cluster. */
export const clusterType = "gcp:container/cluster:Cluster";
/** Type token of a node pool. */
export const poolType = "gcp:container/nodePool:NodePool";
/** Type token of an address. */
export const addressType = "gcp:compute/address:Address";
/** Type of a machine under a node: Google makes these by itself, no program does. */
export const instanceType = "gcp:compute/instance:Instance";
/** Type token of a network. */
export const networkType = "gcp:compute/network:Network";
/** Type token of a service account. */
export const accountType = "gcp:serviceaccount/account:Account";

/** A name as most of Google's APIs take it. */
export const named = { property: "name", maxLength: 63 } as const;

/** Faults of a name that the API would refuse: 1 to 63 characters unless said. */
export function nameFaults(inputs: Properties, longest = 63, property = "name"): Fault[] {
  return matching(
    inputs,
    property,
    new RegExp(`^[a-z](?:[-a-z0-9]{0,${longest - 2}}[a-z0-9])?$`),
    `must be 1 to ${longest} lower-case letters, digits or '-', a letter first, no '-' last`,
  );
}

/** The project of a resource: its own, or the provider's. */
export function projectOf(inputs: Properties, world: World): string {
  return setting(inputs, world, "project");
}

/** The region of a resource: its own, or the provider's. */
export function regionOf(inputs: Properties, world: World): string {
  return setting(inputs, world, "region");
}

function setting(inputs: Properties, world: World, name: string): string {
  const found = text(inputs, name, text(world.config, name));
  if (found === "") throw new Refusal(`${name}: required field is not set`);
  return found;
}

/** The labels that Google holds: the program's, and the provider's own mark. */
export function labelOutputs(inputs: Properties, property = "labels"): Properties {
  const mark = { "goog-pulumi-provisioned": "true" };
  return {
    effectiveLabels: { ...bag(inputs, property), ...mark },
    pulumiLabels: { ...bag(inputs, property), ...mark },
  };
}

/** The address of a resource in Google's API. */
export function selfLink(service: string, path: string): string {
  return `https://www.googleapis.com/${service}/v1/${path}`;
}

/** An object of a type by its name, its path or its link. */
export function byReference(
  world: World,
  type: string,
  reference: string,
): CloudObject | undefined {
  return world
    .all(type)
    .find(
      ({ id }) => reference === id || id.endsWith(`/${reference}`) || reference.endsWith(`/${id}`),
    );
}
