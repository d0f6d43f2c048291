/** Changes of who may do what: of which each rule speaks, and what beside it it is silent about. */
import { blinded, object, workload } from "../made.ts";
import {
  anew,
  annotated,
  balancer,
  firewall,
  gone,
  image,
  kubernetes,
  labelled,
  made,
  middlewares,
  service,
  settings,
  swarm,
  update,
} from "./changes.ts";
import {
  type Case,
  type Further,
  hasCaseOfEach,
  type Reason,
  saysWhy,
  speaksAsWell,
} from "./each-rule.ts";

const provider = "pulumi:providers:kubernetes";
const binding = kubernetes("admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding");
const clusterRole = kubernetes("rbac.authorization.k8s.io/v1:ClusterRole");
const workloadIdentity = "iam.gke.io/gcp-service-account";
const enforce = "pod-security.kubernetes.io/enforce";
const aggregated = "rbac.authorization.k8s.io/aggregate-to-";

const cases: readonly Case[] = [
  { rule: "rights-changed", speaks: made("Role"), silent: labelled("Role") },
  { rule: "account-changed", speaks: gone("ServiceAccount"), silent: made("ServiceAccount") },
  {
    rule: "network-policy-changed",
    speaks: gone("NetworkPolicy"),
    silent: labelled("NetworkPolicy"),
  },
  {
    rule: "service-opened",
    speaks: made("Service", service("NodePort")),
    silent: made("Service", service("ClusterIP")),
  },
  {
    rule: "port-published",
    speaks: made(swarm, { endpointSpec: { ports: [{ targetPort: 80, publishedPort: 80 }] } }),
    silent: made(swarm, {}),
  },
  {
    rule: "sources-changed",
    speaks: update(
      "Service",
      object({ spec: { loadBalancerSourceRanges: ["192.0.2.0/24"] } }),
      object({ spec: {} }),
      "spec.loadBalancerSourceRanges",
    ),
    silent: update("Service", service("ClusterIP"), service("ClusterIP", 81), "spec.ports[0].port"),
  },
  {
    rule: "host-changed",
    speaks: made("Ingress", object({ spec: { rules: [{ host: "a.example" }] } })),
    silent: labelled("Ingress"),
  },
  {
    rule: "guard-changed",
    speaks: annotated("Ingress", { [middlewares]: "office@file" }, {}),
    silent: annotated("Ingress", { "nginx.org/proxy-read-timeout": "60s" }, {}),
  },
  {
    rule: "controller-guard-changed",
    speaks: settings({ "whitelist-source-range": "192.0.2.0/24", "worker-processes": "2" }, {}),
    silent: settings({ "worker-processes": "2" }, { "worker-processes": "4" }),
  },
  {
    rule: "privileges-changed",
    speaks: update(
      "Deployment",
      workload(),
      workload({}, {}, { hostNetwork: true }),
      "spec.template.spec.hostNetwork",
    ),
    silent: image(),
  },
  {
    rule: "admission-changed",
    speaks: made("ValidatingWebhookConfiguration"),
    silent: labelled("ValidatingWebhookConfiguration"),
  },
  {
    rule: "secret-changed",
    speaks: update("Secret", object({ data: blinded }), object({ data: blinded }), "data.password"),
    silent: labelled("Secret"),
  },
  {
    rule: "provider-changed",
    speaks: update(provider, { kubeconfig: "a" }, { kubeconfig: "b" }, "kubeconfig"),
    silent: update(provider, { version: "1" }, { version: "2" }, "version"),
  },
  { rule: "cloud-access-changed", speaks: made(firewall, {}), silent: made(balancer, {}) },
];

