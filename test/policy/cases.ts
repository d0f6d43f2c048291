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

const imageId = `sha256:${"a".repeat(64)}`;
const swarmService = (image: string, spec: Change = {}, more: Change = {}): Resource =>
  resource("docker:index/service:Service", "web", {
    name: "web",
    taskSpec: { containerSpec: { image, ...spec } },
    ...more,
  });
const dockerContainer = (image: string, more: Change = {}): Resource =>
  resource("docker:index/container:Container", "web", { image, ...more });
const swarmSecret = resource("docker:index/secret:Secret", "login", {
  data: Buffer.from(password).toString("base64"),
});

const budget = (spec: Readonly<Record<string, unknown>>): Resource =>
  object("policy/v1", "PodDisruptionBudget", "web", {
    spec: {
      selector: { matchLabels: { "app.kubernetes.io/name": "web" } },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      ...spec,
    },
  });

const hostname = "kubernetes.io/hostname";

/** A Deployment whose pods no constraint spreads. */
const unspread = (podSpec: Change): Resource =>
  deployment({ topologySpreadConstraints: undefined, ...podSpec });

/** A term of an anti-affinity: by default one that keeps the pods of the Deployment apart. */
const awayFrom = (change: Change = {}): Change => ({
  labelSelector: { matchLabels: { "app.kubernetes.io/name": "web" } },
  topologyKey: hostname,
  ...change,
});

