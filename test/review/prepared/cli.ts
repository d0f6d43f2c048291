/** Records the prepared change set anew: `node test/review/prepared/cli.ts`, then `make golden`. */
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { logFile, previews, record } from "./record.ts";

const logs = await record();
for (const preview of previews) {
  writeFileSync(logFile(preview), gzipSync(logs[preview], { level: 9 }));
  console.log(`wrote ${logFile(preview)}`);
}
