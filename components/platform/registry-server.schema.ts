/** A registry inside the cluster, for images that the stack builds or somebody pushes. */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DataPolicy, DnsLabel, Hostname } from "../base/scalars.ts";
import { reference } from "../base/secrets.ts";
import { Storage } from "../workload/storage.schema.ts";
import { Resources } from "../workload/workload.schema.ts";

/** `fleet:registry` of a stack file. */
export const RegistryServerConfig = z.strictObject({
  /**
   * Public name. Nodes pull by it, too: kubelets do not resolve the cluster's own names, and take no
   * registry without a certificate that they trust.
   */
  host: Hostname,
  /** Entry of `fleet:secrets` with the one login that pushes and pulls. */
  login: reference("docker-login"),
  namespace: DnsLabel.default("registry"),
  image: ImageReference.default("docker.io/library/registry:2.8.3"),
  /** Has `htpasswd`, which writes the login as the registry takes it. */
  loginImage: ImageReference.default("docker.io/library/httpd:2.4.65-alpine"),
  storage: Storage.prefault({ size: "20Gi" }),
  resources: Resources.prefault({
    requests: { cpu: "50m", memory: "64Mi" },
    limits: { memory: "256Mi" },
  }),
  /** What happens to the images when it goes. Default: the stack's. */
  data: DataPolicy.optional(),
});
/** {@inheritDoc RegistryServerConfig} */
export type RegistryServerConfig = z.infer<typeof RegistryServerConfig>;
