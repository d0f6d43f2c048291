/** A folder of the owner's that is gone when the work has ended, however it did. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Does work with such a folder. A signal removes it, too. */
export async function withScratch<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "fleet-review-")));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  // Whoever runs an engine hands the signal on first.
  const onSignal = (): void => {
    setImmediate(() => {
      remove();
      process.exit(130);
    });
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  try {
    return await work(folder);
  } finally {
    signals.forEach((signal) => process.off(signal, onSignal));
    remove();
  }
}
