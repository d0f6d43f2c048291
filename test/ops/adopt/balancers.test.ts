/** A Service whose balancer somebody else made. */
import { describe, expect, it } from "vitest";

import { keepBalancer } from "../../../ops/adopt/balancers.ts";
import type { CloudThing } from "../../../ops/adopt/clouds.ts";
import type { Decision } from "../../../ops/adopt/decision.ts";
import type { Planned } from "../../../ops/adopt/preview.ts";
import { balancerType, planned, unknown } from "./made.ts";

describe("a Service with a balancer of its own", () => {
  const term = "service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id";
  const service = {
    ...planned("kubernetes:core/v1:Service", "traefik", {
      metadata: { annotations: { [term]: unknown } },
    }),
    parent: "urn:traefik",
  };
  const mine = { ...planned(balancerType, "b", { label: "prod-traefik" }), parent: "urn:traefik" };
  const things: readonly CloudThing[] = [
    { type: balancerType, id: "1", inputs: { label: "prod-traefik", ipv4: "192.0.2.1" } },
    { type: balancerType, id: "2", inputs: { label: "ccm-1", ipv4: "192.0.2.2" } },
  ];
  const decision: Decision = { verdict: "adopted", what: "", why: "as it is", planned: service };
  const told = { status: { loadBalancer: { ingress: [{ ip: "192.0.2.2" }] } }, metadata: {} };

  it("is in the way where the stack names another: the one it has would be deleted", () => {
    const taken: Decision[] = [{ verdict: "adopted", what: "", why: "", planned: mine, id: "1" }];
    for (const known of [taken, []]) {
      expect(keepBalancer(decision, told, things, known)).toMatchObject({
        verdict: "in the way",
        why: expect.stringMatching(/NodeBalancer ccm-1 \(192\.0\.2\.2\).*label: ccm-1/) as string,
      });
    }
  });

  const naming = (id: string | undefined): Planned => ({
    ...service,
    inputs: { metadata: { annotations: id === undefined ? {} : { [term]: id } } },
  });
  const verdict = (wanted: Planned, live: object, ...taken: readonly Decision[]): string =>
    keepBalancer({ ...decision, planned: wanted }, live, things, taken).verdict;

  it("is held against the number that the stack file says, or against none where it says none", () => {
    expect(verdict(naming("2"), told)).toBe("adopted");
    expect(verdict(naming("1"), told)).toBe("in the way");
    expect(verdict(naming(undefined), told)).toBe("adopted");
  });

  it("is held against the balancer of its own component, not another's", () => {
    const of = (parent: string, id: string, type = balancerType): Decision => ({
      ...{ verdict: "adopted", what: "", why: "", id },
      planned: { ...planned(type, "b", {}), parent },
    });
    const others = [of("urn:turn", "1"), of("urn:traefik", "1", "linode:index/firewall:Firewall")];
    expect(verdict(service, told, ...others, of("urn:traefik", "2"))).toBe("adopted");
    expect(verdict(service, told, ...others)).toBe("in the way");
  });

  it("has the one that it names, or whose address or name it was given", () => {
    const without = [...things, { type: balancerType, id: "3", inputs: { hostname: "nb-3.net" } }];
    const had = (live: object): string =>
      keepBalancer({ ...decision, planned: naming("0") }, live, without, []).why;
    const given = (...ingress: readonly object[]) => ({
      metadata: {},
      status: { loadBalancer: { ingress } },
    });
    expect(had({ metadata: { annotations: { [term]: "1" } } })).toContain("prod-traefik");
    expect(had(given({ ip: "192.0.2.1" }))).toContain("prod-traefik");
    expect(had(given({ hostname: "nb-3.net" }))).toContain("NodeBalancer  ()");
    // What is told of neither is no one's: not the first that has none either.
    expect(had(given({}))).toBe("as it is");
    expect(had(given({ hostname: "elsewhere" }))).toBe("as it is");
  });

  it("is taken where that very balancer is", () => {
    const taken: Decision[] = [{ verdict: "adopted", what: "", why: "", planned: mine, id: "2" }];
    expect(keepBalancer(decision, told, things, taken)).toBe(decision);
    expect(keepBalancer(decision, { metadata: {} }, things, [])).toBe(decision);
  });
});
