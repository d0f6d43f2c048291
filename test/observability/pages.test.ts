/**
 * The pages of what watches: they are shown by TLS alone, whichever controller serves them and whatever the system's own
 * hosts do. That a controller sends callers on is judged on a real nginx and a real Traefik (test/judges/guards.test.ts).
 */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { pageGuards, pagesOf } from "../../components/observability/shape.ts";
import { classOf } from "../../components/platform/ingress.schema.ts";
import { find } from "../harness.ts";
import { renderedOnce } from "../rendered.ts";

describe.each(["prod", "test"] as const)("stack %s", (stack) => {
  it("sends whoever comes to a page without TLS to it", async () => {
    const { config, collected } = await renderedOnce(stack);
    const { observability, ingress } = config;
    const told = (map: string) =>
      (
        find(collected, "kubernetes:core/v1:ConfigMap", map).inputs as {
          readonly data: Readonly<Record<string, string>>;
        }
      ).data;
    const pages = pagesOf(observability);
    expect(pages.map(({ name }) => name)).toContain("grafana");
    for (const { name, host } of pages) {
      const guard = `guard-${host.replaceAll(".", "-")}`;
      if (ingress.controllers[classOf(ingress, host)]?.kind === "nginx") {
        expect(told("nginx-settings")["http-snippets"]).toContain(`"${host} http no" 1;`);
      } else {
        const { http } = parse(told("traefik-dynamic")["middlewares.yml"] ?? "") as {
          readonly http: { readonly middlewares: Readonly<Record<string, object>> };
        };
        expect(http.middlewares[guard]).toEqual({
          redirectScheme: { scheme: "https", permanent: true },
        });
        expect(
          find(collected, "kubernetes:networking.k8s.io/v1:Ingress", `${name}-ingress`).inputs,
        ).toMatchObject({
          metadata: {
            annotations: {
              "traefik.ingress.kubernetes.io/router.middlewares": `${guard}@file`,
            },
          },
        });
      }
    }
  });

  it("does so to no host of the system's: visors post to http, and follow nobody", async () => {
    const { config } = await renderedOnce(stack);
    const guarded = pageGuards(config.observability, config.ingress).map(({ host }) => host);
    expect(guarded).toEqual(pagesOf(config.observability).map(({ host }) => host));
    expect(guarded.filter((host) => /^(dmsgd|tpd|rf|ar)\./.test(host))).toEqual([]);
  });

  it("leaves pages as they are where there is no TLS", async () => {
    const { config } = await renderedOnce(stack);
    expect(pageGuards(config.observability, { tls: { kind: "none" } })).toEqual([]);
  });
});
