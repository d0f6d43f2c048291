/** What a stack file says about Filebeat: it reads logs on every node and writes to Elasticsearch. */
import * as z from "zod";

import { ImageReference } from "../../base/images.ts";
import { DnsLabel } from "../../base/scalars.ts";
import { Placement, Resources } from "../../workload/workload.schema.ts";
import { elasticVersion } from "../elk/elk.schema.ts";

/** `fleet:observability.logs.shipper` of kind `filebeat`. */
export const FilebeatConfig = z.strictObject({
  kind: z.literal("filebeat"),
  /** Its pods read folders of the node, so that Pod Security is `privileged` there: nothing else's. */
  namespace: DnsLabel.default("log-shipper"),
  image: ImageReference.default(`docker.elastic.co/beats/filebeat:${elasticVersion}`),
  resources: Resources.prefault({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { memory: "512Mi" },
  }),
  placement: Placement.pick({ nodeSelector: true, nodeAffinity: true, tolerations: true })
    .strict()
    .optional(),
});
/** {@inheritDoc FilebeatConfig} */
export type FilebeatConfig = z.infer<typeof FilebeatConfig>;
