/** Environment and files of any program, and the schema that they keep to. Pure. */
import { authServerPlan } from "./auth-server.ts";
import { authServerSettings } from "./auth-server-settings.ts";
import type { FxaContext, ServerPlan } from "./context.ts";
import { graphqlPlan, graphqlSettings } from "./graphql-api.ts";
import { devEnv } from "./node-env.ts";
import { type Program, programs } from "./roles.ts";
import type { ServerOptions } from "./server-options.schema.ts";
import type { Settings } from "./settings.ts";
import {
  demoPlan,
  demoSettings,
  eventBrokerPlan,
  eventBrokerSettings,
  mailServicePlan,
  mailServiceSettings,
  syncPlan,
  syncSettings,
} from "./side-servers.ts";
import {
  authDbPlan,
  authDbSettings,
  customsPlan,
  customsTable,
  paymentsPlan,
  paymentsSettings,
  verifierPlan,
  verifierSettings,
} from "./small-servers.ts";
import { contentPlan, contentSettings, profilePlan, profileSettings } from "./user-servers.ts";

/** Programs that run, in the order of their names' list. */
export const runningPrograms = ({ runs }: FxaContext): Program[] => programs.filter(runs);

/** What the file says of any program. */
export const optionsOf = ({ config }: FxaContext, program: Program): ServerOptions =>
  program === "mozilla-sync" ? config.sync : config.servers[program];

/** Place in the file of what it says of a program. */
export const placeOf = (program: Program): readonly string[] =>
  program === "mozilla-sync" ? ["sync"] : ["servers", program];

/** Every variable that a program knows, with its class. */
export function settingsOf(context: FxaContext, program: Program): Settings {
  switch (program) {
    case "auth-db-mysql":
      return authDbSettings;
    case "auth-server":
      return authServerSettings;
    case "content-server":
      return contentSettings;
    case "customs-server":
      return customsTable(context);
    case "graphql-api":
      return graphqlSettings;
    case "profile-server":
    case "profile-server-worker":
    case "profile-server-static":
      return profileSettings;
    case "payments-server":
    case "payments-server-worker":
    case "payments-server-static":
      return paymentsSettings;
    case "event-broker":
      return eventBrokerSettings;
    case "mail-service":
      return mailServiceSettings;
    case "browserid-verifier":
      return verifierSettings;
    case "mozilla-sync":
      return syncSettings;
    case "fortress":
    case "123done":
    case "321done":
      return demoSettings;
  }
}

function basePlan(context: FxaContext, program: Program): ServerPlan {
  switch (program) {
    case "auth-db-mysql":
      return authDbPlan(context);
    case "auth-server":
      return authServerPlan(context);
    case "content-server":
      return contentPlan(context);
    case "customs-server":
      return customsPlan(context);
    case "graphql-api":
      return graphqlPlan(context);
    case "profile-server":
    case "profile-server-worker":
    case "profile-server-static":
      return profilePlan(context, program);
    case "payments-server":
    case "payments-server-worker":
    case "payments-server-static":
      return paymentsPlan(context, program);
    case "event-broker":
      return eventBrokerPlan(context);
    case "mail-service":
      return mailServicePlan(context);
    case "browserid-verifier":
      return verifierPlan(context);
    case "mozilla-sync":
      return syncPlan(context);
    case "fortress":
    case "123done":
    case "321done":
      return demoPlan(context, program);
  }
}

/**
 * All that a program is told. Variables that the file adds come last, and take no other's place: rules.ts refuses it.
 *
 * @throws Error of a program that the file does not have run and says too little of.
 */
export function planOf(context: FxaContext, program: Program): ServerPlan {
  const { environment, files } = basePlan(context, program);
  const { extraEnv } = optionsOf(context, program);
  return {
    environment: { ...environment, plain: { ...environment.plain, ...extraEnv } },
    files,
  };
}

/**
 * All that the debug pod is told: what its target is, with a launcher that sleeps. Nothing is exported by hand
 * (facts/fxa.md 4.5).
 */
export function debugPlan(context: FxaContext, target: Program): ServerPlan {
  const { environment, files } = planOf(context, target);
  return {
    environment: { ...environment, plain: { ...environment.plain, server: "debug" } },
    files,
  };
}

/** Content of the root ConfigMap. No program takes its DEVENV for a NODE_ENV: they do not agree on the word (5). */
export const rootConfigData = ({ config }: FxaContext): Readonly<Record<string, string>> => ({
  DEVENV: devEnv(config.environment),
  DOMAIN: config.domain,
});
