/** What a stack file says of the list of networks that explorers, dashboards and wallets read. */
import * as z from "zod";

import { BucketName } from "./published.schema.ts";

/** `fleet:published` of the list: where it is read. The bucket is a precondition: it is not made here. */
export const PublishedList = z.strictObject({
  bucket: BucketName.default("sm-discovery-service"),
  /** `networks.private.json` is the list of networks that are not for everybody. */
  object: z
    .string()
    .regex(/^[A-Za-z0-9][-A-Za-z0-9._/]{0,199}$/, "must be the path of an object in the bucket")
    .default("networks.json"),
});
/** {@inheritDoc PublishedList} */
export type PublishedList = z.infer<typeof PublishedList>;

/** Address by which the list is read; what stands before the bucket is not deployed here. */
export const listUrl = ({ bucket, object }: PublishedList): string =>
  `https://storage.googleapis.com/${bucket}/${object}`;
