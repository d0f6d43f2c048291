/**
 * Objects as a program declares them, one by one, for the look at all of them together.
 *
 * Of a cluster that is still to be made, a preview's last message shows every object without what is in it:
 * no provider has looked at one.
 */
import type { Resource } from "./resource.ts";

/** Objects of the run so far. */
export class Declared {
  readonly #objects = new Map<string, Resource["properties"]>();

  /** Remembers a resource as it was shown by itself. */
  note({ urn, type, properties }: Resource): void {
    if (type.startsWith("kubernetes:")) {
      this.#objects.set(urn, properties);
    }
  }

  /** A resource with what is in it. */
  whole(resource: Resource): Resource {
    const properties = this.#objects.get(resource.urn);
    return properties === undefined || "kind" in resource.properties
      ? resource
      : { ...resource, properties };
  }
}
