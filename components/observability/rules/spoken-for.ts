/** Alerts that speak for lesser ones: while the worse one fires, nobody needs to be told of the other. */

/** One alert, those that it speaks for, and the labels by which they are about the same thing. */
export interface SpokenFor {
  readonly worse: string;
  readonly lesser: readonly string[];
  /** Labels that all of them have: one that is missing on both sides would count as the same. */
  readonly same: readonly string[];
}

/** Every such alert. */
export const spokenFor: readonly SpokenFor[] = [
  {
    worse: "ClaimFull",
    lesser: ["ClaimFilling", "ClaimWillFill"],
    same: ["namespace", "persistentvolumeclaim"],
  },
  { worse: "PodCrashLooping", lesser: ["PodRestartLoop"], same: ["namespace", "pod"] },
  { worse: "CertificateAboutToEnd", lesser: ["CertificateEnding"], same: ["namespace", "name"] },
  { worse: "ElasticsearchRed", lesser: ["ElasticsearchMembersMissing"], same: ["cluster"] },
  { worse: "TargetsAllDown", lesser: ["TargetDown"], same: ["job"] },
];
