/**
 * What the provider makes of cert-manager's chart, as far as rules look at it. The mocks render no chart: these are
 * what `make up` makes of v1.21.2, and what the pack objects to there (a preview of the sandbox runs it) is what it
 * objects to here.
 */
import type { Resource } from "../../policy/resource.ts";

/** What a part's container has beside its resources: probes, where the chart has any. */
interface Part {
  readonly name: string;
  readonly component: string;
  readonly memory: readonly [request: string, limit: string];
  readonly ports: Readonly<Record<string, number>>;
  readonly probes: object;
}

const check = (path: string, port: string, periodSeconds: number, failureThreshold: number) => ({
  httpGet: { path, port, scheme: "HTTP" },
  ...{ periodSeconds, failureThreshold },
});

const parts: readonly Part[] = [
  {
    name: "cert-manager",
    component: "controller",
    memory: ["128Mi", "256Mi"],
    ports: { "http-metrics": 9402, "http-healthz": 9403 },
    probes: { livenessProbe: check("/livez", "http-healthz", 10, 8) },
  },
  {
    name: "cainjector",
    component: "cainjector",
    memory: ["128Mi", "256Mi"],
    ports: { "http-metrics": 9402 },
    probes: {},
  },
  {
    name: "webhook",
    component: "webhook",
    memory: ["64Mi", "128Mi"],
    ports: { https: 10_250, healthcheck: 6080, "http-metrics": 9402 },
    probes: {
      readinessProbe: check("/healthz", "healthcheck", 5, 3),
      livenessProbe: check("/livez", "healthcheck", 10, 3),
    },
  },
];

const read = ["get", "list", "watch"];
const secrets = { apiGroups: [""], resources: ["secrets"], verbs: read };
const pods = {
  ...{ apiGroups: [""], resources: ["pods", "services"] },
  verbs: [...read, "create", "delete"],
};
const reviews = {
  ...{ apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"] },
  verbs: ["create"],
};

/** Roles, with whose they are. */
const roles: readonly (readonly [name: string, account: string, rules: readonly object[]])[] = [
  ["cert-manager-cainjector", "cert-manager-cainjector", [secrets]],
  ["cert-manager-webhook:subjectaccessreviews", "cert-manager-webhook", [reviews]],
  ["cert-manager-controller-challenges", "cert-manager", [secrets, pods]],
  ...["certificates", "clusterissuers", "issuers", "orders"].map(
    (what) => [`cert-manager-controller-${what}`, "cert-manager", [secrets]] as const,
  ),
];

const labelsOf = ({ name, component }: Part) => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/component": component,
  "app.kubernetes.io/instance": "cert-manager",
  "app.kubernetes.io/part-of": "pushtech",
  "app.kubernetes.io/managed-by": "Helm",
});

/** Name of a part's objects. */
const objectName = ({ name }: Part): string =>
  name === "cert-manager" ? name : `cert-manager-${name}`;

function deployment(part: Part) {
  const [request, limit] = part.memory;
  const labels = labelsOf(part);
  const name = objectName(part);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "cert-manager", labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: { "app.kubernetes.io/name": part.name } },
      template: {
        metadata: {
          labels,
          annotations: {
            "prometheus.io/path": "/metrics",
            "prometheus.io/scrape": "true",
            "prometheus.io/port": "9402",
          },
        },
        spec: {
          serviceAccountName: name,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              name: name === "cert-manager" ? "cert-manager-controller" : name,
              image: `quay.io/jetstack/${name === "cert-manager" ? "cert-manager-controller" : name}:v1.21.2`,
              ports: Object.entries(part.ports).map(([port, containerPort]) => ({
                ...{ name: port, containerPort, protocol: "TCP" },
              })),
              resources: {
                requests: { cpu: "20m", memory: request },
                limits: { memory: limit },
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
              ...part.probes,
            },
          ],
        },
      },
    },
  };
}

const account = (part: Part) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: objectName(part), namespace: "cert-manager", labels: labelsOf(part) },
});

/** The webhook that the API server asks about every certificate, and its Service. */
function webhook() {
  const name = "cert-manager-webhook";
  const part = parts.find((one) => one.name === "webhook");
  const labels = part === undefined ? {} : labelsOf(part);
  const hook = {
    name: "webhook.cert-manager.io",
    clientConfig: { service: { name, namespace: "cert-manager", path: "/validate" } },
    ...{ admissionReviewVersions: ["v1"], sideEffects: "None", failurePolicy: "Fail" },
  };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "cert-manager", labels },
      spec: {
        type: "ClusterIP",
        selector: { "app.kubernetes.io/name": "webhook" },
        ports: [
          { name: "https", port: 443, targetPort: "https", protocol: "TCP" },
          { name: "metrics", port: 9402, targetPort: "http-metrics", protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name, labels },
      webhooks: [hook],
    },
  ];
}

/** A role, and who has it. */
function clusterRole([name, owner, rules]: (typeof roles)[number]) {
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const metadata = { name, labels: { "app.kubernetes.io/part-of": "pushtech" } };
  return [
    { apiVersion, kind: "ClusterRole", metadata, rules },
    {
      ...{ apiVersion, kind: "ClusterRoleBinding", metadata },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name: owner, namespace: "cert-manager" }],
    },
  ];
}

/** Types by kinds. */
const types: Readonly<Record<string, string>> = {
  Deployment: "kubernetes:apps/v1:Deployment",
  ServiceAccount: "kubernetes:core/v1:ServiceAccount",
  ClusterRole: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole",
  ClusterRoleBinding: "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
  Service: "kubernetes:core/v1:Service",
  ValidatingWebhookConfiguration:
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
};

/** Objects of a chart's resource, as children of it. */
export const chartResources = (chart: Resource): Resource[] =>
  [
    ...parts.flatMap((part) => [deployment(part), account(part)]),
    ...roles.flatMap(clusterRole),
    ...webhook(),
  ].map((object) => {
    const { name, namespace } = object.metadata as { name: string; namespace?: string };
    const full = `${chart.name}:${namespace === undefined ? name : `${namespace}/${name}`}`;
    const type = types[object.kind] ?? object.kind;
    return {
      urn: `${chart.urn.split("::").slice(0, -1).join("::")}$${type}::${full}`,
      ...{ type, name: full, properties: object, parent: chart.urn },
      provider: { type: "pulumi:providers:kubernetes", name: "cluster" },
      ...{ protect: false, retainOnDelete: false, ignoreChanges: [] },
    };
  });
