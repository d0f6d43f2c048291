/** What each rule of what is kept lets pass, and what it objects to: policy/rules/kept.ts. */
import type { Resource } from "../../../policy/resource.ts";
import { type Change, changed, deployment, object, resource } from "../resources.ts";
import type { Cases } from "./case.ts";
import { claim, production, restricted, service, size, statefulSet } from "./things.ts";

/** A StatefulSet whose disks grow by themselves, and what says how large one of them is. */
const sizedOf = (...disks: readonly string[]): Resource => ({
  ...statefulSet({}, disks),
  ignoreChanges: ["spec.volumeClaimTemplates[*].spec.resources"],
});

const sized = sizedOf("disk");

/** A Deployment that leaves the number of its pods to somebody. */
const scaled: Resource = { ...deployment(), ignoreChanges: ["spec.replicas"] };

const autoscaler = (change: Change = {}): Resource =>
  object(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    "web-autoscaler",
    changed(
      {
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
          maxReplicas: 4,
        },
      },
      change,
    ) as Change,
  );

/** Cases by the rule's name. */
export const keptCases: Readonly<Record<string, Cases>> = {
  "protected-data": {
    stack: production,
    pass: {
      "a protected claim in a protected namespace": [
        { ...claim, protect: true },
        { ...restricted, protect: true },
      ],
      "a namespace without data": [restricted],
      "a namespace beside one with data": [
        { ...claim, protect: true },
        { ...restricted, protect: true },
        object("v1", "Namespace", "other", { metadata: { namespace: undefined } }),
      ],
    },
    fail: {
      "a claim": [[claim], "is not protected"],
      "a claim's namespace": [[{ ...claim, protect: true }, restricted], "is not protected"],
      "the namespace of disks that a StatefulSet makes": [
        [statefulSet({}), restricted],
        "is not protected",
      ],
      "an address": [
        [resource("linode:index/nodeBalancer:NodeBalancer", "web")],
        "is not protected",
      ],
      "nodes, wherever they are": [
        [resource("linode:index/lkeNodePool:LkeNodePool", "web")],
        "is not protected",
      ],
    },
  },
  "claims-outlive": {
    stack: production,
    pass: {
      "disks that stay": [statefulSet({ whenDeleted: "Retain", whenScaled: "Retain" })],
      "disks of which nothing is said, which stay": [statefulSet({})],
      "no disks": [statefulSet({ whenDeleted: "Delete", whenScaled: "Delete" }, [])],
    },
    fail: {
      "disks that go": [
        [statefulSet({ whenDeleted: "Delete" })],
        "deletes its disks (disk) with itself",
      ],
      "disks that go with a pod": [
        [statefulSet({ whenScaled: "Delete" })],
        "deletes its disks (disk) where it has fewer pods",
      ],
    },
  },
  "nothing-ignored": {
    pass: {
      "nothing ignored": [deployment()],
      "what Linode's cloud controller writes": [
        resource("linode:index/nodeBalancer:NodeBalancer", "web", {}, { ignoreChanges: ["tags"] }),
      ],
      "with how many nodes a pool of Google's began": [
        resource(
          "gcp:container/nodePool:NodePool",
          "web",
          {},
          { ignoreChanges: ["initialNodeCount"] },
        ),
      ],
      "a machine that somebody else keeps": [
        resource(
          "linode:index/instance:Instance",
          "dns",
          {},
          { protect: true, ignoreChanges: ["*"] },
        ),
      ],
      "the one port of a balancer's Service that the API server never lets be changed": [
        { ...service({}), ignoreChanges: ["spec.healthCheckNodePort"] },
      ],
      "the number of pods that an autoscaler chooses": [scaled, autoscaler()],
      "what an immutable ConfigMap was made with, which nobody may change": [
        { ...object("v1", "ConfigMap", "record", { immutable: true }), ignoreChanges: ["data"] },
      ],
      "the first sizes of disks, where each disk's own is said": [
        ...[sized, size("disk-store-0"), size("disk-store-1")],
      ],
    },
    fail: {
      "what a ConfigMap holds that can change": [
        [{ ...object("v1", "ConfigMap", "record", {}), ignoreChanges: ["data"] }],
        "changes of data are ignored",
      ],
      "anything else of an immutable ConfigMap": [
        [
          {
            ...object("v1", "ConfigMap", "record", { immutable: true }),
            ignoreChanges: ["metadata"],
          },
        ],
        "changes of metadata are ignored",
      ],
      "a number of pods that no autoscaler chooses": [
        [scaled],
        "changes of spec.replicas are ignored",
      ],
      "that of one beside what an autoscaler scales": [
        [scaled, autoscaler({ spec: { scaleTargetRef: { name: "shop" } } })],
        "changes of spec.replicas are ignored",
      ],
      "that of one of another namespace": [
        [scaled, autoscaler({ metadata: { namespace: "bank" } })],
        "changes of spec.replicas are ignored",
      ],
      "sizes of disks that are said nowhere else": [
        [sized, size("disk-store-0"), size("disk-other-1")],
        "changes of spec.volumeClaimTemplates[*].spec.resources are ignored",
      ],
      "sizes of disks of which one kind is said elsewhere": [
        [sizedOf("disk", "logs"), size("disk-store-0"), size("disk-store-1")],
        "changes of spec.volumeClaimTemplates[*].spec.resources are ignored",
      ],
      "one input of a machine that somebody else keeps": [
        [
          resource(
            "linode:index/instance:Instance",
            "dns",
            {},
            { protect: true, ignoreChanges: ["tags"] },
          ),
        ],
        "changes of tags are ignored",
      ],
      "anything else of what is scaled": [
        [{ ...scaled, ignoreChanges: ["spec.replicas", "spec.template"] }, autoscaler()],
        "changes of spec.template are ignored",
      ],
      "any input": [
        [{ ...deployment(), protect: true, ignoreChanges: ["*"] }],
        "changes of any input are ignored",
      ],
      "an input of a balancer that no controller writes": [
        [
          resource(
            "linode:index/nodeBalancer:NodeBalancer",
            "web",
            {},
            { ignoreChanges: ["tags", "region"] },
          ),
        ],
        "changes of region are ignored",
      ],
      "how many nodes a pool of Google's has": [
        [resource("gcp:container/nodePool:NodePool", "web", {}, { ignoreChanges: ["nodeCount"] })],
        "changes of nodeCount are ignored",
      ],
      "another port of a Service": [
        [{ ...service({}), ignoreChanges: ["spec.ports"] }],
        "changes of spec.ports are ignored",
      ],
      "any input of a machine that may be deleted": [
        [{ ...resource("linode:index/instance:Instance", "dns"), ignoreChanges: ["*"] }],
        "changes of any input are ignored",
      ],
    },
  },
};
