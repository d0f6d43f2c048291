/** The objects that the settings stand in. */
import { createHash } from "node:crypto";

import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import * as pulumi from "@pulumi/pulumi";

import { workloadLabels } from "../base/labels.ts";
import type { Awaitable } from "../base/ready.ts";
import type { GivenVariable } from "../workload/types.ts";
import {
  type Setting,
  type Settings,
  type SettingsInput,
  type SettingsObject,
  settingsOf,
  settingsUsed,
} from "./settings.ts";
import type { Environment } from "./types.ts";

/** What {@link PushtechSettings} is given. */
export interface SettingsArgs extends SettingsInput {
  readonly namespace: pulumi.Input<string>;
}

/** Annotation of pods: what they read, without which a changed value would reach none of them. */
export const settingsAnnotation = "fleet/settings";

/** A fingerprint of settings. Passwords among them are of 48 bits and more, and it tells of all together. */
function fingerprint(values: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex").slice(0, 16);
}

/**
 * `envsecrets`, `k8scfg` and `extcfg`: Secrets for what nobody may see, ConfigMaps for the rest.
 *
 * Their names stay whatever their values are. Pods carry a fingerprint of just the values they read, and only those
 * whose values changed are exchanged.
 */
export class PushtechSettings extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];
  readonly #settings: Settings;
  readonly #names: ReadonlySet<string>;

  constructor(name: string, args: SettingsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:pushtech:Settings", name, { domain: args.domain }, opts);
    this.#settings = settingsOf(args);
    const names = new Set<string>();
    const made: pulumi.Resource[] = [];
    for (const [object, settings] of Object.entries(this.#settings) as [
      SettingsObject,
      Readonly<Record<string, Setting>>,
    ][]) {
      const metadata = {
        name: object,
        namespace: args.namespace,
        labels: workloadLabels(object, "pushtech"),
      };
      for (const kind of ["Secret", "ConfigMap"] as const) {
        const data = Object.fromEntries(
          Object.entries(settings)
            .filter(([, setting]) => setting.kind === kind)
            .map(([key, { value }]) => [key, value]),
        );
        if (Object.keys(data).length === 0) {
          continue;
        }
        const resource =
          kind === "Secret"
            ? new Secret(`${object}-secret`, { metadata, stringData: data }, { parent: this })
            : new ConfigMap(`${object}-config`, { metadata, data }, { parent: this });
        made.push(resource);
        names.add(`${kind}/${object}`);
      }
    }
    this.#names = names;
    this.ready = made;
    this.registerOutputs({});
  }

  /**
   * Variables of a container, taken from the objects. Whoever uses them waits for {@link ready}.
   *
   * The objects are named, not their resources: the provider deletes one whose values changed before it makes it anew,
   * and the engine then deletes, before all that, every resource with a property of it: all servers would be gone at once.
   */
  variables(environment: Environment): Readonly<Record<string, GivenVariable>> {
    const used = settingsUsed(this.#settings, environment);
    return Object.fromEntries(
      Object.entries(used).map(
        ([
          variable,
          {
            key,
            setting: { kind, object },
          },
        ]) => {
          if (!this.#names.has(`${kind}/${object}`)) {
            throw new Error(`no ${kind} ${object} was made`);
          }
          return [variable, { kind, object, key }];
        },
      ),
    );
  }

  /** Fingerprint of the values that containers read, the same while none of them changes. */
  fingerprint(environments: readonly Environment[]): pulumi.Output<string> {
    const values = environments.flatMap((environment) =>
      Object.values(settingsUsed(this.#settings, environment)).map(
        ({ key, setting }) => [`${setting.object}.${key}`, setting.value] as const,
      ),
    );
    // No value can be read back from it: shown, it tells a reader which pods a change exchanges.
    return pulumi.unsecret(pulumi.all(Object.fromEntries(values)).apply(fingerprint));
  }
}
