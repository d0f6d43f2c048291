// How a sandbox's engine starts the program (PULUMI_LANGUAGE_NODEJS_RUN_PATH). The language host that is built for it is
// older than the engine and does not hear the options of Pulumi.yaml: it says TypeScript whatever stands there. The SDK
// would then load a compiler, which takes as long as all of a small program. The vendor's host does as Pulumi.yaml says.
import { createRequire } from "node:module";
import { join } from "node:path";

delete process.env.PULUMI_NODEJS_TYPESCRIPT;
// The program's own SDK, as the engine finds it.
const load = createRequire(join(process.cwd(), "package.json"));
// For each resource it tells the engine four times what it is doing, every time by a call of its own: a fifth of a
// program's work. Without `--debug`, which no command of a sandbox knows, the engine throws all of it away.
load("@pulumi/pulumi/log").debug = () => Promise.resolve();
load("@pulumi/pulumi/cmd/run");
