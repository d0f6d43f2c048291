/** Throw-away secrets of a sandbox: `make up` makes what is still missing of them. */
import { withLock } from "../../sandbox/lock.ts";
import { sandboxPlace } from "../../sandbox/place.ts";
import { readSecrets, writeSecrets } from "../../sandbox/secrets.ts";
import type { Vault } from "./vault.ts";

/** The vault of a stack's sandbox. Its entries live as long as the sandbox does. */
export function sandboxVault(root: string, stack: string): Vault {
  const place = sandboxPlace(stack, {
    clone: root,
    root: process.env["FLEET_SANDBOX_ROOT"],
  });
  return {
    place: place.secrets,
    read: () => Promise.resolve(Object.fromEntries(readSecrets(place))),
    alone: (work) => withLock(place, "keys", work),
    add: (values) => {
      if (Object.keys(values).length > 0) {
        writeSecrets(place, new Map([...Object.entries(values), ...readSecrets(place)]));
      }
      return Promise.resolve();
    },
  };
}
