/**
 * What must hold between the sections of Firefox Accounts: each rule is a pure function from the context to faults,
 * each fault says where, what was expected, and how to mend it.
 */
import { parseQuantity } from "../base/quantity.ts";
import { memcachedNeeds } from "../data/memcached-files.ts";
import type { PlatformFault } from "../platform/fault.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, placeOf, planOf, runningPrograms } from "./environment.ts";
import { extraFaults } from "./extra-rules.ts";
import { hostFaults } from "./host-rules.ts";
import { demos, type Program, programs } from "./roles.ts";
import { diskFaults } from "./avatar-rules.ts";
import { scaleFaults } from "./scale-rules.ts";
import { secretFaults } from "./secret-rules.ts";
import { traitsOf } from "./servers.ts";
import { publicFault } from "./urls.ts";

type Rule = (context: FxaContext) => PlatformFault[];

/** Programs that somebody waits for or dials, and that do not run: one fault for each, with all that need it. */
const missingFaults: Rule = (context) => {
  const needs = runningPrograms(context).map((program) => ({
    program,
    needed: new Set<string>([
      ...traitsOf(program).after,
      ...planOf(context, program).environment.calls,
    ]),
  }));
  return programs
    .filter((name) => !context.runs(name))
    .flatMap((name) => {
      const users = needs.filter(({ needed }) => needed.has(name)).map(({ program }) => program);
      return users.length === 0
        ? []
        : [
            {
              path: [...placeOf(name), "enabled"],
              message: `must be true: needed by ${users.join(", ")}; or say enabled: false there, too`,
            },
          ];
    });
};

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

/** What auth-db-mysql calls its database. It has no variable for that: all others must know it by the same name. */
const authDatabase = "fxa";

const databaseFaults: Rule = ({ config: { mysql }, runs }) =>
  runs("auth-db-mysql") && mysql.databases.auth !== authDatabase
    ? [
        {
          path: ["mysql", "databases", "auth"],
          message: `must be ${authDatabase}: auth-db-mysql knows no other name for it, and the others would look elsewhere`,
        },
      ]
    : [];

/** A disk in one pod is no place for accounts. */
const storeFaults: Rule = ({ config }) => {
  const { mysql, memcached, environment } = config;
  const { memory } = memcached.resources.limits;
  const needed = memcachedNeeds(memcached.megabytes);
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
    ...(memory !== undefined && needed * 2 ** 20 > parseQuantity(memory)
      ? [
          {
            path: ["memcached", "megabytes"],
            message: `must leave it memory for itself: to keep ${memcached.megabytes} it needs ${needed}Mi, and its limit is ${memory}`,
          },
        ]
      : []),
  ];
};

/** Addresses in settings that browsers are sent to. */
const browserFaults: Rule = ({ config }) => {
  const {
    "auth-server": auth,
    "payments-server": payments,
    "profile-server": profile,
  } = config.servers;
  const { images } = profile.settings;
  const given: readonly (readonly [path: readonly (string | number)[], text: string])[] = [
    ...auth.settings.clients.flatMap(({ redirectUri, imageUri }, index) => [
      [["auth-server", "settings", "clients", index, "redirectUri"], redirectUri] as const,
      [["auth-server", "settings", "clients", index, "imageUri"], imageUri] as const,
    ]),
    ...(auth.settings.corsOrigins ?? []).map(
      (origin, index) => [["auth-server", "settings", "corsOrigins", index], origin] as const,
    ),
    ...(images.kind === "aws"
      ? [[["profile-server", "settings", "images", "url"], images.url] as const]
      : []),
    [["payments-server", "settings", "stripeApiUrl"], payments.settings.stripeApiUrl] as const,
    [
      ["payments-server", "settings", "paypal", "apiUrl"],
      payments.settings.paypal?.apiUrl ?? "",
    ] as const,
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

const rules: readonly Rule[] = [
  hostFaults,
  scaleFaults,
  extraFaults,
  missingFaults,
  mailFaults,
  brokerFaults,
  databaseFaults,
  storeFaults,
  secretFaults,
  browserFaults,
  clientFaults,
  debugFaults,
  diskFaults,
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
