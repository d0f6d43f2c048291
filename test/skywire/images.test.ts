/**
 * Production runs what was reviewed: an image known by its tag alone stops a live run before anything is
 * made, whichever image it is. That all which is pinned is all that runs: test/ops/images.test.ts.
 */
import { describe, expect, it } from "vitest";

import { refuseLive } from "../../stacks/live-faults.ts";
import { imageUses, unpinnedFault } from "../../stacks/skywire/images.ts";
import { SkywireStack } from "../../stacks/skywire/schema.ts";
import { type Change, changed } from "./stack-file.ts";

const prod = (...changes: Change[]): SkywireStack =>
  SkywireStack.parse(changed("prod", ...changes));
const live = (stack: SkywireStack): string => unpinnedFault(stack, "prod")?.live ?? "";
const bot = "extras/utilities/bots/other-bot";
const botWith = (config: object): Change => [
  bot,
  { secretEnv: { TG_BOT_TOKEN: "git-telegram-bot-token" }, ...config },
];

describe("production's images", () => {
  it("without a digest are refused live, each by its path, with the command that mends it", () => {
    const text = live(prod());
    for (const path of [
      "fleet:images.overrides.dmsg-server.digest: docker.io/skycoin/dmsg-server:latest",
      "fleet:observability.metrics.prometheus.image: docker.io/prom/prometheus:",
      "fleet:extras.coturn.image: docker.io/coturn/coturn:",
      "fleet:ingress.controllers.traefik.image: ",
      "fleet:stores.postgres.image: docker.io/library/postgres:",
      "fleet:cluster.linode.nodeKeeper.image: ",
    ]) {
      expect(text).toContain(`  ${path}`);
    }
    expect(text).toContain("make images STACK=prod TARGET=live writes the digests");
    expect(() => {
      refuseLive([unpinnedFault(prod(), "prod")], false);
    }).toThrow(/images of production without a digest/);
  });

  it("are told in one line in the sandbox, which goes on", () => {
    expect(unpinnedFault(prod(), "prod")?.sandbox).toMatch(
      /^\d+ images by their tags alone, which a live run refuses: make images STACK=prod/,
    );
    expect(() => {
      refuseLive([unpinnedFault(prod(), "prod")], true);
    }).not.toThrow();
  });

  it("may be built by the stack, but not looked up by each run", () => {
    const built = prod(["images/overrides", { "uptime-tracker": { build: { context: "../ut" } } }]);
    expect(live(built)).not.toContain("skycoinpro/uptime-tracker");
    expect(live(prod(["images/resolve", "run"]))).toContain(
      "fleet:images.resolve: run is for stacks like test: take it out",
    );
  });

  it("of test are as they are: it asks the registry at each run", () => {
    expect(unpinnedFault(SkywireStack.parse(changed("test")), "test")).toBeUndefined();
  });
});

describe("a bot's image", () => {
  const useOf = (config: object) =>
    imageUses(prod(botWith(config))).find(({ path }) => path.includes("other-bot"));

  it("is pulled with the login of the private ones, unless it is public", () => {
    const image = "docker.io/skycoinpro/other:1";
    expect(useOf({ image })).toMatchObject({ reference: image, login: "skycoinpro-registry" });
    expect(useOf({ image, access: "public" })).toMatchObject({ login: undefined });
  });

  it("of its own name can be pinned, too", () => {
    expect(useOf({})).toEqual({
      path: ["extras", "utilities", "bots", "other-bot", "image"],
      reference: "docker.io/skycoinpro/other-bot:latest",
      holds: "reference",
      login: "skycoinpro-registry",
      settledBy: undefined,
    });
  });

  it("of another registry is never asked for with that login, nor pulled with it", () => {
    const elsewhere = { image: "ghcr.io/somebody/bot:1" };
    expect(() => prod(botWith(elsewhere))).toThrow(
      /is of ghcr\.io, and the login .* access: public/,
    );
    expect(useOf({ ...elsewhere, access: "public" })?.login).toBeUndefined();
  });
});
