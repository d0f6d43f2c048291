/**
 * `fleet:servers.event-broker.settings` of a stack file: all of it or nothing. Half of it is a pod that exits at its
 * start, for ever (facts/fxa.md 4.2).
 */
import * as z from "zod";

import { reference } from "../base/secrets.ts";
import { QueueUrl } from "./auth-server.schema.ts";
import { AwsKeys } from "./credentials.schema.ts";

const projectRule = "must be the id of a project at Google, e.g. accounts-1234";

/** What it needs to start. */
export const EventBrokerSettings = z.strictObject({
  /** Queue of account events. Its region is read from it: without one the program exits with code 8. */
  sqsQueueUrl: QueueUrl,
  /** Keys of AWS that may read the queue; `node`: those that the node's own account has, without network policies alone. */
  aws: z.union([z.literal("node"), AwsKeys], "must name the keys of AWS, or say node"),
  /** Project at Google with Firestore, where subscriptions are kept, and Pub/Sub, by which clients are told. */
  gcpProjectId: z.string(projectRule).regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, projectRule),
  /** Key file of an account there that may use both. Mounted, as is the next one. */
  googleKey: reference("google-key").prefault("event-broker-google-key"),
  /**
   * Key that signs what clients are sent. They verify it by the keys that the auth-server publishes: name its entry,
   * as the default does.
   */
  openidKey: reference("web-key").prefault("openid-key"),
  /** Google pushes each event back to it by way of its public host. Left out, nobody outside can dial it. */
  push: z
    .strictObject({ verificationToken: reference("shared-secret").prefault("pubsub-token") })
    .optional(),
  /** First letters of its collections in Firestore. */
  collectionPrefix: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default("fxa-eb-"),
  /** First letters of its topics in Pub/Sub. */
  topicPrefix: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9._~-]{0,63}$/)
    .default("rpQueue-"),
  /** Reads no queue; for scripts, in versions that know the word. */
  queueWorker: z.boolean().default(true),
  sentryDsn: reference("url").optional(),
});
/** {@inheritDoc EventBrokerSettings} */
export type EventBrokerSettings = z.infer<typeof EventBrokerSettings>;
