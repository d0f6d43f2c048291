/**
 * Who calls whom in Firefox Accounts: the table that all its network policies are cut from.
 *
 * Calls among programs and to stores follow from what each program is told: whose address it has, that one it may
 * dial. So no policy bars what a setting asks for, and none lets through what no setting names.
 */
import { type Flow, type FlowPort, type Peer, tcp } from "../base/flows.ts";
import { mysqlEnd, mysqlFlows, outsidePeer, redisEnd, type StoreEnd } from "../data/flows.ts";
import { controllerPeers, entryFlows } from "../platform/controller-shape.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import type { FxaContext } from "./context.ts";
import { planOf, runningPrograms } from "./environment.ts";
import { publicPages } from "./pages.ts";
import { type Program, patcherName } from "./roles.ts";
import { storePorts, traitsOf } from "./servers.ts";
import type { Callee } from "./urls.ts";

/** Name of the debug pod. */
export const debugName = "fxa-debug";

/** Pod that reads the queues by which SES tells of mails. */
export const mailQueuesName = "fxa-mail-queues";

const internet: Peer = { kind: "internet" };

const pod = ({ config }: FxaContext, name: string): Peer => ({
  kind: "workload",
  name,
  namespace: config.namespace,
});

const programPod = (context: FxaContext, program: Program): Peer =>
  pod(context, traitsOf(program).service);

/** A store as an end of flows. */
const asEnd = ({ peer, port }: StoreEnd) => ({ peer, port: tcp(port) });

/** Where a callee is found. The exporter of StatsD has a section, and flows, of its own. */
function calleeEnds(
  context: FxaContext,
  callee: Callee,
): { readonly peer: Peer; readonly port: FlowPort }[] {
  const { config } = context;
  switch (callee) {
    case "statsd":
      return [];
    case "mysql":
      return [asEnd(mysqlEnd(storePorts.mysql.service, config.mysql, config.namespace))];
    case "redis-master":
      return [asEnd(redisEnd(storePorts["redis-master"].service, config.redis, config.namespace))];
    case "memcached":
      return [
        {
          peer: pod(context, storePorts.memcached.service),
          port: tcp(storePorts.memcached.port),
        },
      ];
    default:
      return context.runs(callee)
        ? [{ peer: programPod(context, callee), port: tcp(traitsOf(callee).port) }]
        : [];
  }
}

const callsOf = (context: FxaContext, from: Peer, calls: readonly Callee[]): Flow[] =>
  calls.flatMap((callee) =>
    calleeEnds(context, callee).map(({ peer, port }) => ({ from, to: peer, ports: [port] })),
  );

type MailServer = NonNullable<FxaContext["config"]["mail"]["smtp"]>;

/** Port of a mail server on the internet. */
const publicSmtp = (smtp: MailServer | undefined): number[] =>
  smtp === undefined || smtp.addresses !== undefined ? [] : [smtp.port];

/** Ports on which a program dials the world: other people's services, and where errors are told of. */
export function outwardPorts({ config }: FxaContext, program: Program): number[] {
  const { mail, servers } = config;
  switch (program) {
    case "auth-server": {
      // 443: AWS, Pushbox, Stripe, push services of browsers, and where errors go.
      return [443, ...(mail.kind === "auth-server" ? publicSmtp(mail.smtp) : [])];
    }
    case "mail-service":
      return mail.kind === "mail-service" ? [443, ...publicSmtp(mail.smtp)] : [];
    case "event-broker":
      return [443];
    // Whoever issued an assertion is asked for its key.
    case "browserid-verifier":
      return [443];
    case "payments-server":
    case "payments-server-worker":
    case "payments-server-static":
      return [443];
    case "profile-server":
    case "profile-server-worker":
    case "profile-server-static": {
      const { images, events, sentryDsn } = servers["profile-server"].settings;
      return images.kind === "aws" || events !== undefined || sentryDsn !== undefined ? [443] : [];
    }
    case "auth-db-mysql":
    case "content-server":
    case "customs-server":
    case "graphql-api":
      return tellsOutside(config.servers[program].settings) ? [443] : [];
    case "mozilla-sync":
    case "123done":
    case "321done":
    case "fortress":
      return [];
  }
}

/** Calls of a program, or of a pod that stands in for it, out of the cluster. */
function outwardFlows(context: FxaContext, from: Peer, program: Program): Flow[] {
  const { mail } = context.config;
  const ports = outwardPorts(context, program);
  const sends = mail.kind === program ? mail.smtp : undefined;
  return [
    ...(ports.length === 0 ? [] : [{ from, to: internet, ports: ports.map(tcp) }]),
    ...(sends?.addresses === undefined
      ? []
      : [{ from, to: outsidePeer(sends.addresses), ports: [tcp(sends.port)] }]),
  ];
}

