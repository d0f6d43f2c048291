/** Which side of the registry each of the deployment's own images is on. Pure. */
import type { ServiceImage } from "../../components/platform/registry.schema.ts";
import type { SkywireImage } from "./schema.ts";

/** Images of the public organisation; all others are private (facts/skywire.md 1.4). */
const publicImages: readonly SkywireImage[] = ["dmsg-discovery", "dmsg-server"];

/** The image of a service, before the stack's exceptions. */
export const serviceImage = (service: SkywireImage): ServiceImage => ({
  service,
  access: publicImages.includes(service) ? "public" : "private",
});
