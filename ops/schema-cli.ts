/** `make schema`: writes the JSON schemas of the stack files and of a review's report. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { reportSchema } from "../review/json-schema.ts";

await import("../stacks/schema-cli.ts");

const path = join(import.meta.dirname, "..", "schemas", "review.schema.json");
writeFileSync(path, `${JSON.stringify(reportSchema(), null, 1)}\n`);
console.log("wrote schemas/review.schema.json");
