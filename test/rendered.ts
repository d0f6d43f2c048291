/** A stack as it is committed, run without a cluster: the real file, the real loader, mocks below. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import type {
  RegisterResourceRequest,
  RegisterResourceResponse,
} from "@pulumi/pulumi/proto/resource_pb.js";
import { runInPulumiStack } from "@pulumi/pulumi/runtime/stack.js";
import { parse } from "yaml";
import * as z from "zod";

import { apr1 } from "../components/base/htpasswd.ts";
import { peerKeyOf } from "../components/base/peer-key.ts";
import { generateSecret, type SecretKind } from "../components/base/secrets.ts";
import { discoveryEntry, entryOutput } from "../components/spacemesh/discovery-entry.ts";
import { WebServicesConfig } from "../components/spacemesh/web-services.schema.ts";
import { parseConfig } from "../stacks/config.ts";
import type { StackContext } from "../stacks/context.ts";
import { parseAll } from "../stacks/parse.ts";
import { asRawConfig, type RawConfig, readRawValue, systemSections } from "../stacks/raw.ts";
import { inFile, requiredSecrets } from "../stacks/secrets.ts";
import type { FxaStack } from "../stacks/fxa/schema.ts";
import type { PushtechStack } from "../stacks/pushtech/schema.ts";
import type { SkywireStack } from "../stacks/skywire/schema.ts";
import type { SpacemeshStack } from "../stacks/spacemesh/schema.ts";
import type { SpacemeshDiscoveryStack } from "../stacks/spacemesh-discovery/schema.ts";
import { StackConfig } from "../stacks/stack.schema.ts";
import type { VotingOnKubernetes } from "../stacks/voting/schema.ts";
import { type World, worldOf } from "../policy/graph/objects.ts";
import { throwAwayCertificates, throwAwayTlsHost, throwAwayTlsPair } from "./certificates.ts";
import { throwAwayGoogleKey, throwAwayVapidKeys, throwAwayWebKey } from "./web-keys.ts";
import { throwAwayRsaKey } from "./rsa-key.ts";
import { type Calls, type Collected, collect, type Registered, type Told } from "./harness.ts";
import { unwrapSecrets } from "./unwrap-secrets.ts";

/** What each committed stack's config is. */
interface Configs {
  readonly test: SkywireStack;
  readonly prod: SkywireStack;
  readonly voting: VotingOnKubernetes;
  readonly "pushtech-staging": PushtechStack;
  readonly "pushtech-production": PushtechStack;
  readonly "fxa-production": FxaStack;
  readonly "spacemesh-mini": SpacemeshStack;
  readonly "spacemesh-devnet": SpacemeshStack;
  readonly "spacemesh-testnet": SpacemeshStack;
}

/** Those that run nowhere: they have objects of clouds, and none of a cluster. */
interface CloudConfigs {
  readonly "spacemesh-discovery": SpacemeshDiscoveryStack;
}

/** What each committed stack's config is, wherever it runs. */
export type AllConfigs = Configs & CloudConfigs;

/** A committed stack. */
export type Stack = keyof Configs;

/** The committed stacks that tests go over in `make check`. */
export const stacks: readonly Stack[] = [
  "test",
  "prod",
  "voting",
  "spacemesh-mini",
  "pushtech-staging",
];

/** The same in larger: seconds each, and so left to `make test`. */
export const largeStacks: readonly Stack[] = [
  "spacemesh-devnet",
  "spacemesh-testnet",
  "pushtech-production",
  "fxa-production",
];

/** Those of the larger ones that no smaller one of their system stands for. */
export const onlyLarge: readonly Stack[] = ["fxa-production"];

/** A committed stack, wherever it runs. */
export type AnyStack = keyof AllConfigs;

/** The committed stacks that run nowhere. */
export const cloudStacks: readonly (keyof CloudConfigs)[] = ["spacemesh-discovery"];

/** Those of them that are Skywire's. */
export const skywireStacks = ["test", "prod"] as const;

