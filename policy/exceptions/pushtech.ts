/** PushTech's own programs. */
import type { Exception } from "./exception.ts";
import { pushtech } from "./stacks.ts";

export const pushtechExceptions: readonly Exception[] = [
  {
    rule: "namespace-enforces",
    stacks: pushtech,
    resources: ["Namespace pushtech-images"],
    only: /privileged/,
    reason:
      "the NFS server drives the kernel's of its node, which only a privileged pod may; nothing else stands in that namespace",
  },
  {
    rule: "pod-security",
    stacks: pushtech,
    resources: ["StatefulSet imageserver-nfs"],
    reason:
      "it drives the NFS server of its node's kernel (facts/pushtech.md 3.1): privileged, and the only such pod",
  },
  {
    rule: "probes",
    stacks: pushtech,
    resources: [
      "Deployment consumers-nodejs-*",
      "Deployment consumers-ruby-worker",
      "Deployment offerserver-worker",
    ],
    only: /no liveness probe/,
    reason:
      "they listen nowhere and end by themselves without a connection; the first one is the startup probe's (facts/pushtech.md 3.2)",
  },
  {
    rule: "probes",
    stacks: pushtech,
    resources: ["Deployment tracker"],
    only: /container kafkastore has no (liveness|readiness) probe/,
    reason:
      "it listens nowhere; a tracker takes events whether Kafka is there or not, and what a kafkastore has taken is lost when it is restarted",
  },
  {
    rule: "public-exposure",
    stacks: pushtech,
    resources: [
      "Ingress tracker-ingress",
      "Ingress storage-ingress",
      "Ingress notificationserver-ingress",
      "Ingress imageserver-ingress",
      "Ingress website-ingress",
      "Ingress website-www*-ingress",
      "Ingress website-tld-ingress",
    ],
    reason:
      "PushTech's public hosts: anybody sends events and sees pages and images; data is asked for with a login (facts/pushtech.md 3.1, 7)",
  },
  {
    rule: "public-exposure",
    stacks: ["pushtech-staging"],
    resources: [
      "Ingress kafidx-ingress",
      "Ingress offerserver-ingress",
      "Ingress consumers-ruby-ingress",
    ],
    reason: "for administrators: the controller lets in whom fleet:adminHosts names",
  },
  {
    rule: "outside-allowed",
    stacks: pushtech,
    resources: ["Deployment storage"],
    only: /IMAGE_HOST/,
    reason: "the public address of images, which it writes into answers and never dials",
  },
];
