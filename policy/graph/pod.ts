/** What a pod is made of, as far as the evaluators read it. */
import * as z from "zod";

import { parseQuantity } from "../../components/base/quantity.ts";
import { unknownText } from "../resource.ts";

const StringMap = z.record(z.string(), z.string());

/** A port by its number or its name. */
export const PortReference = z.union([z.int(), z.string()]);

const Probe = z.looseObject({
  httpGet: z.looseObject({ host: z.string().optional(), port: PortReference }).optional(),
  tcpSocket: z.looseObject({ host: z.string().optional(), port: PortReference }).optional(),
  grpc: z.looseObject({ port: z.int() }).optional(),
  // Defaults are the API's own.
  periodSeconds: z.int().default(10),
  failureThreshold: z.int().default(3),
});

const Capabilities = z.looseObject({
  add: z.array(z.string()).optional(),
  drop: z.array(z.string()).optional(),
});

const SeccompProfile = z.looseObject({ type: z.string() });

/** What a pod and each of its containers may say alike of how they are fenced in. */
const Fences = {
  appArmorProfile: z.looseObject({ type: z.string() }).optional(),
  seLinuxOptions: z
    .looseObject({
      type: z.string().default(""),
      user: z.string().default(""),
      role: z.string().default(""),
    })
    .optional(),
  windowsOptions: z.looseObject({ hostProcess: z.boolean().optional() }).optional(),
};

const Handler = z
  .looseObject({
    httpGet: z.looseObject({ host: z.string().optional() }).optional(),
    tcpSocket: z.looseObject({ host: z.string().optional() }).optional(),
  })
  .optional();

const ContainerSecurity = z.looseObject({
  privileged: z.boolean().optional(),
  allowPrivilegeEscalation: z.boolean().optional(),
  capabilities: Capabilities.optional(),
  procMount: z.string().optional(),
  readOnlyRootFilesystem: z.boolean().optional(),
  runAsNonRoot: z.boolean().optional(),
  runAsUser: z.int().optional(),
  seccompProfile: SeccompProfile.optional(),
  ...Fences,
});

const KeyReference = z.looseObject({
  name: z.string(),
  key: z.string(),
  optional: z.boolean().optional(),
});

const Whole = z.looseObject({ name: z.string(), optional: z.boolean().optional() });

/** An amount, or what stands for one that is still to be told: a rule may need another part of the pod. */
const Quantity = z
  .string()
  .refine((text) => text === unknownText || !Number.isNaN(parseQuantity(text)), {
    error: "is no quantity",
  });

const Quantities = z.looseObject({
  cpu: Quantity.optional(),
  memory: Quantity.optional(),
  "ephemeral-storage": Quantity.optional(),
});

const Resources = z.looseObject({
  requests: Quantities.optional(),
  limits: Quantities.optional(),
});

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
        /** Stands before the name of each variable. */
        prefix: z.string().optional(),
        secretRef: Whole.optional(),
        configMapRef: Whole.optional(),
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
  lifecycle: z.looseObject({ postStart: Handler, preStop: Handler }).optional(),
  resources: Resources.default({}),
  // Of an init container: `Always` makes it run beside the others.
  restartPolicy: z.string().optional(),
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
  configMap: z
    .looseObject({ name: z.string(), items: Items, optional: z.boolean().optional() })
    .optional(),
  secret: z
    .looseObject({ secretName: z.string(), items: Items, optional: z.boolean().optional() })
    .optional(),
  projected: z
    .looseObject({
      sources: z.array(
        z.looseObject({
          configMap: z.looseObject({ ...Whole.shape, items: Items }).optional(),
          secret: z.looseObject({ ...Whole.shape, items: Items }).optional(),
        }),
      ),
    })
    .optional(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
  emptyDir: z.looseObject({ sizeLimit: Quantity.optional() }).optional(),
  nfs: z.looseObject({ server: z.string() }).optional(),
});

const Expression = z.looseObject({
  key: z.string(),
  operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"], {
    error: "is an operator that the evaluators do not know",
  }),
  values: z.array(z.string()).default([]),
});

/** {@inheritDoc (LabelSelector:type)} */
export const LabelSelector = z.looseObject({
  matchLabels: StringMap.optional(),
  matchExpressions: z.array(Expression).optional(),
});
/** Selector by labels. An empty one selects everything. */
export type LabelSelector = z.infer<typeof LabelSelector>;

const NodeTerm = z.looseObject({
  matchExpressions: z.array(Expression).optional(),
  /** A node's name, by which a DaemonSet's controller ties each pod to its node. */
  matchFields: z.array(Expression).optional(),
});

const PodAffinityTerm = z.looseObject({
  labelSelector: LabelSelector.optional(),
  topologyKey: z.string(),
});

const Affinity = z.looseObject({
  nodeAffinity: z
    .looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z
        .looseObject({ nodeSelectorTerms: z.array(NodeTerm) })
        .optional(),
    })
    .optional(),
  podAntiAffinity: z
    .looseObject({
      requiredDuringSchedulingIgnoredDuringExecution: z.array(PodAffinityTerm).optional(),
      preferredDuringSchedulingIgnoredDuringExecution: z
        .array(z.looseObject({ podAffinityTerm: PodAffinityTerm }))
        .optional(),
    })
    .optional(),
});

const PodToleration = z.looseObject({
  key: z.string().optional(),
  operator: z.enum(["Exists", "Equal"]).default("Equal"),
  value: z.string().optional(),
  effect: z.string().optional(),
});

const SpreadOverTopology = z.looseObject({
  maxSkew: z.int(),
  topologyKey: z.string(),
  whenUnsatisfiable: z.string(),
  labelSelector: LabelSelector.optional(),
  // Defaults are the API's own.
  nodeAffinityPolicy: z.string().default("Honor"),
  nodeTaintsPolicy: z.string().default("Ignore"),
  // No default here: the API server refuses one beside ScheduleAnyway, and is asked with these very words (pod-security.e2e).
  minDomains: z.int().optional(),
});

/** What a pod is made of. */
export const PodSpec = z.looseObject({
  containers: z.array(Container).min(1),
  initContainers: z.array(Container).optional(),
  // Of all containers together, from Kubernetes 1.34 on; an API server before it drops them.
  resources: Resources.optional(),
  volumes: z.array(Volume).optional(),
  hostNetwork: z.boolean().optional(),
  hostPID: z.boolean().optional(),
  hostIPC: z.boolean().optional(),
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean().optional(),
  enableServiceLinks: z.boolean().optional(),
  imagePullSecrets: z.array(z.looseObject({ name: z.string() })).optional(),
  nodeSelector: StringMap.optional(),
  affinity: Affinity.optional(),
  tolerations: z.array(PodToleration).optional(),
  topologySpreadConstraints: z.array(SpreadOverTopology).optional(),
  securityContext: z
    .looseObject({
      runAsNonRoot: z.boolean().optional(),
      runAsUser: z.int().optional(),
      seccompProfile: SeccompProfile.optional(),
      sysctls: z.array(z.looseObject({ name: z.string() })).optional(),
      ...Fences,
    })
    .optional(),
});
/** {@inheritDoc PodSpec} */
export type PodSpec = z.infer<typeof PodSpec>;
