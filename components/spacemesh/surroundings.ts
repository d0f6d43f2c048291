/** What the programs of a Spacemesh network have in common. */

/** System that every object of a network belongs to: a label. */
export const spacemeshSystem = "spacemesh";

/**
 * Why nodes and PoETs run as root: they keep their data below /root, which is root's alone, and their
 * images name no user (facts/spacemesh.md 2.1, 2.4). Every capability is dropped all the same.
 */
export const rootException =
  "its data lie below /root, and its image names no user (facts/spacemesh.md 2.1, 2.4)";

/** Labels of pods by which the log pipeline and the network's budget know them (facts 2.1, 2.3). */
export const memberLabels = (name: string, app: "miner" | "poet"): Record<string, string> => ({
  name,
  app,
  restart: "false",
});
