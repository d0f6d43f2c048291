/** Where processes listen, from the kernel's own tables. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Table and local address, as the kernel writes it, of every socket on which processes listen. */
export function listeners(pids: ReadonlySet<number>): readonly string[] {
  const inodes = new Set(
    [...pids].flatMap((pid) =>
      readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
        try {
          return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
        } catch {
          return [];
        }
      }),
    ),
  );
  return ["tcp", "tcp6", "udp", "udp6"].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , remote, state, , , , , , inode]) => {
        const waits = table.startsWith("udp") ? /^0+:0+$/.test(remote ?? "") : state === "0A";
        return waits && inodes.has(inode ?? "");
      })
      .map(([, local]) => `${table} ${local?.split(":")[0] ?? ""}`),
  );
}
