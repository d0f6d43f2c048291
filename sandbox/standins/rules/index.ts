/** The rules of a cloud, loaded when its plugin starts. */
import type { Cloud } from "../schema.ts";
import type { Rulebook } from "./rule.ts";

/** Loads the rules of one cloud only: a plugin's start is part of every preview. */
export async function loadRules(cloud: Cloud): Promise<Rulebook> {
  switch (cloud) {
    case "linode":
      return (await import("./linode/index.ts")).linode;
    case "cloudflare":
      return (await import("./cloudflare/index.ts")).cloudflare;
    case "gcp":
      return (await import("./gcp/index.ts")).gcp;
    case "docker":
      return (await import("./docker/index.ts")).docker;
  }
}
