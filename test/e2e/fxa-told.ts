/** Tests of what each server of Firefox Accounts is told, by the tables of the facts: read off the API server. */
import { beforeAll, describe, expect, test } from "vitest";

import { settingsOf } from "../../components/fxa/environment.ts";
import type { Program } from "../../components/fxa/roles.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { environmentFaults } from "../../components/fxa/settings.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { contextOfStack } from "../../stacks/fxa/shape.ts";
import {
  accounts,
  binds,
  internals,
  pairs,
  publics,
  secrets,
  starred,
  words,
} from "../fxa/facts.ts";
import { liveWorld } from "./cluster-state.ts";
import {
  elsewhere,
  hosts,
  namespace,
  ofMailService,
  runs,
  services,
  unused,
  users,
} from "./fxa-production.ts";
import { readyPorts } from "./live-objects.ts";
import { sandboxSecrets, type TestSandbox } from "./sandbox.ts";
import { dialledInside, httpsHosts, type Told, toldPods } from "./told-pods.ts";

/** What the tests look at, once it is there. */
interface Running {
  readonly sandbox: () => TestSandbox;
  readonly config: () => FxaStack;
}

/** Registers the tests. */
export function toldTests({ sandbox, config }: Running): void {
  describe("each server is told", () => {
    let told: ReadonlyMap<string, Told>;

    beforeAll(async () => {
      told = await toldPods(sandbox(), namespace);
    });

    const toldTo = (program: string): Told => {
      const found = told.get(services.get(program) ?? "");
      if (found === undefined) {
        throw new Error(`no pod of ${program}`);
      }
      return found;
    };
    const secretOf = (program: string, name: string): string =>
      toldTo(program).secret[name] ?? `${program} has no ${name}`;

    test("what its schema knows, each variable of its class, and all that it must have", () => {
      const context = contextOfStack(config());
      for (const program of services.keys()) {
        const { plain, secret } = toldTo(program);
        const { HOME, NODE_OPTIONS: room, ...own } = plain;
        expect(HOME, program).toBe("/tmp");
        const isNode = traitsOf(program as Program).image === "fxa";
        expect(room ?? "", program).toMatch(isNode ? /^--max-old-space-size=\d{3,}$/ : /^$/);
        const table = settingsOf(context, program as Program);
        expect(environmentFaults(table, own, Object.keys(secret)), program).toEqual([]);
      }
    });

    test("its own word for production, its role, and to listen on all addresses", () => {
      for (const [program, , word] of runs(words)) {
        expect(toldTo(program).plain["NODE_ENV"], program).toBe(word);
        expect(toldTo(program).plain["server"], program).toBe(services.get(program));
        expect(toldTo(program).plain, program).not.toHaveProperty("DEVENV");
      }
      for (const [program, names, port, number] of runs(binds)) {
        const { plain } = toldTo(program);
        expect(names.map((name) => plain[name])).toEqual(names.map(() => "0.0.0.0"));
        expect(plain[port], `${program} ${port}`).toBe(String(number));
      }
    });

    test("internal addresses that lead to ready pods, where it dials, and public hosts where a browser does", async () => {
      for (const [program, addresses] of runs(internals)) {
        const wantedOnes = Object.entries(addresses).filter(
          ([name]) => !ofMailService.includes(name),
        );
        expect(toldTo(program).plain, program).toMatchObject(Object.fromEntries(wantedOnes));
      }
      for (const [program, addresses] of runs(publics)) {
        expect(toldTo(program).plain, program).toMatchObject(addresses);
      }
      const open = await readyPorts(sandbox());
      const ports = new Map(
        (await liveWorld(sandbox())).services.map(({ metadata, spec }) => [
          `${metadata.namespace ?? ""}/${metadata.name}`,
          spec.ports
            .filter(({ name }) =>
              open.get(`${metadata.namespace ?? ""}/${metadata.name}`)?.has(name ?? ""),
            )
            .map(({ port }) => port),
        ]),
      );
      const dialled = [...services.keys()].flatMap((program) =>
        dialledInside(toldTo(program)).map((end) => ({ program, ...end })),
      );
      expect(dialled.length).toBeGreaterThan(15);
      expect(
        dialled.filter(({ host, port }) => !ports.get(`${namespace}/${host}`)?.includes(port)),
      ).toEqual([]);
      // Every address that begins with https is a public host of the stack, or is meant to be somebody else's.
      const shown = [...services.keys()].flatMap((program) => httpsHosts(toldTo(program)));
      const strangers = [...new Set(shown)].filter((host) => hosts[host] === undefined);
      const others = /^avatars\.example\.net$|\.(?:amazonaws|stripe|paypal)\.com$/;
      expect(strangers.filter((host) => !others.test(host))).toEqual([]);
    });

    test("its secrets by Secrets alone, none at a default, pairs alike, one account of MySQL", () => {
      for (const [program, names] of runs(secrets)) {
        const { plain, secret } = toldTo(program);
        expect(
          names.filter((name) => name in plain),
          program,
        ).toEqual([]);
        expect(names.filter((name) => !(name in secret))).toEqual(unused[program] ?? []);
      }
      const values = new Set(sandboxSecrets(sandbox()).values());
      for (const name of starred) {
        expect(
          [...values].some((value) => secretOf("auth-server", name) === value),
          name,
        ).toBe(true);
      }
      for (const [pair, consumers] of pairs) {
        const given = consumers.map(([program, name]) => secretOf(program, name));
        expect([...new Set(given)], pair).toHaveLength(1);
        expect(values, pair).toContain(given[0]);
      }
      for (const [program, names] of runs(accounts)) {
        expect(names.map((name) => toldTo(program).plain[name])).toEqual(names.map(() => "fxa"));
      }
    });

    test("the secrets that it uses, and no other one's", () => {
      const entries = [...sandboxSecrets(sandbox())];
      expect(entries.map(([entry]) => entry).sort()).toEqual(
        [...Object.keys(users), ...elsewhere].sort(),
      );
      const holders = (value: string): string[] =>
        [...told].flatMap(([workload, { secret, secretFiles }]) =>
          [...Object.values(secret), ...Object.values(secretFiles)].some((text) =>
            text.includes(value),
          )
            ? [workload]
            : [],
        );
      for (const [entry, value] of entries) {
        expect(holders(value).sort(), entry).toEqual([...(users[entry] ?? [])].sort());
      }
    });
  });
}