/** What is not seen at the first look. */
const further: readonly Further[] = [
  [
    "account-changed",
    "whom its pods are in a cloud",
    annotated("ServiceAccount", {}, { "iam.gke.io/gcp-service-account": "a@b.example" }),
    annotated("ServiceAccount", {}, { note: "a" }),
  ],
  [
    "network-policy-changed",
    "policies of a whole cluster",
    gone(kubernetes("cilium.io/v2:CiliumClusterwideNetworkPolicy")),
    gone(kubernetes("cilium.io/v2:CiliumNode")),
  ],
  [
    "rights-changed",
    "a label by which other roles take its rights in",
    update(
      clusterRole,
      { metadata: { name: "logs" } },
      { metadata: { name: "logs", labels: { [`${aggregated}view`]: "true" } } },
      "metadata.labels",
    ),
    labelled(clusterRole),
  ],
  ...[
    "gcp:serviceaccount/account:Account",
    "gcp:serviceaccount/key:Key",
    "gcp:storage/hmacKey:HmacKey",
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
    "gcp:projects/apiKey:ApiKey",
    "cloudflare:index/accountToken:AccountToken",
    "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
    "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
    "cloudflare:index/ruleset:Ruleset",
  ].map(
    (type) =>
      [
        "cloud-access-changed",
        `a way in of a cloud's own: ${type}`,
        made(type, {}),
        made("gcp:compute/network:Network", {}),
      ] as const,
  ),
  [
    "account-changed",
    "a new account that is somebody in a cloud, and not of one that stays the same",
    made("ServiceAccount", { metadata: { name: "web", annotations: { [workloadIdentity]: "a" } } }),
    annotated(
      "ServiceAccount",
      { [workloadIdentity]: "a", note: "a" },
      { [workloadIdentity]: "a", note: "b" },
    ),
  ],
  [
    "admission-changed",
    "one of several labels of a namespace, and not of a namespace that is new",
    update(
      "Namespace",
      { metadata: { name: "shop", labels: { [enforce]: "restricted", team: "a" } } },
      { metadata: { name: "shop", labels: { [enforce]: "baseline", team: "b" } } },
      "metadata.labels",
    ),
    made("Namespace", { metadata: { name: "shop", labels: { [enforce]: "restricted" } } }),
  ],
  [
    "secret-changed",
    "what a Secret holds, and not a ConfigMap",
    update("Secret", object({ data: blinded }), object({ data: { ...blinded } }), "data"),
    update("ConfigMap", object({ data: { a: "1" } }), object({ data: { a: "2" } }), "data"),
  ],
  [
    "provider-changed",
    "other credentials beside another version",
    update(
      provider,
      { version: "1", kubeconfig: "a" },
      { version: "2", kubeconfig: "b" },
      "version",
      "kubeconfig",
    ),
    update(provider, { version: "1" }, { version: "2" }, "version"),
  ],
  [
    "cloud-access-changed",
    "whom a database answers, and not of accounts of a cluster",
    update(
      "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
      { allowLists: ["192.0.2.0/24"] },
      { allowLists: ["0.0.0.0/0"] },
      "allowLists[0]",
    ),
    made("ServiceAccount"),
  ],
  [
    "cloud-access-changed",
    "a firewall that goes, and not of a part of the program that is called so",
    gone(firewall, {}),
    gone("fleet:shop:Firewall", {}),
  ],
  ["admission-changed", "what puts a policy into force", gone(binding), labelled(binding)],
  [
    "admission-changed",
    "all labels of a namespace at once",
    update(
      "Namespace",
      {
        metadata: { name: "shop", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      },
      { metadata: { name: "shop" } },
      "metadata.labels",
    ),
    labelled("Namespace"),
  ],
  [
    "secret-changed",
    "a swarm's secret",
    anew("docker:index/secret:Secret", { data: blinded }, { data: blinded }, "data"),
    anew("docker:index/secret:Secret", { name: "a" }, { name: "b" }, "name"),
  ],
];

const reasons: readonly Reason[] = [
  ["rights-changed", made("Role"), "Role is new"],
  ["rights-changed", { op: "import", type: "Role", after: object() }, "Role is new"],
  ["rights-changed", gone("Role"), "Role goes"],
  ["rights-changed", gone("Role", object(), { retain: true }), "Role goes"],
  ["rights-changed", update("Role", { rules: [] }, { rules: [{}] }, "rules[0]"), "Role changes"],
  [
    "rights-changed",
    update(
      clusterRole,
      { metadata: { name: "logs", labels: { [`${aggregated}edit`]: "true", a: "1" } } },
      { metadata: { name: "logs", labels: { [`${aggregated}view`]: "true", a: "2" } } },
      "metadata.labels",
    ),
    `which roles take its rights in: ${aggregated}edit, ${aggregated}view`,
  ],
];

hasCaseOfEach("access", cases);
speaksAsWell(further);
saysWhy(reasons);
