/**
 * The hosts of the committed stacks: what is checked before each, and where it is dialled. That a controller does so is
 * judged on a real nginx and a real Traefik (test/judges/guards.test.ts).
 */
import { describe, expect, it } from "vitest";

import { pagesOf } from "../../components/observability/shape.ts";
import { systemHosts } from "../../stacks/pushtech/hosts.ts";
import { endpointsOf } from "../../stacks/pushtech/outputs.ts";
import { guardsOf } from "../../stacks/pushtech/shape.ts";
import { find } from "../harness.ts";
import { renderedOnce } from "../rendered.ts";

describe.each(["pushtech-staging", "pushtech-production"] as const)("stack %s", (stack) => {
  it("shows what people and programs enter passwords at by TLS alone, Grafana too", async () => {
    const { config, collected } = await renderedOnce(stack);
    const hosts = systemHosts(config);
    const open = hosts.map(({ host }) => host);
    expect(open).toContain(`www.${config.domain}`);
    const guards = new Map(guardsOf(config).map((one) => [one.host, one]));
    const bare = hosts.filter(({ host, admin }) => {
      const found = guards.get(host);
      return admin ? found?.byTls !== true : found?.guard.kind !== "tls";
    });
    expect(bare).toEqual([]);

    const { data } = find(collected, "kubernetes:core/v1:ConfigMap", "nginx-settings").inputs as {
      readonly data: Readonly<Record<string, string>>;
    };
    for (const host of [...open, ...pagesOf(config.observability).map((page) => page.host)]) {
      expect(data["http-snippets"]).toContain(`"${host} http no" 1;`);
    }
    expect(data["location-snippets"]).toContain("return 308 https://$server_name$request_uri;");
  });

  it("tells no address by which nobody is served", async () => {
    const { config } = await renderedOnce(stack);
    expect(new Set(endpointsOf(config).map(({ kind }) => kind))).toEqual(new Set(["https"]));
  });

  it("sends nobody to TLS where there is none", async () => {
    const { config } = await renderedOnce(stack);
    const without = { ...config, ingress: { ...config.ingress, tls: { kind: "none" as const } } };
    const sent = guardsOf(without).filter(
      ({ guard, byTls }) => guard.kind === "tls" || byTls === true,
    );
    expect(sent).toEqual([]);
    expect(new Set(endpointsOf(without).map(({ kind }) => kind))).toEqual(new Set(["http"]));
  });
});
