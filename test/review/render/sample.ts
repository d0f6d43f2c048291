/** A report that has something of everything, for what writes reports down. */
import type {
  Amounts,
  Item,
  Policies,
  Reference,
  Report,
  StackReport,
  Value,
} from "../../../review/model.ts";

const hash = (digit: string): string => digit.repeat(64);

const text = (value: string): Value => ({ is: "text", text: value });

const urn = (type: string, name: string): string => `urn:pulumi:prod::fleet::${type}::${name}`;

const refer = (label: string, stack = "prod"): Reference => ({
  stack,
  urn: urn("kubernetes:apps/v1:Deployment", label),
  label,
});

/** An item with what it does not say left empty. */
export function item(
  label: string,
  risk: Item["risk"],
  rest: Partial<Item> & { readonly stack?: string } = {},
): Item {
  const [kind = "", object = ""] = label.split(" ");
  const { stack = "prod", ...given } = rest;
  return {
    id: Buffer.from(`${stack} ${label}`).toString("hex").slice(-12),
    resource: {
      stack,
      urn: urn(`kubernetes:core/v1:${kind}`, object),
      type: `kubernetes:core/v1:${kind}`,
      kind,
      name: object.split("/").at(-1) ?? object,
      label,
    },
    operation: "update",
    risk,
    findings: [{ rule: "pods-roll", risk, why: "its pods are made anew" }],
    words: [],
    changes: [],
    changesOmitted: 0,
    texts: [],
    secrets: [],
    unknowns: [],
    groups: [],
    folded: false,
    ...given,
  };
}

const amounts: Amounts = {
  cpuRequests: 4,
  cpuLimits: 8,
  memoryRequests: 4 * 2 ** 30,
  memoryLimits: 8 * 2 ** 30,
  storage: 20 * 2 ** 30,
  pods: 12,
};

const noPolicies: Policies = {
  packs: [],
  passed: 0,
  violated: { mandatory: 0, advisory: 0 },
  notRun: 0,
  violations: [],
  couldNotRun: [],
  remediated: [],
  line: "policies not run",
};

/** A stack in which nothing happens. */
export function quietStack(stack: string): StackReport {
  return {
    stack,
    outcome: "unchanged",
    line: `${stack}: nothing changes`,
    counts: {
      create: 0,
      update: 0,
      replace: 0,
      delete: 0,
      import: 0,
      read: 0,
      forget: 0,
      same: 90,
    },
    risks: { "data-loss": 0, downtime: 0, access: 0, rollout: 0, cosmetic: 0 },
    items: [],
    ripple: [],
    totals: { before: amounts, after: amounts, uncounted: [], lines: [] },
    policies: noPolicies,
    drift: { state: "not-asked", items: [], line: "drift was not asked for" },
    unknowns: { count: 0, causes: [], checks: [] },
    secrets: { changed: 0, unchanged: 0, unknown: 0 },
    outputs: [],
    diagnostics: [],
    missing: [],
    provenance: { versions: {} },
    fingerprint: hash("a"),
    seconds: 4,
  };
}

const claim = item("PersistentVolumeClaim skywire/transport-discovery-data", "data-loss", {
  operation: "replace",
  findings: [
    {
      rule: "claim-shrunk",
      risk: "data-loss",
      why: "a claim cannot shrink: it is deleted with what it stores and made anew",
    },
    { rule: "protected", risk: "data-loss", why: "the resource is protected, so this fails" },
  ],
  words: ["storage 20Gi -> 10Gi (-50%)"],
  replacement: {
    properties: ["spec.resources.requests.storage"],
    order: "delete-first",
    overlap: false,
    why: "spec.resources.requests.storage forces it; the old one goes before the new one is made",
  },
  changes: [
    {
      path: "spec.resources.requests.storage",
      before: text("20Gi"),
      after: text("10Gi"),
      replaces: true,
    },
    { path: "spec.volumeName", before: text("pvc-1"), after: { is: "unknown" }, replaces: false },
  ],
  unknowns: [{ path: "spec.volumeName", why: "unknown until the claim is bound" }],
});

