/** PushTech's programs as the engine is asked for them, with stores that are nowhere and secrets that are none. */
import * as pulumi from "@pulumi/pulumi";

import type { Flow } from "../../components/base/flows.ts";
import { environmentKinds } from "../../components/pushtech/environment-file.ts";
import { Migration } from "../../components/pushtech/migration.ts";
import { Program, type PushtechSurroundings } from "../../components/pushtech/program.ts";
import { migratedPrograms, programNames } from "../../components/pushtech/programs.ts";
import { PushtechServices } from "../../components/pushtech/services.schema.ts";
import type { StoreAddresses } from "../../components/pushtech/settings.ts";
import { PushtechSettings } from "../../components/pushtech/settings-objects.ts";
import { type SecretKey } from "../../components/pushtech/types.ts";
import { type Collected, collect } from "../harness.ts";
import { unwrapSecrets } from "../unwrap-secrets.ts";

/** What may differ from one rendering to the next. */
export interface SystemChange {
  readonly domain?: string;
  readonly services?: unknown;
  readonly environment?: Partial<Record<SecretKey, string>>;
  readonly stores?: Partial<StoreAddresses>;
  readonly pullPolicy?: "Always" | "IfNotPresent";
  /** Digest of every image, as the run found it. */
  readonly digest?: string;
  readonly flows?: readonly Flow[];
}

const database = (host: string, name: string) => ({
  host,
  port: 5432,
  user: name,
  database: name,
  password: pulumi.secret(`password-of-${name}`),
});

const redis = (host: string) => ({ host, port: 6379 });

/** Stores by their bare names, so that tables can be read. */
const someStores: StoreAddresses = {
  mongo: {
    host: "storage-db",
    port: 27_017,
    url: "mongodb://storage-db:27017/store",
    isSecret: false,
  },
  postgres: {
    "website-db": database("website-db", "webs"),
    "imgserver-db": database("imgserver-db", "imgserver"),
    "notifserver-db": database("notifserver-db", "notserver"),
  },
  redis: {
    "notifserver-redis": redis("notifserver-redis"),
    "offerserver-redis": redis("offerserver-redis"),
    "consumers-nodejs-redis": redis("consumers-nodejs-redis"),
    "consumers-ruby-redis": redis("consumers-ruby-redis"),
  },
  zookeeper: { host: "zookeeper", port: 2181 },
  kafka: { host: "kafkasrv", port: 9092 },
};

/** A value for each key of the environment file: the key itself, in angle brackets. */
const keys = [...Object.keys(environmentKinds), "WEBSITE_RSA_PUBLIC_KEY_BASE64"];
const environmentOf = (change: Partial<Record<SecretKey, string>> = {}) =>
  Object.fromEntries(
    keys.map((key) => [key, pulumi.secret(change[key as SecretKey] ?? `<${key}>`)]),
  ) as Record<SecretKey, pulumi.Output<string>>;

/** Makes settings, programs and migrations. */
function makeSystem(change: SystemChange = {}): void {
  const services = PushtechServices.parse(change.services ?? {});
  const stores = { ...someStores, ...change.stores };
  const namespaceName = "pushtech";
  const settings = new PushtechSettings("settings", {
    domain: change.domain ?? "staging.pushtech.de",
    namespace: namespaceName,
    namespaceName,
    stores,
    environment: environmentOf(change.environment),
  });
  const around: PushtechSurroundings = {
    namespace: namespaceName,
    namespaceName,
    flows: change.flows ?? [],
    networkPolicy: true,
    data: "retain",
    pullPolicy: change.pullPolicy,
    image: (name) => ({
      reference: `docker.io/gorenje/pushtech:${name}`,
      pullSecrets: ["meatdocker"],
      ...(change.digest === undefined ? {} : { digest: pulumi.output(change.digest) }),
    }),
    settings,
    stores,
    waitSeconds: services.waitSeconds,
    imageStore: { claim: "imgserverstore" },
  };
  for (const program of migratedPrograms) {
    new Migration({ ...around, program, migrations: services.migrations });
  }
  for (const program of programNames) {
    new Program({ ...around, program, config: services[program], tracker: services.tracker });
  }
}

