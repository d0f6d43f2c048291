import { describe, expect, it } from "vitest";

import { Memcached } from "../../components/data/memcached.ts";
import { find } from "../harness.ts";
import { resourcesOf, surroundings, under } from "./surroundings.ts";

describe("Memcached", () => {
  it("is one pod without disk and UDP, whose successor answers before it goes", async () => {
    const config = {
      image: "docker.io/library/memcached:1.6.39",
      megabytes: 64,
      resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "128Mi" } },
    };
    const made = await under(
      (opts) => new Memcached("memcached", { ...surroundings([]), config }, opts),
    );
    expect(resourcesOf(made)).toEqual([
      "apps/v1:Deployment memcached",
      "core/v1:Service memcached-service",
      "core/v1:ServiceAccount memcached-account",
      "networking.k8s.io/v1:NetworkPolicy memcached-policy",
      "policy/v1:PodDisruptionBudget memcached-budget",
    ]);
    expect(find(made, "kubernetes:apps/v1:Deployment", "memcached").inputs).toMatchObject({
      spec: {
        replicas: 1,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          spec: {
            securityContext: { runAsUser: 11_211, runAsNonRoot: true },
            containers: [{ args: ["-p", "11211", "-U", "0", "-m", "64"] }],
          },
        },
      },
    });
    expect(find(made, "kubernetes:core/v1:Service", "memcached-service").inputs).toMatchObject({
      metadata: { name: "memcached" },
      spec: { ports: [{ port: 11_211 }] },
    });
  });
});
