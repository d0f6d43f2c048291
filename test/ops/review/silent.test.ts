/** An engine that ends well and tells nothing: no report may take that for a stack in which nothing changes or drifts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { previewedOf } from "../../../ops/review/ended.ts";
import { type LivePreviewed, previewLive } from "../../../ops/review/live.ts";
import { reportOf } from "../../../ops/review/report.ts";
import { parseStackFile } from "../../../ops/stack-file.ts";
import { Progress } from "../../../sandbox/progress.ts";
import { sandboxPlace } from "../../../sandbox/place.ts";
import { clone } from "../../rendered.ts";
import { stackText } from "../../stack-text.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fleet-silent-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const summary =
  '{"sequence":1,"summaryEvent":{"maybeCorrupt":false,"durationSeconds":1,"resourceChanges":{}}}';
const verdictOf = (previewed: Parameters<typeof reportOf>[0][number]): number =>
  reportOf([previewed], {}, { engine: undefined, reproduce: () => "" }).verdict.exitCode;

describe("a preview live", () => {
  /** @param log What the engine writes to its event log. */
  async function preview(log: string, asked: { drift: boolean; change: boolean }) {
    writeFileSync(join(folder, "log"), log);
    const lines = [
      "#!/bin/sh",
      'for word; do case "$last" in --event-log) events="$word";; --file) state="$word";; esac; last="$word"; done',
      `case "$1" in stack) echo '{"deployment":{}}' > "$state";; preview|refresh) cp '${folder}/log' "$events";; esac`,
    ];
    writeFileSync(join(folder, "pulumi"), `${lines.join("\n")}\n`, { mode: 0o755 });
    return previewLive({
      ...{
        root: clone,
        file: parseStackFile("test", stackText("test")),
        scratch: folder,
        ...asked,
      },
      environment: { PATH: `${folder}:/usr/bin:/bin` },
    });
  }

  it("that wrote of a change of nothing is one", async () => {
    const told = await preview(`${summary}\n`, { drift: true, change: true });
    expect([told.code, told.failure, told.driftFailure]).toEqual([0, undefined, undefined]);
    expect(verdictOf(told)).toBe(0);
  });

  it("that wrote nothing is a failure", async () => {
    const told: LivePreviewed = await preview("", { drift: false, change: true });
    expect(told.failure).toMatch(/wrote no events/);
    expect(verdictOf(told)).toBe(1);
  });

  it("whose look for drift wrote nothing does not say that there is none", async () => {
    const { driftFailure } = await preview("", { drift: true, change: false });
    expect(driftFailure).toMatch(/wrote no events/);
  });
});

it("a preview by the sandbox's engine that wrote nothing is a failure", () => {
  const result = { code: 0, stdout: "", stderr: "", interrupted: false };
  const outcome = new Progress().outcome();
  const place = sandboxPlace("test", { clone, root: folder });
  const events = join(folder, "events");
  const ended = {
    against: "state",
    deployment: undefined,
    events,
    result: { ...result, outcome },
  } as const;
  expect(previewedOf(place, ended)).toMatchObject({
    code: 1,
    failure: expect.stringMatching(/wrote no events/) as unknown,
  });
  writeFileSync(events, `${summary}\n`);
  expect(previewedOf(place, ended)).toMatchObject({ code: 0 });
  expect(verdictOf(previewedOf(place, ended))).toBe(0);
});
