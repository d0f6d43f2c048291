/** Sections that mean the same in the stack files of all systems that run in a cluster. */
import * as z from "zod";

import { DataPolicy } from "../components/base/scalars.ts";
import { ObservabilityConfig, Only } from "../components/observability/observability.schema.ts";
import { OnFailure } from "./release.schema.ts";

/** What watches the system. */
export const watchingSections = {
  /** What watches it. */
  observability: ObservabilityConfig,
  /** `observability`: what watches is all that is deployed, and all else is taken away. */
  only: Only.optional(),
};

/** How all that is deployed is kept. */
export const keepingSections = {
  /** What happens to disks, addresses and namespaces when they go from the config. */
  data: DataPolicy.default("protect"),
  /** Network policies: `off` is for adopted clusters whose other tenants are not known yet. */
  networkPolicy: z
    .enum(["on", "off"], { message: 'must be "on" or "off", in quotes' })
    .default("on"),
  /**
   * What a failed update does: `pause` leaves it where it stopped, the old pods serving; `rollback`
   * puts the last good release back (make up, make live-up; plain pulumi pauses). No rollback crosses a Job that
   * changes data.
   */
  onFailure: OnFailure.default("pause"),
};