const config = item("ConfigMap skywire/dmsg-discovery-config", "rollout", {
  findings: [{ rule: "config-changed", risk: "rollout", why: "3 workloads mount it and roll" }],
  changes: [
    { path: 'data["config.json"]', before: text("{}"), after: text("{…}"), replaces: false },
  ],
  texts: [
    {
      path: 'data["config.json"]',
      format: "json",
      added: 2,
      removed: 1,
      hunks: [
        {
          oldStart: 3,
          oldLines: 3,
          newStart: 3,
          newLines: 4,
          lines: [
            { is: "same", text: '  "log_level": "info",' },
            { is: "removed", text: '  "timeout": "5s"' },
            { is: "added", text: '  "timeout": "10s",' },
            { is: "added", text: '  "retries": 3' },
            { is: "same", text: "}" },
          ],
        },
      ],
      omitted: 0,
      note: "the order of keys differs, too",
    },
  ],
  groups: ["9b1dd6a0c5f1"],
});

/** Production, changed in every way there is. */
const prod: StackReport = {
  ...quietStack("prod"),
  outcome: "changed",
  line: "prod: 1 replace (data loss), 1 delete, 40 updates, policies 39/41, 1 could not run",
  risk: "data-loss",
  counts: {
    create: 1,
    update: 40,
    replace: 1,
    delete: 1,
    import: 0,
    read: 0,
    forget: 0,
    same: 400,
  },
  risks: { "data-loss": 1, downtime: 1, access: 1, rollout: 2, cosmetic: 37 },
  items: [
    claim,
    item("Deployment skywire/address-resolver", "downtime", {
      findings: [
        {
          rule: "single-replica",
          risk: "downtime",
          why: "the only pod stops before the next runs",
        },
      ],
      words: ["replicas 3 -> 1"],
      changes: [{ path: "spec.replicas", before: text("3"), after: text("1"), replaces: false }],
      failure: "admission webhook refused it: replicas below the budget",
    }),
    item("DnsRecord dmsg.skywire.example", "access", {
      findings: [{ rule: "dns-changed", risk: "access", why: "names lead elsewhere" }],
      words: ["A 192.0.2.10 -> 192.0.2.44"],
      changesOmitted: 4,
    }),
    config,
    item("Secret skywire/dmsg-server-keys", "rollout", {
      findings: [{ rule: "secret-rotated", risk: "rollout", why: "2 workloads read it and roll" }],
      secrets: [
        { path: 'data["sk"]', change: "changed" },
        { path: 'data["old"]', change: "removed" },
      ],
    }),
  ],
  ripple: [
    {
      workload: refer("Deployment skywire/dmsg-discovery"),
      because: ["ConfigMap dmsg-discovery-config changes"],
      wave: 1,
      replicas: 4,
      pace: "up to 2 of 4 at once",
      missing: 1,
      budget: { state: "kept", line: "its budget lets 1 be missing: kept" },
    },
    {
      workload: refer("StatefulSet skywire/dmsg-server"),
      because: ["image", "Secret dmsg-server-keys changes"],
      wave: 2,
      pace: "one at a time",
      budget: { state: "broken", line: "its budget lets none be missing" },
    },
  ],
  totals: {
    before: amounts,
    after: { ...amounts, memoryRequests: 6 * 2 ** 30 },
    uncounted: ["DaemonSet log-shipper: a pod a node"],
    lines: ["memory requests 4Gi -> 6Gi (+50%)", "storage 20Gi -> 10Gi (-50%)"],
  },
  policies: {
    packs: [{ name: "fleet", version: "1.0.0" }],
    passed: 39,
    violated: { mandatory: 1, advisory: 1 },
    notRun: 1,
    violations: [
      {
        pack: "fleet",
        policy: "image-pinned",
        level: "mandatory",
        resource: refer("Deployment skywire/vpn"),
        message: "image skycoin/vpn:latest has no digest",
      },
      { pack: "fleet", policy: "spread", level: "advisory", message: "pods share a node" },
    ],
    couldNotRun: [
      { pack: "fleet", policy: "budget", level: "mandatory", message: "replicas are not known" },
    ],
    remediated: [
      { pack: "fleet", policy: "labels", level: "remediate", message: "the label was added" },
    ],
    line: "policies 39/41, 1 could not run",
  },
  drift: {
    state: "drifted",
    items: [
      item("Deployment skywire/stun", "rollout", {
        findings: [{ rule: "changed-by-hand", risk: "rollout", why: "somebody scaled it" }],
        words: ["replicas 2 -> 5"],
      }),
    ],
    line: "1 resource differs from the state",
  },
  unknowns: {
    count: 3,
    causes: [{ cause: refer("Cluster lke"), why: "unknown until Cluster lke is made", count: 3 }],
    checks: ["budget against replicas of stun"],
  },
  secrets: { changed: 1, unchanged: 7, unknown: 0 },
  outputs: [
    { path: "hosts.dmsg", before: text("192.0.2.10"), after: text("192.0.2.44"), replaces: false },
  ],
  diagnostics: [
    {
      severity: "warning",
      message: "spec.x is deprecated",
      times: 3,
      resource: refer("Ingress web"),
    },
    {
      severity: "error",
      message: "replicas below the budget",
      times: 2,
      resource: refer("Deployment a"),
    },
  ],
  missing: [{ what: "2 events could not be read", why: "line 7 is cut off", hides: true }],
  provenance: {
    versions: { "@pulumi/kubernetes": "4.34.2", "@pulumi/pulumi": "3.259.0" },
    engine: "3.259.0",
    state: { serial: "41", hash: hash("c"), resources: 443 },
    reproduce: "make review STACK=prod BASE=master",
    target: "sandbox",
  },
  fingerprint: hash("d"),
};

