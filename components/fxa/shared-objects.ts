/** The objects that are there before every program: mysql-secret, keys-secret and the root ConfigMap. */
import { scryptSync } from "node:crypto";

import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";

import { workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { SecretStore } from "../base/secret-store.ts";
import type { GivenVariable } from "../workload/types.ts";
import type { FxaContext } from "./context.ts";
import { rootConfigData } from "./environment.ts";
import { namedSecretsOf, type SecretSource } from "./secret-objects.ts";
import { secretOutput } from "./secret-values.ts";

/** What {@link SharedObjects} is given. */
export interface SharedObjectsArgs {
  readonly context: FxaContext;
  readonly namespace: pulumi.Input<string>;
  readonly secrets: SecretStore;
}

/** Annotation of pods: what they read of Secrets whose names stay, so that a changed value exchanges its readers. */
const secretsAnnotation = "fleet/secrets";

type NamedSource = Extract<SecretSource, { readonly kind: "named" }>;

const sourceKey = ({ name, key }: Pick<NamedSource, "name" | "key">): string => `${name}.${key}`;

/**
 * Twelve hex digits of a value. Whoever may look at pods sees them, and an operator may have chosen the password of a
 * MySQL: each guess costs a hundredfold of what a plain hash would.
 */
export const fingerprintOf = (source: string, value: string): string =>
  scryptSync(value, `fleet ${source}`, 6, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 }).toString(
    "hex",
  );

/**
 * `mysql-secret`, `keys-secret` and the root ConfigMap, under names that operators know (facts/fxa.md 10 and 11).
 *
 * Their names stay whatever their values are: pods that read one carry a fingerprint of what they read.
 */
export class SharedObjects extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  readonly #names: ReadonlySet<string>;
  readonly #fingerprints = new Map<string, pulumi.Output<string>>();

  constructor(
    name: string,
    { context, namespace, secrets }: SharedObjectsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const root = context.config.rootConfig.name;
    super("fleet:fxa:SharedObjects", name, { root }, opts);
    const metadataOf = (object: string) => ({
      name: object,
      namespace,
      labels: workloadLabels(object, "fxa"),
    });
    const made = namedSecretsOf(context).map(({ name: object, data }) => {
      const values = Object.entries(data).map(
        ([key, text]) => [key, secretOutput(secrets, text)] as const,
      );
      for (const [key, value] of values) {
        const source = sourceKey({ name: object, key });
        // No value can be read back from it: shown, it tells a reader which pods a change exchanges.
        this.#fingerprints.set(
          source,
          pulumi.unsecret(value.apply((known) => fingerprintOf(source, known))),
        );
      }
      return new Secret(
        object,
        { metadata: metadataOf(object), stringData: Object.fromEntries(values) },
        { parent: this },
      );
    });
    this.#names = new Set(namedSecretsOf(context).map(({ name: object }) => object));
    const config = new ConfigMap(
      root,
      { metadata: metadataOf(root), data: rootConfigData(context) },
      { parent: this },
    );
    this.ready = [...made, config];
    this.registerOutputs({});
  }

  /**
   * A variable of a container, taken from one of the Secrets. Whoever uses it waits for {@link ready}.
   *
   * The Secret is named, not its resource: the provider deletes a Secret whose value changed before it makes it anew, and
   * the engine then deletes, before all that, every resource with a property of it: all servers would be gone at once.
   */
  variable({ name, key }: NamedSource): GivenVariable {
    if (!this.#names.has(name)) {
      throw new Error(`no Secret ${name} was made`);
    }
    return { kind: "Secret", object: name, key };
  }

  /** Annotations of a pod that reads these, the same while none of them changes. None of a pod that reads nothing. */
  annotations(sources: readonly NamedSource[]): Readonly<Record<string, pulumi.Output<string>>> {
    const keys = [...new Set(sources.map(sourceKey))].sort();
    if (keys.length === 0) {
      return {};
    }
    const prints = keys.map((key) => {
      const print = this.#fingerprints.get(key);
      if (print === undefined) {
        throw new Error(`no Secret has ${key}`);
      }
      return pulumi.interpolate`${key}=${print}`;
    });
    return { [secretsAnnotation]: pulumi.all(prints).apply((all) => all.join(" ")) };
  }
}
