/** What each rule of objects at large lets pass, and what it objects to: policy/rules/objects.ts. */
import { deployment, object } from "../resources.ts";
import type { Cases } from "./case.ts";
import { budget, claim, ingress, restricted, service } from "./things.ts";

/** Cases by the rule's name. */
export const objectsCases: Readonly<Record<string, Cases>> = {
  "own-namespace": {
    pass: { "a namespace of the stack": [deployment()], "an object of the cluster": [restricted] },
    fail: {
      default: [[deployment({}, { metadata: { namespace: "default" } })], "stands in default"],
      "the cluster's own": [
        [deployment({}, { metadata: { namespace: "kube-system" } })],
        "stands in kube-system",
      ],
      "none named": [
        [deployment({}, { metadata: { namespace: undefined } })],
        "names no namespace",
      ],
    },
  },
  "controllers-only": {
    pass: { "a Deployment": [deployment()] },
    fail: {
      "a bare pod": [[object("v1", "Pod", "web", { spec: { containers: [] } })], "is a Pod"],
    },
  },
  labels: {
    pass: { "all three": [deployment(), claim] },
    fail: {
      "none on the object": [
        [deployment({}, { metadata: { labels: undefined } })],
        "has no label app.kubernetes.io/name",
      ],
      "none on its pods": [
        [
          deployment(
            {},
            { spec: { template: { metadata: { labels: { "app.kubernetes.io/part-of": "" } } } } },
          ),
        ],
        "its pods have no label app.kubernetes.io/part-of",
      ],
    },
  },
  "current-apis": {
    pass: { "versions that stay": [deployment(), budget({}), ingress([])] },
    fail: {
      "a version that is gone": [
        [object("policy/v1beta1", "PodDisruptionBudget", "web")],
        "is gone since Kubernetes 1.25: policy/v1",
      ],
      "a policy of admission of a version that is gone": [
        [object("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", "web")],
        "is gone since Kubernetes 1.34: admissionregistration.k8s.io/v1",
      ],
      "a kind that is going": [[object("v1", "Endpoints", "web")], "v1 Endpoints is deprecated"],
    },
  },
  "distinct-objects": {
    pass: {
      "two of one name in two namespaces": [
        service({}),
        {
          ...service({}, "web"),
          properties: { ...service({}).properties, metadata: { name: "web", namespace: "b" } },
        },
      ],
      "two of one name in two groups": [
        service({}),
        object("serving.knative.dev/v1", "Service", "web"),
      ],
      "ports of the nodes that the cluster chooses": [
        service({ ports: [{ port: 1, nodePort: 0 }, { port: 2 }] }),
        service({ ports: [{ port: 1, nodePort: 0 }, { port: 2 }] }, "other"),
      ],
      "one port, TCP and UDP": [
        service({ ports: [{ port: 1, nodePort: 30001 }] }),
        service({ ports: [{ port: 1, nodePort: 30001, protocol: "UDP" }] }, "udp"),
      ],
    },
    fail: {
      "one object twice": [
        [service({}), { ...service({}), urn: `${service({}).urn}-again` }],
        "Service shop/web is web's already",
      ],
      "one port of the nodes twice": [
        [
          service({ ports: [{ port: 1, nodePort: 30001 }] }),
          service({ ports: [{ port: 2, nodePort: 30001 }] }, "other"),
        ],
        "port 30001/TCP of every node is web's already",
      ],
    },
  },
};
