/** What the services of a stack share: networks, volumes, configs, and the Swarm they run on. */
import * as z from "zod";

import { Bytes, DnsLabel } from "../base/scalars.ts";
import { ComposeService } from "./compose.schema.ts";

/** A network of the stack, by its name. Services on none are on `default`, which is always there. */
export const ComposeNetworks = z.record(
  DnsLabel,
  z
    .strictObject({
      /** No way out to the internet. */
      internal: z.boolean().optional(),
      /** Swarm: containers beside the stack's services may join. */
      attachable: z.boolean().optional(),
    })
    .nullable(),
);
/** {@inheritDoc ComposeNetworks} */
export type ComposeNetworks = z.infer<typeof ComposeNetworks>;

/** Names a pod's volumes of files and empty folders have already. */
const taken = /^(secrets|secret-files|configs|scratch-\d+)$/;

/**
 * A named volume. Its size and class are Kubernetes' alone: Swarm's is a folder of the node it
 * happens to be on.
 */
export const ComposeVolumes = z.record(
  DnsLabel.refine((name) => !taken.test(name), "must not be called as the folders of files are"),
  z.strictObject({
    size: Bytes,
    /** Default: the cluster's default class. */
    storageClass: DnsLabel.optional(),
    /** `ReadWriteMany`: one disk for all pods, where the class has such. */
    accessMode: z.enum(["ReadWriteOnce", "ReadWriteMany"]).default("ReadWriteOnce"),
  }),
);
/** {@inheritDoc ComposeVolumes} */
export type ComposeVolumes = z.infer<typeof ComposeVolumes>;

/** A config of the stack: a file's text, which is no secret. */
export const ComposeConfigs = z.record(DnsLabel, z.strictObject({ content: z.string() }));
/** {@inheritDoc ComposeConfigs} */
export type ComposeConfigs = z.infer<typeof ComposeConfigs>;

/** Services by name: the name others dial. */
export const ComposeServices = z.record(DnsLabel, ComposeService);
/** {@inheritDoc ComposeServices} */
export type ComposeServices = z.infer<typeof ComposeServices>;

/** Services with all they name, as a stack file lists them. */
export interface ComposeStack {
  readonly services: ComposeServices;
  readonly networks: ComposeNetworks;
  readonly volumes: ComposeVolumes;
  readonly configs: ComposeConfigs;
}

/**
 * The manager of a Swarm. One of the two, and in the file: left out, the provider takes
 * DOCKER_HOST, or the machine's own daemon.
 */
export const SwarmHost = z
  .strictObject(
    {
      /** Address of its daemon. */
      host: z
        .string()
        .regex(
          /^(ssh|tcp|unix):\/\/\S+$/,
          "must be the address of a daemon, e.g. ssh://deploy@manager.example.org",
        )
        .refine((host) => !/:\/\/[^/@\s]*:[^/@\s]*@/.test(host), "must not carry a password")
        .optional(),
      /** Name of a Docker context of whoever runs the program. */
      context: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9_.+-]*$/, "must be the name of a Docker context")
        .optional(),
    },
    {
      error: ({ code }) =>
        code === "invalid_type" ? "must say host or context of a Swarm manager" : undefined,
    },
  )
  .refine(({ host, context }) => (host === undefined) !== (context === undefined), {
    message: "must say either host or context: the shell's own daemon is never meant",
  });
/** {@inheritDoc SwarmHost} */
export type SwarmHost = z.infer<typeof SwarmHost>;
