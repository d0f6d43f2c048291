/** What each rule lets pass, and what it objects to. */
import type { Resource } from "../../policy/resource.ts";
import {
  type Change,
  changed,
  deployment,
  labels,
  object,
  resource,
  spreadOver,
  withContainer,
} from "./resources.ts";

/** Cases of one rule. */
export interface Cases {
  /** Name of the stack they are judged in. Default: `shop`, which is not production's. */
  readonly stack?: string;
  /** Title → resources that the rule has nothing against. */
  readonly pass: Readonly<Record<string, readonly Resource[]>>;
  /** Title → resources, and what the rule says of them: a part of one finding each. */
  readonly fail: Readonly<Record<string, readonly [resources: readonly Resource[], says: string]>>;
}

const production = "shop-production";
const token = `ghp_${"a1B2".repeat(9)}`;
const password = "aK3x9Qz7-hJ2kLm9PqR";

const map = (data: Readonly<Record<string, string>>): Resource =>
  object("v1", "ConfigMap", "settings", { data });
const secret = object("v1", "Secret", "login", { stringData: { password } });

const budget = (spec: Readonly<Record<string, unknown>>): Resource =>
  object("policy/v1", "PodDisruptionBudget", "web", {
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      ...spec,
    },
  });

const namespace = (enforce: Readonly<Record<string, string>>): Resource =>
  object("v1", "Namespace", "shop", {
    metadata: {
      namespace: undefined,
      labels: Object.fromEntries(
        Object.entries(enforce).map(([key, value]) => [`pod-security.kubernetes.io/${key}`, value]),
      ),
    },
  });
const restricted = namespace({ enforce: "restricted", "enforce-version": "v1.36" });

const role = (kind: string, rule: Readonly<Record<string, readonly string[]>>): Resource =>
  object("rbac.authorization.k8s.io/v1", kind, "web", {
    rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"], ...rule }],
  });
const binding = (
  name: string,
  subject: Readonly<Record<string, string>>,
  kind = "RoleBinding",
): Resource =>
  object("rbac.authorization.k8s.io/v1", kind, "web", {
    roleRef: { kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", ...subject }],
  });

const policy = (types: readonly string[]): Resource =>
  object("networking.k8s.io/v1", "NetworkPolicy", "web", {
    spec: { podSelector: {}, policyTypes: types },
  });
const service = (spec: Readonly<Record<string, unknown>>, name = "web"): Resource =>
  object("v1", "Service", name, { spec: { ports: [{ port: 80 }], ...spec } });
const ingress = (tls: readonly string[]): Resource =>
  object("networking.k8s.io/v1", "Ingress", "web", {
    spec: {
      rules: [
        {
          host: "shop.example",
          http: {
            paths: [{ path: "/", backend: { service: { name: "web", port: { number: 80 } } } }],
          },
        },
      ],
      tls: [{ hosts: tls, secretName: "tls" }],
    },
  });

const firewall = (inboundPolicy: string, rule: Readonly<Record<string, unknown>>): Resource =>
  resource("linode:index/firewall:Firewall", "nodes", {
    inboundPolicy,
    inbounds: [
      {
        action: "ACCEPT",
        protocol: "TCP",
        label: "web",
        ports: "80,443",
        ipv4s: ["0.0.0.0/0"],
        ...rule,
      },
    ],
  });

const googleRule = (rule: Readonly<Record<string, unknown>> = {}): Resource =>
  resource("gcp:compute/firewall:Firewall", "nodes", {
    direction: "INGRESS",
    allows: [{ protocol: "tcp", ports: ["5001", "30001-30010"] }],
    sourceRanges: ["0.0.0.0/0"],
    targetTags: ["mini-node"],
    ...rule,
  });

const claim = object("v1", "PersistentVolumeClaim", "data");
const statefulSet = (whenDeleted: string): Resource =>
  object("apps/v1", "StatefulSet", "store", {
    spec: {
      ...(deployment().properties["spec"] as object),
      volumeClaimTemplates: [{ metadata: { name: "disk" } }],
      persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: "Retain" },
    },
  });

