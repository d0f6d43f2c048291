/**
 * Secrets that more than one server is told: each is one entry of `fleet:secrets`, so that two servers cannot be
 * told different things (facts/fxa.md 10).
 */
import * as z from "zod";

import { reference, type SecretReference } from "../base/secrets.ts";

const shared = (name: string) => reference("shared-secret").prefault(name);

/** Keys of an account at AWS. */
export const AwsKeys = z.strictObject({
  keyId: reference("token"),
  secret: reference("token"),
});
/** {@inheritDoc AwsKeys} */
export interface AwsKeys {
  readonly keyId: SecretReference;
  readonly secret: SecretReference;
}

/**
 * `fleet:credentials` of a stack file.
 *
 * To rotate one of them is to give its entry another value and to run `pulumi up`: the Secrets of its users, and no
 * others, change, and so do their pods (docs/fxa.md). While pods of both values run, those of the old one refuse
 * those of the new one; the OAuth servers' secret alone has a way round that.
 */
export const Credentials = z
  .strictObject({
    /** FLOW_ID_KEY of the auth-server and the content-server. A change ends the metrics of running log-ins. */
    flowIdKey: shared("flow-id-key"),
    /**
     * Bearer token by which auth-server and graphql-api ask the profile-server. Its default, supersecret, is
     * checked by the one and not by the other.
     */
    profileToken: shared("profile-token"),
    /** SUBSCRIPTIONS_SHARED_SECRET of the auth-server and CAPABILITY_AUTH_TOKEN of the event-broker. */
    subscriptionsSecret: shared("subscriptions-secret"),
    /**
     * What both halves of the auth-server sign with to each other. It is first in their lists of what they accept.
     *
     * Rotation without a refused request, in three runs: add the new entry's name to `oauthAlsoAccepted`; exchange
     * the two names; take the old one out.
     */
    oauthServerSecret: shared("oauth-server-secret"),
    /** Secrets that are accepted beside it, while one takes the other's place. */
    oauthAlsoAccepted: z.array(reference("shared-secret")).max(4, "must be at most 4").default([]),
    /** IP_HMAC_KEY: hashes addresses in the history of log-ins. A change makes every address a new one. */
    ipHmacKey: shared("ip-hmac-key"),
  })
  .prefault({});
/** {@inheritDoc Credentials} */
export type Credentials = z.infer<typeof Credentials>;
