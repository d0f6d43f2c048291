/** Which secrets a command may make, and which only their owner has. */
import type { SecretKind } from "../../components/base/secrets.ts";
import { isProduction } from "../../stacks/secrets.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";
import type { Target } from "../command.ts";

/** Why a missing secret is not made by itself, or undefined when it is. */
export function generationFault(
  config: StackConfig,
  target: Target,
  kind: SecretKind,
): string | undefined {
  if (target === "sandbox") {
    return undefined;
  }
  if (kind === "docker-login") {
    return "the registry gives it: import it";
  }
  if (kind === "url" || kind === "vendor-key") {
    return "whoever is called gives it: import it";
  }
  if (kind === "tls-pair") {
    return "an authority that browsers know gives it: import its PEM, certificate and key in one text";
  }
  if (isProduction(config)) {
    return "production's are imported: import it, or make this one with NEW=<name>";
  }
  // Visors have the published keys built in; the program refuses others under that setting.
  return config.system === "skywire" && kind === "key-pair" && config.identities === "published"
    ? "visors know the published one: import it, or say fleet:identities: own"
    : undefined;
}
