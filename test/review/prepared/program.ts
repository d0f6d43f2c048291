/**
 * The prepared change set: a program that is applied as it was, and previewed as it is to be. Its preview
 * under the real engine is recorded (record.ts), and what the report makes of it is the golden.
 */

/** What the program reads: whether it is after the change. */
export interface Wish {
  readonly after: boolean;
}

/** Objects that differ by a label and nothing else. */
export const labelled = 37;

/** What the secret holds before and after: none of it may be in any report. */
export const canaries = ["canary-before-7Qm2", "canary-after-9Xk4"] as const;

/** Text of a JavaScript module. */
export const program = `import { readFileSync } from "node:fs";
import * as kubernetes from "@pulumi/kubernetes";
import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";

const { after } = JSON.parse(readFileSync("wish.json", "utf8"));
const on = (before, then) => (after ? then : before);

const kubeconfig = JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [{ name: "skywire", cluster: { server: "https://127.0.0.1:1" } }], contexts: [{ name: "skywire", context: { cluster: "skywire", user: "skywire" } }], "current-context": "skywire", users: [{ name: "skywire", user: {} }] });
const provider = new kubernetes.Provider("cluster", { kubeconfig });
const account = new linode.Provider("account", {});
const namespace = "skywire";
const standard = (name) => ({ "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "skywire", "app.kubernetes.io/managed-by": "pulumi" });
const space = new kubernetes.core.v1.Namespace("skywire", { metadata: { name: namespace, labels: { ...standard("skywire"), "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "v1.34" } } }, { provider, protect: true });
const options = { provider, dependsOn: space };
const digest = (digit) => "@sha256:" + digit.repeat(64);

function service(name, { image, replicas, least, memory = "128Mi", env = [], volumes = [], mounts = [] }) {
  const app = { "app.kubernetes.io/name": name };
  const labels = standard(name);
  const probe = { httpGet: { path: "/health", port: "http" } };
  const account = new kubernetes.core.v1.ServiceAccount(name, { metadata: { name, namespace, labels }, automountServiceAccountToken: false }, options);
  new kubernetes.apps.v1.Deployment(name, {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      selector: { matchLabels: app },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: account.metadata.name,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001, seccompProfile: { type: "RuntimeDefault" } },
          topologySpreadConstraints: [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway", labelSelector: { matchLabels: app } }],
          containers: [{
            name, image, env,
            ports: [{ name: "http", containerPort: 8080 }],
            resources: { requests: { cpu: "100m", memory, "ephemeral-storage": "64Mi" }, limits: { cpu: "500m", memory, "ephemeral-storage": "64Mi" } },
            readinessProbe: probe,
            livenessProbe: { ...probe, initialDelaySeconds: 30, failureThreshold: 6 },
            securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
            volumeMounts: mounts,
          }],
          volumes,
        },
      },
    },
  }, options);
  new kubernetes.core.v1.Service(name, { metadata: { name, namespace, labels }, spec: { selector: app, ports: [{ name: "http", port: 80, targetPort: "http" }] } }, options);
  new kubernetes.policy.v1.PodDisruptionBudget(name, { metadata: { name, namespace, labels }, spec: { minAvailable: least, unhealthyPodEvictionPolicy: "AlwaysAllow", selector: { matchLabels: app } } }, options);
  new kubernetes.networking.v1.NetworkPolicy(name, { metadata: { name, namespace, labels }, spec: { podSelector: { matchLabels: app }, policyTypes: ["Ingress", "Egress"], ingress: [{ from: [{ podSelector: {} }], ports: [{ port: "http" }] }], egress: [{ to: ["kube-dns", "node-local-dns"].map((answers) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } }, podSelector: { matchLabels: { "k8s-app": answers } } })), ports: [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }] }] } }, options);
}

// An image that goes up, and a file of settings that is another one: its name follows its content.
const settings = new kubernetes.core.v1.ConfigMap("dmsg-discovery-config", {
  metadata: { name: "dmsg-discovery-config-" + on("1f0c", "93d2"), namespace, labels: standard("dmsg-discovery") },
  data: { "config.json": JSON.stringify(on({ log_level: "info", timeout: "5s", servers: ["a", "b"] }, { timeout: "10s", log_level: "info", retries: 3, servers: ["a", "b"] }), null, on(2, 4)) },
}, options);
service("dmsg-discovery", {
  image: on("registry.example/skywire/dmsg:v1.3.2" + digest("a"), "registry.example/skywire/dmsg:v1.3.3" + digest("b")),
  replicas: 2, least: 1, memory: on("128Mi", "192Mi"),
  volumes: [{ name: "config", configMap: { name: settings.metadata.name } }],
  mounts: [{ name: "config", mountPath: "/etc/dmsg", readOnly: true }],
});

// Fewer pods than its budget asks for.
service("address-resolver", { image: "registry.example/skywire/ar:v1.3.2" + digest("c"), replicas: on(3, 1), least: 2 });

// A claim that is to be smaller.
new kubernetes.core.v1.PersistentVolumeClaim("transport-discovery-data", {
  metadata: { name: "transport-discovery-data", namespace, labels: standard("transport-discovery") },
  spec: { accessModes: ["ReadWriteOnce"], storageClassName: "linode-block-storage-retain", resources: { requests: { storage: on("20Gi", "10Gi") } } },
}, { ...options, protect: true });

// A secret that is another one, and pods that read it.
const keys = new kubernetes.core.v1.Secret("dmsg-server-keys", {
  metadata: { name: "dmsg-server-keys-" + on("77a1", "e04b"), namespace, labels: standard("dmsg-server") },
  stringData: { sk: pulumi.secret(on("${canaries[0]}", "${canaries[1]}")), pk: pulumi.secret("public-half") },
}, options);
service("dmsg-server", {
  image: "registry.example/skywire/dmsg-server:v1.3.2" + digest("d"), replicas: 2, least: 1,
  env: [{ name: "DMSG_SK", valueFrom: { secretKeyRef: { name: keys.metadata.name, key: "sk" } } }],
});

// A policy breach: an image that may be another one tomorrow.
service("vpn", { image: on("registry.example/skywire/vpn:v1.3.2" + digest("e"), "registry.example/skywire/vpn:latest"), replicas: 2, least: 1 });

// A name that leads elsewhere.
const domain = new linode.Domain("zone", { domain: "skywire.example", type: "master", soaEmail: "ops@skywire.example" }, { provider: account, protect: true });
new linode.DomainRecord("dmsg", { domainId: domain.id.apply(Number), name: "dmsg", recordType: "A", target: on("192.0.2.10", "192.0.2.44"), ttlSec: 300 }, { provider: account });

// The same label on each of many.
for (let index = 1; index <= ${labelled}; index += 1) {
  const name = "visor-" + String(index).padStart(2, "0");
  new kubernetes.core.v1.ConfigMap(name, { metadata: { name, namespace, labels: { ...standard("visor"), "app.kubernetes.io/version": on("1.3.2", "1.3.3") } }, data: { name } }, options);
}

export const dmsg = on("192.0.2.10", "192.0.2.44");
`;
