/** Our own name server: what is asked of Linode, and the files of its machine. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { DnsRecords } from "../../components/platform/dns.ts";
import { createDns } from "../../components/platform/dns-keepers.ts";
import { hostRecords } from "../../components/platform/dns-records.ts";
import {
  externalSettings,
  installScript,
  knotConfig,
  userData,
} from "../../components/platform/name-server-files.ts";
import { firewallRules } from "../../components/platform/name-server.ts";
import {
  mostServers,
  type NameServerDnsConfig,
} from "../../components/platform/name-server.schema.ts";
import { type Collected, collect, find } from "../harness.ts";
import { noteOptions, type Options } from "../rendered.ts";
import { section } from "./zone-server.ts";

const machine = {
  kind: "linode",
  nameServer: "ns1.example.org",
  region: "ap-south",
  sshKeys: ["ssh-ed25519 AAAAC3Nz operator@example.org"],
  sshFrom: ["198.51.100.0/24", "2001:db8:5::/48"],
};
const twoServers = {
  nameServers: { "ns1.example.org": {}, "ns2.example.net": { address: "192.0.2.2" } },
};

async function program(config: NameServerDnsConfig, address = "203.0.113.7"): Promise<Collected> {
  return collect(async () => {
    const dns = createDns("dns", config);
    const target = { key: "slot-0", type: "A", content: address } as const;
    const records = hostRecords([{ host: "sd.example.org", targets: [target] }], 300);
    const made = new DnsRecords("records", { dns, records });
    return new Promise((settle) => made.notes?.apply(settle));
  });
}

const object = (collected: Collected, file: string) =>
  find(collected, "linode:index/objectStorageObject:ObjectStorageObject", `zones/${file}`).inputs;
const typesOf = (collected: Collected) =>
  collected.resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:"))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
    .sort();

describe("zones that are published", () => {
  it("go to a bucket, readable by everybody, each whole, the list of them last", async () => {
    const collected = await program(section({ zones: { "example.org": {} } }));
    expect(typesOf(collected)).toEqual([
      "ObjectStorageBucket dns-server-bucket",
      "ObjectStorageObject zones/example.org.zone",
      "ObjectStorageObject zones/index",
      "ObjectStorageObject zones/install.sh",
    ]);
    const inputs = object(collected, "example.org.zone");
    expect(inputs).toMatchObject({
      bucket: "example-zones",
      region: "ap-south",
      key: "zones/example.org.zone",
      acl: "public-read",
      cacheControl: "no-store",
    });
    expect(inputs["content"]).toContain("sd.example.org. 300 IN A 203.0.113.7\n");
    expect(object(collected, "index")["content"]).toMatch(/^example\.org\n; fleet index/);
  });

  it("hold no key of the bucket in state: the provider makes some for the run", async () => {
    const collected = await program(section());
    const provider = find(collected, "pulumi:providers:linode", "dns-linode").inputs;
    expect(provider).toMatchObject({ objUseTempKeys: "true" });
    expect(JSON.stringify(collected.resources)).not.toMatch(/accessKey|secretKey|token/i);
    const made = collected.resources.filter(({ type }) => type.startsWith("linode:"));
    expect(made.filter(({ provider: used }) => !used.includes("::dns-linode::"))).toEqual([]);
  });

  it("tell what zones of others must hold", async () => {
    const collected = await program(section());
    expect(collected.result).toMatchObject({
      delegations: ["example.org. IN NS ns1.example.org.", "ns1.example.org. IN A 192.0.2.1"],
    });
  });
});

describe("a machine of ours", () => {
  const made = section({ ...twoServers, machine });

  it("has a reserved address of its own, a firewall from its first second, and is told its address", async () => {
    const collected = await program(made);
    expect(typesOf(collected)).toEqual([
      "Firewall dns-server-firewall",
      "Instance dns-server-machine",
      "NetworkingIp dns-server-address",
      "ObjectStorageBucket dns-server-bucket",
      "ObjectStorageObject zones/example.org.zone",
      "ObjectStorageObject zones/index",
    ]);
    expect(
      find(collected, "linode:index/networkingIp:NetworkingIp", "dns-server-address").inputs,
    ).toEqual({ reserved: true, region: "ap-south", type: "ipv4" });
    const inputs = find(collected, "linode:index/instance:Instance", "dns-server-machine").inputs;
    expect(inputs).toMatchObject({
      label: "ns1-example-org",
      image: "linode/debian12",
      authorizedKeys: machine.sshKeys,
      region: "ap-south",
    });
    expect(inputs["firewallId"]).toBeDefined();
  });

  it("has user data that no record is in, so that a change of one makes no new machine", async () => {
    const before = await program(made);
    const after = await program(
      section({
        ...twoServers,
        machine,
        zones: {
          "example.org": { records: [{ name: "x", type: "A", address: "192.0.2.9" }] },
          "example.net": {},
        },
      }),
      "203.0.113.99",
    );
    const instance = (collected: Collected) =>
      find(collected, "linode:index/instance:Instance", "dns-server-machine").inputs;
    expect(instance(after)).toEqual(instance(before));
    expect(object(after, "example.org.zone")["content"]).not.toBe(
      object(before, "example.org.zone")["content"],
    );
    const { metadatas } = instance(before) as { metadatas: { userData: string }[] };
    const text = Buffer.from(metadatas[0]?.userData ?? "", "base64").toString();
    expect(text).toMatch(/^#cloud-config\n/);
    expect(text).not.toMatch(/203\.0\.113|example\.org/);
  });

  // The provider would move the machine, which gets another address there, and only write the address's new region down.
  it("leaves its region as another machine with another address, which protection refuses", async () => {
    const options: Options[] = [];
    await collect(() => {
      noteOptions(options);
      return createDns("dns", made);
    });
    for (const type of [
      "linode:index/instance:Instance",
      "linode:index/networkingIp:NetworkingIp",
    ]) {
      expect(options.find((one) => one.type === type)).toMatchObject({
        replaceOnChanges: ["region"],
        protect: true,
      });
    }
  });

  it("takes a reserved address that the account has instead", async () => {
    const collected = await program(section({ machine: { ...machine, address: "192.0.2.1" } }));
    expect(typesOf(collected).join()).not.toContain("NetworkingIp");
    const { inputs } = find(collected, "linode:index/instance:Instance", "dns-server-machine");
    expect(inputs["ipv4s"]).toEqual(["192.0.2.1"]);
    expect(object(collected, "example.org.zone")["content"]).toContain(
      "ns1.example.org. 300 IN A 192.0.2.1",
    );
  });

  it("answers questions to everybody, SSH to the ranges named, and nothing else", () => {
    const { inbounds, inboundPolicy } = firewallRules(machine.sshFrom);
    expect(inboundPolicy).toBe("DROP");
    expect(
      inbounds.map((rule) => `${rule.protocol} ${"ports" in rule ? rule.ports : ""}`.trim()),
    ).toEqual(["UDP 53", "TCP 53", "TCP 22", "ICMP"]);
    expect(inbounds[2]).toMatchObject({ ipv4s: ["198.51.100.0/24"], ipv6s: ["2001:db8:5::/48"] });
    // An empty list is refused live, and left out means nobody.
    expect(firewallRules(["198.51.100.0/24"]).inbounds[2]).not.toHaveProperty("ipv6s");
  });
});

describe("a machine that exists", () => {
  it("is adopted as it is and changed in nothing", async () => {
    const adopted = { kind: "adopted", linodeId: 4711, label: "ns1", region: "ap-south" };
    const collected = await program(section({ machine: adopted }));
    const { inputs } = find(collected, "linode:index/instance:Instance", "dns-server-machine");
    expect(inputs).toEqual({ label: "ns1", region: "ap-south" });
    expect(typesOf(collected).join()).not.toMatch(/Firewall|NetworkingIp/);
  });

  it("or is external, gets a script to read and run once, and no resource", async () => {
    const collected = await program(section());
    expect(typesOf(collected).join()).not.toMatch(/Instance|Firewall|NetworkingIp/);
    const script = object(collected, "install.sh")["content"];
    expect(script).toContain("/usr/local/sbin/fleet-zones");
    expect(script).toContain('CHECK="named-checkzone -k fail"');
  });

  it("is not switched on by the script: its operator looks at a first run", () => {
    const script = installScript(
      externalSettings("knot", "https://zones.example.net/zones", []),
      "knot",
    );
    expect(script).not.toMatch(/^systemctl (enable|start)/m);
    expect(script).toContain('LIST=""');
    expect(script).toContain("for program in curl flock kdig kzonecheck knotc; do\n");
  });
});

describe("user data", () => {
  const text = userData("https://zones.example.net/zones", ["192.0.2.2"]);
  const config = parse(text) as {
    write_files: { path: string; content: string; defer: boolean; permissions: string }[];
    packages: string[];
    runcmd: string[][];
  };
  const file = (path: string) => config.write_files.find((one) => one.path === path)?.content ?? "";

  it("fits in what Linode takes, encoded, with the longest of everything that a file may say", () => {
    const source = `https://${"z".repeat(63)}.ap-southeast-1.linodeobjects.com/zones`;
    const others = Array.from({ length: mostServers - 1 }, () => "255.255.255.255");
    const longest = Buffer.from(userData(source, others)).toString("base64");
    expect(longest.length).toBeLessThanOrEqual(16_384);
  });

  it("installs the programs that the puller calls, before the files that need their users", () => {
    expect(config.packages).toEqual(
      expect.arrayContaining(["knot", "knot-dnsutils", "knot-dnssecutils", "curl"]),
    );
    expect(config.write_files.filter(({ defer }) => !defer)).toEqual([]);
    expect(config.write_files.map(({ permissions }) => permissions)).toEqual(
      expect.arrayContaining(["0644", "0755"]),
    );
  });

  it("starts the timer of a unit that runs the script with its settings", () => {
    expect(config.runcmd.at(-1)).toEqual(["systemctl", "enable", "--now", "fleet-zones.timer"]);
    const unit = file("/etc/systemd/system/fleet-zones.service");
    expect(unit).toContain("ExecStart=/usr/local/sbin/fleet-zones\n");
    expect(unit).toContain("EnvironmentFile=/etc/fleet-zones.env\n");
    expect(unit).toContain("ReadWritePaths=/var/lib/knot/zones /var/lib/knot/fleet\n");
    expect(file("/etc/systemd/system/fleet-zones.timer")).toContain("OnUnitInactiveSec=60s\n");
    const settings = file("/etc/fleet-zones.env");
    expect(settings).toContain('SOURCE="https://zones.example.net/zones"\n');
    expect(settings).toContain('LIST="/var/lib/knot/fleet/zones.conf"\n');
    expect(settings).toContain('SECONDARIES="192.0.2.2"\n');
    expect(file("/usr/local/sbin/fleet-zones")).toMatch(/^#!\/bin\/sh\n/);
  });

  it("lets only the machine itself and the secondaries copy zones, and tells those of changes", () => {
    const knot = file("/etc/knot/knot.conf");
    expect(knot).toBe(knotConfig(["192.0.2.2"]));
    expect(knot).toContain("address: [ 127.0.0.1, ::1, 192.0.2.2 ]");
    expect(knot).toContain("notify: [ secondary-1 ]");
    expect(knotConfig([])).not.toMatch(/notify|remote/);
  });
});
