/** What is said to coturn, and what its pod may do on its node (facts/skywire.md 4.17). */
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";

import { addressSpan, coturnFile } from "../../components/skywire/coturn-files.ts";
import { CoturnConfig, coturnStunServers } from "../../components/skywire/coturn.schema.ts";
import { coturnWorkload } from "../../components/skywire/coturn.ts";

const users = { visor: { password: "coturn-visor" } };
const addresses = ["192.0.2.1", "192.0.2.2"];

const config = CoturnConfig.parse({
  users,
  members: { "coturn-1": { slot: 4, addresses } },
});

const settings = {
  addresses,
  ports: { listening: 3478, alternate: 3479 },
  relayPorts: config.relayPorts,
  realm: config.realm,
  users: { visor: "password-of-the-test-0123" },
  natTest: true,
  state: "/var/lib/coturn",
};

const lines = (change: Partial<typeof settings> = {}): string[] =>
  coturnFile({ ...settings, ...change }).split("\n");

describe("turnserver.conf", () => {
  it("listens and relays on just the addresses of its machine", () => {
    expect(lines().filter((line) => /^(listening|relay)-ip=/.test(line))).toEqual([
      "listening-ip=192.0.2.1",
      "listening-ip=192.0.2.2",
      "relay-ip=192.0.2.1",
      "relay-ip=192.0.2.2",
    ]);
  });

  it("listens on 3478 and 3479, and relays on the ports that the file names", () => {
    expect(lines()).toEqual(
      expect.arrayContaining([
        "listening-port=3478",
        "alt-listening-port=3479",
        "min-port=49152",
        "max-port=49999",
      ]),
    );
  });

  it("relays to no private address, and nothing over TCP", () => {
    expect(lines()).toEqual(
      expect.arrayContaining([
        "denied-peer-ip=10.0.0.0-10.255.255.255",
        "denied-peer-ip=100.64.0.0-100.127.255.255",
        "denied-peer-ip=169.254.0.0-169.254.255.255",
        "denied-peer-ip=172.16.0.0-172.31.255.255",
        "denied-peer-ip=192.168.0.0-192.168.255.255",
        "no-tcp-relay",
        "no-multicast-peers",
      ]),
    );
  });

  it("asks for credentials", () => {
    expect(lines()).toEqual(
      expect.arrayContaining(["lt-cred-mech", "user=visor:password-of-the-test-0123"]),
    );
    expect(lines()).not.toContain("no-auth");
  });

  it("answers the NAT test only where it is wanted", () => {
    expect(lines()).toContain("rfc5780");
    expect(lines({ natTest: false })).toContain("no-rfc5780");
    expect(lines({ natTest: false })).not.toContain("rfc5780");
  });

  it("says first where its log goes: whatever comes before that goes to a file", () => {
    expect(lines()[0]).toBe("log-file=stdout");
  });
});

describe("a range of addresses", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0-10.255.255.255"],
    ["172.16.0.0/12", "172.16.0.0-172.31.255.255"],
    ["192.0.2.128/25", "192.0.2.128-192.0.2.255"],
    ["255.255.255.255/32", "255.255.255.255-255.255.255.255"],
    ["0.0.0.0/0", "0.0.0.0-255.255.255.255"],
  ])("%s is %s", (cidr, span) => {
    expect(addressSpan(cidr)).toBe(span);
  });
});

describe("the pod", () => {
  const [member] = Object.values(config.members);
  if (member === undefined) {
    throw new Error("the config lists no coturn");
  }
  const workload = coturnWorkload("coturn-1", {
    namespace: "coturn",
    namespaceName: "coturn",
    flows: [],
    networkPolicy: true,
    data: "retain",
    config,
    member,
    users: { visor: pulumi.secret("password-of-the-test-0123") },
  });

  it("is in the network of its slot's node, and says why it may", () => {
    expect(workload.hostNetwork).toBe(true);
    expect(workload.placement).toMatchObject({ slot: 4, tolerations: [{ key: "fleet/slot" }] });
    expect(workload.security.exception).toMatch(/the node's network/);
  });

  it("holds both ports on the node, over UDP and TCP", () => {
    expect(
      (workload.container.ports ?? []).map(({ hostPort, protocol }) => `${hostPort}/${protocol}`),
    ).toEqual(["3478/UDP", "3478/TCP", "3479/UDP", "3479/TCP"]);
  });

  it("gives its ports up before its successor takes them", () => {
    expect(workload.update?.strategy).toBe("Recreate");
  });

  it("is no root; the image's file can be started only with the one capability that it carries", () => {
    expect(workload.security.user).toBe(65_534);
    expect(workload.container.capabilities).toEqual(["NET_BIND_SERVICE"]);
  });

  it("is ready when all its addresses answer, and alive while one does", () => {
    const { probes } = workload.container;
    const { readiness, liveness } = probes === undefined || "none" in probes ? {} : probes;
    const client = (address: string): string => `timeout 3 turnutils_stunclient -p 3478 ${address}`;
    expect(readiness?.check).toEqual({
      kind: "exec",
      command: ["sh", "-c", `${client("192.0.2.1")} && ${client("192.0.2.2")}`],
    });
    expect(liveness?.check).toEqual({
      kind: "exec",
      command: ["sh", "-c", `${client("192.0.2.1")} || ${client("192.0.2.2")}`],
    });
    // Two clients that get no answer, one after the other, are no time-out of the check itself.
    expect([readiness?.timeoutSeconds, liveness?.timeoutSeconds]).toEqual([7, 7]);
  });

  it("has the passwords in a Secret, and in nothing else", async () => {
    const [files] = workload.secretFiles ?? [];
    const file = files?.files["turnserver.conf"];
    expect(file && (await pulumi.isSecret(file))).toBe(true);
    expect(JSON.stringify({ ...workload, secretFiles: [] })).not.toContain("password-of-the-test");
  });
});

describe("what visors are told", () => {
  it("is every address, in the order of the file", () => {
    const two = CoturnConfig.parse({
      users,
      members: {
        "coturn-2": { slot: 2, addresses: ["192.0.2.3", "192.0.2.4"] },
        "coturn-1": { slot: 1, addresses },
      },
    });
    expect(coturnStunServers(two)).toEqual([
      "192.0.2.3:3478",
      "192.0.2.4:3478",
      "192.0.2.1:3478",
      "192.0.2.2:3478",
    ]);
  });
});
