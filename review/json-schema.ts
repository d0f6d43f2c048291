/** JSON schema of a report's JSON form, for whoever reads one without this program. */
import * as z from "zod";

import { Report } from "./model.ts";

/** Made from the model itself. */
export function reportSchema(): z.core.JSONSchema.JSONSchema {
  return {
    title: "Report of a review of Fleet",
    // Keys may come with a later version; those that are here keep their meaning.
    ...z.toJSONSchema(Report, { target: "draft-7", io: "input" }),
  };
}
