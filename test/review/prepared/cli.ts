/** Records the prepared change set anew: `node test/review/prepared/cli.ts`, then `make golden`. */
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

import { eventsFile, record } from "./record.ts";

writeFileSync(eventsFile, gzipSync(await record(), { level: 9 }));
console.log(`wrote ${eventsFile}`);
