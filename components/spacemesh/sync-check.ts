/** The container beside a node that tells the kubelet whether it is in sync. Pure but for its program's file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Container, FileSet } from "../workload/types.ts";
import type { WebServicesConfig } from "./web-services.schema.ts";
import { webPorts } from "./web-shape.ts";

const program = "sync-check.mjs";
const volume = "sync-check";
const folder = "/opt/sync-check";

/** How long the kubelet waits for an answer. */
const probeSeconds = 5;

/** Its program, for the pod's files. */
export const syncCheckFiles = (): FileSet => ({
  name: volume,
  files: { [program]: readFileSync(join(import.meta.dirname, "sync-check-program.mjs"), "utf8") },
});

/**
 * The container. Its readiness is the pod's: a pod gets traffic, and counts as exchanged, once its node
 * says that it is in sync. Alive it is whatever the node says.
 */
export const syncCheck = ({ image, resources }: WebServicesConfig["syncCheck"]): Container => ({
  name: "sync-check",
  image,
  command: ["node", `${folder}/${program}`],
  env: {
    STATUS_URL: `http://127.0.0.1:${webPorts.json}/v1/node/status`,
    PORT: `${webPorts.sync}`,
    PATIENCE_MS: `${(probeSeconds - 1) * 1_000}`,
  },
  ports: [{ name: "sync", port: webPorts.sync }],
  probes: {
    readiness: {
      check: { kind: "http", path: "/", port: "sync" },
      periodSeconds: 10,
      timeoutSeconds: probeSeconds,
    },
    liveness: { check: { kind: "tcp", port: "sync" }, periodSeconds: 30 },
  },
  resources,
  mounts: [{ volume, path: folder }],
});
