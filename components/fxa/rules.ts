/**
 * What must hold between the sections of Firefox Accounts: each rule is a pure function from the context to faults,
 * each fault says where, what was expected, and how to mend it.
 */
import { SecretReference } from "../base/secrets.ts";
import { parseQuantity } from "../base/quantity.ts";
import type { PlatformFault } from "../platform/fault.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, planOf, runningPrograms } from "./environment.ts";
import { extraFaults } from "./extra-rules.ts";
import { hostFaults } from "./host-rules.ts";
import { demos, type Program, programs } from "./roles.ts";
import { scaleFaults } from "./scale-rules.ts";
import { traitsOf } from "./servers.ts";
import { publicFault } from "./urls.ts";

type Rule = (context: FxaContext) => PlatformFault[];

/** Place of a program's section in the file. */
const placeOf = (program: Program): readonly string[] =>
  program === "mozilla-sync" ? ["sync"] : ["servers", program];

const isProgram = (name: string): name is Program => (programs as readonly string[]).includes(name);

/** Programs that somebody waits for or dials, and that do not run. */
const missingFaults: Rule = (context) =>
  runningPrograms(context).flatMap((program) => {
    const needed = new Set<string>([
      ...traitsOf(program).after,
      ...planOf(context, program).environment.calls,
    ]);
    return [...needed]
      .filter((name): name is Program => isProgram(name) && !context.runs(name))
      .map((name) => ({
        path: [...placeOf(name), "enabled"],
        message: `must be true: ${program} needs ${name}; or say enabled: false at ${program}, too`,
      }));
  });

/** Who sends mails is said in one place. */
const mailFaults: Rule = ({ config }) =>
  config.mail.kind === "mail-service" && !config.servers["mail-service"].enabled
    ? [
        {
          path: ["servers", "mail-service", "enabled"],
          message: "must be true: fleet:mail has it send the mails; or say kind: auth-server there",
        },
      ]
    : [];

/** A broker whose queue nobody fills tells clients nothing, and looks well. */
const brokerFaults: Rule = (context) =>
  context.runs("event-broker") && context.config.servers["auth-server"].settings.aws === undefined
    ? [
        {
          path: ["servers", "auth-server", "settings", "aws"],
          message:
            "must say keys and topicArn: the event-broker's queue is filled from that topic; or say enabled: false at event-broker",
        },
      ]
    : [];

/** A disk in one pod is no place for accounts. */
const storeFaults: Rule = ({ config }) => {
  const { mysql, memcached, environment } = config;
  return [
    ...(mysql.kind === "builtin" && environment === "production" && mysql.inProduction === undefined
      ? [
          {
            path: ["mysql", "kind"],
            message:
              "must be external in production, as accounts would be lost with one disk; a trial of production says inProduction: trial beside it",
          },
        ]
      : []),
    ...(memcached.megabytes * 2 ** 20 >=
    parseQuantity(memcached.resources.limits.memory ?? "1000Ti")
      ? [
          {
            path: ["memcached", "megabytes"],
            message: `must be below its limit of memory, ${memcached.resources.limits.memory ?? ""}: it needs some for itself`,
          },
        ]
      : []),
  ];
};

const isReference = (value: unknown): value is SecretReference => value instanceof SecretReference;

/** Every reference of a config, with its place. */
function references(
  value: unknown,
  path: readonly (string | number)[],
): { readonly path: readonly (string | number)[]; readonly secret: SecretReference }[] {
  if (isReference(value)) {
    return [{ path, secret: value }];
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => references(item, [...path, index]));
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, item]) => references(item, [...path, key]))
    : [];
}

/**
 * One entry for two purposes: whoever learns it by the one has the other, and it cannot be rotated alone. What two
 * servers share has one place in the file, so that pairs are not meant.
 */
const purposeFaults: Rule = ({ config }) => {
  const owners = new Map<string, string>();
  return references(config, [])
    .filter(
      ({ path, secret }) =>
        ["shared-secret", "client-secret", "web-key"].includes(secret.kind) &&
        // Clients verify its tokens by the auth-server's keys: it is meant to be the same one.
        path.join(".") !== "servers.event-broker.settings.openidKey",
    )
    .flatMap(({ path, secret }) => {
      const place = `fleet:${path.join(".")}`;
      const owner = owners.get(secret.name);
      owners.set(secret.name, owner ?? place);
      return owner === undefined
        ? []
        : [
            {
              path,
              message: `must be an entry of its own: ${secret.name} stands at ${owner} already, for something else`,
            },
          ];
    });
};