let unchanged: Promise<Collected> | undefined;

/** What the engine is asked for. The system as it is by itself is rendered once for all files. */
export function renderSystem(change?: SystemChange): Promise<Collected> {
  const render = (): Promise<Collected> =>
    collect(() => {
      makeSystem(change);
    });
  return change === undefined ? (unchanged ??= render()) : render();
}

/** A variable as it stands in a pod. */
export interface RenderedVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A container as it stands in a pod. */
export interface RenderedContainer {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly RenderedVariable[];
  readonly ports?: readonly { readonly containerPort: number }[];
  readonly resources: Record<string, Record<string, string>>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly readinessProbe?: Record<string, unknown>;
  readonly livenessProbe?: Record<string, unknown>;
  readonly startupProbe?: Record<string, unknown>;
  readonly lifecycle?: Record<string, unknown>;
  readonly securityContext: Record<string, unknown>;
}

/** A controller, as far as the tests read it. */
export interface RenderedController {
  readonly metadata: { readonly name?: string; readonly annotations?: Record<string, string> };
  readonly spec: {
    readonly replicas?: number;
    readonly backoffLimit?: number;
    readonly strategy?: { readonly type: string };
    readonly template: {
      readonly metadata: { readonly annotations: Record<string, string> };
      readonly spec: {
        readonly containers: readonly RenderedContainer[];
        readonly initContainers: readonly RenderedContainer[];
        readonly imagePullSecrets: readonly { readonly name: string }[];
        readonly terminationGracePeriodSeconds: number;
        readonly volumes?: readonly Record<string, unknown>[];
        readonly enableServiceLinks: boolean;
        readonly securityContext: Record<string, unknown>;
      };
    };
  };
}

const controllers = ["kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job"];

/** The controller of a name. */
export function controllerOf({ resources }: Collected, name: string): RenderedController {
  const found = resources.find((one) => controllers.includes(one.type) && one.name === name);
  if (found === undefined) {
    throw new Error(`no controller ${name}`);
  }
  return found.inputs as unknown as RenderedController;
}

/** Data of an object of the settings. */
export function dataOf(
  { resources }: Collected,
  kind: "Secret" | "ConfigMap",
  name: string,
): Record<string, string> {
  const found = resources.find(
    ({ type, inputs }) =>
      type === `kubernetes:core/v1:${kind}` &&
      (inputs["metadata"] as { readonly name?: string }).name === name,
  );
  const data = unwrapSecrets(found?.inputs[kind === "Secret" ? "stringData" : "data"] ?? {});
  return data as Record<string, string>;
}

/** The variables of a container, each with the value that it has in the end. */
export function valuesOf(all: Collected, container: RenderedContainer): Record<string, string> {
  return Object.fromEntries(
    (container.env ?? []).map(({ name, value, valueFrom }) => {
      if (valueFrom === undefined) {
        return [name, value ?? ""];
      }
      const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
      const reference = secretKeyRef ?? configMapKeyRef;
      if (reference === undefined) {
        return [name, `pod:${fieldRef?.["fieldPath"] ?? ""}`];
      }
      const kind = secretKeyRef === undefined ? "ConfigMap" : "Secret";
      const found = dataOf(all, kind, reference["name"] ?? "")[reference["key"] ?? ""];
      return [
        name,
        found ?? `MISSING ${kind} ${reference["name"] ?? ""} ${reference["key"] ?? ""}`,
      ];
    }),
  );
}

/** A container of a controller, by its name. */
export function containerOf(all: Collected, controller: string, name: string): RenderedContainer {
  const { containers, initContainers } = controllerOf(all, controller).spec.template.spec;
  const found = [...containers, ...initContainers].find((one) => one.name === name);
  if (found === undefined) {
    throw new Error(`${controller} has no container ${name}`);
  }
  return found;
}
