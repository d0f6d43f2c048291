/** What production has beside the services, each in a namespace of its own. */
import type { Awaitable } from "../../components/base/ready.ts";
import { Bot } from "../../components/skywire/bot.ts";
import type { BotConfig } from "../../components/skywire/bots.schema.ts";
import { Coturn } from "../../components/skywire/coturn.ts";
import { Geoip } from "../../components/skywire/geoip.ts";
import type { ProgramImage } from "../../components/workload/surroundings.ts";
import { backendOf, type ExtraBackend, type ExtrasInput, makePlace } from "./extras-place.ts";
import { type ExtraHost, extraNames } from "./extras-shape.ts";
import { makeWhitelist } from "./extras-whitelist.ts";
import { isOwnImage, namedAfter } from "./images.ts";

/** The IP service and what stands behind its host. */
export interface IpService {
  readonly geoip: Geoip;
  readonly backend: ExtraBackend;
}

/** The IP service, before the services that ask it (facts/skywire.md 7). */
export function makeIpService(input: ExtrasInput): IpService | undefined {
  const { stack, context, foundation } = input;
  const config = stack.extras.geoip;
  if (config === undefined) {
    return undefined;
  }
  const place = makePlace(input, config.namespace, { login: true, hosts: true });
  const geoip = new Geoip(
    extraNames.geoip,
    {
      ...place.around,
      image: foundation.image("geoip"),
      license: context.secrets.value(config.license),
      geoip: config,
    },
    place.after(),
  );
  return { geoip, backend: backendOf(geoip, place) };
}

/** Image of a bot: the one it names, or that of its name among the private ones. */
function botImage({ stack, foundation }: ExtrasInput, name: string, bot: BotConfig): ProgramImage {
  const { pullSecret } = stack.images.private;
  if (bot.image === undefined && isOwnImage(name)) {
    return foundation.image(name);
  }
  return {
    reference: bot.image ?? namedAfter(stack.images, name),
    pullSecrets: bot.access === "private" ? [pullSecret.name] : [],
  };
}

function makeBots(input: ExtrasInput): void {
  const { utilities } = input.stack.extras;
  if (utilities === undefined) {
    return;
  }
  const { around, after } = makePlace(input, utilities.namespace, { login: true });
  const { secrets } = input.context;
  for (const [name, bot] of Object.entries(utilities.bots)) {
    const secretEnv = Object.entries(bot.secretEnv).map(
      ([variable, reference]) => [variable, secrets.value(reference)] as const,
    );
    const args = { ...around, bot, image: botImage(input, name, bot) };
    new Bot(name, { ...args, secretEnv: Object.fromEntries(secretEnv) }, after());
  }
}

/** Each coturn after the one before it: an update takes the addresses of one machine at a time. */
function makeCoturns(input: ExtrasInput): void {
  const { coturn } = input.stack.extras;
  if (coturn === undefined) {
    return;
  }
  const { secrets } = input.context;
  // Pods in their node's network are refused on any other level.
  const { around, after } = makePlace(input, coturn.namespace, { podSecurity: "privileged" });
  const users = Object.fromEntries(
    Object.entries(coturn.users).map(([user, { password }]) => [user, secrets.value(password)]),
  );
  // It binds its addresses: they are on the node first.
  let before: Awaitable[] = [input.foundation.nodes];
  for (const [name, member] of Object.entries(coturn.members)) {
    before = [new Coturn(name, { ...around, config: coturn, member, users }, after(...before))];
  }
}

/** What stands behind the extras' public hosts. */
export type ExtraBackends = Readonly<Partial<Record<ExtraHost["name"], ExtraBackend | undefined>>>;

/** Makes all extras but the IP service. */
export function makeExtras(input: ExtrasInput): ExtraBackends {
  makeBots(input);
  makeCoturns(input);
  return makeWhitelist(input) ?? {};
}