/** Root of the clone. */
export const clone = join(import.meta.dirname, "..");

/** What a resource asks of the engine beside its inputs. */
export interface Options {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Parent's URN; empty for the stack itself. */
  readonly parent: string;
  readonly custom: boolean;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  /** Types that it may have been of before, under the same name. */
  readonly onceTypes: readonly string[];
  /** Paths whose change is another resource, whatever the provider could do in place. */
  readonly replaceOnChanges: readonly string[];
  /** Paths of inputs that are somebody else's. */
  readonly ignoreChanges: readonly string[];
  /** How long the engine waits, as it reads durations, e.g. `600s`; empty where it decides itself. */
  readonly customTimeouts: { readonly create: string; readonly update: string };
  /** URNs of all it waits for. */
  readonly dependencies: readonly string[];
  /** Property → URNs its value comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** A stack, rendered. */
export interface Rendered<Config = Configs[Stack]> {
  readonly config: Config;
  /** Secret's name → its throw-away value. */
  readonly secrets: ReadonlyMap<string, string>;
  /** What the program registered, secrets in the clear; its result is the stack's outputs. */
  readonly collected: Collected;
  /** One entry for each registration: two of one URN are two entries. */
  readonly options: readonly Options[];
  /** Kubernetes objects as the provider gets them, names given by the engine filled in. */
  readonly world: World;
  /** What was asked of providers, in no order. */
  readonly lookUps: readonly LookUp[];
}

/** A question to a provider. */
export interface LookUp {
  /** Function's token, e.g. `linode:index/getDomain:getDomain`. */
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly answer: object;
}

/** Answers, with a note of each question. */
const noting = (noted: LookUp[]): Calls =>
  Object.fromEntries(
    Object.entries(answers).map(([token, answer]) => [
      token,
      (inputs) => {
        const given = answer(inputs);
        noted.push({ token, inputs, answer: given });
        return given;
      },
    ]),
  );

/** Throw-away value of a secret, the same in every run: golden files must not change by chance. */
function throwAway(kind: SecretKind, name: string, hosts: readonly string[] = []): string {
  const hex = createHash("sha256").update(`fleet golden ${kind} ${name}`).digest("hex");
  switch (kind) {
    case "key-pair":
    case "seed":
      return hex;
    case "p2p-key":
      return peerKeyOf(Buffer.from(hex, "hex")).file;
    case "password":
    case "token":
      return `golden-${hex.slice(0, 32)}`;
    case "docker-login":
      return `golden:${hex.slice(0, 32)}`;
    case "certificates":
      return throwAwayCertificates;
    case "tls-pair":
      // Those of committed stacks are the same in every run; no golden file shows another one.
      return hosts.join() === throwAwayTlsHost ? throwAwayTlsPair : generateSecret(kind, hosts);
    case "url":
      return `https://golden.invalid/${hex.slice(0, 32)}`;
    case "shared-secret":
    case "client-secret":
      return hex;
    case "web-key":
      return throwAwayWebKey;
    case "vapid-keys":
      return throwAwayVapidKeys;
    case "google-key":
      return throwAwayGoogleKey;
    case "login-user":
      return `golden-${hex.slice(0, 8)}`;
    case "login-password":
    case "vendor-key":
      return `golden-${hex.slice(0, 32)}`;
    case "cookie-secret":
    case "pepper":
      return hex;
    case "cipher-key":
    case "cipher-start":
      return Buffer.from(hex.slice(0, 32), "hex").toString("base64");
    case "rsa-key":
      return throwAwayRsaKey;
    case "htpasswd":
      return `golden:${apr1(hex, "golden")}`;
  }
}

const StackFile = z.object({ config: z.record(z.string(), z.unknown()) });

/** The config of a committed stack file as the engine would hand it over: objects as JSON. */
export function readStackFile(stack: string): RawConfig {
  const file = StackFile.parse(parse(readFileSync(join(clone, `Pulumi.${stack}.yaml`), "utf8")));
  return asRawConfig(file.config);
}

/** Values for everything a config refers to. */
function throwAwaySecrets(raw: RawConfig): ReadonlyMap<string, string> {
  const values = Object.entries(raw).map(([key, text]) => [key, readRawValue(text)] as const);
  const sections = systemSections(Object.fromEntries(values));
  const parsed = parseAll(StackConfig, sections, inFile);
  if (!parsed.ok) {
    throw new Error(parsed.faults.map(({ path, expected }) => `${path} ${expected}`).join("\n"));
  }
  return new Map(
    requiredSecrets(parsed.value).map(({ kind, name, hosts }) => [
      name,
      throwAway(kind, name, hosts),
    ]),
  );
}

/** The part of the mocks' monitor that is listened to. */
interface Monitor {
  registerResource: (
    request: RegisterResourceRequest,
    callback: (error: Error | null, response: RegisterResourceResponse | undefined) => void,
  ) => Promise<void>;
}

const propertyDependencies = (request: RegisterResourceRequest): Record<string, string[]> =>
  Object.fromEntries(
    request
      .getPropertydependenciesMap()
      .toArray()
      .map(([property]) => [
        property,
        request.getPropertydependenciesMap().get(property)?.getUrnsList() ?? [],
      ]),
  );

/** Notes what every registration asks of the engine; the mocks see the inputs only. */
export function noteOptions(noted: Options[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      noted.push({
        urn: response?.getUrn() ?? "",
        type: request.getType(),
        name: request.getName(),
        parent: request.getParent(),
        custom: request.getCustom(),
        protect: request.getProtect() === true,
        retainOnDelete: request.getRetainondelete() === true,
        deleteBeforeReplace: request.getDeletebeforereplace(),
        onceTypes: request.getAliasesList().flatMap((alias) => alias.getSpec()?.getType() || []),
        replaceOnChanges: request.getReplaceonchangesList(),
        ignoreChanges: request.getIgnorechangesList(),
        customTimeouts: {
          create: request.getCustomtimeouts()?.getCreate() ?? "",
          update: request.getCustomtimeouts()?.getUpdate() ?? "",
        },
        dependencies: request.getDependenciesList(),
        propertyDependencies: propertyDependencies(request),
      });
      callback(error, response);
    });
}

