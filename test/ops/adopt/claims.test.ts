/** Claims, and who writes to their disks. */
import { describe, expect, it } from "vitest";

import { claimFault, diskFault } from "../../../ops/adopt/claims.ts";

describe("disks", () => {
  const claim = (storage: string, status: object = {}) => ({
    spec: { resources: { requests: { storage } } },
    status,
  });
  const workload = (kind: string, claims: readonly string[], more: object = {}) => ({
    kind,
    metadata: { name: "db" },
    spec: {
      ...more,
      template: {
        spec: {
          volumes: claims.map((claimName) => ({ persistentVolumeClaim: { claimName } })),
        },
      },
    },
  });

  it("of another size than the file says are refused, however the size is written", () => {
    expect(claimFault(claim("10Gi"), claim("10240Mi"))).toBeUndefined();
    expect(claimFault(claim("10Gi"), claim("40Gi"))).toContain("never gets smaller");
    expect(claimFault(claim("40Gi"), claim("10Gi"))).toContain("say 10Gi in the stack file");
    expect(claimFault(claim("1Gi"), claim("1Gi", { phase: "Lost" }))).toContain("volume is gone");
    // One that says no size is held against nothing.
    expect(claimFault({}, claim("1Gi"))).toBeUndefined();
    expect(claimFault(claim("1Gi"), {})).toBeUndefined();
  });

  it("that the stack's own pods would not mount are told: their data would stay behind", () => {
    const wanted = workload("StatefulSet", ["db-data"]);
    const own = { volumeClaimTemplates: [{ metadata: { name: "data" } }] };
    expect(diskFault(wanted, workload("StatefulSet", [], own))).toContain("on claim data-db-0");
    expect(diskFault(wanted, workload("Deployment", ["old"]))).toContain("on claim old");
    expect(diskFault(wanted, workload("Deployment", ["db-data"]))).toBeUndefined();
    expect(diskFault(wanted, workload("Deployment", ["old"], { replicas: 0 }))).toBeUndefined();
  });
});
