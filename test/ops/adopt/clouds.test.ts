/** What becomes of what exists at the clouds. */
import { describe, expect, it } from "vitest";

import { type CloudThing, decideImports, decideThings } from "../../../ops/adopt/clouds.ts";
import type { Planned } from "../../../ops/adopt/preview.ts";
import { balancerType, brief, clusterType, planned, unknown } from "./made.ts";

describe("things at the clouds", () => {
  const record = (name: string, target: string, recordType = "A") =>
    planned("linode:index/domainRecord:DomainRecord", `${name}-${target}`, {
      domainId: 7,
      name,
      recordType,
      target,
    });
  const live = (id: string, name: string, target: string, recordType = "A"): CloudThing => ({
    type: "linode:index/domainRecord:DomainRecord",
    id: `7,${id}`,
    inputs: { domainId: "7", name, recordType, target },
  });
  const balancer = (region: string) => ({ label: "skywire-traefik", region });
  const nodeBalancer = "linode:index/nodeBalancer:NodeBalancer";

  it("are adopted by their names, each once", () => {
    const decisions = decideThings(
      [planned(nodeBalancer, "traefik", balancer("ap-south")), record("ar", "192.0.2.1")],
      [
        { type: nodeBalancer, id: "12", inputs: balancer("ap-south") },
        live("3", "ar", "192.0.2.1"),
      ],
    );
    expect(decisions.map(({ verdict: is, id, why }) => [is, id, why])).toEqual([
      ["adopted", "12", "as it is"],
      ["adopted", "7,3", "as it is"],
    ]);
  });

  it("of one name go to whoever says the same, then to whoever is left", () => {
    const decisions = decideThings(
      [record("ar", unknown), record("ar", "192.0.2.2")],
      [live("1", "ar", "192.0.2.2"), live("2", "ar", "192.0.2.9"), live("3", "ar", "192.0.2.8")],
    );
    expect(
      decisions.map(({ verdict: is, id, why, planned: one }) => [is, id ?? why, one?.name]),
    ).toEqual([
      ["adopted", "7,1", "ar-192.0.2.2"],
      ["adopted", "7,2", `ar-${unknown}`],
      ["untouched", expect.stringContaining("takes a share of its clients"), undefined],
    ]);
    expect(decisions[1]?.why).toBe(
      "the next update leads it from 192.0.2.9 to where the stack's balancer is",
    );
  });

  it("of another type are replaced, where that costs no address", () => {
    const [decision] = decideThings(
      [record("ar", "edge.x", "CNAME")],
      [live("1", "ar", "192.0.2.1")],
    );
    expect(decision).toMatchObject({
      verdict: "replaced",
      why: expect.stringContaining("its recordType is A") as string,
    });
  });

  it("of the same name for mail or proofs are nobody's: none is exchanged, and nobody is told to delete it", () => {
    const others = [
      live("1", "", "v=spf1 -all", "TXT"),
      live("2", "", "mail.x", "MX"),
      live("3", "", "letsencrypt.org", "CAA"),
    ];
    expect(decideThings([record("", "192.0.2.1")], others)).toEqual([]);
    // Nor does one that the stack wants for a proof take the place of what clients are led by.
    const [decision, ...more] = decideThings(
      [record("", "a proof", "TXT"), record("", unknown)],
      [...others.slice(1), live("4", "", "192.0.2.9")],
    );
    expect([decision?.verdict, decision?.id, decision?.planned?.name]).toEqual([
      ...["adopted", "7,4", `-${unknown}`],
    ]);
    expect(decision?.what).toBe("DomainRecord A @");
    expect(more).toEqual([]);
  });

  it("of two types that stand side by side are each told, and only a CNAME goes for what cannot", () => {
    const brief = (wanted: Planned, ...things: readonly CloudThing[]) =>
      decideThings([wanted], things).map(({ verdict: is, what }) => `${is}: ${what}`);
    expect(brief(record("ar", "192.0.2.1"), live("1", "ar", "2001:db8::1", "AAAA"))).toEqual([
      "untouched: DomainRecord AAAA ar",
    ]);
    expect(brief(record("ar", "192.0.2.1"), live("1", "ar", "edge.x", "CNAME"))).toEqual([
      "replaced: DomainRecord CNAME ar",
    ]);
    // What is of its own type comes before what would have to go for it.
    expect(
      brief(
        record("ar", "edge.x", "CNAME"),
        live("1", "ar", "192.0.2.1"),
        live("2", "ar", "old.x", "CNAME"),
      ),
    ).toEqual(["adopted: DomainRecord CNAME ar", "untouched: DomainRecord A ar"]);
  });

  it("are in the way where another one would have another address", () => {
    const [decision] = decideThings(
      [planned(nodeBalancer, "traefik", balancer("ap-south"))],
      [{ type: nodeBalancer, id: "12", inputs: balancer("us-east") }],
    );
    expect(decision).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("region is us-east") as string,
    });
  });

  const firewall = (id: string): CloudThing => ({
    ...{ type: "linode:index/firewall:Firewall", id },
    inputs: { label: "prod-nodes", inboundPolicy: "DROP" },
  });

  it("that exist twice are nobody's guess", () => {
    const wanted = planned("linode:index/firewall:Firewall", "nodes", { label: "prod-nodes" });
    expect(brief(decideThings([wanted], [firewall("1"), firewall("2")]))).toEqual([
      [
        ...["in the way", "Firewall prod-nodes"],
        "there are 2 of this name (1, 2): rename or delete all but the one that is meant",
      ],
    ]);
  });

  it("are told what the next update changes", () => {
    const inputs = { label: "prod-nodes", inboundPolicy: "ACCEPT", __defaults: [] };
    const wanted = planned("linode:index/firewall:Firewall", "nodes", inputs);
    expect(decideThings([wanted], [firewall("1")])[0]?.why).toBe(
      "the next update changes its inboundPolicy",
    );
  });

  it("are not upgraded on the way: a version of Kubernetes recycles every node", () => {
    const wanted = planned(clusterType, "lke", { label: "prod", k8sVersion: "1.34" });
    const live = { type: clusterType, id: "7", inputs: { label: "prod", k8sVersion: "1.33" } };
    expect(decideThings([wanted], [live])[0]).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("its k8sVersion is 1.33, the stack says 1.34") as string,
    });
  });

  it("are held against what both say: what a cloud does not tell, or the program not yet, is no difference", () => {
    const decide = (wanted: object, live: object) =>
      decideThings(
        [planned(clusterType, "lke", { label: "prod", ...wanted })],
        [{ type: clusterType, id: "7", inputs: { label: "prod", ...live } }],
      )[0];
    expect(decide({ region: "ap-south" }, {})?.verdict).toBe("adopted");
    expect(decide({}, { region: "ap-south", k8sVersion: "1.33" })?.verdict).toBe("adopted");
    expect(decide({ region: unknown }, { region: "ap-south" })?.verdict).toBe("adopted");
    const plane = { controlPlane: { highAvailability: true } };
    expect(decide(plane, { controlPlane: { highAvailability: true, acl: {} } })?.why).toBe(
      "as it is",
    );
    // What it costs is said of each as it is.
    expect(decide({ region: "eu-west" }, { region: "ap-south" })?.why).toContain(
      "the next update would exchange its nodes, or be refused",
    );
    const balancer = (region: string) => ({ label: "b", region });
    const [moved] = decideThings(
      [planned(balancerType, "b", balancer("eu-west"))],
      [{ type: balancerType, id: "1", inputs: balancer("ap-south") }],
    );
    expect(moved?.why).toContain("another one would have another address");
  });

  it("that were made from a user data are not made anew, and it is in no line", () => {
    const inputs = { label: "ns1", metadatas: [{ userData: "canary" }] };
    const wanted = planned("linode:index/instance:Instance", "machine", inputs);
    const live = { type: wanted.type, id: "4711", inputs: { label: "ns1" } };
    const [decision] = decideThings([wanted], [live]);
    expect(decision?.verdict).toBe("in the way");
    expect(decision?.why).toContain("{kind: adopted, linodeId: 4711, …}");
    expect(JSON.stringify(decision?.why)).not.toContain("canary");
  });

  it("that the program takes by number are looked at first", () => {
    const machine = { ...planned("linode:index/instance:Instance", "m", {}), id: "4711" };
    const take = (region: string) =>
      brief(
        decideImports(
          [{ ...machine, inputs: { label: "ns1", region } }],
          [{ type: machine.type, id: "4711", inputs: { label: "ns1", region: "ap-south" } }],
        ),
      );
    expect(take("ap-south")).toEqual([
      ["adopted", "Instance ns1 (4711)", "by the program itself, as it is"],
    ]);
    expect(take("eu-west")[0]?.[0]).toBe("in the way");
    // Another machine of that number, or a number that the cloud does not know.
    const of = (id: string, label: string, type = machine.type) =>
      brief(
        decideImports(
          [{ ...machine, inputs: { label: "ns1", region: "ap-south" } }],
          [{ type, id, inputs: { label, region: "ap-south" } }],
        ),
      );
    expect(of("4711", "web")[0]).toEqual([
      ...["in the way", "Instance web (4711)"],
      "its label is web, the stack says ns1: is it the one that is meant? Say in the stack file what there is",
    ]);
    expect(of("4712", "ns1")).toEqual([]);
    expect(of("4711", "ns1", "linode:index/volume:Volume")).toEqual([]);
  });

  it("are looked for by names that are known, and are of the type that is wanted", () => {
    const record = "linode:index/domainRecord:DomainRecord";
    const wanted = (domainId: string) =>
      planned(record, "r", { domainId, name: "ar", recordType: "A", target: "192.0.2.1" });
    const inputs = { domainId: "7", name: "ar", recordType: "A", target: "192.0.2.1" };
    const live = { type: record, id: "7,1", inputs };
    expect(decideThings([wanted("7")], [live])).toHaveLength(1);
    expect(decideThings([wanted(unknown)], [live])).toEqual([]);
    expect(
      decideThings([wanted(unknown)], [{ ...live, inputs: { ...inputs, domainId: unknown } }]),
    ).toEqual([]);
    expect(decideThings([wanted("7")], [{ ...live, type: "cloudflare:index/x:X" }])).toEqual([]);
    expect(decideThings([planned("linode:index/vpc:Vpc", "v", {})], [live])).toEqual([]);
    for (const other of [{ name: "sd" }, { domainId: "8" }]) {
      expect(decideThings([wanted("7")], [{ ...live, inputs: { ...inputs, ...other } }])).toEqual(
        [],
      );
    }
    // A type of its own is no record's: what differs in it is told.
    const domain = (type: string) => ({ domain: "example.org", type });
    const zone = "linode:index/domain:Domain";
    expect(
      decideThings(
        [planned(zone, "d", domain("master"))],
        [{ type: zone, id: "7", inputs: domain("slave") }],
      )[0],
    ).toMatchObject({
      verdict: "in the way",
      why: expect.stringContaining("its type is slave, the stack says master") as string,
    });
  });
});
