/** What `extraEnv` must not say. Pure. */
import type { PlatformFault } from "../platform/fault.ts";
import type { FxaContext } from "./context.ts";
import { optionsOf, placeOf, settingsOf } from "./environment.ts";
import { programs, type Program } from "./roles.ts";
import type { Settings } from "./settings.ts";

/** Words that a program is told by way of fleet:environment, each its own. */
const environmentWords = ["NODE_ENV", "DEVENV", "SENTRY_ENV", "ROCKET_ENV", "FXA_EMAIL_ENV"];

/** Names of what nobody may read in a ConfigMap. */
const secretName =
  /(?:SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE|CREDENTIAL|_PASS|_DSN|API_?KEY|HMAC|SALT|HAWK_KEY|_KEY)(?:S|_ID)?$/;

/** Variables that Kubernetes or the shell give, or that load code into the program. */
const reserved = /^(?:PATH|HOME|HOSTNAME|NODE_OPTIONS|LD_PRELOAD|LD_LIBRARY_PATH|KUBERNETES_.*)$/;

function nameFault(program: Program, table: Settings, name: string): string | undefined {
  if (environmentWords.includes(name.toUpperCase())) {
    return `must not be given by hand: the word of ${program} follows from fleet:environment, and another one ends it at its start`;
  }
  if (name === "server") {
    return "must not be given: it is the role itself";
  }
  if (Object.hasOwn(table, name)) {
    return table[name]?.class === "secret"
      ? "must not be given here: it is a secret, which fleet:secrets and a name in the settings give"
      : `must not be given here: it follows from the sections, and one of both would act on nothing`;
  }
  if (secretName.test(name)) {
    return "must not be given here, as it is called like a secret, and everybody who reads the pod reads this";
  }
  return reserved.test(name) ? "must not be given: it is the container's own" : undefined;
}

/** Variables that stand in the way of others. */
export const extraFaults = (context: FxaContext): PlatformFault[] =>
  programs.flatMap((program) => {
    const place = placeOf(program);
    const table = settingsOf(context, program);
    return Object.keys(optionsOf(context, program).extraEnv).flatMap((name) => {
      const message = nameFault(program, table, name);
      return message === undefined
        ? []
        : [{ path: [...place, "extraEnv", name], message, isQuiet: true }];
    });
  });
