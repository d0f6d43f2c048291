/** A folder of the owner's that is gone when the work has ended, however it did. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { enginesAtWork } from "./engines.ts";

/** What the folder is for. */
export interface ScratchOptions {
  /** The command that it is of: a folder that lies about tells whose it was. */
  readonly of: string;
  /** Whether an engine is at work that ends by itself when it is told to. Then a signal is that engine's alone. */
  readonly isBusy?: () => boolean;
}

/** Does work with such a folder. A signal removes it, too; nothing can where this process is killed outright. */
export async function withScratch<Result>(
  { of, isBusy = () => false }: ScratchOptions,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `fleet-${of}-`)));
  const remove = (): void => {
    // What a program that was started is still writing into may fill it while it is emptied.
    rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 });
  };
  // Whoever runs an engine hands the signal on first.
  const onSignal = (): void => {
    setImmediate(() => {
      if (!isBusy() && !enginesAtWork()) {
        process.exit(130);
      }
    });
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, onSignal));
  process.on("exit", remove);
  try {
    return await work(folder);
  } finally {
    signals.forEach((signal) => process.off(signal, onSignal));
    process.off("exit", remove);
    remove();
  }
}

/**
 * Settings by which programs that are started leave in such a folder what they would leave in everybody's.
 *
 * The Kubernetes provider writes a kubeconfig that the program hands it, of a cluster that the program makes, to the
 * folder of temporary files at each run, and never takes it away (pulumi-kubernetes, provider/pkg/provider:
 * `writeKubeconfigToFile`, for Helm). Linode's has the token of the cluster's administrator in it.
 */
export function temporaryIn(folder: string): { readonly TMPDIR: string } {
  const path = join(folder, "temporary");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { TMPDIR: path };
}
