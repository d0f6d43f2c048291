/** What each rule of containers lets pass, and what it objects to: policy/rules/containers.ts. */
import { deployment, labels, object, withContainer } from "../resources.ts";
import type { Cases } from "./case.ts";

/** Cases by the rule's name. */
export const containersCases: Readonly<Record<string, Cases>> = {
  "requests-and-limits": {
    pass: {
      "requests, and a memory limit": [deployment()],
      "those of its pod, for all containers": [
        deployment({
          containers: [{ name: "web", image: "x" }],
          resources: { requests: { cpu: "1" }, limits: { memory: "1Gi" } },
        }),
      ],
    },
    fail: {
      "no requests": [
        [withContainer({ resources: { requests: undefined } })],
        "container web requests no CPU",
      ],
      "no memory limit": [[withContainer({ resources: { limits: undefined } })], "no memory limit"],
      "a request of nothing": [
        [withContainer({ resources: { requests: { cpu: "0" } } })],
        "container web requests no CPU",
      ],
      "a limit of nothing, which is none": [
        [withContainer({ resources: { limits: { memory: "0Mi" } } })],
        "no memory limit",
      ],
      "an init container without any": [
        [deployment({ initContainers: [{ name: "init", image: "x", resources: {} }] })],
        "container init requests no memory",
      ],
      "a pod's request alone": [
        [
          deployment({
            containers: [{ name: "web", image: "x" }],
            resources: { requests: { cpu: "1", memory: "1Gi" } },
          }),
        ],
        "container web has no memory limit",
      ],
      "a pod's limit of nothing": [
        [
          deployment({
            containers: [{ name: "web", image: "x" }],
            resources: { requests: { cpu: "0", memory: "1Gi" }, limits: { memory: "1Gi" } },
          }),
        ],
        "container web requests no CPU",
      ],
    },
  },
  "bounded-scratch": {
    pass: {
      "a limited volume": [
        deployment({ volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1Gi" } }] }),
      ],
      "volumes that are no scratch": [
        deployment({ volumes: [{ name: "files", configMap: { name: "files" } }] }),
      ],
      "a writable root that ends somewhere": [
        withContainer({
          securityContext: { readOnlyRootFilesystem: false },
          resources: { limits: { "ephemeral-storage": "1Gi" } },
        }),
      ],
    },
    fail: {
      "an unlimited volume": [
        [deployment({ volumes: [{ name: "tmp", emptyDir: {} }] })],
        "volume tmp",
      ],
      "a writable root": [
        [withContainer({ securityContext: { readOnlyRootFilesystem: undefined } })],
        "may write to its root without a limit",
      ],
      "a volume whose limit is nothing, which is none": [
        [deployment({ volumes: [{ name: "tmp", emptyDir: { sizeLimit: "0" } }] })],
        "volume tmp",
      ],
      "a writable root whose limit is nothing": [
        [
          withContainer({
            securityContext: { readOnlyRootFilesystem: false },
            resources: { limits: { "ephemeral-storage": "0" } },
          }),
        ],
        "may write to its root without a limit",
      ],
      "a container that says nothing of itself": [
        [withContainer({ securityContext: undefined, resources: { limits: undefined } })],
        "may write to its root without a limit",
      ],
      "a writable root, and a limit of memory alone": [
        [
          withContainer({
            securityContext: { readOnlyRootFilesystem: false },
            resources: { limits: { memory: "128Mi" } },
          }),
        ],
        "may write to its root without a limit",
      ],
    },
  },
  probes: {
    pass: {
      "both probes": [deployment()],
      "a step before the start, which ends by itself": [
        deployment({ initContainers: [{ name: "wait", image: "x", resources: {} }] }),
      ],
      "a Job, which ends by itself": [
        object("batch/v1", "Job", "once", {
          spec: {
            template: {
              metadata: { labels: labels("once") },
              spec: { containers: [{ name: "once", image: "x", resources: {} }] },
            },
          },
        }),
      ],
    },
    fail: {
      "no liveness": [[withContainer({ livenessProbe: undefined })], "web has no liveness probe"],
      "no readiness": [
        [withContainer({ readinessProbe: undefined })],
        "web has no readiness probe",
      ],
      "a container that is started before the others and runs on beside them": [
        [
          deployment({
            initContainers: [{ name: "proxy", image: "x", resources: {}, restartPolicy: "Always" }],
          }),
        ],
        "proxy has no liveness probe",
      ],
    },
  },
  "patient-liveness": {
    pass: {
      "a liveness that waits longer": [deployment()],
      "one that waits as long": [
        withContainer({ livenessProbe: { periodSeconds: 5, failureThreshold: 2 } }),
      ],
      "one probe without the other": [
        withContainer({ livenessProbe: undefined }),
        withContainer({ readinessProbe: undefined }),
      ],
    },
    fail: {
      "a liveness that waits less": [
        [withContainer({ livenessProbe: { periodSeconds: 1 } })],
        "is restarted after 3 s, and left out after 10 s only",
      ],
    },
  },
  "distinct-in-pods": {
    pass: {
      "one of each": [
        withContainer({
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "1" },
          ],
        }),
      ],
      "ports without names": [
        withContainer({ ports: [{ containerPort: 1 }, { containerPort: 2 }] }),
      ],
    },
    fail: {
      "a variable twice": [
        [
          withContainer({
            env: [
              { name: "A", value: "1" },
              { name: "A", value: "2" },
            ],
          }),
        ],
        "has the variable A more than once",
      ],
      "a port's name twice": [
        [
          withContainer({
            ports: [
              { name: "http", containerPort: 1 },
              { name: "http", containerPort: 2 },
            ],
          }),
        ],
        "Deployment shop/web has the port http more than once",
      ],
    },
  },
};
