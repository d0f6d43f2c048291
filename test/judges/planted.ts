/**
 * Faults planted into a rendered stack, and who must find each: Fleet's own rule, and every judge that
 * claims to know such a fault. Where both look, both find, or one of them has gone blind.
 */

/** An object, open to changes. */
export type Loose = Record<string, unknown>;

/** A fault. */
export interface Planted {
  readonly fault: string;
  /** Object that is changed, e.g. `Deployment route-finder`; with a new one, undefined. */
  readonly object: string | undefined;
  /** Makes the fault: the changed object, several, or none where it is taken out. */
  readonly plant: (object: Loose) => Loose | undefined;
  /** Name of Fleet's rule. */
  readonly rule: string;
  /** kube-score's name of its check. */
  readonly kubeScore?: string;
  /** Checkov's name of its check. */
  readonly checkov?: string;
  /** Whether kubeconform finds it. */
  readonly kubeconform?: true;
  /** Whether the API server refuses such a pod in a namespace that is `restricted`. */
  readonly admission?: true;
}

/** The workload that faults are planted into. */
const victim = "Deployment route-finder";

interface PodSpec extends Loose {
  containers: [Loose, ...Loose[]];
}

const podOf = (object: Loose): PodSpec =>
  (object["spec"] as { template: { spec: PodSpec } }).template.spec;

/** Changes the pod. */
const pod =
  (change: (spec: PodSpec) => void): Planted["plant"] =>
  (object) => {
    change(podOf(object));
    return object;
  };

/** Changes the pod's first container. */
const container = (change: (container: Loose) => void): Planted["plant"] =>
  pod(({ containers: [first] }) => {
    change(first);
  });

/** Changes the security context of the first container. */
const security = (values: Loose): Planted["plant"] =>
  container((one) => {
    one["securityContext"] = { ...(one["securityContext"] as Loose), ...values };
  });

const admission = true;

/** Faults of pods, which the API server is asked about as well. */
export const podFaults: readonly Planted[] = [
  {
    fault: "a privileged container",
    object: victim,
    plant: security({ privileged: true, allowPrivilegeEscalation: true }),
    rule: "pod-security",
    kubeScore: "container-security-context-privileged",
    checkov: "CKV_K8S_16",
    admission,
  },
  {
    fault: "a way to more privileges",
    object: victim,
    plant: security({ allowPrivilegeEscalation: true }),
    rule: "pod-security",
    checkov: "CKV_K8S_20",
    admission,
  },
  {
    fault: "root",
    object: victim,
    plant: pod((spec) => {
      spec["securityContext"] = {
        ...(spec["securityContext"] as Loose),
        runAsUser: 0,
        runAsNonRoot: false,
      };
    }),
    rule: "pod-security",
    kubeScore: "container-security-context-user-group-id",
    checkov: "CKV_K8S_23",
    admission,
  },
  {
    fault: "all capabilities kept",
    object: victim,
    plant: security({ capabilities: {} }),
    rule: "pod-security",
    checkov: "CKV_K8S_37",
    admission,
  },
  {
    fault: "a capability more",
    object: victim,
    plant: security({ capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } }),
    rule: "pod-security",
    checkov: "CKV_K8S_25",
    admission,
  },
  {
    fault: "no seccomp profile",
    object: victim,
    plant: pod((spec) => {
      spec["securityContext"] = {
        ...(spec["securityContext"] as Loose),
        seccompProfile: undefined,
      };
      const [one] = spec.containers;
      one["securityContext"] = { ...(one["securityContext"] as Loose), seccompProfile: undefined };
    }),
    rule: "pod-security",
    checkov: "CKV_K8S_31",
    admission,
  },
  ...(
    [
      ["hostNetwork", "CKV_K8S_19"],
      ["hostPID", "CKV_K8S_17"],
      ["hostIPC", "CKV_K8S_18"],
    ] as const
  ).map(([field, checkov]) => ({
    fault: `the node's own: ${field}`,
    object: victim,
    plant: pod((spec) => {
      spec[field] = true;
    }),
    rule: "pod-security",
    checkov,
    admission: true as const,
  })),
  {
    fault: "a port of the node",
    object: victim,
    plant: container((one) => {
      one["ports"] = [{ name: "http", containerPort: 9092, hostPort: 9092 }];
    }),
    rule: "pod-security",
    checkov: "CKV_K8S_26",
    admission,
  },
  {
    fault: "the container runtime's socket",
    object: victim,
    plant: pod((spec) => {
      const socket = { name: "socket", hostPath: { path: "/var/run/docker.sock" } };
      spec["volumes"] = [...((spec["volumes"] ?? []) as Loose[]), socket];
    }),
    rule: "pod-security",
    checkov: "CKV_K8S_27",
    admission,
  },
];

