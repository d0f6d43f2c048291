/** The second program of fxa-mail-service's image (facts/fxa.md 4.1). Pure. */
import { flowsOf } from "../base/flows.ts";
import type { WorkloadArgs } from "../workload/types.ts";
import { imageFields, scratchFolder, toldParts, userOf } from "./container.ts";
import { optionsOf, planOf } from "./environment.ts";
import { mailQueuesName } from "./flows.ts";
import type { FxaSurroundings } from "./surroundings.ts";

const program = "mail-service";

/**
 * The Workload that reads the queues by which SES tells of mails, where the file names them. It has the config of the
 * program that sends. One pod, as nobody has seen two share a queue.
 */
export function mailQueuesWorkload(args: FxaSurroundings): WorkloadArgs | undefined {
  const { context } = args;
  const { mail } = context.config;
  if (mail.kind !== "mail-service" || mail.queues === undefined) {
    return undefined;
  }
  const options = optionsOf(context, program);
  const image = args.image(program);
  const told = toldParts(args, planOf(context, program));
  return {
    kind: "Deployment",
    system: "fxa",
    namespace: args.namespace,
    replicas: 1,
    update: { ...options.update, strategy: "Recreate" },
    awaitExchange: true,
    container: {
      name: mailQueuesName,
      ...imageFields(image),
      command: mail.queues.command,
      ...told.variables,
      probes: { none: "it listens on no port: what it does is seen in its queues alone" },
      resources: options.resources,
      mounts: [scratchFolder.mount, ...told.mounts],
    },
    files: told.files,
    secretFiles: told.secretFiles,
    scratch: [scratchFolder.scratch],
    placement: options.placement,
    security: { user: userOf(program, image) },
    flows: flowsOf(args.flows, mailQueuesName, args.namespaceName),
    networkPolicy: args.networkPolicy,
    data: args.data,
    pullPolicy: args.pullPolicy,
    pullSecrets: image.pullSecrets,
    podAnnotations: told.podAnnotations,
    terminationGraceSeconds: options.terminationGraceSeconds,
  };
}
