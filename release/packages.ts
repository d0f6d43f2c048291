/** npm packages for the files of an earlier commit. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/**
 * Gives a checked-out commit its packages: the clone's where both lock files are the same, else its own.
 *
 * @throws Error with npm's last lines.
 */
export async function ensurePackages(
  clone: string,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const installed = join(clone, "node_modules");
  if (existsSync(installed) && lockOf(clone) === lockOf(folder)) {
    symlinkSync(realpathSync(installed), join(folder, "node_modules"));
    return;
  }
  await install(folder, environment);
}

function lockOf(folder: string): string | undefined {
  const path = join(folder, "package-lock.json");
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** As the clone's own were installed: without running anything that a package brings. */
function install(
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  return new Promise((settle, fail) => {
    const child = spawn("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: folder,
      env: { ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (part: Buffer) => (said += part.toString("utf8")));
    child.on("error", fail);
    child.on("close", (code) => {
      if (code === 0) {
        settle();
      } else {
        fail(new Error(`npm ci failed: ${said.trim().split("\n").slice(-3).join("; ")}`));
      }
    });
  });
}