/** A report of three stacks, in which every part of the model has a value. */
export const sample: Report = {
  format: 1,
  verdict: {
    line: "prod: 1 replace (data loss), 1 delete, 40 updates, policies 39/41; test: failed; voting unchanged",
    risk: "data-loss",
    exitCode: 1,
    risky: ["data-loss", "downtime", "access"],
  },
  stacks: [
    { ...quietStack("test"), outcome: "failed", line: "test: the preview broke off" },
    prod,
    quietStack("voting"),
  ],
  groups: [
    {
      id: "9b1dd6a0c5f1",
      title: "label app.kubernetes.io/version on 37 objects",
      risk: "cosmetic",
      findings: [{ rule: "labels-only", risk: "cosmetic", why: "nothing that runs reads it" }],
      operation: "update",
      changes: [
        {
          path: 'metadata.labels["app.kubernetes.io/version"]',
          before: text("1.3.2"),
          after: text("1.3.3"),
          replaces: false,
        },
      ],
      words: ["version 1.3.2 -> 1.3.3"],
      stacks: ["prod", "test"],
      members: Array.from({ length: 37 }, (_, index) =>
        refer(`Service skywire/visor-${index}`, index % 2 === 0 ? "prod" : "test"),
      ),
    },
  ],
  parity: [
    {
      stacks: ["prod", "test"],
      alike: 12,
      except: [
        { label: "Deployment skywire/vpn", stacks: ["prod"], difference: "only prod changes it" },
      ],
      exceptOmitted: 2,
      line: "test and prod change alike (12 resources), except 3",
    },
  ],
  missing: [
    { stack: "test", what: "drift is not known", why: "the cluster did not answer", hides: false },
  ],
  provenance: {
    commit: "4f2c1e9a7b3d5f60718293a4b5c6d7e8f9a0b1c2",
    dirty: true,
    base: "master",
    time: "2026-11-21T19:16:47Z",
    url: "https://ci.example/runs/7/artifacts/report.html",
  },
  fingerprint: hash("e"),
};