/** Addresses in settings that browsers are sent to. */
const browserFaults: Rule = ({ config }) => {
  const { "auth-server": auth, "payments-server": payments } = config.servers;
  const given: readonly (readonly [path: readonly (string | number)[], text: string])[] = [
    ...auth.settings.clients.flatMap(({ redirectUri, imageUri }, index) => [
      [["auth-server", "settings", "clients", index, "redirectUri"], redirectUri] as const,
      [["auth-server", "settings", "clients", index, "imageUri"], imageUri] as const,
    ]),
    ...(auth.settings.corsOrigins ?? []).map(
      (origin, index) => [["auth-server", "settings", "corsOrigins", index], origin] as const,
    ),
    ...Object.entries(payments.settings.productRedirects).map(
      ([product, url]) =>
        [["payments-server", "settings", "productRedirects", product], url] as const,
    ),
  ];
  return given.flatMap(([path, text]) => {
    const message = text === "" || text.startsWith("urn:") ? undefined : publicFault(text);
    return message === undefined ? [] : [{ path: ["servers", ...path], message }];
  });
};

/** OAuth clients with the id of a demo. */
const clientFaults: Rule = ({ config, runs }) => {
  const { demos: on } = config;
  if (on === undefined) {
    return [];
  }
  const seen = new Map<string, string>(
    config.servers["auth-server"].settings.clients.map(({ id }, index) => [
      id,
      `fleet:servers.auth-server.settings.clients.${index}`,
    ]),
  );
  return demos
    .filter((demo) => runs(demo))
    .flatMap((demo) => {
      const { clientId } = on[demo];
      const owner = seen.get(clientId);
      seen.set(clientId, owner ?? `fleet:demos.${demo}`);
      return owner === undefined
        ? []
        : [
            {
              path: ["demos", demo, "clientId"],
              message: `must be an id of its own: ${clientId} is that of ${owner}`,
            },
          ];
    });
};

/** A pod that stands in for what does not run. */
const debugFaults: Rule = ({ config: { debug }, runs }) =>
  debug !== undefined && !runs(debug.target)
    ? [
        {
          path: ["debug", "target"],
          message: `must be a server that runs: ${debug.target} does not, so that there is nothing to tell the pod`,
        },
      ]
    : [];

const sharers = [
  "profile-server",
  "profile-server-worker",
  "profile-server-static",
] as const satisfies readonly Program[];

/** One disk for three programs, of a class by which one node alone may mount it: anywhere else a pod never starts. */
const sharedDiskFaults: Rule = ({ config: { servers }, runs }) => {
  const { images } = servers["profile-server"].settings;
  if (images.kind !== "local" || images.share !== "one-node") {
    return [];
  }
  const wanted = servers["profile-server"].placement.nodeSelector["kubernetes.io/hostname"];
  return sharers
    .filter((program) => runs(program))
    .filter((program) => {
      const node = servers[program].placement.nodeSelector["kubernetes.io/hostname"];
      return node === undefined || node !== wanted;
    })
    .map((program) => ({
      path: ["servers", program, "placement", "nodeSelector"],
      message:
        "must name the one node of the pictures' disk, the same for profile-server, its worker and its static server: kubernetes.io/hostname: <node>",
    }));
};

const rules: readonly Rule[] = [
  hostFaults,
  scaleFaults,
  extraFaults,
  missingFaults,
  mailFaults,
  brokerFaults,
  storeFaults,
  purposeFaults,
  browserFaults,
  clientFaults,
  debugFaults,
  sharedDiskFaults,
];

/** Every fault across the sections. */
export const fxaFaults = (context: FxaContext): PlatformFault[] =>
  rules.flatMap((rule) => rule(context));

/** What works, and yet is told. */
export const fxaWarnings = (context: FxaContext): string[] => [
  ...runningPrograms(context)
    .filter((program): program is "payments-server-worker" | "payments-server-static" =>
      ["payments-server-worker", "payments-server-static"].includes(program),
    )
    .map(
      (program) =>
        `${program}: the launcher of the image knows no such server, and its pod will end as soon as it starts: profile-server has these two`,
    ),
  ...(context.config.environment === "production"
    ? runningPrograms(context)
        .filter((program) => traitsOf(program).scales === true && podsOf(context, program) < 2)
        .map(
          (program) =>
            `${program}: one pod, which a node takes along when it goes: say parallelSafe: true with replicas: 2`,
        )
    : []),
];

function podsOf(context: FxaContext, program: Program): number {
  const { replicas, autoscale } = optionsOf(context, program);
  return autoscale?.min ?? replicas ?? 1;
}
