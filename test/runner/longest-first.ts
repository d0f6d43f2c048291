import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files of tests that take minutes, the longest first. Begun last, one of them would have the machine to itself
 * while nothing else is left to run: on a clean clone Vitest knows no times and goes by the size of files, and
 * the smallest of all brings up the largest networks.
 */
export const longest: readonly string[] = [
  "e2e/pipeline",
  "e2e/spacemesh-operations",
  "e2e/voting",
  "e2e/spacemesh-networks",
  "e2e/rollback",
  "e2e/fxa",
  "e2e/pushtech",
  "e2e/adopt-production",
  "e2e/skywire-test",
  "e2e/review-offline",
  "e2e/review-live",
  "e2e/doctor",
  "judges/data-kafka",
  "judges/data-postgres",
  "judges/data-mysql",
  "judges/kubeconform",
  "judges/kube-score",
  "judges/checkov",
];

/** Where a file stands among {@link longest}; behind them all where it is none of them. */
function place({ moduleId }: Pick<TestSpecification, "moduleId">): number {
  const index = longest.findIndex((name) => moduleId.includes(`/test/${name}.`));
  return index < 0 ? longest.length : index;
}

/** The files with {@link longest} in front; the others stay as they are ordered. */
export const longestFirst = <File extends Pick<TestSpecification, "moduleId">>(
  files: readonly File[],
): File[] => files.toSorted((left, right) => place(left) - place(right));

/** What Vitest asks in which order files begin. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
