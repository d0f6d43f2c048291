/** Locks of a backend that is a folder: one file for each update at work, or killed. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

import * as z from "zod";

import { visible } from "../../review/render/visible.ts";
import type { Fault } from "../../stacks/faults.ts";
import { type Check, notChecked } from "./check.ts";
import { withoutCredentials } from "./causes.ts";

const name = "locks";

/** As the engine writes it (pkg/backend/diy/lock.go). */
const Lock = z.looseObject({
  pid: z.int(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.string(),
});

/** What is asked of a backend. */
export interface LocksOf {
  /** `file:///…`, `s3://…`, `https://…`. */
  readonly backend: string;
  readonly project: string;
  readonly stack: string;
  /** What frees the stack. */
  readonly mend: string;
}

/** Who works on the stack, or was killed at it. */
export function locksCheck(of: LocksOf): Check {
  const { backend, project, stack } = of;
  const folder = `.pulumi/locks/organization/${project}/${stack}`;
  if (!backend.startsWith("file://")) {
    return notChecked(name, elsewhere(backend, folder, of.mend));
  }
  const root = folderOf(backend);
  if (!existsSync(root)) {
    return notChecked(name, `there is no ${visible(root)} here, where the backend is said to be`);
  }
  const path = join(root, folder);
  const files = existsSync(path) ? readdirSync(path).filter((one) => one.endsWith(".json")) : [];
  return {
    name,
    detail: `none in ${folder}`,
    faults: files.map((file) => lockFault(join(path, file), of)),
  };
}

/** Folder of a backend that is one. The CLI takes a home and a place beside itself, which are no URLs. */
function folderOf(backend: string): string {
  const [path = ""] = backend.slice("file://".length).split("?");
  return resolve(decodeURIComponent(path).replace(/^~(?=\/|$)/, homedir()));
}

function lockFault(path: string, { stack, mend }: LocksOf): Fault {
  const lock = read(path);
  const who =
    lock === undefined
      ? "a lock that cannot be read"
      : `${lock.username}@${lock.hostname}, process ${lock.pid}, since ${lock.timestamp}`;
  return {
    path: `lock of ${stack}`,
    expected: visible(`is held by ${who}: no update can begin`),
    mend: `first see that this process is gone (it may be at work); then ${mend}`,
  };
}

function read(path: string): z.infer<typeof Lock> | undefined {
  try {
    return Lock.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Other backends are asked with their own clouds' programs; the CLI has no word for it. */
function elsewhere(backend: string, folder: string, mend: string): string {
  const [base = "", query] = withoutCredentials(backend).split("?");
  const place = `${base.replace(/\/$/, "")}/${folder}/`;
  if (base.startsWith("http")) {
    return `the service keeps its own locks: its page of the stack shows an update at work; ${mend} ends it`;
  }
  const list = base.startsWith("s3://")
    ? `aws s3 ls ${place}`
    : base.startsWith("gs://")
      ? `gcloud storage ls ${place}`
      : `look into ${place}`;
  return `locks of this backend are files that pulumi does not list: ${list}${query === undefined ? "" : " (with the endpoint of the backend's address)"}; ${mend} takes a dead one away`;
}
