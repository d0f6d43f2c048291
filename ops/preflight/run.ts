/** `preflight` from the command line: the stack rendered without a cluster, its own login, its registries. */
import { readLogin } from "../../components/base/secrets.ts";
import { registryServer } from "../../components/platform/registry.schema.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";
import { CommandError, type Target } from "../command.ts";
import { stackImages } from "../images/stack-images.ts";
import { liveSecrets } from "../keys/live.ts";
import { livePulumi } from "../keys/pulumi.ts";
import { previewOffline } from "../review/offline.ts";
import { noEvents } from "../review/previewed.ts";
import { withScratch } from "../scratch.ts";
import { parseSections } from "../sections.ts";
import { secretEntries, type StackFile } from "../stack-file.ts";
import { checkImages, type OwnLogin, type Preflight } from "./preflight.ts";
import { type PreflightReport, preflightReport } from "./report.ts";
import { imageUses, type RenderedResource } from "./uses.ts";

/**
 * Reads every image of a stack and holds it against the workloads.
 *
 * @throws CommandError where the stack file has faults, or cannot be rendered.
 */
export async function runPreflight(
  root: string,
  file: StackFile,
  target: Target,
): Promise<PreflightReport> {
  const config = parseSections(file);
  const login = await ownLogin(root, file, config, target);
  const rendered = await render(root, file);
  const preflight = { ...digestsOf(config), login, uses: imageUses(rendered) };
  return preflightReport(file.stack, await checkImages(preflight), preflight.uses.untold);
}

/** As the program of the work tree makes it, with throw-away secrets: no cluster is asked. */
async function render(root: string, { stack }: StackFile): Promise<readonly RenderedResource[]> {
  const { events, failure } = await withScratch({ of: "preflight" }, (scratch) =>
    previewOffline({ stack, clone: root, base: undefined, outer: process.env, scratch }),
  );
  // A run that told nothing would pass for a stack without an image.
  if (failure !== undefined || events === undefined) {
    throw new CommandError(`${stack} cannot be rendered: ${failure ?? noEvents}`);
  }
  return events.steps.flatMap(({ type, after }) =>
    after === undefined ? [] : [{ type, inputs: after.inputs }],
  );
}

/** Which digests are the file's to say. */
function digestsOf(config: StackConfig): Pick<Preflight, "built" | "lookedUp" | "mustBePinned"> {
  const { passedOver } = stackImages(config);
  const names = (isBuilt: boolean): Set<string> =>
    new Set(
      [...passedOver]
        .filter(([, why]) => (why === "the stack builds it") === isBuilt)
        .map(([reference]) => reference.split("@")[0] ?? reference),
    );
  const mustBePinned = "environment" in config && config.environment === "production";
  return { built: names(true), lookedUp: names(false), mustBePinned };
}

/** Where a stack's own private images are, with their login. */
function accountOf(config: StackConfig) {
  switch (config.system) {
    case "skywire":
      return config.images.private;
    case "pushtech":
      return config.images;
    case "fxa": {
      const { pullSecret, repository } = config.images;
      return pullSecret === undefined ? undefined : { pullSecret, repository };
    }
    case "spacemesh":
    case "spacemesh-discovery":
    case "voting":
      return undefined;
  }
}

/** Decrypted only where the stack has private images; a sandbox's is a throw-away one. */
async function ownLogin(
  root: string,
  file: StackFile,
  config: StackConfig,
  target: Target,
): Promise<OwnLogin | undefined> {
  const account = accountOf(config);
  if (account === undefined) {
    return undefined;
  }
  const { pullSecret, repository } = account;
  const server = registryServer(repository);
  if (target === "sandbox") {
    const missing =
      "private, and a sandbox's login is a throw-away one: TARGET=live has the real one";
    return { server, login: { missing } };
  }
  const missing = `private, and fleet:secrets.${pullSecret.name} is not there: make keys STACK=${file.stack} TARGET=live`;
  if (!Object.hasOwn(secretEntries(file), pullSecret.name)) {
    return { server, login: { missing } };
  }
  const secrets = await liveSecrets(file, livePulumi({ root, environment: process.env }));
  const value = secrets[pullSecret.name];
  const login = typeof value === "string" ? readLogin(value) : undefined;
  return { server, login: login ?? { missing } };
}