/** A StatefulSet whose disks grow by themselves, and what says how large one of them is. */
const sized: Resource = {
  ...statefulSet("Retain"),
  ignoreChanges: ["spec.volumeClaimTemplates[*].spec.resources"],
};
const size = (name: string): Resource =>
  object("core/v1", "PersistentVolumeClaimPatch", name, {
    spec: { resources: { requests: { storage: "5Gi" } } },
  });

const budgeted = [deployment(), budget({ maxUnavailable: 1 })];

/** A Deployment that leaves the number of its pods to somebody. */
const scaled: Resource = { ...deployment(), ignoreChanges: ["spec.replicas"] };
const autoscaler = (change: Change = {}): Resource =>
  object(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    "web-autoscaler",
    changed(
      {
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
          maxReplicas: 4,
        },
      },
      change,
    ) as Change,
  );

/** Cases by the rule's name. */
export const cases: Readonly<Record<string, Cases>> = {
  "plain-secrets": {
    pass: {
      "a Secret's own data": [object("v1", "Secret", "login", { stringData: { token } })],
      "a digest, and a checksum by which pods roll": [
        map({ image: `web@sha256:${"0a".repeat(32)}` }),
        deployment({}, { metadata: { annotations: { "fleet/checksum": "0a".repeat(32) } } }),
      ],
      "what an image was built of": [
        resource("docker:index/image:Image", "web", { build: { contextDigest: "0a".repeat(32) } }),
      ],
      "a variable with a reference": [
        withContainer({
          env: [
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
          ],
        }),
      ],
      "a variable that only sounds like one": [
        withContainer({ env: [{ name: "FORGOT_PASSWORD", value: "change-password" }] }),
      ],
    },
    fail: {
      "a token in a ConfigMap": [[map({ "app.conf": `x = ${token}` })], "data.app.conf looks like"],
      "a token as a key of one": [[map({ [token]: "x" })], "looks like an access token"],
      "a key in an argument": [
        [withContainer({ args: ["--key", "0a".repeat(32)] })],
        "args[1] looks like a secret key",
      ],
      "a password in a URL": [
        [withContainer({ env: [{ name: "STORE", value: "redis://u:p@store" }] })],
        "has a password in a URL",
      ],
      "a private key in an annotation": [
        [deployment({}, { metadata: { annotations: { note: "-----BEGIN PRIVATE KEY-----" } } })],
        "metadata.annotations.note looks like a private key",
      ],
      "a password in a variable": [
        [withContainer({ env: [{ name: "DB_PASSWORD", value: password }] })],
        "the variable DB_PASSWORD holds its value in plain text",
      ],
      "a token in a Secret's annotations": [
        [object("v1", "Secret", "login", { metadata: { annotations: { old: token } } })],
        "metadata.annotations.old looks like",
      ],
      "a token in an input of a cloud": [
        [resource("linode:index/stackScript:StackScript", "setup", { script: token })],
        "script looks like",
      ],
    },
  },
  "secrets-stay-home": {
    pass: {
      "a value in its Secret alone": [secret, map({ greeting: "hello" })],
      "the login that an image is pushed with": [
        secret,
        resource("docker:index/image:Image", "web", { registry: { username: "bot", password } }),
      ],
      "what a Secret holds and is a word": [
        object("v1", "Secret", "login", { stringData: { user: "administrator" } }),
        map({ user: "administrator" }),
      ],
    },
    fail: {
      "a value in a ConfigMap": [
        [secret, map({ conf: `p=${password}` })],
        "data.conf holds login.password",
      ],
      "a value that an image is built with, which stands in its history": [
        [
          secret,
          resource("docker:index/image:Image", "web", { build: { args: { TOKEN: password } } }),
        ],
        "build.args.TOKEN holds login.password",
      ],
      "a value in base64": [
        [secret, map({ conf: Buffer.from(`{"p":"${password}"}`).toString("base64") })],
        "data.conf holds login.password",
      ],
      "a value of a Secret that came in base64": [
        [
          object("v1", "Secret", "login", {
            data: { password: Buffer.from(password).toString("base64") },
          }),
          withContainer({ args: [password] }),
        ],
        "args[0] holds login.password",
      ],
    },
  },
  "explicit-provider": {
    pass: {
      "a provider of its own": [deployment()],
      "a component, and a provider": [
        resource("fleet:shop:Shop", "shop", {}, { provider: undefined }),
        resource("pulumi:providers:kubernetes", "cluster", {}, { provider: undefined }),
      ],
    },
    fail: {
      "the engine's default provider": [
        [
          {
            ...deployment(),
            provider: { type: "pulumi:providers:kubernetes", name: "default_4_34_2" },
          },
        ],
        "is made by a default provider",
      ],
      "no provider": [[{ ...deployment(), provider: undefined }], "is made by a default provider"],
      "a provider of another package": [
        [{ ...deployment(), provider: { type: "pulumi:providers:linode", name: "account" } }],
        "is made by pulumi:providers:linode",
      ],
    },
  },
  "image-names": {
    pass: {
      "a registry and a tag": [withContainer({ image: "registry.example/web:1.2.3" })],
      "a registry with a port": [withContainer({ image: "registry.example:5000/web:1" })],
      "latest by its digest": [
        withContainer({ image: `registry.example/web:latest@sha256:${"a".repeat(64)}` }),
      ],
    },
    fail: {
      "no registry": [[withContainer({ image: "library/web:1" })], "names no registry"],
      "no tag": [[withContainer({ image: "registry.example:5000/web" })], "has no tag"],
      latest: [
        [withContainer({ image: "registry.example/web:latest" })],
        "is whatever is the latest",
      ],
      "a digest cut short": [
        [withContainer({ image: "registry.example/web:latest@sha256:abc" })],
        "is whatever is the latest",
      ],
    },
  },
  "image-digests": {
    stack: production,
    pass: { "a digest": [deployment()] },
    fail: {
      "a tag alone": [[withContainer({ image: "registry.example/web:1.2.3" })], "has no digest"],
    },
  },
  "requests-and-limits": {
    pass: { "requests, and a memory limit": [deployment()] },
    fail: {
      "no requests": [
        [withContainer({ resources: { requests: undefined } })],
        "container web requests no CPU",
      ],
      "no memory limit": [[withContainer({ resources: { limits: undefined } })], "no memory limit"],
      "an init container without any": [
        [deployment({ initContainers: [{ name: "init", image: "x", resources: {} }] })],
        "container init requests no memory",
      ],
    },
  },
  "bounded-scratch": {
    pass: {
      "a limited volume": [
        deployment({ volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1Gi" } }] }),
      ],
      "a writable root that ends somewhere": [
        withContainer({
          securityContext: { readOnlyRootFilesystem: false },
          resources: { limits: { "ephemeral-storage": "1Gi" } },
        }),
      ],
    },
    fail: {
      "an unlimited volume": [
        [deployment({ volumes: [{ name: "tmp", emptyDir: {} }] })],
        "volume tmp",
      ],
      "a writable root": [
        [withContainer({ securityContext: { readOnlyRootFilesystem: undefined } })],
        "may write to its root without a limit",
      ],
      "a writable root, and a limit of memory alone": [
        [
          withContainer({
            securityContext: { readOnlyRootFilesystem: false },
            resources: { limits: { memory: "128Mi" } },
          }),
        ],
        "may write to its root without a limit",
      ],
    },
  },
  probes: {
    pass: {
      "both probes": [deployment()],
      "a Job, which ends by itself": [
        object("batch/v1", "Job", "once", {
          spec: {
            template: {
              metadata: { labels: labels("once") },
              spec: { containers: [{ name: "once", image: "x", resources: {} }] },
            },
          },
        }),
      ],
    },
    fail: {
      "no liveness": [[withContainer({ livenessProbe: undefined })], "web has no liveness probe"],
      "no readiness": [
        [withContainer({ readinessProbe: undefined })],
        "web has no readiness probe",
      ],
    },
  },
  "patient-liveness": {
    pass: { "a liveness that waits longer": [deployment()] },
    fail: {
      "a liveness that waits less": [
        [withContainer({ livenessProbe: { periodSeconds: 1 } })],
        "is restarted after 3 s, and left out after 10 s only",
      ],
    },
  },
  "distinct-in-pods": {
    pass: {
      "one of each": [
        withContainer({
          env: [
            { name: "A", value: "1" },
            { name: "B", value: "1" },
          ],
        }),
      ],
    },
    fail: {
      "a variable twice": [
        [
          withContainer({
            env: [
              { name: "A", value: "1" },
              { name: "A", value: "2" },
            ],
          }),
        ],
        "has the variable A more than once",
      ],
      "a port's name twice": [
        [
          withContainer({
            ports: [
              { name: "http", containerPort: 1 },
              { name: "http", containerPort: 2 },
            ],
          }),
        ],
        "has the port http more than once",
      ],
    },
  },
  "evictions-possible": {
    pass: {
      "one may go": [budget({ maxUnavailable: 1 })],
      "some must stay": [budget({ minAvailable: 1 })],
    },
    fail: {
      "none may go": [[budget({ maxUnavailable: 0 })], "maxUnavailable is 0"],
      "none may go, in per cent": [[budget({ maxUnavailable: "0%" })], "maxUnavailable is 0%"],
      "all must stay": [[budget({ minAvailable: "100%" })], "minAvailable is 100%"],
      "an ill pod may not go": [
        [budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: undefined })],
        "a pod that is ill holds its node",
      ],
    },
  },
  "one-budget-each": {
    pass: { "a budget": budgeted },
    fail: {
      "no budget": [[deployment()], "has 0 budgets"],
      "two budgets": [[...budgeted, budget({ maxUnavailable: 2 })], "has 2 budgets"],
      "a budget of another namespace": [
        [deployment({}, { metadata: { namespace: "other" } }), budget({ maxUnavailable: 1 })],
        "has 0 budgets",
      ],
    },
  },
  spread: {
    pass: {
      "spread over hosts": [deployment()],
      "a single pod": [
        deployment({ topologySpreadConstraints: undefined }, { spec: { replicas: 1 } }),
      ],
      "kept apart": [
        deployment({ topologySpreadConstraints: undefined, affinity: { podAntiAffinity: {} } }),
      ],
    },
    fail: {
      "nothing spreads": [
        [deployment({ topologySpreadConstraints: undefined })],
        "has 2 pods and nothing spreads them",
      ],
      "spread over zones alone": [
        [
          deployment({
            topologySpreadConstraints: [spreadOver("topology.kubernetes.io/zone")],
          }),
        ],
        "nothing spreads them",
      ],
    },
  },
  "pod-security": {
    pass: { "a careful pod": [deployment()] },
    fail: {
      root: [[deployment({ securityContext: { runAsUser: 0 } })], "runs as user 0"],
      privileged: [[withContainer({ securityContext: { privileged: true } })], "is privileged"],
      "a folder of the node": [
        [deployment({ volumes: [{ name: "host", hostPath: { path: "/" } }] })],
        "is of type hostPath",
      ],
      "no AppArmor": [
        [withContainer({ securityContext: { appArmorProfile: { type: "Unconfined" } } })],
        "has the AppArmor profile Unconfined",
      ],
      "an SELinux label of its own": [
        [deployment({ securityContext: { seLinuxOptions: { type: "spc_t" } } })],
        "the pod chooses its SELinux label (spc_t)",
      ],
      "a process of the node": [
        [deployment({ securityContext: { windowsOptions: { hostProcess: true } } })],
        "is a process of its node",
      ],
      "a call to another host": [
        [withContainer({ lifecycle: { preStop: { httpGet: { host: "10.0.0.1", port: 80 } } } })],
        "calls another host, 10.0.0.1",
      ],
    },
  },
  "namespace-enforces": {
    pass: { restricted: [restricted] },
    fail: {
      "no level": [[namespace({})], "enforces no level"],
      "a weaker level": [
        [namespace({ enforce: "baseline", "enforce-version": "v1.36" })],
        "enforces baseline, not restricted",
      ],
      "a version that moves": [[namespace({ enforce: "restricted" })], "moves with the cluster"],
    },
  },
  "rbac-wildcards": {
    pass: { "named rights": [role("Role", {}), binding("web", { name: "web" })] },
    fail: {
      "every verb": [[role("Role", { verbs: ["*"] })], "rules[0].verbs has a wildcard"],
      "every subresource": [[role("Role", { resources: ["*/scale"] })], "resources has a wildcard"],
      "a ladder": [[role("Role", { verbs: ["escalate"] })], "may escalate"],
      "the cluster's administrator": [
        [binding("cluster-admin", { name: "web" })],
        "binds cluster-admin",
      ],
      everybody: [
        [binding("web", { kind: "Group", name: "system:authenticated" })],
        "grants its rights to system:authenticated",
      ],
      "every path of the API server": [
        [role("ClusterRole", { resources: [], nonResourceURLs: ["*"] })],
        "nonResourceURLs has a wildcard",
      ],
    },
  },
  "rbac-cluster-power": {
    pass: {
      "secrets of one namespace": [role("Role", { resources: ["secrets"] })],
      "names of pods everywhere": [role("ClusterRole", {})],
    },
    fail: {
      "secrets everywhere": [
        [role("ClusterRole", { resources: ["secrets"] })],
        "reads the Secrets",
      ],
      "commands in pods everywhere": [
        [role("ClusterRole", { resources: ["pods/exec"], verbs: ["create"] })],
        "enters the pods",
      ],
      "pods everywhere": [
        [role("ClusterRole", { resources: ["deployments"], verbs: ["patch"] })],
        "runs what it likes",
      ],
      "kubelets, by which whoever reads runs commands": [
        [role("ClusterRole", { resources: ["nodes/proxy"], verbs: ["get"] })],
        "enters the pods",
      ],
      "tokens of every account": [
        [role("ClusterRole", { resources: ["serviceaccounts/token"], verbs: ["create"] })],
        "tokens of the accounts",
      ],
      "a role that every cluster has": [
        [binding("edit", { name: "web" }, "ClusterRoleBinding")],
        "binds edit in every namespace",
      ],
    },
  },
  "account-tokens": {
    pass: {
      "no rights, no token": [deployment()],
      "rights and a token": [
        deployment({ automountServiceAccountToken: true }),
        binding("web", { name: "web", namespace: "shop" }),
      ],
    },
    fail: {
      "a token for nothing": [
        [deployment({ automountServiceAccountToken: undefined })],
        "has a token",
      ],
      "rights for nothing": [
        [deployment(), binding("web", { name: "web" })],
        "has rights at the API server, and no token",
      ],
      "everybody's account": [[deployment({ serviceAccountName: undefined })], "default account"],
      "variables of Services": [[deployment({ enableServiceLinks: undefined })], "gets a variable"],
    },
  },
  "every-pod-policed": {
    pass: {
      "both directions": [deployment(), policy(["Ingress", "Egress"])],
      "the node's network, where no policy holds": [deployment({ hostNetwork: true })],
    },
    fail: {
      "no policy": [[deployment()], "has no policy for its Ingress"],
      "one direction only": [[deployment(), policy(["Ingress"])], "has no policy for its Egress"],
      "a policy of another namespace": [
        [deployment({}, { metadata: { namespace: "other" } }), policy(["Ingress", "Egress"])],
        "has no policy for its Ingress",
      ],
    },
  },
  "public-exposure": {
    pass: {
      "a Service inside": [service({})],
      "a Service without ports, as the provider writes an empty list": [
        service({ ports: undefined }),
      ],
      "a private bucket": [bucket("private")],
    },
    fail: {
      "an Ingress": [[ingress(["shop.example"])], "answers shop.example to whoever asks"],
      "a port of every node": [[service({ type: "NodePort" })], "is a NodePort"],
      "a balancer": [[service({ type: "LoadBalancer" })], "is a LoadBalancer"],
      "a port of its node": [
        [withContainer({ ports: [{ name: "http", containerPort: 80, hostPort: 80 }] })],
        "binds TCP 80 of its node",
      ],
      "the node's network": [[deployment({ hostNetwork: true })], "in its node's own network"],
      "a public bucket": [[bucket("public-read")], "is public-read"],
      "addresses of one's own": [[service({ externalIPs: ["192.0.2.1"] })], "answers at 192.0.2.1"],
      "a right of everybody's at Google": [
        [
          resource("gcp:storage/bucketIAMMember:BucketIAMMember", "all", {
            role: "roles/storage.objectViewer",
            member: "allUsers",
          }),
        ],
        "gives its rights to allUsers",
      ],
    },
  },
  "ingress-tls": {
    pass: { "a certificate": [ingress(["shop.example"])] },
    fail: { "a certificate of another host": [[ingress(["other.example"])], "for shop.example"] },
  },
  "firewalls-closed": {
    pass: {
      "named ports": [firewall("DROP", {})],
      "SSH from one's own network": [firewall("DROP", { ports: "22", ipv4s: ["10.0.0.0/8"] })],
      "pings from anywhere": [firewall("DROP", { protocol: "ICMP", ports: undefined })],
      "named ports at Google": [googleRule()],
      "everything at Google, for one's own network": [
        googleRule({ allows: [{ protocol: "all" }], sourceRanges: ["10.0.0.0/8"] }),
      ],
      "a rule at Google that is off, denies or is for what leaves": [
        googleRule({ allows: [{ protocol: "all" }], disabled: true }),
        googleRule({ allows: [{ protocol: "all" }], direction: "EGRESS" }),
        googleRule({ allows: undefined, denies: [{ protocol: "all" }], targetTags: [] }),
      ],
    },
    fail: {
      "whatever is not named": [[firewall("ACCEPT", {})], "lets in whatever no rule names"],
      "SSH from anywhere": [[firewall("DROP", { ports: "22" })], "opens port 22 to anybody"],
      "the kubelet within a range": [
        [firewall("DROP", { ports: "10000-11000", ipv4s: [], ipv6s: ["::/0"] })],
        "opens port 10250 to anybody",
      ],
      "all ports": [[firewall("DROP", { ports: undefined })], "opens every port to anybody"],
      "all ports at Google": [
        [googleRule({ allows: [{ protocol: "tcp" }] })],
        "tcp opens every port to anybody",
      ],
      "the kubelet at Google": [
        [googleRule({ allows: [{ protocol: "tcp", ports: ["443", "10000-11000"] }] })],
        "tcp opens port 10250 to anybody",
      ],
      "anybody at Google, as no source is named": [
        [googleRule({ allows: [{ protocol: "TCP", ports: ["22"] }], sourceRanges: undefined })],
        "opens port 22 to anybody",
      ],
      "a protocol by its number": [
        [googleRule({ allows: [{ protocol: "6" }] })],
        "6 opens every port to anybody",
      ],
      "machines of others at Google": [
        [googleRule({ targetTags: undefined })],
        "opens every machine of the network",
      ],
    },
  },
  "protected-data": {
    stack: production,
    pass: {
      "a protected claim in a protected namespace": [
        { ...claim, protect: true },
        { ...restricted, protect: true },
      ],
      "a namespace without data": [restricted],
    },
    fail: {
      "a claim": [[claim], "is not protected"],
      "a claim's namespace": [[{ ...claim, protect: true }, restricted], "is not protected"],
      "an address": [
        [resource("linode:index/nodeBalancer:NodeBalancer", "web")],
        "is not protected",
      ],
      "nodes, wherever they are": [
        [resource("linode:index/lkeNodePool:LkeNodePool", "web")],
        "is not protected",
      ],
    },
  },
  "claims-outlive": {
    stack: production,
    pass: { "disks that stay": [statefulSet("Retain")] },
    fail: { "disks that go": [[statefulSet("Delete")], "deletes its disks (disk) with itself"] },
  },
  "nothing-ignored": {
    pass: {
      "nothing ignored": [deployment()],
      "what Linode's cloud controller writes": [
        resource("linode:index/nodeBalancer:NodeBalancer", "web", {}, { ignoreChanges: ["tags"] }),
      ],
      "with how many nodes a pool of Google's began": [
        resource(
          "gcp:container/nodePool:NodePool",
          "web",
          {},
          { ignoreChanges: ["initialNodeCount"] },
        ),
      ],
      "a machine that somebody else keeps": [
        resource(
          "linode:index/instance:Instance",
          "dns",
          {},
          { protect: true, ignoreChanges: ["*"] },
        ),
      ],
      "the number of pods that an autoscaler chooses": [scaled, autoscaler()],
      "the first sizes of disks, where each disk's own is said": [
        ...[sized, size("disk-store-0"), size("disk-store-1")],
      ],
    },
    fail: {
      "a number of pods that no autoscaler chooses": [
        [scaled],
        "changes of spec.replicas are ignored",
      ],
      "that of one beside what an autoscaler scales": [
        [scaled, autoscaler({ spec: { scaleTargetRef: { name: "shop" } } })],
        "changes of spec.replicas are ignored",
      ],
      "that of one of another namespace": [
        [scaled, autoscaler({ metadata: { namespace: "bank" } })],
        "changes of spec.replicas are ignored",
      ],
      "sizes of disks that are said nowhere else": [
        [sized, size("disk-store-0"), size("disk-other-1")],
        "changes of spec.volumeClaimTemplates[*].spec.resources are ignored",
      ],
      "anything else of what is scaled": [
        [{ ...scaled, ignoreChanges: ["spec.replicas", "spec.template"] }, autoscaler()],
        "changes of spec.template are ignored",
      ],
      "any input": [
        [{ ...deployment(), protect: true, ignoreChanges: ["*"] }],
        "changes of any input are ignored",
      ],
      "an input of a balancer that no controller writes": [
        [
          resource(
            "linode:index/nodeBalancer:NodeBalancer",
            "web",
            {},
            { ignoreChanges: ["tags", "region"] },
          ),
        ],
        "changes of region are ignored",
      ],
      "how many nodes a pool of Google's has": [
        [resource("gcp:container/nodePool:NodePool", "web", {}, { ignoreChanges: ["nodeCount"] })],
        "changes of nodeCount are ignored",
      ],
      "any input of a machine that may be deleted": [
        [{ ...resource("linode:index/instance:Instance", "dns"), ignoreChanges: ["*"] }],
        "changes of any input are ignored",
      ],
    },
  },
  "own-namespace": {
    pass: { "a namespace of the stack": [deployment()], "an object of the cluster": [restricted] },
    fail: {
      default: [[deployment({}, { metadata: { namespace: "default" } })], "stands in default"],
      "the cluster's own": [
        [deployment({}, { metadata: { namespace: "kube-system" } })],
        "stands in kube-system",
      ],
      "none named": [
        [deployment({}, { metadata: { namespace: undefined } })],
        "names no namespace",
      ],
    },
  },
  "controllers-only": {
    pass: { "a Deployment": [deployment()] },
    fail: {
      "a bare pod": [[object("v1", "Pod", "web", { spec: { containers: [] } })], "is a Pod"],
    },
  },
  labels: {
    pass: { "all three": [deployment(), claim] },
    fail: {
      "none on the object": [
        [deployment({}, { metadata: { labels: undefined } })],
        "has no label app.kubernetes.io/name",
      ],
      "none on its pods": [
        [
          deployment(
            {},
            { spec: { template: { metadata: { labels: { "app.kubernetes.io/part-of": "" } } } } },
          ),
        ],
        "its pods have no label app.kubernetes.io/part-of",
      ],
    },
  },
  "current-apis": {
    pass: { "versions that stay": [deployment(), budget({}), ingress([])] },
    fail: {
      "a version that is gone": [
        [object("policy/v1beta1", "PodDisruptionBudget", "web")],
        "is gone since Kubernetes 1.25: policy/v1",
      ],
      "a kind that is going": [[object("v1", "Endpoints", "web")], "v1 Endpoints is deprecated"],
    },
  },
  "distinct-objects": {
    pass: {
      "two of one name in two namespaces": [
        service({}),
        {
          ...service({}, "web"),
          properties: { ...service({}).properties, metadata: { name: "web", namespace: "b" } },
        },
      ],
      "one port, TCP and UDP": [
        service({ ports: [{ port: 1, nodePort: 30001 }] }),
        service({ ports: [{ port: 1, nodePort: 30001, protocol: "UDP" }] }, "udp"),
      ],
    },
    fail: {
      "one object twice": [
        [service({}), { ...service({}), urn: `${service({}).urn}-again` }],
        "Service shop/web is web's already",
      ],
      "one port of the nodes twice": [
        [
          service({ ports: [{ port: 1, nodePort: 30001 }] }),
          service({ ports: [{ port: 2, nodePort: 30001 }] }, "other"),
        ],
        "port 30001/TCP of every node is web's already",
      ],
    },
  },
};

function bucket(acl: string): Resource {
  return resource("linode:index/objectStorageBucket:ObjectStorageBucket", "zones", { acl });
}
