/** The way in to the pages of what watches a stack. */
import type { IngressControllers } from "../platform/controllers.ts";
import { HttpHost } from "../platform/ingress.ts";
import type { IngressConfig } from "../platform/ingress.schema.ts";
import type { PageBackends } from "./observability.ts";
import type { ObservabilityConfig } from "./observability.schema.ts";
import { pageGuards, pagesOf } from "./shape.ts";

/** Which pages are opened, and through what. */
export interface OpenPagesArgs {
  /** System they belong to: a label. */
  readonly system: string;
  readonly observability: ObservabilityConfig;
  readonly ingress: IngressConfig;
  readonly controllers: IngressControllers;
  /** What was made of them. */
  readonly pages: PageBackends;
}

/** Opens each page that the file gives a host, once its pods and the controllers are there. */
export function openPages({
  system,
  observability,
  ingress,
  controllers,
  pages,
}: OpenPagesArgs): HttpHost[] {
  const guards = pageGuards(observability, ingress);
  return pagesOf(observability).flatMap(({ name, host }) => {
    const backend = pages.get(name);
    return backend === undefined
      ? []
      : [
          new HttpHost(
            name,
            { ...backend, host, system, ingress, guards },
            { parent: backend.component, dependsOn: [...controllers.ready, ...backend.ready] },
          ),
        ];
  });
}
