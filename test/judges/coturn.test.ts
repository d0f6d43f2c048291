/**
 * Runs the packaged coturn on the config that Fleet makes for it, on two loopback addresses: STUN, the
 * NAT test, TURN. It proves nothing about the image, the node's addresses or the firewall: those are the
 * preflight's and verify's.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { coturnCheck, coturnFile } from "../../components/skywire/coturn-files.ts";
import { internet } from "../../ops/verify/probe.ts";
import { probeStun } from "../../ops/verify/stun.ts";
import { freePorts, killGroup, Place, type Running, until } from "../data/programs.ts";
import { changeBoth, peer, requests, transport, TurnClient } from "../skywire/turn-client.ts";

const addresses = ["127.0.0.1", "127.0.0.2"] as const;
const user = "visor";
const password = "coturn-password-0123456789";
const relayPorts = { first: 49_152, last: 49_251 };

/** A coturn in a folder of its own. */
interface Coturn {
  readonly place: Place;
  readonly listening: number;
  readonly alternate: number;
  readonly running: Running;
}

const started: Coturn[] = [];

/** @param words What loopback needs beside the config file: none of it stands there. */
async function start(natTest: boolean, ...words: string[]): Promise<Coturn> {
  const place = new Place([
    "turnserver",
    "turnutils_stunclient",
    "turnutils_natdiscovery",
    "turnutils_uclient",
  ]);
  const [listening = 0, alternate = 0] = await freePorts(2);
  const config = place.write(
    "turnserver.conf",
    coturnFile({
      addresses,
      ports: { listening, alternate },
      relayPorts,
      realm: "skycoin.com",
      users: { [user]: password },
      natTest,
      state: await place.makeFolder("state"),
    }),
  );
  const running = place.start(["turnserver", "-c", config, ...words]);
  const coturn = { place, listening, alternate, running };
  started.push(coturn);
  // What is sent before it listens is lost.
  const client = new TurnClient(500);
  await until(`coturn answers (${running.said()})`, () =>
    client.ask(addresses[0], listening, requests.binding).then(
      () => true,
      () => false,
    ),
  );
  client.close();
  return coturn;
}

afterAll(async () => {
  for (const { place, running } of started) {
    await killGroup(running.child);
    await place.clear();
  }
});

