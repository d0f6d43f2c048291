/** Guests of a cluster, as far as no cluster is needed: pushtech.e2e.test.ts brings two stacks up on one. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { guestsOf, placeBeside } from "../../sandbox/beside.ts";
import { writeWhole } from "../../sandbox/files.ts";
import { positions } from "../../sandbox/nodes.ts";
import { besideFile, sandboxPlace } from "../../sandbox/place.ts";
import { writeState } from "../../sandbox/state.ts";

let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fleet-beside-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const ports = {
  ...{ apiServer: 1, etcd: 2, etcdPeer: 3 },
  ...{ controllerManager: 4, scheduler: 5, kwok: 6 },
};

describe("a sandbox beside another one", () => {
  it("is not made where the other does not run, and nothing is left of the attempt", () => {
    const place = sandboxPlace("voting", { root });
    expect(() => placeBeside(place, "pushtech-staging")).toThrow(
      /sandbox of pushtech-staging does not run\n.*make up STACK=pushtech-staging/,
    );
    expect(() => placeBeside(place, "voting")).toThrow("no cluster of its own to stand beside");
    expect(() => placeBeside(place, "../voting")).toThrow("STACK must be the name of a stack");
    expect(existsSync(place.folder)).toBe(false);
  });

  // Its objects would stay behind in the cluster that it has.
  it("does not leave a cluster that it has", () => {
    const place = sandboxPlace("voting", { root });
    writeState(place, { ports, salt: "", machines: 0 });
    expect(() => placeBeside(place, "pushtech-staging")).toThrow(
      /has a cluster of its own already\n.*make down STACK=voting/,
    );
  });

  it("has the other's control plane, all else of its own, and is known to the other", () => {
    const host = sandboxPlace("pushtech-staging", { root });
    writeWhole(besideFile(join(root, "voting")), "pushtech-staging\n");
    const guest = sandboxPlace("voting", { root });
    expect([guest.beside, guest.cluster]).toEqual(["pushtech-staging", host.cluster]);
    expect(guest.backend.startsWith(`${guest.folder}/`)).toBe(true);
    expect(guest.secrets.startsWith(`${guest.folder}/`)).toBe(true);
    expect(guestsOf(host)).toEqual(["voting"]);
    expect(guestsOf(guest)).toEqual([]);
    // Said once, it stays so; and it cannot be a host in its turn.
    expect(placeBeside(guest, undefined)).toBe(guest);
    expect(() => placeBeside(sandboxPlace("test", { root }), "voting")).toThrow(
      "no cluster of its own",
    );
    expect(() => placeBeside(guest, "test")).toThrow("has the cluster of pushtech-staging already");
  });

  // Positions give the addresses inside the cluster.
  it("gives its nodes no position that one of the other stack has", () => {
    const own = positions(["voting-a", "voting-b"], new Map([["voting-a", 4]]), [0, 1]);
    expect([...own]).toEqual([
      ["voting-a", 4],
      ["voting-b", 2],
    ]);
  });
});