/** Answers of the clouds' look-ups. */
export const answers: Calls = {
  "linode:index/getDomain:getDomain": ({ domain }) => ({ id: "1", domain }),
  "cloudflare:index/getZone:getZone": ({ filter }) => ({ id: "zone", filter }),
  "docker:index/getRegistryImage:getRegistryImage": ({ name }) => ({
    sha256Digest: `sha256:${createHash("sha256").update(String(name)).digest("hex")}`,
  }),
};

/** A Kubernetes object as the provider would send it. */
function kubernetesObject({ name, inputs }: Registered): Record<string, unknown> {
  const metadata = (inputs["metadata"] ?? {}) as Record<string, unknown>;
  return { ...inputs, metadata: { name: `${name}-auto`, ...metadata } };
}

/** A chart is rendered by the provider alone: what it makes is seen in the sandbox. A patch is part of another's object. */
const isObject = ({ type }: Registered): boolean =>
  type.startsWith("kubernetes:") &&
  !type.endsWith("Patch") &&
  !type.startsWith("kubernetes:helm.sh/");

/**
 * Renders a committed stack.
 *
 * Its own secrets, if the file has any, are replaced: nobody here can decrypt them, and a golden
 * file must hold none. Proves what the program asks for; nothing about the engine or the cluster.
 */
export async function render<Name extends AnyStack>(
  stack: Name,
): Promise<Rendered<AllConfigs[Name]>> {
  // The committed files are of the systems that their names say.
  return (await renderConfig(stack, readStackFile(stack))) as Rendered<AllConfigs[Name]>;
}

const once = new Map<AnyStack, Promise<Rendered<unknown>>>();

