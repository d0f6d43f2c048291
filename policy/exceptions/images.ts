/** Images that are called by a tag where a digest should stand. */
import type { Exception } from "./exception.ts";
import { fxa } from "./stacks.ts";

export const imagesExceptions: readonly Exception[] = [
  {
    rule: "image-digests",
    stacks: fxa,
    resources: ["Deployment *", "Job *"],
    reason:
      "nobody here can ask the registries: make images STACK=<stack> TARGET=live writes every digest before the first live update, and this exception goes with that commit",
  },
  {
    rule: "image-names",
    stacks: ["prod"],
    resources: [
      "Deployment address-resolver",
      "Deployment auth",
      "Deployment config-bootstrapper",
      "Deployment dmsg-discovery",
      "Deployment dmsg-discovery-keyless",
      "Deployment dmsg-server-*",
      "Deployment geoip",
      "Deployment git-telegram-bot",
      "Deployment network-monitor",
      "Deployment node-visualizer",
      "Deployment route-finder",
      "Deployment service-discovery",
      "Deployment service-discovery-keyless",
      "Deployment setup-node",
      "Deployment transport-discovery",
      "Deployment uptime-tracker",
      "Deployment whitelist",
    ],
    only: /the latest$/,
    reason:
      "production's tag is latest (facts/skywire.md 11); make images writes the digest it has, and by that it runs",
  },
  {
    rule: "image-names",
    stacks: ["voting"],
    resources: ["Deployment worker"],
    only: /the latest$/,
    reason: "the lecture's image has no other tag; the run warns of it",
  },
  {
    rule: "image-names",
    stacks: ["voting"],
    resources: ["Service worker"],
    only: /the latest$/,
    option: "target",
    reason: "the lecture's image has no other tag on a swarm either; the run warns of it",
  },
  {
    rule: "image-digests",
    stacks: ["prod", "pushtech-production"],
    resources: ["Deployment *", "StatefulSet *", "DaemonSet *", "CronJob *", "Job *"],
    reason:
      "nobody here can ask the registries: make images STACK=<stack> TARGET=live writes every digest before the first live update, and this exception goes with that commit",
  },
  {
    rule: "image-names",
    stacks: ["spacemesh-devnet"],
    resources: ["Deployment spacemesh-watch"],
    only: /the latest$/,
    reason:
      "the program's image has no other tag that is known (facts/spacemesh.md 1.2); make images writes the digest it has, and by that it runs",
  },
];
