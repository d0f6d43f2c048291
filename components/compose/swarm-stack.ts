import { Network } from "@pulumi/docker/network.js";
import { Provider, type ProviderArgs } from "@pulumi/docker/provider.js";
import { Secret } from "@pulumi/docker/secret.js";
import { ServiceConfig } from "@pulumi/docker/serviceConfig.js";
import * as pulumi from "@pulumi/pulumi";

import { readLogin, type SecretReference } from "../base/secrets.ts";
import type { ComposeStack, SwarmHost } from "./compose-stack.schema.ts";
import { configFile, secretFile } from "./files.schema.ts";
import type { SwarmFile } from "./files.ts";
import { networksOf } from "./networks.ts";
import { stackLabel } from "./swarm.ts";

/** A registry login with which nodes pull images. */
export interface SwarmLogin {
  /** Host of the registry, as images name it. */
  readonly registry: string;
  /** `user:token`, marked secret. */
  readonly login: pulumi.Output<string>;
}

/** What a {@link SwarmStack} is given. */
export interface SwarmStackArgs {
  readonly host: SwarmHost;
  readonly stack: ComposeStack;
  /** Content of a secret. */
  readonly secret: (reference: SecretReference) => pulumi.Output<string>;
  readonly logins?: readonly SwarmLogin[];
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/**
 * What services of a Swarm share, made once: the provider of their host, networks, secrets, configs.
 *
 * None has a name of its own: all three are replaced when they change, and a fixed name is taken by
 * the old one, which cannot go as long as services use it. Containers find them by file and alias.
 */
export class SwarmStack extends pulumi.ComponentResource {
  /** Provider of the one host: nothing falls back on the daemon of this machine. */
  readonly provider: Provider;
  /** Name of the stack, before the names of its services. */
  readonly stackName: string;
  readonly #networks: ReadonlyMap<string, pulumi.Output<string>>;
  readonly #secrets: ReadonlyMap<string, SwarmFile>;
  readonly #configs: ReadonlyMap<string, SwarmFile>;

  /** @param name Of the stack on the Swarm. */
  constructor(name: string, args: SwarmStackArgs, opts?: pulumi.ComponentResourceOptions) {
    const { host, stack } = args;
    super("fleet:compose:SwarmStack", name, { ...host }, opts);
    if ((host.host === undefined) === (host.context === undefined)) {
      throw new Error(`Swarm ${name}: must say either host or context`);
    }
    this.stackName = name;
    this.provider = new Provider(`${name}-docker`, providerArgs(host, args.logins ?? []), {
      parent: this,
    });
    const made = { parent: this, provider: this.provider };
    const labels = [{ label: stackLabel, value: name }];
    this.#networks = new Map(
      usedNetworks(stack).map((network) => {
        const { internal = false, attachable = false } = stack.networks[network] ?? {};
        const inputs = { driver: "overlay", internal, attachable, labels };
        return [network, new Network(`${name}-${network}`, inputs, made).id] as const;
      }),
    );
    this.#secrets = new Map(
      usedSecrets(stack).map((reference) => {
        const data = args.secret(reference).apply(base64);
        const held = new Secret(`${name}-${reference.name}`, { data, labels }, made);
        return [reference.name, { id: held.id, name: held.name }] as const;
      }),
    );
    this.#configs = new Map(
      usedConfigs(stack).map((config) => {
        const data = base64(stack.configs[config]?.content ?? "");
        const held = new ServiceConfig(`${name}-${config}`, { data, labels }, made);
        return [config, { id: held.id, name: held.name }] as const;
      }),
    );
    this.registerOutputs({ stackName: this.stackName });
  }

  /** Id of a network. */
  network(name: string): pulumi.Output<string> {
    return this.#held(this.#networks, "network", name);
  }

  /** Where the daemon keeps a secret. */
  secret(name: string): SwarmFile {
    return this.#held(this.#secrets, "secret", name);
  }

  /** Where the daemon keeps a config. */
  config(name: string): SwarmFile {
    return this.#held(this.#configs, "config", name);
  }

  #held<Held>(all: ReadonlyMap<string, Held>, word: string, name: string): Held {
    const held = all.get(name);
    if (held === undefined) {
      throw new Error(`Swarm ${this.stackName}: no service of the stack names ${word} ${name}`);
    }
    return held;
  }
}

function providerArgs({ host, context }: SwarmHost, logins: readonly SwarmLogin[]): ProviderArgs {
  const registryAuth = logins.map(({ registry, login }) => {
    const { username, password } = login.apply(readLogin);
    return { address: registry, username, password };
  });
  return {
    ...(host === undefined ? {} : { host }),
    ...(context === undefined ? {} : { context }),
    ...(registryAuth.length === 0 ? {} : { registryAuth }),
  };
}

const servicesOf = ({ services }: ComposeStack) => Object.values(services);

const usedNetworks = (stack: ComposeStack): readonly string[] => [
  ...new Set(servicesOf(stack).flatMap((one) => networksOf(one).map(({ network }) => network))),
];

const usedConfigs = (stack: ComposeStack): readonly string[] => [
  ...new Set(
    servicesOf(stack).flatMap(({ configs = [] }) => configs.map((use) => configFile(use).source)),
  ),
];

function usedSecrets(stack: ComposeStack): readonly SecretReference[] {
  const all = servicesOf(stack).flatMap(({ secrets = [] }) =>
    secrets.map((use) => secretFile(use).source),
  );
  return [...new Map(all.map((reference) => [reference.name, reference] as const)).values()];
}
