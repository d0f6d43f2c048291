/** Whose number an image's processes have. */
import * as z from "zod";

/** User of an image's processes. Pod Security refuses root. */
export const UserNumber = z
  .int("must be the number of a user, e.g. 10001")
  .min(1, "must not be 0, which is root: namespaces refuse such pods")
  .max(2_147_483_647, "must be the number of a user, e.g. 10001");
