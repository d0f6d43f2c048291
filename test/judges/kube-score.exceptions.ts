/** What kube-score asks for and Fleet does not do, each with its reason. */
export const exceptions: readonly {
  /** kube-score's name of the check. */
  readonly check: string;
  /** Objects it is not followed for: `Kind/apiVersion/namespace/name container`. */
  readonly objects: RegExp;
  readonly reason: string;
}[] = [
  {
    check: "container-resources",
    objects: /./,
    reason: "no CPU limits: throttling hurts latency, and requests already share the node",
  },
];
