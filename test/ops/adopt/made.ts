/** Wishes and objects made for the tests of `make adopt`. */
import type { Decision } from "../../../ops/adopt/decision.ts";
import type { LiveObject } from "../../../ops/adopt/kubernetes.ts";
import type { Planned } from "../../../ops/adopt/preview.ts";

/** A value that only the update will tell. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The stack itself, below which its components hang. */
export const stackUrn = "urn:pulumi:prod::fleet::pulumi:pulumi:Stack::fleet-prod";

/** URN of a resource of that stack. */
export const urn = (type: string, name: string): string =>
  `urn:pulumi:prod::fleet::${type}::${name}`;

/** The provider of its cluster. */
export const provider = urn(
  "fleet:platform:Cluster$pulumi:providers:kubernetes",
  "cluster-provider",
);

/** A resource that the stack would make. */
export const planned = (
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  more: Partial<Planned> = {},
): Planned => ({
  urn: urn(type, name),
  type,
  name,
  custom: true,
  parent: undefined,
  provider: type.startsWith("kubernetes:")
    ? provider
    : urn("pulumi:providers:linode", "dns-linode"),
  inputs,
  ignored: [],
  ...more,
});

/** An object that is there. */
export const object = (
  kind: string,
  name: string,
  body: Record<string, unknown> = {},
  namespace = "skywire",
): LiveObject => ({
  apiVersion: { Deployment: "apps/v1", StatefulSet: "apps/v1", Job: "batch/v1" }[kind] ?? "v1",
  kind,
  metadata: { name, namespace },
  ...body,
});

/** An object that the stack would make. */
export const wish = (kind: string, name: string, body: Record<string, unknown> = {}): Planned => {
  const { apiVersion, ...rest } = object(kind, name, body);
  const group = apiVersion.includes("/") ? apiVersion : "core/v1";
  return planned(`kubernetes:${group}:${kind}`, name, { apiVersion, ...rest });
};

/** Types at Linode. */
export const clusterType = "linode:index/lkeCluster:LkeCluster";
export const poolType = "linode:index/lkeNodePool:LkeNodePool";
export const balancerType = "linode:index/nodeBalancer:NodeBalancer";

/** What is decided, in short. */
export const brief = (decisions: readonly Decision[]): readonly (readonly string[])[] =>
  decisions.map(({ verdict, what, why }) => [verdict, what, why]);
