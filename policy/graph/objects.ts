/**
 * Kubernetes objects as far as the evaluators read them.
 *
 * Parsed with zod rather than cast: a field that is not what an evaluator takes it for fails the
 * test with its path, instead of being read as absent and passing every check.
 */
import * as z from "zod";

const StringMap = z.record(z.string(), z.string());

const Metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: StringMap.optional(),
  annotations: StringMap.optional(),
});

/** Any object. */
export const KubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: Metadata,
});
/** {@inheritDoc KubernetesObject} */
export type KubernetesObject = z.infer<typeof KubernetesObject>;

const PortReference = z.union([z.int(), z.string()]);

const Probe = z.looseObject({
  httpGet: z.looseObject({ host: z.string().optional(), port: PortReference }).optional(),
  tcpSocket: z.looseObject({ host: z.string().optional(), port: PortReference }).optional(),
  // Defaults are the API's own.
  periodSeconds: z.int().default(10),
  failureThreshold: z.int().default(3),
});

const Capabilities = z.looseObject({
  add: z.array(z.string()).optional(),
  drop: z.array(z.string()).optional(),
});

const SeccompProfile = z.looseObject({ type: z.string() });

const ContainerSecurity = z.looseObject({
  privileged: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  capabilities: Capabilities.optional(),
  procMount: z.string().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  runAsNonRoot: z.boolean().optional(),
  runAsUser: z.int().optional(),
  seccompProfile: SeccompProfile.optional(),
});

const KeyReference = z.looseObject({ name: z.string(), key: z.string() });

const Variable = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({
      secretKeyRef: KeyReference.optional(),
      configMapKeyRef: KeyReference.optional(),
    })
    .optional(),
});

/** A container of a pod. */
export const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  env: z.array(Variable).optional(),
  envFrom: z
    .array(
      z.looseObject({
        secretRef: z.looseObject({ name: z.string() }).optional(),
        configMapRef: z.looseObject({ name: z.string() }).optional(),
      }),
    )
    .optional(),
  ports: z
    .array(
      z.looseObject({
        name: z.string().optional(),
        containerPort: z.int(),
        protocol: z.string().default("TCP"),
        hostPort: z.int().optional(),
      }),
    )
    .optional(),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  startupProbe: Probe.optional(),
  resources: z.looseObject({
    requests: z
      .looseObject({ cpu: z.string().optional(), memory: z.string().optional() })
      .optional(),
    limits: z.looseObject({ cpu: z.string().optional(), memory: z.string().optional() }).optional(),
  }),
  volumeMounts: z
    .array(
      z.looseObject({
        name: z.string(),
        mountPath: z.string(),
        subPath: z.string().optional(),
      }),
    )
    .optional(),
  securityContext: ContainerSecurity.optional(),
});
/** {@inheritDoc Container} */
export type Container = z.infer<typeof Container>;

const Items = z.array(z.looseObject({ key: z.string() })).optional();

const Volume = z.looseObject({
  name: z.string(),
  configMap: z.looseObject({ name: z.string(), items: Items }).optional(),
  secret: z.looseObject({ secretName: z.string(), items: Items }).optional(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
  emptyDir: z.looseObject({ sizeLimit: z.string().optional() }).optional(),
});

/** What a pod is made of. */
export const PodSpec = z.looseObject({
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).optional(),
  volumes: z.array(Volume).optional(),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean().optional(),
  enableServiceLinks: z.boolean().optional(),
  imagePullSecrets: z.array(z.looseObject({ name: z.string() })).optional(),
  nodeSelector: StringMap.optional(),
  securityContext: z
    .looseObject({
      runAsNonRoot: z.boolean().optional(),
      runAsUser: z.int().optional(),
      seccompProfile: SeccompProfile.optional(),
      sysctls: z.array(z.looseObject({ name: z.string() })).optional(),
    })
    .optional(),
});
/** {@inheritDoc PodSpec} */
export type PodSpec = z.infer<typeof PodSpec>;

const PodTemplate = z.looseObject({
  metadata: z.looseObject({ labels: StringMap, annotations: StringMap.optional() }),
  spec: PodSpec,
});

const LabelSelector = z.looseObject({
  matchLabels: StringMap.optional(),
  // The evaluators read labels only; a selector of expressions must fail, not match everything.
  matchExpressions: z.undefined({ error: "is not understood by the evaluators" }).optional(),
});
/** Selector by labels. An empty one selects everything. */
export type LabelSelector = z.infer<typeof LabelSelector>;

const Controller = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    replicas: z.int().optional(),
    strategy: z.looseObject({ type: z.string() }).optional(),
    selector: LabelSelector.optional(),
    template: PodTemplate,
    volumeClaimTemplates: z
      .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
      .optional(),
    persistentVolumeClaimRetentionPolicy: z
      .looseObject({ whenDeleted: z.string(), whenScaled: z.string() })
      .optional(),
  }),
});

const CronJob = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    jobTemplate: z.looseObject({ spec: z.looseObject({ template: PodTemplate }) }),
  }),
});

/** A Service. */
export const Service = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    type: z.string().default("ClusterIP"),
    selector: StringMap.optional(),
    externalTrafficPolicy: z.string().optional(),
    ports: z.array(
      z.looseObject({
        name: z.string().optional(),
        port: z.int(),
        targetPort: PortReference.optional(),
        nodePort: z.int().optional(),
        protocol: z.string().default("TCP"),
      }),
    ),
  }),
});
/** {@inheritDoc Service} */
export type Service = z.infer<typeof Service>;

