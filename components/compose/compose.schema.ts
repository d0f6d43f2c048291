/**
 * A service in Swarm's words: those of a compose file that `docker stack deploy` reads.
 *
 * Two layouts are read: compose's own, with all that concerns deployment under `deploy`, and that of
 * the lecture's example, where resources, restart policy, update and placement stand beside it
 * (facts/deployment-concepts.md, point 57). A word that is not here is a fault: none is passed over.
 */
import * as z from "zod";

import { ImageReference } from "../base/images.ts";
import { DnsLabel } from "../base/scalars.ts";
import { blocks, Deploy } from "./deploy.schema.ts";
import { ConfigUse, SecretUse, VolumeUse } from "./files.schema.ts";
import { Healthcheck } from "./healthcheck.ts";
import { Labels } from "./labels.ts";
import { ComposePort, ExposedPort } from "./ports.schema.ts";
import { serviceFaults } from "./service-faults.ts";
import { Command, Text } from "./text.ts";
import { Duration } from "./units.ts";

const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, "must be a variable's name, e.g. REDIS_HOST");

const Environment = z.union(
  [
    z.record(VariableName, z.union([Text, z.number()], "must be a quoted text or a number")),
    z.array(
      Text.refine(
        (pair) => /^[A-Za-z_][A-Za-z0-9_.-]*=/.test(pair),
        "must be NAME=value: nothing comes from the shell",
      ),
    ),
  ],
  { error: "must be a map of quoted texts, or a list of NAME=value" },
);

/** Networks a service is on, by their names in the stack, with the names it has there. */
const Networks = z.union(
  [
    z.array(DnsLabel),
    z.record(DnsLabel, z.strictObject({ aliases: z.array(DnsLabel).optional() }).nullable()),
  ],
  { error: "must be a list of networks, or a map of them with their aliases" },
);

/** What a service waits for before it starts. */
const DependsOn = z.union(
  [
    z.array(DnsLabel),
    z.record(
      DnsLabel,
      z.strictObject({
        /** `service_healthy` is what is waited for at the least; a job must have succeeded. */
        condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]),
      }),
    ),
  ],
  { error: "must be a list of services, or a map of them with their condition" },
);

const words = z.strictObject({
  image: ImageReference,
  /** Replaces the image's entry point. */
  entrypoint: Command.optional(),
  /** Arguments of the entry point. */
  command: Command.optional(),
  environment: Environment.optional(),
  /** Number of the user, and of the group: `1000` or `1000:1000`. */
  user: z
    .string("must be a quoted number, e.g. '1000' or '1000:1000'")
    .regex(/^\d+(:\d+)?$/, "must be a user's number, e.g. '1000' or '1000:1000'")
    .refine(
      (user) => user.split(":").every((part) => Number(part) < 2 ** 31),
      "must be below 2147483648: no system counts further",
    )
    .optional(),
  /** The container writes to its volumes only. */
  read_only: z.boolean().optional(),
  /** Labels of the containers. */
  labels: Labels.optional(),
  /** Default: the stack's network `default`. */
  networks: Networks.optional(),
  depends_on: DependsOn.optional(),
  /** Ports that others on the same networks dial. */
  expose: z.array(ExposedPort).optional(),
  /** Ports reached from outside. */
  ports: z.array(ComposePort).optional(),
  secrets: z.array(SecretUse).optional(),
  configs: z.array(ConfigUse).optional(),
  volumes: z.array(VolumeUse).optional(),
  healthcheck: Healthcheck.optional(),
  /** How long a task may take to stop. */
  stop_grace_period: Duration.optional(),
  deploy: Deploy.optional(),
  ...blocks,
});

/** A service. */
export const ComposeService = words.superRefine((service, context) => {
  for (const { path, message } of serviceFaults(service)) {
    context.addIssue({ code: "custom", path: [...path], message });
  }
});
/** {@inheritDoc ComposeService} */
export type ComposeService = z.infer<typeof words>;
