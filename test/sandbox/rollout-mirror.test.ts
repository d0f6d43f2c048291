import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError, type KubeObject } from "../../sandbox/api.ts";
import { SandboxError } from "../../sandbox/fault.ts";
import { follow, type Mirror } from "../../sandbox/rollout/mirror.ts";

const pod = (uid: string, resourceVersion: string): KubeObject => ({
  metadata: { name: uid, uid, resourceVersion },
});
const event = (type: string, object: object) => JSON.stringify({ type, object });

/** What a server answers to the watches that come, one after another; the last one stays open. */
type Answer = readonly string[] | Error;

/** Follows a server that answers so, and gives what was asked and what was mirrored. */
async function followed(
  lists: readonly (readonly KubeObject[])[],
  answers: readonly Answer[],
): Promise<{ asked: string[]; uids: string[] }> {
  const asked: string[] = [];
  const objects = new Map<string, KubeObject>();
  const over = new AbortController();
  const watches = [...answers];
  const listings = [...lists];
  const api = {
    listing: (path: string) => {
      asked.push(path);
      const items = listings.shift() ?? [];
      return Promise.resolve({ items, resourceVersion: `list-${asked.length}` });
    },
    lines: async (path: string) => {
      asked.push(new URL(path, "https://x").searchParams.get("resourceVersion") ?? "");
      const answer = watches.shift();
      await sleep(0);
      if (answer === undefined) {
        over.abort();
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return Readable.from(answer ?? []);
    },
  };
  const mirror: Mirror = {
    replace: (all) => {
      objects.clear();
      all.forEach((object) => objects.set(object.metadata.uid ?? "", object));
    },
    put: (object) => objects.set(object.metadata.uid ?? "", object),
    remove: (uid) => objects.delete(uid),
  };
  await follow(api, "/api/v1/pods", mirror, over.signal);
  return { asked, uids: [...objects.keys()] };
}

describe("following a cluster", () => {
  it("lists once, then takes up each watch where the last one ended", async () => {
    const { asked, uids } = await followed(
      [[pod("a", "1"), pod("b", "2")]],
      [
        [event("ADDED", pod("c", "7")), event("DELETED", pod("a", "8"))],
        [event("BOOKMARK", { metadata: { resourceVersion: "30" } })],
        [event("MODIFIED", pod("b", "31"))],
      ],
    );
    expect(uids).toEqual(["b", "c"]);
    expect(asked).toEqual(["/api/v1/pods", "list-1", "8", "30", "31"]);
  });

  it.each([
    ["refuses the version", new ApiError(410, "too old resource version")],
    ["says so in the watch", [event("ERROR", { metadata: {}, code: 410, message: "expired" })]],
  ])("lists anew where the server has forgotten the version and %s", async (_, answer) => {
    const { asked, uids } = await followed([[pod("a", "1")], [pod("b", "2")]], [answer]);
    expect(uids).toEqual(["b"]);
    expect(asked.filter((path) => path === "/api/v1/pods")).toHaveLength(2);
  });

  it("goes on after a connection that broke, without missing a change", async () => {
    const broken = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
    const { asked, uids } = await followed(
      [[]],
      [[event("ADDED", pod("a", "5"))], broken, [event("ADDED", pod("b", "6"))]],
    );
    expect(uids).toEqual(["a", "b"]);
    expect(asked).toEqual(["/api/v1/pods", "list-1", "5", "5", "6"]);
  });

  it("hides no fault of its own behind another try", async () => {
    await expect(followed([[]], [new TypeError("a fault of ours")])).rejects.toThrow(TypeError);
  });

  describe("of a server that is out of reach", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const mirror: Mirror = { replace: () => 0, put: () => 0, remove: () => 0 };
    const patience = 300;
    /** What the clock shows: time passes when a test says so, however long this machine takes. */
    let now = 0;
    beforeEach(() => {
      vi.spyOn(Date, "now").mockImplementation(() => now);
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });
    const refuse = (): Promise<never> => {
      now += patience;
      return Promise.reject(refused);
    };
    /** A watch that says nothing for a while, and breaks. */
    async function* silentFor(milliseconds: number): AsyncGenerator<string> {
      yield* [];
      await sleep(0);
      now += milliseconds;
      throw refused;
    }
    /** Follows one whose list is there or not, and whose watches are these. */
    const outcome = (
      list: Error | undefined,
      watch: () => Promise<AsyncIterable<string>>,
      over = new AbortController(),
    ): Promise<unknown> => {
      const api = {
        listing: () =>
          list === undefined ? Promise.resolve({ items: [], resourceVersion: "1" }) : refuse(),
        lines: watch,
      };
      return follow(api, "/api/v1/pods", mirror, over.signal, patience).catch(
        (error: unknown) => error,
      );
    };

    it.each([
      ["it was never there", refused],
      ["it has gone", undefined],
    ])("ends, and says how to get one: %s", async (_, list) => {
      const fault = await outcome(list, refuse);
      expect(fault).toBeInstanceOf(SandboxError);
      expect(String(fault)).toContain("make up");
    });

    it("counts from when it went: a quiet time before is none of it", async () => {
      const over = new AbortController();
      const answers = [
        () => Promise.resolve(silentFor(2 * patience)),
        refuse,
        () => {
          over.abort();
          return Promise.resolve(Readable.from([]));
        },
      ];
      const watch = async (): Promise<AsyncIterable<string>> => {
        const answer = answers.shift();
        return answer === undefined ? Readable.from([]) : answer();
      };
      expect(await outcome(undefined, watch, over)).toBeUndefined();
    });
  });
});
