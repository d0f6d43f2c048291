/** Firefox Accounts' programs as the engine is asked for them, with secrets that are none. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import { SecretStore } from "../../components/base/secret-store.ts";
import { AvatarDisk } from "../../components/fxa/avatars.ts";
import type { FxaContext } from "../../components/fxa/context.ts";
import { DebugPod } from "../../components/fxa/debug-pod.ts";
import { planOf, runningPrograms } from "../../components/fxa/environment.ts";
import { FxaServer } from "../../components/fxa/fxa-server.ts";
import { PatchJob } from "../../components/fxa/patch-job.ts";
import { namedSecretsOf } from "../../components/fxa/secret-objects.ts";
import type { SecretText } from "../../components/fxa/secret-text.ts";
import { SharedObjects } from "../../components/fxa/shared-objects.ts";
import { stores } from "../../components/fxa/roles.ts";
import { makeStore } from "../../components/fxa/stores.ts";
import { type Collected, collect } from "../harness.ts";
import { valueOf } from "./fixtures.ts";

/** What may differ from one rendering to the next. */
export interface SystemChange {
  /** Entry → another value than the tests'. */
  readonly values?: Readonly<Record<string, string>>;
  readonly flows?: readonly Flow[];
}

function textsOf(context: FxaContext): SecretText[] {
  return [
    ...namedSecretsOf(context).flatMap(({ data }) => Object.values(data)),
    ...runningPrograms(context).flatMap((program) => {
      const { environment, files } = planOf(context, program);
      return [...Object.values(environment.secret), ...files.map(({ text }) => text)];
    }),
  ];
}

/** Every entry that a context stands on, with a value. */
export function valuesOf(context: FxaContext): Map<string, string> {
  const { mysql } = context.config;
  const own = mysql.kind === "builtin" ? [mysql.rootPassword] : [];
  const references = [
    ...own,
    ...textsOf(context).flatMap((text) =>
      text.flatMap((one) => (typeof one === "string" ? [] : [one.secret])),
    ),
  ];
  return new Map(references.map((reference) => [reference.name, valueOf(reference)]));
}

/** Makes stores, objects and programs of a context, in their namespace. */
export function renderFxa(context: FxaContext, change: SystemChange = {}): Promise<Collected> {
  const { config } = context;
  const secrets = new SecretStore(
    new Map([...valuesOf(context), ...Object.entries(change.values ?? {})]),
  );
  return collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const opts = {
      parent: new pulumi.ComponentResource("demo:test:Parent", "parent", {}, { provider }),
    };
    const surroundings = {
      namespace: config.namespace,
      namespaceName: config.namespace,
      flows: change.flows ?? [],
      networkPolicy: true,
      data: "protect",
    } as const;
    for (const store of stores) {
      makeStore(store, config, { ...surroundings, system: "fxa", secrets }, opts);
    }
    const shared = new SharedObjects("shared", { context, namespace: "fxa", secrets }, opts);
    const { images } = config.servers["profile-server"].settings;
    const avatars =
      images.kind === "local" ? new AvatarDisk({ ...surroundings, images }, opts).claim : undefined;
    const around = {
      ...surroundings,
      context,
      secrets,
      shared,
      avatars,
      image: () => ({ reference: "docker.io/somebody/fxa:1.200.0", pullSecrets: ["hub"] }),
    };
    new PatchJob(around, opts);
    for (const server of runningPrograms(context)) {
      new FxaServer({ ...around, server }, opts);
    }
    if (config.debug !== undefined) {
      new DebugPod({ ...around, debug: config.debug }, opts);
    }
  });
}

/** Kinds that keep pods. */
export const controllerTypes = ["apps/v1:Deployment", "apps/v1:StatefulSet", "batch/v1:Job"].map(
  (type) => `kubernetes:${type}`,
);
