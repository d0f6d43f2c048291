/** Firefox Accounts' own programs. */
import type { Exception } from "./exception.ts";
import { fxa } from "./stacks.ts";

export const fxaExceptions: readonly Exception[] = [
  {
    rule: "public-exposure",
    stacks: fxa,
    resources: ["Ingress host-*-ingress"],
    reason: "browsers call them: each server has its users log in, or shows what is for everybody",
  },
  {
    rule: "calls-allowed",
    stacks: fxa,
    resources: ["Job fxa-auth-db-mysql-patch"],
    only: /variable server /,
    reason: "the launcher's word for a role, which is called like a Service: nobody is dialled",
  },
  {
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment fxa-content-server", "Deployment fxa-graphql-api"],
    only: /accounts\.example\.org|subscriptions\.example\.org|token\.example\.org/,
    reason: "addresses that the server tells browsers and does not dial itself",
  },
  {
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment fortress"],
    option: "demos",
    reason: "addresses that it tells browsers: fortress shows pages, and dials nobody",
  },
  {
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment fxa-profile-server*"],
    only: /variable (PUBLIC_URL|IMG_URL) /,
    option: "servers.profile-server.settings.images",
    reason:
      "their own public addresses, which they tell browsers: with pictures in the cluster they dial nobody outside it",
  },
  {
    rule: "probes",
    stacks: fxa,
    resources: ["Deployment fxa-mail-queues"],
    option: "mail.queues",
    reason: "it listens on no port: what it does is seen in its queues alone",
  },
  {
    rule: "probes",
    stacks: fxa,
    resources: ["Deployment fxa-debug"],
    option: "debug",
    reason: "its launcher sleeps: nothing listens until somebody starts it by hand",
  },
  {
    rule: "bounded-scratch",
    stacks: fxa,
    resources: ["Deployment fxa-debug"],
    option: "debug",
    reason: "whoever looks round in it starts programs that write where they are",
  },
  {
    rule: "image-digests",
    stacks: fxa,
    resources: ["StatefulSet mysql", "CronJob mysql-*"],
    option: "mysql",
    reason:
      "a trial's database: make images STACK=<stack> TARGET=live writes its digest before the first live update",
  },
];
