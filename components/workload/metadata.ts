import type * as pulumi from "@pulumi/pulumi";

/** What every object of a Workload carries. */
export interface Metadata {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
  readonly labels: Record<string, string>;
}
