/** Addresses that stand for a range: one for each part of it of which policies say the same. */
import { expect, test } from "vitest";

import { samplesOf } from "../../../policy/graph/samples.ts";
import { UnknownProperty, unknownText } from "../../../policy/resource.ts";
import { shop } from "./fixture.ts";
import { policy } from "./town.ts";

// The web's policy of the shop leaves 10.0.0.0/8 and 192.168.0.0/16 out of all.
const world = shop({
  inside: policy("shop", "store", [{ from: [{ ipBlock: { cidr: "2001:db8:8000::/33" } }] }], []),
  outside: policy(
    "shop",
    "web",
    [],
    [
      {
        to: [
          { ipBlock: { cidr: "198.51.100.64/26" } },
          { ipBlock: { cidr: "::ffff:198.51.100.128/121" } },
          { ipBlock: { cidr: "203.0.113.7" } },
        ],
      },
    ],
  ),
});

test.each<[string, readonly string[]]>([
  ["172.16.0.0/12", ["172.16.0.0"]],
  ["172.16.3.4/12", ["172.16.0.0"]],
  ["172.16.3.4", ["172.16.3.4"]],
  ["10.0.0.0/7", ["10.0.0.0", "11.0.0.0"]],
  ["192.168.0.0/15", ["192.168.0.0", "192.169.0.0"]],
  ["10.20.0.0/16", ["10.20.0.0"]],
  ["198.51.100.0/24", ["198.51.100.0", "198.51.100.64", "198.51.100.128"]],
  ["203.0.113.0/28", ["203.0.113.0", "203.0.113.7", "203.0.113.8"]],
  ["255.255.255.0/24", ["255.255.255.0"]],
  ["2001:db8::/32", ["2001:db8:0:0:0:0:0:0", "2001:db8:8000:0:0:0:0:0"]],
  ["2001:db8:1:2:3:4:5:6", ["2001:db8:1:2:3:4:5:6"]],
  ["::/8", ["0:0:0:0:0:0:0:0", "0:0:0:0:0:ffff:c633:6480", "0:0:0:0:0:ffff:c633:6500"]],
  ["::ffff:198.51.100.0/120", ["0:0:0:0:0:ffff:c633:6400", "0:0:0:0:0:ffff:c633:6480"]],
  ["anywhere", ["anywhere"]],
])("of %s are %j", (range, addresses) => {
  expect(samplesOf(world, range)).toEqual(addresses);
});

test("of a range that is still to be told are none", () => {
  expect(() => samplesOf(world, unknownText)).toThrow(UnknownProperty);
});
