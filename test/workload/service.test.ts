import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { describe, expect, it } from "vitest";

import { collect, find } from "../harness.ts";
import { LoneWorkload } from "./lone-workload.ts";
import { workload } from "./workload-fixture.ts";

const ports = [{ name: "http" }];
const services = [
  { ports },
  { name: "echo-public", type: "LoadBalancer", ports },
  { name: "echo-node", type: "NodePort", ports },
  { name: "echo-both", ports: [...ports, { name: "http", port: 8_081 }] },
] as const;

/** The Workload's Services, and the names of those that its controller waits for. */
async function program() {
  const waitedFor: string[] = [];
  const collected = await collect(() => {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
      registerResource: (request: RegisterResourceRequest, ...rest: unknown[]) => Promise<void>;
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, ...rest) => {
      if (request.getType() === "kubernetes:apps/v1:Deployment") {
        waitedFor.push(
          ...request.getDependenciesList().filter((urn) => urn.includes(":Service::")),
        );
      }
      return register(request, ...rest);
    };
    const provider = new k8s.Provider("cluster", { context: "demo" });
    return new LoneWorkload("echo", workload({ services }), { providers: [provider] });
  });
  const inputsOf = (name: string) =>
    find(collected, "kubernetes:core/v1:Service", `${name}-service`).inputs;
  const metadataOf = (name: string): unknown => inputsOf(name)["metadata"];
  return { inputsOf, metadataOf, waitedFor: waitedFor.map((urn) => urn.split("::").at(-1)) };
}

describe("a Service", () => {
  // Of the pods behind it the controller is waited for: the provider would add ten seconds each.
  it("is not waited for, but for the address of a balancer", async () => {
    const { metadataOf } = await program();
    const skipped = { annotations: { "pulumi.com/skipAwait": "true" } };
    expect(metadataOf("echo")).toMatchObject(skipped);
    expect(metadataOf("echo-node")).toMatchObject(skipped);
    expect(metadataOf("echo-public")).toMatchObject({ annotations: {} });
    expect(JSON.stringify(metadataOf("echo-public"))).not.toContain("skipAwait");
  });

  it("stands before its pods, unless it waits for them itself, as a balancer's does", async () => {
    const { waitedFor } = await program();
    expect(waitedFor.sort()).toEqual(["echo-both-service", "echo-node-service", "echo-service"]);
  });

  // The API server takes no two ports of one name.
  it("has a name for each of its ports, of which two may lead to one of its pods", async () => {
    const { inputsOf } = await program();
    expect(inputsOf("echo-both")["spec"]).toMatchObject({
      ports: [
        { name: "http", targetPort: "http" },
        { name: "http-8081", port: 8_081, targetPort: "http" },
      ],
    });
  });
});
