/** The deployment's own images: which of them a stack runs, and on which side of the registry each is. Pure. */
import type { ServiceImage } from "../../components/platform/registry.schema.ts";
import { type SkywireImage, skywireImages, type SkywireStack } from "./schema.ts";

/** Images of the public organisation; all others are private (facts/skywire.md 1.4). */
const publicImages: readonly SkywireImage[] = ["dmsg-discovery", "dmsg-server"];

/** The image of a service, before the stack's exceptions. */
export const serviceImage = (service: SkywireImage): ServiceImage => ({
  service,
  access: publicImages.includes(service) ? "public" : "private",
});

/** Whether the stack runs what an image is for. */
function runs({ services, extras }: SkywireStack, image: SkywireImage): boolean {
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