const tellsOutside = (settings: {
  readonly sentryDsn?: unknown;
  readonly reputation?: unknown;
  readonly topicArn?: unknown;
}): boolean =>
  [settings.sentryDsn, settings.reputation, settings.topicArn].some((one) => one !== undefined);

/**
 * Programs that dial the deployment's own public hosts, as any browser would: the verifier asks who issued an
 * assertion, and the demos ask accounts.<root>. Such calls leave for the internet's side, or are short-cut to the
 * controller's pods.
 */
export const visitors: readonly Program[] = ["browserid-verifier", "123done", "321done"];

const visitFlows = (
  context: FxaContext,
  from: Peer,
  program: Program,
  ingress: IngressConfig,
): Flow[] => [
  ...(outwardPorts(context, program).includes(443)
    ? []
    : [{ from, to: internet, ports: [tcp(443)] }]),
  ...controllerPeers(ingress).map(({ peer, ports }) => ({
    from,
    to: peer,
    ports: ports.map(tcp),
  })),
];

const visits = (context: FxaContext, ingress: IngressConfig): Flow[] =>
  visitors
    .filter((program) => context.runs(program))
    .flatMap((program) => visitFlows(context, programPod(context, program), program, ingress));

/** A copy of the database has a host, and may have a port, of its own. */
function replicaFlows(context: FxaContext, from: Peer): Flow[] {
  const { readReplica } = context.config.servers["auth-db-mysql"].settings;
  return readReplica === undefined
    ? []
    : [
        {
          from,
          to: outsidePeer(readReplica.addresses),
          ports: [tcp(readReplica.port)],
        },
      ];
}

/** The debug pod may dial what its target may: it is there to find out why that fails. */
function debugFlows(context: FxaContext, ingress: IngressConfig): Flow[] {
  const { debug } = context.config;
  if (debug === undefined || !context.runs(debug.target)) {
    return [];
  }
  const from = pod(context, debugName);
  return [
    ...callsOf(context, from, planOf(context, debug.target).environment.calls),
    ...(debug.target === "auth-db-mysql" ? replicaFlows(context, from) : []),
    ...(visitors.includes(debug.target) ? visitFlows(context, from, debug.target, ingress) : []),
    ...outwardFlows(context, from, debug.target),
  ];
}

/** The reader of the queues may dial what the program of the mails may: both have one config. */
function mailQueueFlows(context: FxaContext): Flow[] {
  const { mail } = context.config;
  if (mail.kind !== "mail-service" || mail.queues === undefined || !context.runs("mail-service")) {
    return [];
  }
  const from = pod(context, mailQueuesName);
  return [
    ...callsOf(context, from, planOf(context, "mail-service").environment.calls),
    ...outwardFlows(context, from, "mail-service"),
  ];
}

/** Every call of the programs. Scrapes and StatsD are for whoever watches to say: no program has a page of metrics. */
export function fxaFlows(context: FxaContext, ingress: IngressConfig): Flow[] {
  const programs = runningPrograms(context);
  return [
    ...publicPages(context).flatMap(({ host, program, port }) =>
      entryFlows(ingress, host, programPod(context, program), port),
    ),
    ...programs.flatMap((program) =>
      callsOf(context, programPod(context, program), planOf(context, program).environment.calls),
    ),
    ...programs.flatMap((program) => outwardFlows(context, programPod(context, program), program)),
    ...callsOf(context, pod(context, patcherName), ["mysql"]),
    // Its own backups and restores.
    ...mysqlFlows(storePorts.mysql.service, context.config.mysql, context.config.namespace),
    ...(context.runs("auth-db-mysql")
      ? replicaFlows(context, programPod(context, "auth-db-mysql"))
      : []),
    ...visits(context, ingress),
    ...mailQueueFlows(context),
    ...debugFlows(context, ingress),
  ];
}

/** Whoever sends to StatsD, for the flows of whoever watches: programs, and the debug pod in the place of one. */
export function statsdClients(context: FxaContext): Peer[] {
  const { debug } = context.config;
  const sends = (program: Program): boolean =>
    planOf(context, program).environment.calls.includes("statsd");
  return [
    ...runningPrograms(context)
      .filter(sends)
      .map((program) => programPod(context, program)),
    ...(debug !== undefined && context.runs(debug.target) && sends(debug.target)
      ? [pod(context, debugName)]
      : []),
  ];
}