/** The others. */
const otherFaults: readonly Planted[] = [
  {
    fault: "a root that may be written to",
    object: victim,
    plant: security({ readOnlyRootFilesystem: false }),
    rule: "bounded-scratch",
    kubeScore: "container-security-context-readonlyrootfilesystem",
    checkov: "CKV_K8S_22",
  },
  {
    fault: "the latest image",
    object: victim,
    plant: container((one) => {
      one["image"] = "docker.io/skycoinpro/route-finder:latest";
    }),
    rule: "image-names",
    kubeScore: "container-image-tag",
    checkov: "CKV_K8S_14",
  },
  {
    fault: "an image without a digest",
    object: victim,
    plant: container((one) => {
      one["image"] = "docker.io/skycoinpro/route-finder:v1.2.3";
    }),
    rule: "image-digests",
    checkov: "CKV_K8S_43",
  },
  {
    fault: "no CPU requested",
    object: victim,
    plant: container((one) => {
      one["resources"] = { requests: { memory: "64Mi" }, limits: { memory: "64Mi" } };
    }),
    rule: "requests-and-limits",
    kubeScore: "container-resources",
    checkov: "CKV_K8S_10",
  },
  {
    fault: "no memory limit",
    object: victim,
    plant: container((one) => {
      one["resources"] = { requests: { cpu: "10m", memory: "64Mi" } };
    }),
    rule: "requests-and-limits",
    kubeScore: "container-resources",
    checkov: "CKV_K8S_13",
  },
  {
    fault: "no readiness probe",
    object: victim,
    plant: container((one) => {
      one["readinessProbe"] = undefined;
    }),
    rule: "probes",
    kubeScore: "pod-probes",
    checkov: "CKV_K8S_9",
  },
  {
    fault: "no liveness probe",
    object: victim,
    plant: container((one) => {
      one["livenessProbe"] = undefined;
    }),
    rule: "probes",
    checkov: "CKV_K8S_8",
  },
  {
    fault: "a token that nobody needs",
    object: victim,
    plant: pod((spec) => {
      spec["automountServiceAccountToken"] = true;
    }),
    rule: "account-tokens",
    checkov: "CKV_K8S_38",
  },
  {
    fault: "one variable twice",
    object: victim,
    plant: container((one) => {
      one["env"] = [
        { name: "TWICE", value: "a" },
        { name: "TWICE", value: "b" },
      ];
    }),
    rule: "distinct-in-pods",
    kubeScore: "environment-variable-key-duplication",
  },
  {
    fault: "the default namespace",
    object: victim,
    plant: (object) => ({
      ...object,
      metadata: { ...(object["metadata"] as Loose), namespace: "default" },
    }),
    rule: "own-namespace",
    checkov: "CKV_K8S_21",
  },
  {
    fault: "a replica count in words",
    object: victim,
    plant: (object) => ({ ...object, spec: { ...(object["spec"] as Loose), replicas: "two" } }),
    rule: "objects-readable",
    kubeconform: true,
  },
  {
    fault: "a Service of nobody",
    object: "Service route-finder",
    plant: (object) => ({
      ...object,
      spec: { ...(object["spec"] as Loose), selector: { "app.kubernetes.io/name": "rout-finder" } },
    }),
    rule: "ports-agree",
    kubeScore: "service-targets-pod",
  },
  {
    fault: "an Ingress to a Service that is not there",
    object: "Service route-finder",
    plant: () => undefined,
    rule: "ports-agree",
    kubeScore: "ingress-targets-service",
  },
  {
    fault: "a network policy of nobody",
    object: "NetworkPolicy route-finder",
    plant: (object) => ({
      ...object,
      spec: {
        ...(object["spec"] as Loose),
        podSelector: { matchLabels: { "app.kubernetes.io/name": "rout-finder" } },
      },
    }),
    rule: "policies-meet",
    kubeScore: "networkpolicy-targets-pod",
  },
  {
    fault: "an autoscaler of nothing",
    object: undefined,
    plant: () => ({
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: { name: "nothing", namespace: "skywire" },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "nothing" },
        minReplicas: 2,
        maxReplicas: 3,
      },
    }),
    rule: "references-exist",
    kubeScore: "horizontalpodautoscaler-has-target",
  },
  {
    fault: "rights to everything",
    object: undefined,
    plant: () => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "everything" },
      rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
    }),
    rule: "rbac-wildcards",
    checkov: "CKV_K8S_49",
  },
  {
    fault: "an API that is gone",
    object: "PodDisruptionBudget route-finder",
    plant: (object) => ({ ...object, apiVersion: "policy/v1beta1" }),
    rule: "current-apis",
    kubeScore: "stable-version",
    kubeconform: true,
  },
];

/** All of them. */
export const planted: readonly Planted[] = [...podFaults, ...otherFaults];

/** How an object is called here. */
const callOf = (object: Loose): string =>
  `${String(object["kind"])} ${String((object["metadata"] as Loose)["name"])}`;

/** Objects of a stack with a fault planted among them. */
export function withFault(
  { object: wanted, plant }: Planted,
  objects: readonly Loose[],
): { readonly all: readonly Loose[]; readonly changed: Loose | undefined } {
  const place = objects.findIndex((one) => callOf(one) === wanted);
  if (wanted !== undefined && place < 0) {
    throw new Error(`there is no ${wanted} to plant a fault into`);
  }
  // As it is written: what is undefined is not there.
  const made = plant(structuredClone(objects[place] ?? {}));
  const changed = made === undefined ? undefined : (JSON.parse(JSON.stringify(made)) as Loose);
  const others = objects.filter((_, index) => index !== place);
  return { all: changed === undefined ? others : [...others, changed], changed };
}