/**
 * A committed stack as {@link render} gives it, rendered once for all files of tests that a worker runs:
 * rendering production takes as long as looking at it.
 */
export function renderedOnce<Name extends AnyStack>(
  stack: Name,
): Promise<Rendered<AllConfigs[Name]>> {
  const made = once.get(stack) ?? render(stack);
  once.set(stack, made);
  return made as Promise<Rendered<AllConfigs[Name]>>;
}

/**
 * Renders any stack's config.
 *
 * @param inStack Below a stack's own resource, as the engine runs it: what transforms a whole stack needs it.
 */
export async function renderConfig(
  stack: string,
  raw: RawConfig,
  inStack = false,
): Promise<Rendered<StackConfig>> {
  const secrets = throwAwaySecrets(raw);
  const { config, context } = parseConfig(
    {
      ...raw,
      "fleet:secrets": JSON.stringify(Object.fromEntries(secrets)),
      "fleet:sandbox": "true",
    },
    { stack, kubeContexts: () => ({ ok: true, value: contextsOf(raw) }) },
    StackConfig,
  );
  const options: Options[] = [];
  const lookUps: LookUp[] = [];
  const compose = await composition(config);
  const wrapped = await collect(
    () => {
      noteOptions(options);
      return inStack ? runInPulumiStack(() => Promise.resolve(compose(context))) : compose(context);
    },
    noting(lookUps),
    toldBy(config),
  );
  const resources = wrapped.resources.map((resource) => ({
    ...resource,
    inputs: unwrapSecrets(resource.inputs) as Record<string, unknown>,
  }));
  const outputs = await new Promise((settle) => {
    pulumi.output(wrapped.result as Record<string, unknown>).apply(settle);
  });
  const objects = resources.filter(isObject).map(kubernetesObject);
  return {
    config,
    secrets,
    collected: { ...wrapped, resources, result: outputs },
    options,
    world: worldOf(objects),
    lookUps,
  };
}

/** What other stacks tell the one that reads them: each of a network called after its stack. */
const toldBy = (config: StackConfig): Told =>
  config.system !== "spacemesh-discovery"
    ? {}
    : Object.fromEntries(
        config.networks.map((network, index) => [
          network,
          {
            [entryOutput]: discoveryEntry({
              ...{ network, domain: "spacemesh.io", networkId: 200 + index },
              configUrl: `https://storage.googleapis.com/spacecraft-data/${network}-archive/config.json`,
              nodeImage: "docker.io/spacemeshos/go-spacemesh-dev:38056f5",
              web: WebServicesConfig.parse({}),
            }),
          },
        ]),
      );

/** What index.ts hands a config to. */
async function composition(config: StackConfig): Promise<(context: StackContext) => unknown> {
  switch (config.system) {
    case "skywire": {
      const { skywire } = await import("../stacks/skywire/index.ts");
      return (context) => skywire(config, context);
    }
    case "spacemesh": {
      const { spacemesh } = await import("../stacks/spacemesh/index.ts");
      return (context) => spacemesh(config, context);
    }
    case "spacemesh-discovery": {
      const { spacemeshDiscovery } = await import("../stacks/spacemesh-discovery/index.ts");
      return () => spacemeshDiscovery(config);
    }
    case "pushtech": {
      const { pushtech } = await import("../stacks/pushtech/index.ts");
      return (context) => pushtech(config, context);
    }
    case "fxa": {
      const { fxa } = await import("../stacks/fxa/index.ts");
      return (context) => fxa(config, context);
    }
    case "voting": {
      const { voting } = await import("../stacks/voting/index.ts");
      return (context) => voting(config, context);
    }
  }
}

/** The config's own context, where it has one, on this machine. */
function contextsOf(raw: RawConfig): ReadonlyMap<string, string> {
  const { context = "none" } = z
    .object({ context: z.string().optional() })
    .parse(JSON.parse(raw["fleet:cluster"] ?? "{}"));
  return new Map([[context, "https://127.0.0.1:6443"]]);
}
