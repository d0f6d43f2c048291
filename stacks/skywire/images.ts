/** The deployment's own images: which of them a stack runs, on which side of the registry each is, and all others that it runs. Pure. */
import { type ImageUse, namedImages, parseImage } from "../../components/base/images.ts";
import {
  imageOf,
  type ImagesConfig,
  registryServer,
  type ServiceImage,
} from "../../components/platform/registry.schema.ts";
import { daemonKinds } from "../../components/skywire/daemon-kinds.ts";
import type { LiveFault } from "../live-faults.ts";
import { unpinnedImages } from "../unpinned.ts";
import { runsDaemon } from "./daemon-shape.ts";
import { type SkywireImage, skywireImages, type SkywireStack } from "./schema.ts";

/** Images of the public organisation; all others are private (facts/skywire.md 1.4). */
const publicImages: readonly SkywireImage[] = ["dmsg-discovery", "dmsg-server"];

/** The image of a service, before the stack's exceptions. */
export const serviceImage = (service: SkywireImage): ServiceImage => ({
  service,
  access: publicImages.includes(service) ? "public" : "private",
});

/** Whether the stack runs what an image is for. */
function runs(stack: SkywireStack, image: SkywireImage): boolean {
  const { services, extras } = stack;
  const daemon = daemonKinds.find((kind) => kind === image);
  if (daemon !== undefined) {
    return runsDaemon(stack, daemon);
  }
  switch (image) {
    case "config-bootstrapper":
      return services["config-bootstrapper"].enabled;
    case "geoip":
      return extras.geoip !== undefined;
    case "auth":
    case "whitelist":
      return extras.whitelist !== undefined;
    case "git-telegram-bot": {
      const bot = extras.utilities?.bots[image];
      return bot !== undefined && bot.image === undefined;
    }
    default:
      return true;
  }
}

/** The deployment's own images that a stack runs. */
export const imagesOfStack = (stack: SkywireStack): SkywireImage[] =>
  skywireImages.filter((image) => runs(stack, image));

/**
 * Every image that a stack runs: its own, its bots', its stores', controllers' and all others that the
 * config names, by default or in its file.
 */
export function imageUses(stack: SkywireStack): ImageUse[] {
  const bots = botUses(stack);
  const paths = new Set(bots.map(({ path }) => path.join()));
  const named = namedImages(stack)
    .filter(({ path }) => !paths.has(path.join()))
    .map(({ path, reference }) => ({
      ...{ path, reference, holds: "reference" as const },
      ...{ login: undefined, settledBy: undefined },
    }));
  return [...imagesOfStack(stack).map((image) => ownUse(stack, image)), ...bots, ...named];
}

function ownUse({ images }: SkywireStack, service: SkywireImage): ImageUse {
  const { reference, pullSecret } = imageOf(images, serviceImage(service));
  const looksUp = images.resolve === "run" && parseImage(reference).digest === undefined;
  return {
    path: ["images", "overrides", service, "digest"],
    reference,
    holds: "digest",
    login: pullSecret === undefined ? undefined : loginFor(images, reference),
    settledBy:
      images.overrides[service]?.build !== undefined ? "build" : looksUp ? "run" : undefined,
  };
}

/** Bots whose image is none of the deployment's own: named in full, or by the bot's name. */
function botUses({ images, extras }: SkywireStack): ImageUse[] {
  return Object.entries(extras.utilities?.bots ?? {})
    .filter(([name, { image }]) => image !== undefined || !isOwnImage(name))
    .map(([name, bot]) => {
      const reference = bot.image ?? namedAfter(images, name);
      return {
        path: ["extras", "utilities", "bots", name, "image"],
        reference,
        holds: "reference",
        login: bot.access === "private" ? loginFor(images, reference) : undefined,
        settledBy: undefined,
      };
    });
}

/** Whether a name is that of an image of the deployment. */
export const isOwnImage = (name: string): name is SkywireImage =>
  (skywireImages as readonly string[]).includes(name);

/** The private image that has a bot's name. */
export const namedAfter = ({ private: { repository, tag } }: ImagesConfig, name: string): string =>
  `${repository}/${name}:${tag}`;

/** The login is that of one registry: no other one is ever shown it. */
function loginFor({ private: own }: ImagesConfig, reference: string): string | undefined {
  return registryServer(reference) === registryServer(own.repository)
    ? own.pullSecret.name
    : undefined;
}

/** {@inheritDoc unpinnedImages} */
export const unpinnedFault = (stack: SkywireStack, name: string): LiveFault | undefined =>
  unpinnedImages(stack.environment, imageUses(stack), name);
