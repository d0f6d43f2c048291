/** `fleet:observability.logs`: whose logs are read, by what, and where they are kept and looked at. */
import * as z from "zod";

import { DnsLabel } from "../../base/scalars.ts";
import { elkFaults, KibanaConfig, StoreConfig } from "../elk/elk.schema.ts";
import { FilebeatConfig } from "../filebeat/filebeat.schema.ts";
import { VectorConfig } from "../vector/vector.schema.ts";
import { LogFamilies } from "./families.ts";

/** What reads logs on every node. One of them: two would send each line twice. */
const ShipperConfig = z.discriminatedUnion("kind", [FilebeatConfig, VectorConfig], {
  error: "must say kind: filebeat, which writes to the store, or vector, which has sinks",
});

/** Logs of the stack. */
export const LogsConfig = z
  .strictObject({
    /** Of Elasticsearch and Kibana. The shipper has one of its own. */
    namespace: DnsLabel.default("logs"),
    families: LogFamilies,
    store: StoreConfig.optional(),
    kibana: KibanaConfig.optional(),
    shipper: ShipperConfig,
  })
  .superRefine(({ store, kibana, shipper }, context) => {
    const faults = [
      ...elkFaults({ ...(store && { store }), kibana }),
      ...(shipper.kind === "filebeat" && store === undefined
        ? [
            {
              path: ["shipper", "kind"],
              message:
                "is filebeat, which writes to the store alone: add store: { kind: builtin }, or say kind: vector with sinks",
            },
          ]
        : []),
    ];
    for (const { path, message } of faults) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });
/** {@inheritDoc LogsConfig} */
export type LogsConfig = z.infer<typeof LogsConfig>;
