/** `make schema`: writes the JSON schema of the stack files. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { stackFileSchema } from "./json-schema.ts";

const path = join(dirname(fileURLToPath(import.meta.url)), "..", "schemas", "stack.schema.json");
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, `${JSON.stringify(stackFileSchema(), null, 1)}\n`);
console.log("wrote schemas/stack.schema.json");
