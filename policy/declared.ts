/**
 * Objects as a program declares them, one by one, for the look at all of them together.
 *
 * Of a cluster that is still to be made, a preview's last message shows every object without what is in it:
 * no provider has looked at one. And it shows what a program only reads as if it were made, too.
 */
import { describe } from "./graph/objects.ts";
import { objectOf } from "./kubernetes.ts";
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

  /**
   * All resources with what is in them. What was never shown by itself is only read: where the same object is
   * declared, it is left out, or one object would be two.
   */
  all(resources: readonly Resource[]): readonly Resource[] {
    const unread = resources.filter(({ urn }) => this.#objects.has(urn));
    const own = new Set(unread.map(nameOf));
    return resources
      .filter((one) => this.#objects.has(one.urn) || !own.has(nameOf(one) ?? ""))
      .map((one) => this.whole(one));
  }

  /** A resource with what is in it. */
  whole(resource: Resource): Resource {
    const properties = this.#objects.get(resource.urn);
    return properties === undefined || "kind" in resource.properties
      ? resource
      : { ...resource, properties };
  }
}

/** An object's kind, namespace and name; undefined for what is none. */
function nameOf(resource: Resource): string | undefined {
  try {
    const object = objectOf(resource);
    return object && `${object.apiVersion} ${describe(object)}`;
  } catch {
    // What is no such object is told by the rules.
    return undefined;
  }
}
