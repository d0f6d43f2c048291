/** Records of zones, which a name server of one's own fetches as files: which of them are lost. */
import { describe, expect, it } from "vitest";

import { blinded, unknown } from "../made.ts";
import { anew, bucket, domain, file, gone, update } from "./changes.ts";
import { type Further, type Reason, saysWhy, speaksAsWell, whyOf } from "./each-rule.ts";

const zone = (...records: readonly string[]): object => ({
  key: "zones/shop.example.zone",
  content: ["; shop.example", "shop.example. 300 IN SOA ns. a. 0 3 9 1 3", ...records, ""].join(
    "\n",
  ),
});
const web = (address: string, time = 300) => `web.shop.example. ${time} IN A ${address}`;
const googleFile = "gcp:storage/bucketObject:BucketObject";

/** What is not seen at the first look. */
const further: readonly Further[] = [
  [
    "record-changed",
    "a zone that a name server of one's own fetches as a file",
    update(file, zone(web("192.0.2.1")), zone(web("192.0.2.2")), "content"),
    update(
      file,
      zone(web("192.0.2.1", 300)),
      zone(web("192.0.2.1", 60), web("192.0.2.2")),
      "content",
    ),
  ],
  [
    "record-changed",
    "the list of zones that it serves",
    update(
      file,
      { key: "zones/index", content: "a.example\nb.example\n" },
      { key: "zones/index", content: "a.example\n" },
      "content",
    ),
    update(file, { key: "pages/a", content: "a\n" }, { key: "pages/a", content: "b\n" }, "content"),
  ],
  [
    "record-changed",
    "a record beside a note, and not of notes, empty lines, ends of lines and the zone's own serial",
    update(file, zone("; a", web("192.0.2.1")), zone("; a"), "content"),
    update(
      file,
      {
        ...zone(),
        content: `; a\r\n\r\nshop.example. 300 IN SOA ns. a. 7\r\n ${web("192.0.2.1")}\r\n`,
      },
      zone(web("192.0.2.1")),
      "content",
    ),
  ],
  ["record-deleted", "such a file", gone(file, zone()), gone(file, { key: "pages/index.html" })],
  ["record-deleted", "a zone", gone("gcp:dns/managedZone:ManagedZone", {}), gone(bucket, {})],
];

const reasons: readonly Reason[] = [
  [
    "record-changed",
    update(domain, { target: "a", name: "b" }, { target: "c", name: "d" }, "target", "name"),
    "target, name of a name",
  ],
  [
    "record-changed",
    update(file, zone(...[1, 2, 3, 4, 5].map((at) => web(`192.0.2.${at}`))), zone(), "content"),
    "192.0.2.3 and 2 more",
  ],
  [
    "record-changed",
    update(
      googleFile,
      { name: "zones/a.zone", content: blinded },
      { name: "zones/a.zone", content: { ...blinded } },
      "content",
    ),
    "what they lead to is not known before the update",
  ],
  [
    "record-changed",
    update(file, zone(web("192.0.2.1")), { ...zone(), content: unknown }, "content"),
    "what they lead to is not known before the update",
  ],
  [
    "record-changed",
    anew(file, zone(), { ...zone(), key: "zones/b.zone" }, "key"),
    "a name server finds its zone under another key, or not at all",
  ],
  [
    "record-changed",
    anew(googleFile, { name: "zones/a.zone" }, { name: "zones/b.zone" }, "name"),
    "a name server finds its zone under another key, or not at all",
  ],
];

speaksAsWell(further);
saysWhy(reasons);

describe("why a change has its risk", () => {
  it("names no more of a zone's records than are lost", () => {
    const [one, other] = [web("192.0.2.1"), web("192.0.2.2")];
    const three = [one, other, web("192.0.2.3")];
    expect(whyOf(update(file, zone(...three), zone(), "content"), "record-changed")).toMatch(
      /192\.0\.2\.3$/,
    );
    expect(whyOf(update(file, zone(one, other), zone(one), "content"), "record-changed")).toBe(
      "a name server no longer says web.shop.example. A 192.0.2.2",
    );
  });
});
