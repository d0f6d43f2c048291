import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

import { LongestFirst } from "./test/runner/longest-first.ts";

/**
 * Tests that run programs for real: git, servers, whole commands. They need no tool but what a
 * machine has, and are left to `make test`: `make check` is to take less than a minute.
 */
const programs = [
  "test/bench/parts.test.ts",
  "test/config/without-sdk.test.ts",
  "test/{late,main}.test.ts",
  "test/ops/{forge,hosts,images,live-up,preflight,verify}.test.ts",
  "test/ops/review/newer.test.ts",
  "test/ops/spacemesh/release.test.ts",
  "test/release/{git,run}.test.ts",
  "test/sandbox/{former,full-disk,rollout-late,rollout-mirror,rollout-terminal,stopped}.test.ts",
  "test/pushtech/{connected,database-probe,migration-command,storage-probe,wait}.test.ts",
  "test/spacemesh/{container-command,web-programs}.test.ts",
  "test/tools/{commands,compile-cache,install,lint,lock,path-tools,python}.test.ts",
];

/**
 * Tests that go over every value of every stack file, every resource of production, every kind that a
 * cloud has, or what chance draws: seconds each, left to `make test` for the same reason. A table of
 * faults and the goldens stand for them in `make check`.
 */
const thorough = [
  "test/config/{random,single-faults,systems}.test.ts",
  "test/fxa/{servers,variants}.test.ts",
  "test/policy/{analyzer,large-stacks}.test.ts",
  "test/review/{secrets,size,steps}.test.ts",
  "test/review/render/{html,markdown,speed,terminal}.test.ts",
  "test/sandbox/encryption.test.ts",
  "test/standins/{check,life}.test.ts",
  "test/golden-large.test.ts",
  "test/platform/disks.test.ts",
  "test/fxa/reachability.test.ts",
  "test/pushtech/{differences,reachability}.test.ts",
  "test/skywire/{kept,production}.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          setupFiles: ["test/random.ts"],
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/judges/**", ...programs, ...thorough],
          // Files of a worker share their modules: loading the SDKs anew for each costs as much as all
          // tests together. The harness sets Pulumi's mocks anew for every program it runs.
          isolate: false,
          // Seconds at most, several times that beside other work: a limit that is not reached costs nothing.
          testTimeout: 120_000,
          hookTimeout: 300_000,
          env: { PULUMI_ERROR_OUTPUT_STRING: "true" },
        },
      },
      {
        test: {
          name: "thorough",
          setupFiles: ["test/random.ts"],
          // The same tests of the larger stacks that `make check` has of the others.
          include: [
            ...thorough,
            "test/{stacks,told}.test.ts",
            "test/platform/requests.test.ts",
            "test/policy/graph/needed.test.ts",
          ],
          isolate: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          env: { PULUMI_ERROR_OUTPUT_STRING: "true", FLEET_TEST_STACKS: "large" },
        },
      },
      {
        test: {
          name: "programs",
          include: programs,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "judges",
          include: ["test/judges/**/*.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.e2e.test.ts"],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          // The engine and the control planes are short-lived: memory is cheaper than the tenth of their work
          // that freeing it would be.
          env: { GOGC: "400" },
          // Each file brings up control planes of its own: test/runner/side-by-side.ts says how many files go on at
          // once where they have the machine to themselves.
        },
      },
    ],
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: LongestFirst },
  },
});
