import { spawnSync } from "node:child_process";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { ComposeServices } from "../../components/compose/compose-stack.schema.ts";
import {
  dependenciesOf,
  dependencyFaults,
  inStartOrder,
  startOrder,
  waitContainers,
} from "../../components/compose/dependencies.ts";
import { some, texts } from "./fixtures.ts";

const after = (...names: string[]) => some({ depends_on: names });
const job = some({ deploy: { mode: "replicated-job" } });
const completed = (name: string) =>
  some({ depends_on: { [name]: { condition: "service_completed_successfully" } } });

const voting = { worker: after("db", "redis"), db: some({ expose: [5_432] }), redis: some({}) };

describe("what a service waits for", () => {
  it("is a list, or a map with conditions", () => {
    expect(dependenciesOf(after("db"))).toEqual([{ name: "db", condition: "service_started" }]);
    expect(dependenciesOf(completed("seed"))).toEqual([
      { name: "seed", condition: "service_completed_successfully" },
    ]);
  });

  it("answers before its pods start, each asked in a container of its own", () => {
    const { value, warnings } = waitContainers(voting.worker, voting, "busybox:1.37.0");
    expect(value).toEqual([
      {
        name: "wait-for-db",
        image: "busybox:1.37.0",
        command: ["sh", "-c", 'until nc -z -w 2 "$0" "$1"; do sleep 1; done', "db", "5432"],
        resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
      },
    ]);
    expect(texts(warnings)).toEqual([
      "depends_on is not waited for when a pod starts (redis): it exposes no TCP port that would answer",
    ]);
  });

  it("is not asked where it is a job: the engine waits for its success", () => {
    const services = { worker: completed("seed"), seed: job };
    expect(waitContainers(services.worker, services, "busybox:1.37.0")).toEqual({
      value: [],
      warnings: [],
    });
  });

  // Runs the script in a shell, with an `nc` that answers at the third time.
  it("is asked until it answers", () => {
    const [wait] = waitContainers(voting.worker, voting, "busybox:1.37.0").value;
    const [shell = "", flag = "", script = "", ...names] = wait?.command ?? [];
    const programs = `nc() { asked=$((asked + 1)); [ "$*" = "-z -w 2 db 5432" ] && [ $asked -ge 3 ]; }; sleep() { :; };`;
    const run = spawnSync(
      shell,
      [flag, `asked=0; ${programs} ${script}; echo "$asked"`, ...names],
      {
        encoding: "utf8",
        timeout: 10_000,
      },
    );
    expect({ status: run.status, asked: run.stdout.trim() }).toEqual({ status: 0, asked: "3" });
  });
});

describe("the order of services", () => {
  it("has each after what it depends on, whatever the order of the file", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { minLength: 2 });
    fc.assert(
      fc.property(names, fc.array(fc.nat(5), { minLength: 6, maxLength: 6 }), (listed, picks) => {
        // Each may depend on those before it in the alphabet, so that there is no circle.
        const sorted = [...listed].sort();
        const services = Object.fromEntries(
          listed.map((name) => {
            const before = sorted.slice(0, sorted.indexOf(name));
            return [name, after(...before.filter((_, index) => (picks[index] ?? 0) > 2))];
          }),
        );
        const order = startOrder(services);
        expect([...order].sort()).toEqual(sorted);
        for (const name of listed) {
          for (const other of dependenciesOf(services[name] ?? some())) {
            expect(order.indexOf(other.name)).toBeLessThan(order.indexOf(name));
          }
        }
      }),
    );
  });

  it("hands each what must be ready before it", () => {
    const made: string[] = [];
    inStartOrder(voting, (name, _, before) => {
      made.push(`${name} after ${before.length}`);
      return { ready: [{} as never] };
    });
    expect(made).toEqual(["db after 0", "redis after 0", "worker after 2"]);
  });

  it.each<[string, ComposeServices, string]>([
    ["two in a circle", { a: after("b"), b: after("a") }, "a → b → a"],
    [
      "three in a circle",
      { x: after("a"), a: after("b"), b: after("c"), c: after("a") },
      "a → b → c → a",
    ],
    ["one with itself", { a: after("a") }, "a → a"],
  ])("refuses %s", (_, services, circle) => {
    const message = `depends_on must not go round in a circle: ${circle}`;
    expect(texts(dependencyFaults(services))).toEqual([`${circle.slice(0, 1)}.${message}`]);
    expect(() => startOrder(services)).toThrow(circle);
  });

  it.each<[string, ComposeServices, string]>([
    ["a service there is not", { a: after("b") }, "a.depends_on names b, which is no service"],
    [
      "a service that never ends",
      { a: completed("b"), b: some() },
      "a.depends_on waits for b to end, which is no job",
    ],
    [
      "a job that need not end",
      { a: after("b"), b: job },
      "a.depends_on names b, a job: say condition: service_completed_successfully",
    ],
  ])("refuses to wait for %s", (_, services, message) => {
    expect(texts(dependencyFaults(services))).toEqual([expect.stringContaining(message)]);
  });
});
