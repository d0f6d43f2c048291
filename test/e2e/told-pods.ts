/**
 * What pods are told, as a kubelet would read it off the API server: every variable and every mounted file, ConfigMaps
 * and Secrets looked up. No container runs in the sandbox, so that nobody else would miss a key that is not there.
 */
import * as z from "zod";

import type { KubernetesObject } from "../../policy/graph/objects.ts";
import type { TestSandbox } from "./sandbox.ts";

/** What a pod is told. */
export interface Told {
  /** Variables that anyone may read who may look at pods or ConfigMaps. */
  readonly plain: Readonly<Record<string, string>>;
  /** Variables out of Secrets. */
  readonly secret: Readonly<Record<string, string>>;
  /** Path → text of each file out of a Secret. */
  readonly secretFiles: Readonly<Record<string, string>>;
}

const Key = z.object({ name: z.string(), key: z.string() });
const Variable = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({ secretKeyRef: Key.optional(), configMapKeyRef: Key.optional() })
    .optional(),
});

const Pod = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.looseObject({
    containers: z.tuple([
      // One container a pod: a second one would be told things that nobody looks at here.
      z.looseObject({
        env: z.array(Variable).default([]),
        // No server of a stack takes whole objects: which variable comes from where is said one by one.
        envFrom: z.undefined().optional(),
        volumeMounts: z
          .array(z.looseObject({ name: z.string(), mountPath: z.string() }))
          .default([]),
      }),
    ]),
    volumes: z
      .array(
        z.looseObject({
          name: z.string(),
          secret: z.looseObject({ secretName: z.string() }).optional(),
        }),
      )
      .default([]),
  }),
});
type Pod = z.infer<typeof Pod>;

const Data = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
});

/** Content of every ConfigMap and every Secret, the latter's decoded: `kind namespace/name` → key → text. */
type Contents = ReadonlyMap<string, Readonly<Record<string, string>>>;

function contentsOf(objects: readonly KubernetesObject[]): Contents {
  return new Map(
    objects.map((object) => {
      const { kind, metadata, data } = Data.parse(object);
      const texts = Object.entries(data).map(([key, text]) => [
        key,
        kind === "Secret" ? Buffer.from(text, "base64").toString() : text,
      ]);
      return [
        `${kind} ${metadata.namespace}/${metadata.name}`,
        Object.fromEntries(texts) as Record<string, string>,
      ];
    }),
  );
}

/** @throws Error where there is no such key: a kubelet would not start the pod. */
function lookUp(contents: Contents, pod: Pod, kind: string, { name, key }: z.infer<typeof Key>) {
  const text = contents.get(`${kind} ${pod.metadata.namespace}/${name}`)?.[key];
  if (text === undefined) {
    throw new Error(`${pod.metadata.name}: there is no ${key} in ${kind} ${name}`);
  }
  return text;
}

function toldOf(pod: Pod, contents: Contents): Told {
  const [{ env, volumeMounts }] = pod.spec.containers;
  const plain: Record<string, string> = {};
  const secret: Record<string, string> = {};
  for (const { name, value = "", valueFrom } of env) {
    if (valueFrom?.secretKeyRef !== undefined) {
      secret[name] = lookUp(contents, pod, "Secret", valueFrom.secretKeyRef);
    } else {
      const from = valueFrom?.configMapKeyRef;
      plain[name] = from === undefined ? value : lookUp(contents, pod, "ConfigMap", from);
    }
  }
  const files = volumeMounts.flatMap(({ name, mountPath }) => {
    const from = pod.spec.volumes.find((volume) => volume.name === name)?.secret;
    const content =
      from === undefined ? {} : contents.get(`Secret ${pod.metadata.namespace}/${from.secretName}`);
    if (content === undefined) {
      throw new Error(`${pod.metadata.name}: there is no Secret ${from?.secretName ?? ""}`);
    }
    return Object.entries(content).map(([file, text]) => [`${mountPath}/${file}`, text] as const);
  });
  return { plain, secret, secretFiles: Object.fromEntries(files) };
}

/**
 * What the pods of each workload of a namespace are told: workload → what its one container is told.
 *
 * @throws Error where a key is missing, or two pods of one workload are told different things.
 */
export async function toldPods(
  sandbox: TestSandbox,
  namespace: string,
): Promise<ReadonlyMap<string, Told>> {
  const objects = (await sandbox.objects("pods", "configmaps", "secrets")).filter(
    ({ metadata }) => metadata.namespace === namespace,
  );
  const contents = contentsOf(objects.filter(({ kind }) => kind !== "Pod"));
  const all = new Map<string, Told>();
  for (const object of objects.filter(({ kind }) => kind === "Pod")) {
    const pod = Pod.parse(object);
    const name = pod.metadata.labels["app.kubernetes.io/name"];
    // A pod that is leaving may have outlived what it was told.
    if (name === undefined || pod.metadata.deletionTimestamp !== undefined) {
      continue;
    }
    const told = toldOf(pod, contents);
    const before = all.get(name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(told)) {
      throw new Error(`${name}: its pods are told different things`);
    }
    all.set(name, told);
  }
  return all;
}

/** Services that a pod is told of by name and port, with or without http://. */
export const dialledInside = ({
  plain,
}: Told): { readonly host: string; readonly port: number }[] =>
  Object.values(plain).flatMap((value) => {
    const [, host = "", port = ""] =
      /^(?:http:\/\/)?([a-z][a-z0-9-]*):(\d+)(?:\/.*)?$/.exec(value) ?? [];
    return host === "" ? [] : [{ host, port: Number(port) }];
  });

/** Hosts of every https address in what a pod is told, those in lists and in patterns with escaped dots, too. */
export const httpsHosts = ({ plain }: Told): string[] =>
  Object.values(plain).flatMap((value) =>
    [...value.replaceAll("\\", "").matchAll(/https:\/\/([^/"', ]+)/g)].map(([, host = ""]) => host),
  );