/** An Ingress. */
export const Ingress = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    ingressClassName: z.string().optional(),
    tls: z.array(z.looseObject({ hosts: z.array(z.string()), secretName: z.string() })).optional(),
    rules: z.array(
      z.looseObject({
        host: z.string(),
        http: z.looseObject({
          paths: z.array(
            z.looseObject({
              path: z.string(),
              backend: z.looseObject({
                service: z.looseObject({
                  name: z.string(),
                  port: z.looseObject({
                    name: z.string().optional(),
                    number: z.int().optional(),
                  }),
                }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});
/** {@inheritDoc Ingress} */
export type Ingress = z.infer<typeof Ingress>;

const PolicyPeer = z.looseObject({
  podSelector: LabelSelector.optional(),
  namespaceSelector: LabelSelector.optional(),
  ipBlock: z.looseObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
});
/** One end of a rule. */
export type PolicyPeer = z.infer<typeof PolicyPeer>;

const PolicyPort = z.looseObject({
  port: PortReference.optional(),
  endPort: z.int().optional(),
  protocol: z.string().default("TCP"),
});
/** Ports of a rule. */
export type PolicyPort = z.infer<typeof PolicyPort>;

/** A network policy. */
export const NetworkPolicy = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    podSelector: LabelSelector,
    policyTypes: z.array(z.enum(["Ingress", "Egress"])),
    ingress: z
      .array(
        z.looseObject({
          from: z.array(PolicyPeer).optional(),
          ports: z.array(PolicyPort).optional(),
        }),
      )
      .optional(),
    egress: z
      .array(
        z.looseObject({
          to: z.array(PolicyPeer).optional(),
          ports: z.array(PolicyPort).optional(),
        }),
      )
      .optional(),
  }),
});
/** {@inheritDoc NetworkPolicy} */
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;

/** A ConfigMap or a Secret. */
export const Data = z.looseObject({
  ...KubernetesObject.shape,
  data: StringMap.optional(),
  stringData: StringMap.optional(),
});
/** {@inheritDoc Data} */
export type Data = z.infer<typeof Data>;

/** The pods of one controller: they are all alike. */
export interface PodSet {
  readonly kind: string;
  /** Name of the controller. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly replicas: number;
  readonly spec: PodSpec;
  /** Of a Deployment: whether a second pod may run while the first is exchanged. */
  readonly strategy: string | undefined;
  /** Volumes that a StatefulSet adds, one disk for each pod. */
  readonly claimTemplates: readonly string[];
  /** What happens to those disks with the StatefulSet. */
  readonly whenDeleted: string | undefined;
}

/** The objects of a stack, by what the evaluators ask. */
export interface World {
  readonly objects: readonly KubernetesObject[];
  readonly pods: readonly PodSet[];
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
  readonly policies: readonly NetworkPolicy[];
  readonly configMaps: readonly Data[];
  readonly secrets: readonly Data[];
  /** Namespace → labels, the one that the API server adds included. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

const controllerKinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"];

function podSet(object: KubernetesObject): PodSet[] {
  const namespace = namespaceOf(object);
  const { name } = object.metadata;
  if (controllerKinds.includes(object.kind)) {
    const { spec } = Controller.parse(object);
    return [
      {
        kind: object.kind,
        name,
        namespace,
        labels: spec.template.metadata.labels,
        annotations: spec.template.metadata.annotations ?? {},
        replicas: spec.replicas ?? 1,
        spec: spec.template.spec,
        strategy: spec.strategy?.type,
        claimTemplates: (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name),
        whenDeleted: spec.persistentVolumeClaimRetentionPolicy?.whenDeleted,
      },
    ];
  }
  if (object.kind === "CronJob") {
    const { template } = CronJob.parse(object).spec.jobTemplate.spec;
    return [
      {
        kind: object.kind,
        name,
        namespace,
        labels: template.metadata.labels,
        annotations: template.metadata.annotations ?? {},
        replicas: 1,
        spec: template.spec,
        strategy: undefined,
        claimTemplates: [],
        whenDeleted: undefined,
      },
    ];
  }
  if (object.kind === "Pod" || object.kind === "ReplicaSet") {
    throw new Error(`${describe(object)}: pods are made by controllers that the evaluators know`);
  }
  return [];
}

/** Sorts objects into a {@link World}. */
export function worldOf(objects: readonly unknown[]): World {
  const all = objects.map((object) => KubernetesObject.parse(object));
  const ofKind = (kind: string): KubernetesObject[] => all.filter((object) => object.kind === kind);
  return {
    objects: all,
    pods: all.flatMap(podSet),
    services: ofKind("Service").map((object) => Service.parse(object)),
    ingresses: ofKind("Ingress").map((object) => Ingress.parse(object)),
    policies: ofKind("NetworkPolicy").map((object) => NetworkPolicy.parse(object)),
    configMaps: ofKind("ConfigMap").map((object) => Data.parse(object)),
    secrets: ofKind("Secret").map((object) => Data.parse(object)),
    namespaces: new Map(
      ofKind("Namespace").map(({ metadata: { name, labels } }) => [
        name,
        { ...labels, "kubernetes.io/metadata.name": name },
      ]),
    ),
  };
}

/** Namespace of an object; objects of the whole cluster stand in "". */
export const namespaceOf = (object: KubernetesObject): string => object.metadata.namespace ?? "";

/** How an object is called in a message. */
export function describe(object: {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
}): string {
  const { name, namespace } = object.metadata;
  return `${object.kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** How a pod set is called in a message. */
export const describePods = ({ kind, namespace, name }: PodSet): string =>
  `${kind} ${namespace}/${name}`;

/** Every container, in the order Kubernetes starts them. */
export const allContainers = (spec: PodSpec): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
];

/** Whether labels carry all that a selector asks for. */
export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}
