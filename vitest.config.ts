import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**", "test/judges/**"],
          // Files of a worker share their modules: loading the SDKs anew for each costs as much as all
          // tests together. The harness sets Pulumi's mocks anew for every program it runs.
          isolate: false,
          testTimeout: 20_000,
          // Production rendered whole takes seconds, several times that beside other work.
          hookTimeout: 60_000,
          env: { PULUMI_ERROR_OUTPUT_STRING: "true" },
        },
      },
      {
        test: {
          name: "judges",
          include: ["test/judges/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.e2e.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          // Each file brings up control planes of its own, and most of its time waits for pods: two
          // files at a time (maxWorkers) are what two cores carry.
        },
      },
    ],
    maxWorkers: 2,
  },
});
