/** Faults of DNS, above all of zones that we write whole: production's own name server. */
import { config, type FaultCase } from "./fault-cases.ts";

const zone = "fleet:dns/zones/skywire.skycoin.com";
const recordPath = 'fleet:dns.zones["skywire.skycoin.com"].records';

/** A machine of ours for production's server. */
const machine = {
  kind: "linode",
  nameServer: "ns1.skycoin.com",
  region: "ap-south",
  address: "172.105.122.51",
  sshKeys: ["ssh-ed25519 AAAAC3Nz operator@example.org"],
  sshFrom: ["198.51.100.0/24"],
};

const cases: readonly Omit<FaultCase, "stack">[] = [
  {
    title: "a host in no zone",
    spoil: config({ "fleet:hosts": { "route-finder": "rf.example.org" } }),
    paths: ["fleet:hosts.route-finder"],
    says: "host rf.example.org must lie in a zone of fleet:dns (skywire.skycoin.com, ",
  },
  {
    title: "another address for a host of the stack",
    spoil: config({ [zone]: { records: [{ name: "ut", type: "A", address: "192.0.2.1" }] } }),
    paths: [`${recordPath}[0]`],
    says: "ut.skywire.skycoin.com already leads where fleet:domain says",
  },
  {
    title: "a text beside a host that is a CNAME",
    spoil: config({ [zone]: { records: [{ name: "ar", type: "TXT", text: "hello" }] } }),
    paths: [`${recordPath}[0]`],
    says: "ar.skywire.skycoin.com has a CNAME beside another record",
  },
  {
    title: "one record twice",
    spoil: config({
      [zone]: {
        records: [
          { name: "www", type: "A", address: "192.0.2.1" },
          { name: "www", type: "A", address: "192.0.2.1" },
        ],
      },
    }),
    paths: [`${recordPath}[1]`],
    says: /is the record of fleet:dns\.zones.*records\.0 again/,
  },
  {
    title: "a CNAME at the top of a zone",
    spoil: config({
      "fleet:dns/zones/lab.skycoin.com": {
        records: [{ name: "@", type: "CNAME", target: "www.example.org" }],
      },
    }),
    paths: ['fleet:dns.zones["lab.skycoin.com"].records[0]'],
    says: "is the top of its zone, which takes no CNAME",
  },
  {
    title: "seconds to live out of range",
    spoil: config({ "fleet:dns/ttlSeconds": 5 }),
    paths: ["fleet:dns.ttlSeconds"],
    says: "must be at least 30 seconds",
  },
  {
    title: "a record's seconds to live out of range",
    spoil: config({
      [zone]: { records: [{ name: "www", type: "A", address: "192.0.2.1", ttlSeconds: 700_000 }] },
    }),
    paths: [`${recordPath}[0].ttlSeconds`],
    says: "must be at most 604800 seconds (a week)",
  },
  {
    title: "a name server in a zone of its own without address",
    spoil: config({
      "fleet:dns/nameServers": { "ns1.skywire.skycoin.com": {} },
    }),
    paths: ['fleet:dns.nameServers["ns1.skywire.skycoin.com"].address'],
    says: "is found by that glue alone",
  },
  {
    title: "no address in a record that is one",
    spoil: config({ [zone]: { records: [{ name: "www", type: "A" }] } }),
    paths: [`${recordPath}[0].address`],
    says: /must be an IPv4 address|is missing/,
  },
  {
    title: "a slot's name in a zone that is written whole",
    spoil: config({
      "fleet:cluster/pools/edge/slots/0/address": { kind: "dns", name: "edge.skywire.skycoin.com" },
    }),
    paths: ["fleet:domain"],
    says: "leads to edge.skywire.skycoin.com, which has no address in skywire.skycoin.com",
  },
  {
    title: "a machine that is none of the name servers",
    spoil: config({ "fleet:dns/machine": { ...machine, nameServer: "ns2.skycoin.com" } }),
    paths: ["fleet:dns.machine.nameServer"],
    says: "must be one of nameServers: ns1.skycoin.com",
  },
  {
    title: "a machine at another address than its own",
    spoil: config({ "fleet:dns/machine": { ...machine, address: "192.0.2.1" } }),
    paths: ["fleet:dns.machine.address"],
    says: "must be 172.105.122.51",
  },
  {
    title: "a machine whose port 22 nobody reaches",
    spoil: config({ "fleet:dns/machine": { ...machine, sshFrom: [] } }),
    paths: ["fleet:dns.machine.sshFrom"],
    says: "must name at least one range",
  },
];

/** Each in production, whose names go through a name server of our own. */
export const dnsFaults: readonly FaultCase[] = cases.map((one) => ({ ...one, stack: "prod" }));
