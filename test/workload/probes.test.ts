import { describe, expect, it } from "vitest";

import { probeFields } from "../../components/workload/probes.ts";
import type { Container, Probe } from "../../components/workload/types.ts";
import { unchecked } from "./workload-fixture.ts";

const fields = (probes: Container["probes"]) =>
  probeFields({
    ...unchecked,
    ports: [{ name: "grpc", port: 9000 }],
    ...(probes === undefined ? {} : { probes }),
  });

describe("probes", () => {
  it.each<[Probe["check"], object]>([
    [
      { kind: "http", path: "/health", port: "http" },
      { httpGet: { path: "/health", port: "http" } },
    ],
    [{ kind: "tcp", port: "grpc" }, { tcpSocket: { port: "grpc" } }],
    [{ kind: "exec", command: ["pg_isready"] }, { exec: { command: ["pg_isready"] } }],
    // A grpc check takes no name of a port: the API server would refuse one.
    [{ kind: "grpc", port: "grpc" }, { grpc: { port: 9000 } }],
    [
      { kind: "grpc", port: "grpc", service: "readiness" },
      { grpc: { port: 9000, service: "readiness" } },
    ],
  ])("renders %o", (check, rendered) => {
    expect(fields({ liveness: { check } })).toEqual({ livenessProbe: rendered });
  });

  it("renders the three with their times, and only those that are said", () => {
    const check = { kind: "tcp", port: "grpc" } as const;
    expect(
      fields({
        startup: { check, periodSeconds: 5, failureThreshold: 36 },
        readiness: { check, initialDelaySeconds: 2, timeoutSeconds: 3 },
        liveness: { check },
      }),
    ).toEqual({
      startupProbe: { tcpSocket: { port: "grpc" }, periodSeconds: 5, failureThreshold: 36 },
      readinessProbe: { tcpSocket: { port: "grpc" }, initialDelaySeconds: 2, timeoutSeconds: 3 },
      livenessProbe: { tcpSocket: { port: "grpc" } },
    });
    expect(fields(undefined)).toEqual({});
    expect(fields({ none: "a shell that only waits" })).toEqual({});
  });

  it("refuses a grpc check of a port that the container does not have", () => {
    expect(() => fields({ liveness: { check: { kind: "grpc", port: "http" } } })).toThrow(
      "a grpc probe names port http, which the container does not have",
    );
  });
});
