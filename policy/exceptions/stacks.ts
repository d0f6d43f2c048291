/** Which stacks run which system. */

/** Skywire's. */
export const skywire = ["test", "prod"] as const;

/** Spacemesh networks. */
export const networks = ["spacemesh-mini", "spacemesh-devnet", "spacemesh-testnet"] as const;

/** PushTech's. */
export const pushtech = ["pushtech-staging", "pushtech-production"] as const;

/** Firefox Accounts'. */
export const fxa = ["fxa-production"] as const;