/** Runs something with a client, which is closed whatever becomes of it. */
async function withClient<Result>(use: (client: TurnClient) => Promise<Result>): Promise<Result> {
  const client = new TurnClient();
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

describe("a coturn on two addresses", () => {
  let coturn: Coturn;
  beforeAll(async () => {
    coturn = await start(true);
  });

  it.each(addresses)(
    "answers STUN on %s, on both of its ports, from where it was asked",
    async (host) => {
      for (const port of [coturn.listening, coturn.alternate]) {
        const answer = await withClient((client) => client.ask(host, port, requests.binding));
        expect(answer).toMatchObject({ error: 0, from: `${host}:${port}` });
        expect(answer.mapped).toMatch(/^127\.0\.0\.1:\d+$/);
      }
    },
  );

  it("answers the NAT test from another address and another port, and says which", async () => {
    const [asked, other] = addresses;
    const answer = await withClient((client) =>
      client.ask(asked, coturn.listening, requests.binding, [changeBoth()]),
    );
    expect(answer.from).toBe(`${other}:${coturn.alternate}`);
    expect(answer.other).toBe(`${other}:${coturn.alternate}`);
  });

  it("satisfies make verify, from one address and the other", async () => {
    const stun = { scheme: "stun", host: addresses[0], port: coturn.listening, path: "" };
    const { result, detail } = await probeStun(stun, internet());
    expect(result).toBe("ok");
    expect(detail).toMatch(/^sees us at 127\.0\.0\.1:\d+; answers from its second address too/);
    expect(detail).toContain(`(${addresses[1]}:${coturn.alternate})`);
  });

  it("lets coturn's own client find out what NAT there is: none", async () => {
    const said = await coturn.place.ok([
      ...["turnutils_natdiscovery", "-m", "-f", "-p", `${coturn.listening}`, addresses[0]],
    ]);
    expect(said).toContain("NAT with Endpoint Independent Mapping");
    expect(said).toContain("NAT with Endpoint Independent Filtering");
  });

  it("passes the checks of its pod, which fail where nothing answers", async () => {
    const [nobody = 0] = await freePorts(1);
    for (const wanted of ["all", "any"] as const) {
      const good = await coturn.place.run(coturnCheck(addresses, coturn.listening, wanted));
      expect({ wanted, code: good.code }).toEqual({ wanted, code: 0 });
      const bad = await coturn.place.run(coturnCheck(addresses, nobody, wanted));
      expect(bad.code).not.toBe(0);
    }
  });

  it("is alive, but not ready, while one of its addresses does not answer", async () => {
    // Nobody listens on the third.
    const some = ["127.0.0.3", ...addresses];
    const ready = await coturn.place.run(coturnCheck(some, coturn.listening, "all"));
    expect(ready.code).not.toBe(0);
    const alive = await coturn.place.run(coturnCheck(some, coturn.listening, "any"));
    expect(alive.code).toBe(0);
  });

  it("relays for whoever has the credentials, on its own addresses and ports", async () => {
    const { answer } = await withClient((client) =>
      client.allocate(addresses[0], coturn.listening, user, password),
    );
    expect(answer.error).toBe(0);
    const [host = "", port = ""] = (answer.relayed ?? "").split(":");
    expect(addresses).toContain(host);
    expect(Number(port)).toBeGreaterThanOrEqual(relayPorts.first);
    expect(Number(port)).toBeLessThanOrEqual(relayPorts.last);
  });

  it("relays for nobody else", async () => {
    const without = await withClient((client) =>
      client.ask(addresses[0], coturn.listening, requests.allocate, [transport(17)]),
    );
    expect(without).toMatchObject({ error: 401, realm: "skycoin.com", relayed: undefined });
    const cases = [
      [user, "not-the-password-0123456789"],
      ["stranger", password],
    ] as const;
    for (const [name, secret] of cases) {
      const { answer } = await withClient((client) =>
        client.allocate(addresses[0], coturn.listening, name, secret),
      );
      expect({ name, ...answer }).toMatchObject({ name, error: 401, relayed: undefined });
    }
  });

  it("relays to the internet, and never into the cluster or to the cloud's own services", async () => {
    await withClient(async (client) => {
      const { login } = await client.allocate(addresses[0], coturn.listening, user, password);
      const permission = async (host: string): Promise<number> => {
        const { createPermission } = requests;
        const { listening } = coturn;
        return (await client.ask(addresses[0], listening, createPermission, [peer(host)], login))
          .error;
      };
      expect(await permission("192.0.2.7")).toBe(0);
      for (const host of [
        ...["10.96.0.1", "100.64.0.9", "169.254.169.254", "172.16.0.1", "192.168.255.4", "0.0.0.0"],
        // Its own machine's, and everybody's at once.
        ...["127.0.0.1", "224.0.0.1"],
      ]) {
        expect({ host, error: await permission(host) }).toEqual({ host, error: 403 });
      }
    });
  });

  it("relays nothing over TCP", async () => {
    const { error } = await withClient(async (client) => {
      const first = await client.ask(addresses[0], coturn.listening, requests.allocate, [
        transport(6),
      ]);
      const login = { user, password, realm: first.realm ?? "", nonce: first.nonce ?? "" };
      return client.ask(addresses[0], coturn.listening, requests.allocate, [transport(6)], login);
    });
    expect(error).not.toBe(0);
  });

  it("tells its log no password, and writes nothing beside its folder", () => {
    const said = coturn.running.said();
    expect(said).toContain("Relay ports initialization done");
    expect(said).not.toContain(password);
    expect(said).not.toMatch(/log file opened/);
  });
});

describe("traffic through a coturn", () => {
  it("goes there and back with the credentials", async () => {
    // The peers of this test are on loopback, which is refused otherwise.
    const coturn = await start(true, "--allow-loopback-peers", "--no-cli");
    const words = ["turnutils_uclient", "-y", "-n", "5", "-m", "1", "-p", `${coturn.listening}`];
    const login = ["-u", user, "-w", password];
    const said = await coturn.place.ok([...words, ...login, addresses[0]]);
    expect(said).toMatch(/tot_send_msgs=20, tot_recv_msgs=20$/m);
    const refused = await coturn.place.run([...words, "-u", user, "-w", "wrong", addresses[0]]);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("Cannot complete Allocation");
  });
});

describe("a coturn without the NAT test", () => {
  it("names no other address, and still answers and passes its check", async () => {
    const coturn = await start(false);
    const answer = await withClient((client) =>
      client.ask(addresses[0], coturn.listening, requests.binding),
    );
    expect(answer).toMatchObject({ error: 0, other: undefined });
    const check = await coturn.place.run(coturnCheck(addresses, coturn.listening, "all"));
    expect(check.code).toBe(0);
  });
});
