/** A disk in a stack file. */
import * as z from "zod";

import { Bytes, DataPolicy, DnsLabel } from "../base/scalars.ts";

/** A disk that a program keeps its data on. */
export const Storage = z.strictObject({
  /** Size of the claim. Classes that can grow a disk let it be raised, none lets it shrink. */
  size: Bytes.default("10Gi"),
  /** Storage class. Default: the cluster's own default class. */
  storageClass: DnsLabel.optional(),
  /** What happens to this disk when it goes from the file. Default: what `data` says of them all. */
  data: DataPolicy.optional(),
});
/** {@inheritDoc Storage} */
export type Storage = z.infer<typeof Storage>;
