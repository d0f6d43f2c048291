/** Draws the test environment anew: `node test/picture/cli.ts`. Review the difference. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { clone } from "../rendered.ts";
import { pictureFile, pictureOf } from "./picture.ts";

writeFileSync(join(clone, pictureFile), await pictureOf("test"));
console.log(`wrote ${pictureFile}`);
