/** The Spacemesh commands from the command line: docs/spacemesh.md says which old command each stands for. */
import { publishedObject } from "../../components/spacemesh/published.schema.ts";
import { requiredSecrets } from "../../stacks/secrets.ts";
import type { StackConfig } from "../../stacks/stack.schema.ts";
import { CommandError, type Target } from "../command.ts";
import { Forge } from "../forge/forge.ts";
import { writeStackFile } from "../images/write.ts";
import { type PublishedNetwork, readOutputs } from "../outputs.ts";
import { parseSections } from "../sections.ts";
import { readStackFile, type StackFile, stackFileNames, stackNamed } from "../stack-file.ts";
import { fixGenesis } from "./genesis.ts";
import { type ListedStack, listReport } from "./list.ts";

type Environment = NodeJS.ProcessEnv;
type SpacemeshConfig = Extract<StackConfig, { system: "spacemesh" }>;

/** @throws CommandError where a stack is another system's, or has faults */
function spacemeshConfig(file: StackFile): SpacemeshConfig {
  const config = parseSections(file);
  if (config.system !== "spacemesh") {
    throw new CommandError(
      `${file.name} is a ${config.system} stack: this is for Spacemesh networks`,
    );
  }
  return config;
}

/** `make genesis`: writes the moment into the stack file. */
export async function runGenesis(root: string, file: StackFile): Promise<number> {
  const { activeSize, text, time } = await fixGenesis(file, new Date());
  writeStackFile(root, file, text);
  const size = activeSize === undefined ? "" : `, with ${activeSize} miners`;
  console.log(
    `${file.name}: genesis is ${time}${size}. Until then every member must run: bring the network up now, and commit the file.`,
  );
  return 0;
}

/** `make list`: every network of the clone. */
export async function runList(root: string, target: Target): Promise<number> {
  const files = stackFileNames(root)
    .map((name) => readStackFile(root, stackNamed(name)))
    .filter(({ config }) => config["fleet:system"] === "spacemesh");
  const stacks: ListedStack[] = [];
  for (const file of files) {
    stacks.push(await listed(root, file, target));
  }
  console.log(listReport(stacks, target));
  // One that is not brought up is no failure: it is told.
  return 0;
}

async function listed(root: string, file: StackFile, target: Target): Promise<ListedStack> {
  const { stack } = file;
  try {
    const passwords = [
      ...new Set(
        requiredSecrets(parseSections(file))
          .filter(({ kind, path }) => kind === "password" && path.startsWith("fleet:observability"))
          .map(({ name }) => name),
      ),
    ];
    return { stack, told: await readOutputs(root, stack, target), passwords };
  } catch (error) {
    if (!(error instanceof CommandError)) {
      throw error;
    }
    return { stack, told: { fault: error.message }, passwords: [] };
  }
}

/** `make rewards`: what the accounts of the stack's miners were paid. */
export async function runRewards(
  root: string,
  file: StackFile,
  target: Target,
  endpoint: string | undefined,
): Promise<number> {
  const config = spacemeshConfig(file);
  const apis = config.miners.publicApis;
  if (!apis.includes("globalstate")) {
    throw new CommandError(
      `${file.name}: rewards are told by GlobalStateService: fleet:miners.publicApis must list globalstate`,
    );
  }
  const { network } = await readOutputs(root, file.stack, target);
  if (network === undefined) {
    throw new CommandError(`${file.stack} runs no network: only what watches it`);
  }
  const node = endpoint ?? firstNode(config, network, target);
  const { NodeApi, readNodeAddress } = await import("./rewards/node-api.ts");
  const { rewardsReport } = await import("./rewards/rewards.ts");
  const api = new NodeApi(readNodeAddress("ENDPOINT", node));
  try {
    const managed = [...Map.groupBy(network.miners, ({ coinbase }) => coinbase)].map(
      ([address, miners]) => ({ address, miners: miners.map(({ name }) => name) }),
    );
    console.log(await rewardsReport({ api, managed, node, debug: apis.includes("debug") }));
  } finally {
    api.close();
  }
  return 0;
}

function firstNode(config: SpacemeshConfig, network: PublishedNetwork, target: Target): string {
  if (target === "sandbox") {
    throw new CommandError(
      "a sandbox runs no program, so no node answers: ENDPOINT=host:port of one that does",
    );
  }
  const [first] = network.miners;
  if (first === undefined) {
    throw new CommandError(`${network.name} has no miner: it is ${network.phase}`);
  }
  if (/\.svc:\d+$/.test(first.grpc)) {
    const { name } = first;
    throw new CommandError(
      `the miners answer inside the cluster only: kubectl --namespace ${config.namespaces.network} port-forward service/${name} 6000, ` +
        "and beside it make rewards with ENDPOINT=127.0.0.1:6000",
    );
  }
  return first.grpc;
}

/** `make network-release`: builds with the network's config, and a draft that names them. */
export async function runNetworkRelease(
  file: StackFile,
  target: Target,
  environment: Environment,
): Promise<number> {
  if (target === "sandbox") {
    throw new CommandError(
      "network-release writes to the real buckets and the real forge: TARGET=live",
    );
  }
  const { network, published, release } = spacemeshConfig(file);
  if (release === undefined) {
    throw new CommandError(
      `${file.name} has no fleet:release: say there which version of the node is released, e.g. fleet:release: { version: v0.2.18 }`,
    );
  }
  const { genesisOf, releaseNetwork } = await import("./release/release.ts");
  const { googleToken } = await import("./release/google-token.ts");
  const { Storage } = await import("./release/storage.ts");
  const genesis = network.genesis.time ?? genesisOf(network.extends?.config);
  if (genesis === undefined) {
    throw new CommandError(`${file.name}: nothing is known of the network's genesis`);
  }
  const say = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const emulator = environment["STORAGE_EMULATOR_HOST"] ?? "";
  const lines = await releaseNetwork({
    ...{ network: network.name, genesis, say },
    ...{ version: release.version, builds: release.builds, bundles: release.bundles },
    config: { bucket: published.bucket, name: publishedObject(network.name, published) },
    storage: new Storage({
      token: googleToken({ environment }),
      ...(emulator === "" ? {} : { api: emulator }),
      say,
    }),
    forge: new Forge({
      api: environment["GITHUB_API_URL"] ?? "https://api.github.com",
      repository: release.repository,
      token: forgeToken(environment),
      say,
    }),
  });
  console.log(lines.join("\n"));
  return 0;
}

/** The name of old works, too. */
function forgeToken(environment: Environment): string {
  const [token] = ["GITHUB_TOKEN", "SPACECRAFT_GITHUB_TOKEN"].flatMap((name) => {
    const value = environment[name] ?? "";
    return value === "" ? [] : [value];
  });
  if (token === undefined) {
    throw new CommandError(
      "GITHUB_TOKEN is not set: a token that may write the contents of fleet:release.repository",
    );
  }
  return token;
}
