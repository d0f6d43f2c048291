/**
 * Runs the scripts that back up and restore shared files, with the real tar, and MongoDB, with stand-ins for its two
 * programs, which no registry has: what those are told and what becomes of their output, not what they do.
 */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { filesBackupScript, filesRestoreScript } from "../../components/data/files-backup.ts";
import { mongoBackupScript, mongoRestoreScript } from "../../components/data/mongo-backup.ts";
import { Place } from "../data/programs.ts";

let place: Place;

beforeAll(async () => {
  place = new Place(["tar", "gzip", "flock", "sha256sum"]);
  for (const folder of ["backups", "work", "files", "mongo", "others", "bin"]) {
    await place.makeFolder(folder);
  }
});

afterAll(async () => {
  await place.clear();
});

const run = (script: string, change: Readonly<Record<string, string>> = {}) =>
  place.run(["sh", place.write("run.sh", script)], {
    BACKUPS: place.at("backups"),
    WORK: place.at("work"),
    FILES: place.at("files"),
    KEEP: "3",
    BACKUP: "latest",
    ...change,
  });

const read = (name: string): string => readFileSync(place.at(name), "utf8");

describe("backups of shared files", () => {
  it("bring back what is gone or was changed, and leave what is younger", async () => {
    place.write("files/a.png", "one");
    await place.makeFolder("files/below");
    place.write("files/below/b.png", "two");
    expect(await run(filesBackupScript)).toMatchObject({ code: 0 });
    await place.ok(["rm", "-r", place.at("files/below")]);
    place.write("files/a.png", "other");
    place.write("files/young.png", "three");
    const restored = await run(filesRestoreScript);
    expect(restored.code, restored.output).toBe(0);
    expect(read("files/a.png")).toBe("one");
    expect(read("files/below/b.png")).toBe("two");
    expect(read("files/young.png")).toBe("three");
  });

  it("say so where the files are not mounted", async () => {
    const { code, output } = await run(filesBackupScript, {
      FILES: place.at("nowhere"),
      // Another folder: there is one backup a second.
      BACKUPS: place.at("others"),
    });
    expect(code).toBe(1);
    expect(output).toContain("is the claim mounted?");
  });
});

describe("backups of MongoDB", () => {
  const standIn = (name: string, text: string): void => {
    const path = place.write(
      `bin/${name}`,
      `#!/bin/sh\necho "$@" > '${place.at(name)}.words'\n${text}\n`,
    );
    chmodSync(path, 0o755);
  };
  const env = (): Record<string, string> => ({
    PATH: `${place.at("bin")}:${process.env["PATH"] ?? ""}`,
    BACKUPS: place.at("mongo"),
    MONGO_HOST: "storage-db.demo.svc",
    MONGO_PORT: "27017",
  });
  const toArchive =
    'for word; do case "$word" in --archive=*) file=${word#--archive=} ;; esac; done';

  it("hold what the server's program dumped, and hand it to the one that restores", async () => {
    standIn("mongodump", `${toArchive}\necho "all of it" | gzip > "$file"`);
    expect(await run(mongoBackupScript, env())).toMatchObject({ code: 0 });
    expect(read("mongodump.words")).toContain("--host storage-db.demo.svc --port 27017 --gzip");
    const [made = ""] = readdirSync(place.at("mongo")).filter((name) => /^\d/.test(name));
    const archive = place.at(`mongo/${made}/dump.archive.gz`);
    expect(gunzipSync(readFileSync(archive)).toString()).toBe("all of it\n");

    standIn("mongorestore", "");
    const restored = await run(mongoRestoreScript, { ...env(), COLLECTION: "store.offers" });
    expect(restored.code, restored.output).toBe(0);
    expect(read("mongorestore.words").trim()).toBe(
      `--quiet --host storage-db.demo.svc --port 27017 --gzip --archive=${archive} --drop --stopOnError --nsInclude=store.offers --nsExclude=admin.* --nsExclude=config.*`,
    );
  });

  it("are none where the dump fails, is empty or cannot be read", async () => {
    for (const [text, message] of [
      ["exit 1", "no dump came from"],
      [`${toArchive}\n: > "$file"`, "is empty"],
      [`${toArchive}\necho half > "$file"`, "cannot be read"],
    ] as const) {
      standIn("mongodump", text);
      const { code, output } = await run(mongoBackupScript, {
        ...env(),
        BACKUPS: place.at("others"),
      });
      expect(code).toBe(1);
      expect(output).toContain(message);
    }
    expect(readdirSync(place.at("others"))).toEqual([".lock"]);
  });

  it("are refused where they are damaged, before anything is dropped", async () => {
    const [made = ""] = readdirSync(place.at("mongo")).filter((name) => /^\d/.test(name));
    writeFileSync(place.at(`mongo/${made}/dump.archive.gz`), "other");
    writeFileSync(place.at("mongorestore.words"), "not called");
    const { code, output } = await run(mongoRestoreScript, env());
    expect(code).toBe(1);
    expect(output).toContain("is damaged");
    expect(read("mongorestore.words")).toBe("not called");
  });
});
