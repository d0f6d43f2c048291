/** Firefox Accounts' own programs. */
import type { Exception } from "./exception.ts";
import { fxa } from "./stacks.ts";

export const fxaExceptions: readonly Exception[] = [
  {
    rule: "public-exposure",
    stacks: fxa,
    resources: [
      "Ingress host-accounts-ingress",
      "Ingress host-api-ingress",
      "Ingress host-oauth-ingress",
      "Ingress host-profile-ingress",
      "Ingress host-graphql-ingress",
      "Ingress host-subscriptions-ingress",
      "Ingress host-token-ingress",
      "Ingress host-sync-ingress",
    ],
    reason:
      "browsers of the whole world log in by them, and every call after that carries its user's token (facts/fxa.md 7)",
  },
  {
    rule: "public-exposure",
    stacks: fxa,
    resources: ["Ingress host-images-ingress"],
    option: "servers.profile-server.settings.images",
    reason: "pictures of users, which pages of others show: whoever knows an address sees one",
  },
  {
    rule: "public-exposure",
    stacks: fxa,
    resources: ["Ingress host-eventbroker-ingress"],
    option: "servers.event-broker.settings.push",
    reason: "Google's Pub/Sub calls it, and signs each call with a token that the server checks",
  },
  {
    rule: "public-exposure",
    stacks: fxa,
    resources: [
      "Ingress host-123done-ingress",
      "Ingress host-321done-ingress",
      "Ingress host-fortress-ingress",
    ],
    option: "demos",
    reason:
      "relying parties that show how to log in: nothing but their visitors' own lists is in them",
  },
  {
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment fxa-content-server"],
    only: /variable (PUBLIC_URL|STATIC_RESOURCE_URL|SUBSCRIPTIONS_MANAGEMENT_URL|SYNC_TOKENSERVER_URL|FXA_(URL|OAUTH_URL|PROFILE_URL|PROFILE_IMAGES_URL|GQL_URL)) /,
    reason:
      "hosts of the stack that it tells browsers and dials itself by no name (facts/fxa.md 6)",
  },
  {
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment fxa-graphql-api"],
    only: /variable (CORS_ORIGIN|SETTINGS_SERVER_URL) /,
    reason: "where browsers may come from, and the page it sends them to: it dials neither",
  },
  {
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment mozilla-sync"],
    only: /variable SYNCSERVER_PUBLIC_URL /,
    reason: "its own public address, which it tells browsers: it dials nobody outside the cluster",
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
    rule: "outside-allowed",
    stacks: fxa,
    resources: ["Deployment fxa-debug"],
    option: "debug",
    reason:
      "it is told all that its target is, what that tells browsers included: it may dial what its target may, and no more",
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
    rule: "image-digests",
    stacks: fxa,
    resources: ["StatefulSet mysql", "CronJob mysql-*"],
    option: "mysql",
    reason:
      "a trial's database: make images STACK=<stack> TARGET=live writes its digest before the first live update",
  },
];