const apartBy = (strength: "required" | "preferred", ...terms: readonly Change[]): Resource =>
  unspread({
    affinity: {
      podAntiAffinity: {
        [`${strength}DuringSchedulingIgnoredDuringExecution`]:
          strength === "required"
            ? terms
            : terms.map((podAffinityTerm) => ({ weight: 1, podAffinityTerm })),
      },
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

/** What gives a right to a bucket at Google. */
const right = (to: Change): Resource =>
  resource("gcp:storage/bucketIAMMember:BucketIAMMember", "all", {
    role: "roles/storage.objectViewer",
    ...to,
  });

const claim = object("v1", "PersistentVolumeClaim", "data");
const statefulSet = (
  persistentVolumeClaimRetentionPolicy: Change,
  disks: readonly string[] = ["disk"],
): Resource =>
  object("apps/v1", "StatefulSet", "store", {
    spec: {
      ...(deployment().properties["spec"] as object),
      volumeClaimTemplates: disks.map((name) => ({ metadata: { name } })),
      persistentVolumeClaimRetentionPolicy,
    },
  });

/** A StatefulSet whose disks grow by themselves, and what says how large one of them is. */
const sizedOf = (...disks: readonly string[]): Resource => ({
  ...statefulSet({}, disks),
  ignoreChanges: ["spec.volumeClaimTemplates[*].spec.resources"],
});
const sized = sizedOf("disk");
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

/**
 * A stack of production with one of each thing that rules look at, all of it in order: none of them may object to what is
 * another's business.
 */
export const wholeStack: readonly Resource[] = [
  deployment(),
  statefulSet({}),
  object("batch/v1", "Job", "once", {
    spec: { template: (deployment().properties["spec"] as { template: object }).template },
  }),
  budget({ maxUnavailable: 1 }),
  policy(["Ingress", "Egress"]),
  { ...restricted, protect: true },
  { ...claim, protect: true },
  service({ ports: undefined }),
  map({ greeting: "hello" }),
  secret,
  role("Role", {}),
  object("rbac.authorization.k8s.io/v1", "ClusterRole", "none", {
    metadata: { namespace: undefined },
    rules: null,
  }),
  object("rbac.authorization.k8s.io/v1", "RoleBinding", "nobody", {
    roleRef: { kind: "Role", name: "web" },
    subjects: null,
  }),
  size("disk-store-0"),
  firewall("DROP", {}),
  googleRule(),
  bucket("private", { protect: true }),
  right({ member: "group:shop@example.org" }),
  resource("linode:index/instance:Instance", "dns", { label: "dns" }),
  resource("docker:index/image:Image", "web", { registry: { username: "bot", password } }),
  resource("pulumi:providers:linode", "account", { token }, { provider: undefined }),
  resource("fleet:shop:Shop", "shop", {}, { provider: undefined }),
  resource("kubernetes:helm.sh/v4:Chart", "chart", {}, { provider: undefined }),
];

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
      "a provider's login, which the engine encrypts": [
        resource("pulumi:providers:linode", "account", { token }),
      ],
      "a ConfigMap's key that only sounds like one": [map({ RESET_PASSWORD: "change-password" })],
      "a checksum in a line that says so": [map({ notes: `sha256 ${"0a".repeat(32)}\nmore` })],
    },
    fail: {
      "a ConfigMap's key, which pods take as a variable": [
        [map({ DB_PASSWORD: password })],
        "data.DB_PASSWORD holds its value in plain text",
      ],
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
      "a password in a variable on a swarm": [
        [swarmService("registry.example/web:1", { env: { MODE: "fast", DB_PASSWORD: password } })],
        "the variable DB_PASSWORD holds its value in plain text, not a swarm's secret",
      ],
      "a password in a variable on a Docker host": [
        [
          dockerContainer("registry.example/web:1", {
            envs: ["MODE=fast", `DB_PASSWORD=${password}=`],
          }),
        ],
        "the variable DB_PASSWORD holds its value in plain text",
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
      "a token beside a checksum, in one line and at a place of checksums": [
        [map({ "checksum.json": `{ "sha256": "${"0a".repeat(32)}", "token": "${token}" }` })],
        "data.checksum.json looks like an access token",
      ],
      "a key in another line than its checksum": [
        [map({ notes: `sha256 ${"0a".repeat(32)}\n${"0b".repeat(32)}` })],
        "data.notes looks like a secret key",
      ],
      "a login of something else than an image": [
        [swarmService("registry.example/web:1", {}, { registry: { password: token } })],
        "registry.password looks like",
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
      "a value in a swarm's secret alone, and in a cluster's": [secret, swarmSecret],
      "the login that an image is pushed with": [
        secret,
        resource("docker:index/image:Image", "web", { registry: { username: "bot", password } }),
      ],
      "plain variables of a program on a Docker host": [
        swarmService("registry.example/web:1", { env: { DB_PASSWORD_FILE: "/run/secrets/db" } }),
        dockerContainer("registry.example/web:1", { envs: ["MODE=fast"] }),
      ],
      "what a Secret holds and is a word": [
        object("v1", "Secret", "login", { stringData: { user: "administrator" } }),
        map({ user: "administrator" }),
      ],
      "what a Secret holds and is too short to be looked for": [
        object("v1", "Secret", "login", { stringData: { pin: "aK3x9Qz7-hJ" } }),
        map({ pin: "aK3x9Qz7-hJ" }),
      ],
      "what two ConfigMaps hold and no Secret does": [
        map({ id: password }),
        object("v1", "ConfigMap", "others", { data: { id: password } }),
      ],
    },
    fail: {
      "a value of a swarm's secret in a variable": [
        [swarmSecret, swarmService("registry.example/web:1", { env: { STORE: `p=${password}` } })],
        "taskSpec.containerSpec.env.STORE holds login.data",
      ],
      "a value of a swarm's secret in its labels": [
        [
          swarmSecret,
          resource("docker:index/secret:Secret", "other", {
            data: "",
            labels: [{ label: "p", value: password }],
          }),
        ],
        "labels[0].value holds login.data",
      ],
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
      "the shortest value that is looked for": [
        [
          object("v1", "Secret", "login", { stringData: { pin: "aK3x9Qz7-hJ2" } }),
          map({ pin: "aK3x9Qz7-hJ2" }),
        ],
        "data.pin holds login.pin",
      ],
      "a value of the first of two Secrets of one name": [
        [
          secret,
          object("v1", "Secret", "login", {
            metadata: { namespace: "bank" },
            stringData: { password: "zP8w4Rt6-kM5nB7vC" },
          }),
          map({ conf: password }),
        ],
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
      "a chart, whose objects have providers": [
        resource("kubernetes:helm.sh/v4:Chart", "chart", {}, { provider: undefined }),
      ],
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
      "a release of Helm's, which is no component": [
        [resource("kubernetes:helm.sh/v3:Release", "chart", {}, { provider: undefined })],
        "is made by a default provider",
      ],
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
      "no more than a name and a tag": [
        [withContainer({ image: "web:1.2.3" })],
        "web:1.2.3 names no registry",
      ],
      "no tag": [[withContainer({ image: "registry.example:5000/web" })], "has no tag"],
      latest: [
        [withContainer({ image: "registry.example/web:latest" })],
        "is whatever is the latest",
      ],
      "a digest cut short": [
        [withContainer({ image: "registry.example/web:latest@sha256:abc" })],
        "is whatever is the latest",
      ],
      "a service of a swarm": [
        [swarmService("registry.example/web:latest")],
        "registry.example/web:latest is whatever is the latest",
      ],
      "a container of a Docker host": [[dockerContainer("web:1")], "web:1 names no registry"],
      "an image that a Docker host fetches": [
        [resource("docker:index/remoteImage:RemoteImage", "web", { name: "registry.example/web" })],
        "registry.example/web has no tag",
      ],
    },
  },
  "image-digests": {
    stack: production,
    pass: {
      "a digest": [deployment()],
      "a digest on a swarm": [swarmService(`registry.example/web:1.2.3@${imageId}`)],
      "a container of an image by its id": [dockerContainer(imageId)],
      "an image that is built": [
        resource("docker:index/image:Image", "web", { imageName: "registry.example/web:1.2.3" }),
      ],
    },
    fail: {
      "a tag alone": [[withContainer({ image: "registry.example/web:1.2.3" })], "has no digest"],
      "a tag alone on a swarm": [[swarmService("registry.example/web:1.2.3")], "has no digest"],
      "a tag alone on a Docker host": [
        [dockerContainer("registry.example/web:1.2.3")],
        "has no digest",
      ],
      "a tag alone that a Docker host fetches": [
        [
          resource("docker:index/remoteImage:RemoteImage", "web", {
            name: "registry.example/web:1.2.3",
          }),
        ],
        "has no digest",
      ],
    },
  },
  "requests-and-limits": {
    pass: {
      "requests, and a memory limit": [deployment()],
      "those of its pod, for all containers": [
        deployment({
          containers: [{ name: "web", image: "x" }],
          resources: { requests: { cpu: "1" }, limits: { memory: "1Gi" } },
        }),
      ],
    },
    fail: {
      "no requests": [
        [withContainer({ resources: { requests: undefined } })],
        "container web requests no CPU",
      ],
      "no memory limit": [[withContainer({ resources: { limits: undefined } })], "no memory limit"],
      "a request of nothing": [
        [withContainer({ resources: { requests: { cpu: "0" } } })],
        "container web requests no CPU",
      ],
      "a limit of nothing, which is none": [
        [withContainer({ resources: { limits: { memory: "0Mi" } } })],
        "no memory limit",
      ],
      "an init container without any": [
        [deployment({ initContainers: [{ name: "init", image: "x", resources: {} }] })],
        "container init requests no memory",
      ],
      "a pod's request alone": [
        [
          deployment({
            containers: [{ name: "web", image: "x" }],
            resources: { requests: { cpu: "1", memory: "1Gi" } },
          }),
        ],
        "container web has no memory limit",
      ],
      "a pod's limit of nothing": [
        [
          deployment({
            containers: [{ name: "web", image: "x" }],
            resources: { requests: { cpu: "0", memory: "1Gi" }, limits: { memory: "1Gi" } },
          }),
        ],
        "container web requests no CPU",
      ],
    },
  },
  "bounded-scratch": {
    pass: {
      "a limited volume": [
        deployment({ volumes: [{ name: "tmp", emptyDir: { sizeLimit: "1Gi" } }] }),
      ],
      "volumes that are no scratch": [
        deployment({ volumes: [{ name: "files", configMap: { name: "files" } }] }),
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
      "a volume whose limit is nothing, which is none": [
        [deployment({ volumes: [{ name: "tmp", emptyDir: { sizeLimit: "0" } }] })],
        "volume tmp",
      ],
      "a writable root whose limit is nothing": [
        [
          withContainer({
            securityContext: { readOnlyRootFilesystem: false },
            resources: { limits: { "ephemeral-storage": "0" } },
          }),
        ],
        "may write to its root without a limit",
      ],
      "a container that says nothing of itself": [
        [withContainer({ securityContext: undefined, resources: { limits: undefined } })],
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
      "a step before the start, which ends by itself": [
        deployment({ initContainers: [{ name: "wait", image: "x", resources: {} }] }),
      ],
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
      "a container that is started before the others and runs on beside them": [
        [
          deployment({
            initContainers: [{ name: "proxy", image: "x", resources: {}, restartPolicy: "Always" }],
          }),
        ],
        "proxy has no liveness probe",
      ],
    },
  },
  "patient-liveness": {
    pass: {
      "a liveness that waits longer": [deployment()],
      "one that waits as long": [
        withContainer({ livenessProbe: { periodSeconds: 5, failureThreshold: 2 } }),
      ],
      "one probe without the other": [
        withContainer({ livenessProbe: undefined }),
        withContainer({ readinessProbe: undefined }),
      ],
    },
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
      "ports without names": [
        withContainer({ ports: [{ containerPort: 1 }, { containerPort: 2 }] }),
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
        "Deployment shop/web has the port http more than once",
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
      "how many may go is not said": [[budget({})], "neither minAvailable nor maxUnavailable"],
      "an ill pod may not go": [
        [budget({ maxUnavailable: 1, unhealthyPodEvictionPolicy: undefined })],
        "a pod that is ill holds its node",
      ],
    },
  },
  "one-budget-each": {
    pass: {
      "a budget": budgeted,
      "a budget of all pods of its namespace": [
        deployment(),
        budget({ maxUnavailable: 1, selector: { matchLabels: undefined } }),
      ],
    },
    fail: {
      "no budget": [[deployment()], "has 0 budgets"],
      "two budgets": [[...budgeted, budget({ maxUnavailable: 2 })], "has 2 budgets"],
      "a budget of another namespace": [
        [deployment({}, { metadata: { namespace: "other" } }), budget({ maxUnavailable: 1 })],
        "has 0 budgets",
      ],
      "a budget of other pods": [
        [
          deployment(),
          budget({ selector: { matchLabels: { "app.kubernetes.io/name": "store" } } }),
        ],
        "has 0 budgets",
      ],
      "a budget without a selector, which is of none": [
        [deployment(), budget({ maxUnavailable: 1, selector: undefined })],
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
      "kept apart": [apartBy("required", awayFrom())],
      "rather kept apart": [apartBy("preferred", awayFrom())],
      "apart by a port of their node": [
        unspread({
          containers: [
            { name: "web", image: "x", resources: {}, ports: [{ containerPort: 1, hostPort: 1 }] },
          ],
        }),
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
      "a spread of other pods, or of none": [
        [
          deployment({
            topologySpreadConstraints: [
              changed(spreadOver(hostname), { labelSelector: { matchLabels: { a: "b" } } }),
              changed(spreadOver(hostname), { labelSelector: undefined }),
            ],
          }),
        ],
        "nothing spreads them",
      ],
      "kept apart from nothing": [
        [unspread({ affinity: { podAntiAffinity: {} } })],
        "nothing spreads them",
      ],
      "rather not in the zone of others, and not on the node of other pods": [
        [
          apartBy(
            "preferred",
            awayFrom({ topologyKey: "topology.kubernetes.io/zone" }),
            awayFrom({ labelSelector: { matchLabels: { "app.kubernetes.io/name": "b" } } }),
          ),
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
      "no AppArmor, as it was said before there was a field": [
        [
          deployment(
            {},
            {
              spec: {
                template: {
                  metadata: {
                    annotations: {
                      "container.apparmor.security.beta.kubernetes.io/web": "unconfined",
                    },
                  },
                },
              },
            },
          ),
        ],
        "container web has the AppArmor profile unconfined",
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
      "a version that moves": [
        [namespace({ enforce: "restricted" })],
        "of version latest, which moves with the cluster",
      ],
      "a version that moves and is said": [
        [namespace({ enforce: "restricted", "enforce-version": "latest" })],
        "moves with the cluster",
      ],
    },
  },
  "rbac-wildcards": {
    pass: {
      "named rights": [role("Role", {}), binding("web", { name: "web" })],
      "people of a group of their own": [
        binding("web", { kind: "Group", name: "system:masters-of-none" }),
      ],
    },
    fail: {
      "every verb": [[role("Role", { verbs: ["*"] })], "rules[0].verbs has a wildcard"],
      "every verb beside one": [
        [role("Role", { verbs: ["get", "*"] })],
        "rules[0].verbs has a wildcard",
      ],
      "whatever other roles have": [
        [
          object("rbac.authorization.k8s.io/v1", "ClusterRole", "web", {
            aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: "b" } }] },
          }),
        ],
        "the rights of whatever roles bear some labels",
      ],
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
      "those who have all rights anyway": [
        [binding("web", { kind: "Group", name: "system:masters" })],
        "grants its rights to system:masters",
      ],
      "every node": [
        [binding("web", { kind: "Group", name: "system:nodes" })],
        "grants its rights to system:nodes",
      ],
      "all accounts of a namespace": [
        [binding("web", { kind: "Group", name: "system:serviceaccounts:shop" })],
        "grants its rights to system:serviceaccounts:shop",
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
      "namespaces that are only read": [role("ClusterRole", { resources: ["namespaces"] })],
      "a role that every cluster has, in one namespace": [binding("edit", { name: "web" })],
      "a role that every cluster has and that asks who somebody is": [
        binding("system:auth-delegator", { name: "web" }, "ClusterRoleBinding"),
      ],
    },
    fail: {
      "secrets everywhere": [
        [role("ClusterRole", { resources: ["secrets"] })],
        "reads the Secrets",
      ],
      "secrets everywhere, among other things": [
        [role("ClusterRole", { resources: ["pods", "secrets"], verbs: ["delete", "list"] })],
        "reads the Secrets",
      ],
      "certificates of any user": [
        [
          role("ClusterRole", {
            resources: ["certificatesigningrequests/approval"],
            verbs: ["update"],
          }),
        ],
        "has certificates signed for users",
      ],
      "disks that are folders of nodes": [
        [role("ClusterRole", { resources: ["persistentvolumes"], verbs: ["create"] })],
        "mounts what it likes",
      ],
      "webhooks, which see and change whatever is made": [
        [role("ClusterRole", { resources: ["mutatingwebhookconfigurations"], verbs: ["patch"] })],
        "reads and changes the objects",
      ],
      "labels of namespaces, by which pods may be more": [
        [role("ClusterRole", { resources: ["namespaces"], verbs: ["update"] })],
        "lowers the guard",
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
      "a role by which the cluster runs itself": [
        [binding("system:controller:job-controller", { name: "web" }, "ClusterRoleBinding")],
        "binds system:controller:job-controller in every namespace",
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
      "rights of a user who is called as the account": [
        deployment(),
        binding("web", { kind: "User", name: "web", namespace: "shop" }),
      ],
      "rights that everybody has, with a token and without": [
        deployment(),
        binding("web", { kind: "Group", name: "system:authenticated" }),
      ],
      "a token for rights that all accounts have": [
        deployment({ automountServiceAccountToken: true }),
        binding("web", { kind: "Group", name: "system:serviceaccounts:shop" }),
      ],
      "rights of the user that an account is": [
        deployment({ automountServiceAccountToken: true }),
        binding("web", { kind: "User", name: "system:serviceaccount:shop:web" }),
      ],
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
      "a token, and rights of all accounts of another namespace": [
        [
          deployment({ automountServiceAccountToken: true }),
          binding("web", { kind: "Group", name: "system:serviceaccounts:hall" }),
        ],
        "has a token",
      ],
      "a token, and rights of everybody in another namespace": [
        [
          deployment({ automountServiceAccountToken: true }),
          object("rbac.authorization.k8s.io/v1", "RoleBinding", "web", {
            metadata: { namespace: "hall" },
            roleRef: { kind: "Role", name: "web" },
            subjects: [{ kind: "Group", name: "system:authenticated" }],
          }),
        ],
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
      "a port of the pods alone": [
        withContainer({ ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }] }),
        object("traefik.io/v1alpha1", "Middleware", "web"),
        object("networking.istio.io/v1", "Gateway", "web"),
      ],
      "a right of an account at Google, and a list of rights that is not open": [
        right({ member: "serviceAccount:web@shop.iam.gserviceaccount.com" }),
        resource("gcp:storage/bucketACL:BucketACL", "all", { predefinedAcl: "projectPrivate" }),
      ],
    },
    fail: {
      "an Ingress": [[ingress(["shop.example"])], "answers shop.example to whoever asks"],
      "a port of every node": [[service({ type: "NodePort" })], "is a NodePort"],
      "a balancer": [[service({ type: "LoadBalancer" })], "is a LoadBalancer"],
      "a port of its node": [
        [withContainer({ ports: [{ name: "http", containerPort: 80, hostPort: 80 }] })],
        "binds TCP 80 of its node",
      ],
      ...Object.fromEntries(
        [
          ["gateway.networking.k8s.io/v1", "Gateway"],
          ["gateway.networking.k8s.io/v1alpha2", "TLSRoute"],
          ["traefik.io/v1alpha1", "IngressRoute"],
          ["traefik.containo.us/v1alpha1", "IngressRouteUDP"],
          ["k8s.nginx.org/v1", "VirtualServer"],
          ["k8s.nginx.org/v1alpha1", "TransportServer"],
        ].map(([api = "", kind = ""]) => [
          `a ${kind} of ${api}`,
          [[object(api, kind, "web")], `is a ${kind}, which answers`] as const,
        ]),
      ),
      "a port of its node, an init container's": [
        [
          deployment({
            initContainers: [
              {
                name: "early",
                image: "x",
                resources: {},
                ports: [{ containerPort: 81, hostPort: 81 }],
              },
            ],
          }),
        ],
        "binds TCP 81 of its node",
      ],
      "the node's network": [[deployment({ hostNetwork: true })], "in its node's own network"],
      "a public bucket": [[bucket("public-read")], "is public-read"],
      "addresses of one's own": [[service({ externalIPs: ["192.0.2.1"] })], "answers at 192.0.2.1"],
      "a right of everybody's at Google": [
        [right({ member: "allUsers" })],
        "gives its rights to allUsers",
      ],
      "a right of everybody's among others at Google": [
        [right({ members: ["user:a@example.org", "allAuthenticatedUsers"] })],
        "gives its rights to allAuthenticatedUsers",
      ],
      "a right of everybody's in a whole policy at Google": [
        [right({ policyData: '{"bindings":[{"members":["allUsers"],"role":"roles/viewer"}]}' })],
        "gives its rights to allUsers",
      ],
      "a right of everybody's in a list at Google": [
        [resource("gcp:storage/bucketACL:BucketACL", "all", { roleEntities: ["READER:allUsers"] })],
        "gives its rights to allUsers",
      ],
      "lists of rights at Google that are open by their name": [
        [
          resource("gcp:storage/bucketACL:BucketACL", "all", { predefinedAcl: "publicRead" }),
          resource("gcp:storage/bucketACL:BucketACL", "new", { defaultAcl: "authenticatedRead" }),
        ],
        "gives its rights to whoever asks",
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
      "SSH from one's own network by IPv6": [
        firewall("DROP", { ports: "22", ipv4s: [], ipv6s: ["fc00::/7"] }),
      ],
      "what is turned away": [firewall("DROP", { action: "DROP", ports: "22" })],
      "pings from anywhere at Google, to an account's machines": [
        googleRule({
          allows: [{ protocol: "icmp" }],
          targetTags: undefined,
          targetServiceAccounts: ["web@shop.iam.gserviceaccount.com"],
        }),
      ],
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
      "the kubelet by UDP, to one's own network and to anybody": [
        [
          firewall("DROP", {
            protocol: "UDP",
            ports: "80, 10250",
            ipv4s: ["10.0.0.0/8", "0.0.0.0/0"],
          }),
        ],
        "opens port 10250 to anybody",
      ],
      "halves of all there is": [
        [firewall("DROP", { ports: "22", ipv4s: ["0.0.0.0/1", "128.0.0.0/1"] })],
        "opens port 22 to anybody",
      ],
      "all that is given out of IPv6": [
        [firewall("DROP", { ports: "22", ipv4s: [], ipv6s: ["2000::/3"] })],
        "opens port 22 to anybody",
      ],
      "a list of ports with nothing in it": [
        [firewall("DROP", { ports: "" })],
        "opens every port to anybody",
      ],
      "a list of ports at Google with nothing in it": [
        [googleRule({ allows: [{ protocol: "tcp", ports: [] }] })],
        "tcp opens every port to anybody",
      ],
      "one's own network and anybody at Google": [
        [
          googleRule({
            allows: [{ protocol: "tcp", ports: ["22"] }],
            sourceRanges: ["10.0.0.0/8", "0.0.0.0/0"],
          }),
        ],
        "opens port 22 to anybody",
      ],
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
      "a namespace beside one with data": [
        { ...claim, protect: true },
        { ...restricted, protect: true },
        object("v1", "Namespace", "other", { metadata: { namespace: undefined } }),
      ],
    },
    fail: {
      "a claim": [[claim], "is not protected"],
      "a claim's namespace": [[{ ...claim, protect: true }, restricted], "is not protected"],
      "the namespace of disks that a StatefulSet makes": [
        [statefulSet({}), restricted],
        "is not protected",
      ],
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
    pass: {
      "disks that stay": [statefulSet({ whenDeleted: "Retain", whenScaled: "Retain" })],
      "disks of which nothing is said, which stay": [statefulSet({})],
      "no disks": [statefulSet({ whenDeleted: "Delete", whenScaled: "Delete" }, [])],
    },
    fail: {
      "disks that go": [
        [statefulSet({ whenDeleted: "Delete" })],
        "deletes its disks (disk) with itself",
      ],
      "disks that go with a pod": [
        [statefulSet({ whenScaled: "Delete" })],
        "deletes its disks (disk) where it has fewer pods",
      ],
    },
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
      "the one port of a balancer's Service that the API server never lets be changed": [
        { ...service({}), ignoreChanges: ["spec.healthCheckNodePort"] },
      ],
      "the number of pods that an autoscaler chooses": [scaled, autoscaler()],
      "what an immutable ConfigMap was made with, which nobody may change": [
        { ...object("v1", "ConfigMap", "record", { immutable: true }), ignoreChanges: ["data"] },
      ],
      "the first sizes of disks, where each disk's own is said": [
        ...[sized, size("disk-store-0"), size("disk-store-1")],
      ],
    },
    fail: {
      "what a ConfigMap holds that can change": [
        [{ ...object("v1", "ConfigMap", "record", {}), ignoreChanges: ["data"] }],
        "changes of data are ignored",
      ],
      "anything else of an immutable ConfigMap": [
        [
          {
            ...object("v1", "ConfigMap", "record", { immutable: true }),
            ignoreChanges: ["metadata"],
          },
        ],
        "changes of metadata are ignored",
      ],
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
      "sizes of disks of which one kind is said elsewhere": [
        [sizedOf("disk", "logs"), size("disk-store-0"), size("disk-store-1")],
        "changes of spec.volumeClaimTemplates[*].spec.resources are ignored",
      ],
      "one input of a machine that somebody else keeps": [
        [
          resource(
            "linode:index/instance:Instance",
            "dns",
            {},
            { protect: true, ignoreChanges: ["tags"] },
          ),
        ],
        "changes of tags are ignored",
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
      "another port of a Service": [
        [{ ...service({}), ignoreChanges: ["spec.ports"] }],
        "changes of spec.ports are ignored",
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
      "a policy of admission of a version that is gone": [
        [object("admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", "web")],
        "is gone since Kubernetes 1.34: admissionregistration.k8s.io/v1",
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
      "two of one name in two groups": [
        service({}),
        object("serving.knative.dev/v1", "Service", "web"),
      ],
      "ports of the nodes that the cluster chooses": [
        service({ ports: [{ port: 1, nodePort: 0 }, { port: 2 }] }),
        service({ ports: [{ port: 1, nodePort: 0 }, { port: 2 }] }, "other"),
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

function bucket(acl: string, more: Partial<Resource> = {}): Resource {
  return resource("linode:index/objectStorageBucket:ObjectStorageBucket", "zones", { acl }, more);
}
