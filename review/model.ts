/**
 * The report: everything a reviewer is shown, and its JSON form. Every other form is made from it.
 *
 * Texts are plain and come from the resources under review: whoever writes them into Markdown, HTML or
 * a terminal escapes them there. No value of a property that is marked as secret is ever in here.
 *
 * A report is read by other versions of this program, so its objects are not strict, and a key once
 * there keeps its meaning. `format` counts up where that cannot be kept.
 */
import * as z from "zod";

import { Binding } from "./binding/binding.schema.ts";

/**
 * What a change can cost, worst first: data, service, who may reach what, a rollout of pods, nothing
 * that runs.
 */
export const RiskClass = z.enum(["data-loss", "downtime", "access", "rollout", "cosmetic"]);
/** {@inheritDoc RiskClass} */
export type RiskClass = z.infer<typeof RiskClass>;

/** What happens to a resource. `replace` is one operation, however many steps the engine takes. */
export const Operation = z.enum([
  "create",
  "update",
  "replace",
  "delete",
  "import",
  "read",
  /** Leaves the state, stays in the world. */
  "forget",
]);
/** {@inheritDoc Operation} */
export type Operation = z.infer<typeof Operation>;

/** Resources by what happens to them. */
export const Counts = z.object({
  create: z.int(),
  update: z.int(),
  replace: z.int(),
  delete: z.int(),
  import: z.int(),
  read: z.int(),
  forget: z.int(),
  same: z.int(),
});
/** {@inheritDoc Counts} */
export type Counts = z.infer<typeof Counts>;

/** Which resource. */
export const Identity = z.object({
  stack: z.string(),
  urn: z.string(),
  /** The provider's type token, e.g. `kubernetes:apps/v1:Deployment`. */
  type: z.string(),
  /** Last part of the type, or the Kubernetes kind. */
  kind: z.string(),
  /** Only of an object of a cluster; absent where it has none or it is not known yet. */
  namespace: z.string().optional(),
  /** Name of the object where it is one, else the resource's name in the program. */
  name: z.string(),
  /** As people name it: `Deployment voting/vote`. */
  label: z.string(),
});
/** {@inheritDoc Identity} */
export type Identity = z.infer<typeof Identity>;

/** A resource that another part of the report refers to. */
export const Reference = z.object({ stack: z.string(), urn: z.string(), label: z.string() });
/** {@inheritDoc Reference} */
export type Reference = z.infer<typeof Reference>;

/** Why a change has its risk: the rule that says so, and what it saw. */
export const Finding = z.object({
  /** Name of the rule, e.g. `claim-replaced`. */
  rule: z.string(),
  risk: RiskClass,
  /** One sentence. */
  why: z.string(),
});
/** {@inheritDoc Finding} */
export type Finding = z.infer<typeof Finding>;

/** One side of a change. */
export const Value = z.discriminatedUnion("is", [
  z.object({ is: z.literal("absent") }),
  z.object({
    is: z.literal("text"),
    /** A string as it stands, anything else as JSON. */
    text: z.string(),
    /** Characters of the value where `text` is only its beginning. */
    of: z.int().optional(),
  }),
  z.object({ is: z.literal("secret") }),
  z.object({ is: z.literal("unknown") }),
]);
/** {@inheritDoc Value} */
export type Value = z.infer<typeof Value>;

/** One property that differs. What is a secret, unknown or a long text has its own list as well. */
export const PropertyChange = z.object({
  /** As the engine writes it: `spec.template.metadata.labels["app.kubernetes.io/name"]`. */
  path: z.string(),
  before: Value,
  after: Value,
  /** Whether it forces a replacement. */
  replaces: z.boolean(),
});
/** {@inheritDoc PropertyChange} */
export type PropertyChange = z.infer<typeof PropertyChange>;

/** A run of lines that differ, with the lines round them. */
export const Hunk = z.object({
  /** First line, from 1, and how many lines, on each side. */
  oldStart: z.int(),
  oldLines: z.int(),
  newStart: z.int(),
  newLines: z.int(),
  lines: z.array(z.object({ is: z.enum(["same", "added", "removed"]), text: z.string() })),
});
/** {@inheritDoc Hunk} */
export type Hunk = z.infer<typeof Hunk>;

/** A text property, e.g. a file in a ConfigMap, compared line by line. */
export const TextDiff = z.object({
  path: z.string(),
  /** `json` and `yaml` were parsed and written anew, sorted, so that no order of keys shows. */
  format: z.enum(["json", "yaml", "text"]),
  added: z.int(),
  removed: z.int(),
  hunks: z.array(Hunk),
  /** Lines that differ and are left out: the text was too long. */
  omitted: z.int(),
  /** What to say of it, e.g. that only the order of keys differs. */
  note: z.string().optional(),
});
/** {@inheritDoc TextDiff} */
export type TextDiff = z.infer<typeof TextDiff>;

/** What is known of a secret property: its name, and whether it changes. */
export const SecretChange = z.object({
  path: z.string(),
  /** `unknown`: one of its sides is made only by the update. */
  change: z.enum(["changed", "unchanged", "added", "removed", "unknown"]),
});
/** {@inheritDoc SecretChange} */
export type SecretChange = z.infer<typeof SecretChange>;

/** A value that only the update will tell. */
export const Unknown = z.object({
  path: z.string(),
  /** Resource whose change makes it; absent where the state does not tell. */
  cause: Reference.extend({
    /** Property of the cause, where the name of what asks for it tells. */
    property: z.string().optional(),
  }).optional(),
  /** `unknown until Cluster lke is made`. */
  why: z.string(),
});
/** {@inheritDoc Unknown} */
export type Unknown = z.infer<typeof Unknown>;

/** How a resource is replaced. */
export const Replacement = z.object({
  /** Properties that force it; empty where the engine names none. */
  properties: z.array(z.string()),
  /** Whether the new one is made before the old one goes. */
  order: z.enum(["create-first", "delete-first"]),
  /** Whether old and new serve at the same time. */
  overlap: z.boolean(),
  /** One sentence: what forces it and what that means. */
  why: z.string(),
});
/** {@inheritDoc Replacement} */
export type Replacement = z.infer<typeof Replacement>;

/** One resource that changes. */
export const Item = z.object({
  /** Stable and safe in a link: 12 hex digits of a hash of stack and URN. */
  id: z.string(),
  resource: Identity,
  operation: Operation,
  /** The worst of `findings`. */
  risk: RiskClass,
  /** Worst first; never empty. */
  findings: z.array(Finding),
  /** What changes in Kubernetes' own words, e.g. `replicas 2 -> 3`. */
  words: z.array(z.string()),
  replacement: Replacement.optional(),
  changes: z.array(PropertyChange),
  /** Changes left out: there were too many. */
  changesOmitted: z.int(),
  /** Of what is new: 16 hex digits of a hash of its properties, the same wherever it is made alike. */
  content: z.string().optional(),
  texts: z.array(TextDiff),
  secrets: z.array(SecretChange),
  unknowns: z.array(Unknown),
  /** Ids of the groups that tell its changes or some of them; empty where it stands alone. */
  groups: z.array(z.string()),
  /** Whether its groups or another stack's item tell all there is, so that it need not be listed by itself. */
  folded: z.boolean(),
  /** Other stacks in which the same resource changes in the same way: their items are folded into this one. */
  alsoIn: z.array(z.string()).optional(),
  /** The item of another stack that it is folded into. */
  toldBy: z.object({ stack: z.string(), id: z.string() }).optional(),
  /** Why it did not get as far as the others: what the engine said of it. */
  failure: z.string().optional(),
});
/** {@inheritDoc Item} */
export type Item = z.infer<typeof Item>;

/** The same change on many resources, of one stack or of several. */
export const Group = z.object({
  id: z.string(),
  /** `label app.kubernetes.io/version on 37 objects`. */
  title: z.string(),
  risk: RiskClass,
  findings: z.array(Finding),
  operation: Operation,
  /** What all of them have in common; empty where they are made, deleted or replaced alike. */
  changes: z.array(PropertyChange),
  /** In the words of the item, where all share them. */
  words: z.array(z.string()),
  stacks: z.array(z.string()),
  members: z.array(Reference),
});
/** {@inheritDoc Group} */
export type Group = z.infer<typeof Group>;

/** How far stacks change alike. */
export const Parity = z.object({
  stacks: z.array(z.string()),
  /** Resources that change in the same way in all of them. */
  alike: z.int(),
  /** Those that do not: in which stacks they change, and how. */
  except: z.array(
    z.object({ label: z.string(), stacks: z.array(z.string()), difference: z.string() }),
  ),
  exceptOmitted: z.int(),
  /** `test and prod change alike (12 resources), except 2`. */
  line: z.string(),
});
/** {@inheritDoc Parity} */
export type Parity = z.infer<typeof Parity>;

/** A workload whose pods are made anew. */
export const Roll = z.object({
  workload: Reference,
  /** What makes it roll: its own template, or a config object that it mounts. */
  because: z.array(z.string()),
  /** Place in the order in which the engine gets to it, from 1; equal places go together. */
  wave: z.int(),
  replicas: z.int().optional(),
  /** `one at a time`, `up to 2 of 4 at once`, `all at once`. */
  pace: z.string(),
  /** Pods that may be missing while it rolls. */
  missing: z.int().optional(),
  /** What its budget says; a rolling update does not ask it, so it is compared here. */
  budget: z.object({
    state: z.enum(["kept", "broken", "none", "unknown"]),
    line: z.string(),
  }),
});
/** {@inheritDoc Roll} */
export type Roll = z.infer<typeof Roll>;

/** What a stack asks of its cluster. */
export const Amounts = z.object({
  /** Cores that pods ask for, over all replicas. */
  cpuRequests: z.number(),
  cpuLimits: z.number(),
  /** Bytes. */
  memoryRequests: z.number(),
  memoryLimits: z.number(),
  /** Bytes of all claims, a StatefulSet's templates included. */
  storage: z.number(),
  pods: z.int(),
});
/** {@inheritDoc Amounts} */
export type Amounts = z.infer<typeof Amounts>;

/** Amounts before and after. */
export const Totals = z.object({
  before: Amounts,
  after: Amounts,
  /** Values that were unknown and are not counted, DaemonSets (a pod a node) included. */
  uncounted: z.array(z.string()),
  /** One an amount that differs: `memory requests 4Gi -> 6Gi (+50%)`. */
  lines: z.array(z.string()),
});
/** {@inheritDoc Totals} */
export type Totals = z.infer<typeof Totals>;

/** A rule of the policy pack that a resource breaks, or that could not be asked. */
export const PolicyEntry = z.object({
  pack: z.string(),
  policy: z.string(),
  level: z.enum(["mandatory", "advisory", "remediate", "disabled"]),
  severity: z.string().optional(),
  /** Absent where it is about the stack as a whole. */
  resource: Reference.optional(),
  message: z.string(),
});
/** {@inheritDoc PolicyEntry} */
export type PolicyEntry = z.infer<typeof PolicyEntry>;

/** What the policy packs say. */
export const Policies = z.object({
  /** Name and version of each pack that ran. */
  packs: z.array(z.object({ name: z.string(), version: z.string() })),
  /** Rules that ran over every resource that they are for, and found nothing. */
  passed: z.int(),
  /** Rules that found something. */
  violated: z.object({ mandatory: z.int(), advisory: z.int() }),
  /** Rules that nobody could ask somewhere, because a value was unknown, and that found nothing elsewhere. */
  notRun: z.int(),
  violations: z.array(PolicyEntry),
  couldNotRun: z.array(PolicyEntry),
  remediated: z.array(PolicyEntry),
  /** `policies 41/41`, or what else there is to say: `policies 39/41, 1 could not run`. */
  line: z.string(),
});
/** {@inheritDoc Policies} */
export type Policies = z.infer<typeof Policies>;

/** What the engine, a provider or the program said. */
export const Diagnostic = z.object({
  severity: z.enum(["error", "warning", "info"]),
  resource: Reference.optional(),
  message: z.string(),
  /** How often it was said. */
  times: z.int(),
});
/** {@inheritDoc Diagnostic} */
export type Diagnostic = z.infer<typeof Diagnostic>;

/** Something the report does not tell, and why. */
export const Missing = z.object({
  /** Stack it is about; absent where it is about all. */
  stack: z.string().optional(),
  /** `2 events could not be read`. */
  what: z.string(),
  why: z.string(),
  /** Whether a change could hide behind it: then nothing may be taken as complete. */
  hides: z.boolean(),
});
/** {@inheritDoc Missing} */
export type Missing = z.infer<typeof Missing>;

/** What the world has become without the program. */
export const Drift = z.object({
  /** `not-asked`: no refresh was run, so nothing is known. */
  state: z.enum(["none", "drifted", "not-asked", "failed"]),
  items: z.array(Item),
  line: z.string(),
});
/** {@inheritDoc Drift} */
export type Drift = z.infer<typeof Drift>;

/** Unknown values, counted by who causes them. */
export const UnknownCount = z.object({
  cause: Reference.optional(),
  why: z.string(),
  count: z.int(),
});
/** {@inheritDoc UnknownCount} */
export type UnknownCount = z.infer<typeof UnknownCount>;

/** Where a stack's part of the report comes from. */
export const StackProvenance = z.object({
  /** Name and version of each provider and of the SDK, as the program's resources ask for them. */
  versions: z.record(z.string(), z.string()),
  engine: z.string().optional(),
  /** The state the preview started from. */
  state: z
    .object({
      /** Serial or version as the backend counts; absent where it counts none. */
      serial: z.string().optional(),
      /** SHA-256 of its canonical resources, secrets left out; hex. */
      hash: z.string(),
      resources: z.int(),
    })
    .optional(),
  /** Command that gives this report again. */
  reproduce: z.string().optional(),
  /** What the preview ran against: `sandbox`, `state` (no cluster), `live`. */
  target: z.string().optional(),
});
/** {@inheritDoc StackProvenance} */
export type StackProvenance = z.infer<typeof StackProvenance>;

/** Where the report comes from. */
export const Provenance = z.object({
  commit: z.string().optional(),
  /** Whether the work tree had changes that no commit has. */
  dirty: z.boolean().optional(),
  /** Commit or branch that it is compared with. */
  base: z.string().optional(),
  /** ISO 8601, UTC. */
  time: z.string(),
  /** Where the whole text is, for forms that had to leave something out. */
  url: z.string().optional(),
});
/** {@inheritDoc Provenance} */
export type Provenance = z.infer<typeof Provenance>;

/** One stack. */
export const StackReport = z.object({
  stack: z.string(),
  /** `failed`: the preview broke off, so what is here is a part. */
  outcome: z.enum(["unchanged", "changed", "failed"]),
  /** `prod: 1 replace (downtime), 0 deletes, 3 updates, policies 41/41`. */
  line: z.string(),
  /** Absent where nothing changes. */
  risk: RiskClass.optional(),
  counts: Counts,
  /** Items by risk. */
  risks: z.record(RiskClass, z.int()),
  /** Worst first. */
  items: z.array(Item),
  ripple: z.array(Roll),
  totals: Totals,
  policies: Policies,
  drift: Drift,
  unknowns: z.object({
    count: z.int(),
    causes: z.array(UnknownCount),
    /** Checks that could not run because of them, in words. */
    checks: z.array(z.string()),
  }),
  secrets: z.object({ changed: z.int(), unchanged: z.int(), unknown: z.int() }),
  /** Outputs of the stack that change. */
  outputs: z.array(PropertyChange),
  diagnostics: z.array(Diagnostic),
  missing: z.array(Missing),
  provenance: StackProvenance,
  /** SHA-256 over the canonical changes, hex: alike for alike changes, whenever previewed. */
  fingerprint: z.string(),
  /** What an update is held against: absent where the preview broke off, or nobody asked. */
  binding: Binding.optional(),
  /** Seconds the engine took. */
  seconds: z.number(),
});
/** {@inheritDoc StackReport} */
export type StackReport = z.infer<typeof StackReport>;

/** The verdict over all stacks. */
export const Verdict = z.object({
  /** One sentence a tired reviewer can trust. */
  line: z.string(),
  risk: RiskClass.optional(),
  /** 0 nothing changes, 2 changes, 3 risky ones, 1 a preview failed or the report is not whole. */
  exitCode: z.literal([0, 1, 2, 3]),
  /** Classes that count as risky here. */
  risky: z.array(RiskClass),
});
/** {@inheritDoc Verdict} */
export type Verdict = z.infer<typeof Verdict>;

/** A whole report. */
export const Report = z.object({
  format: z.literal(1),
  verdict: Verdict,
  /** Failed ones first, then the riskiest, then by name. */
  stacks: z.array(StackReport),
  /** Worst first. */
  groups: z.array(Group),
  /** Only where two stacks or more change. */
  parity: z.array(Parity),
  missing: z.array(Missing),
  provenance: Provenance,
  /** SHA-256 over the fingerprints of the stacks, hex. */
  fingerprint: z.string(),
});
/** {@inheritDoc Report} */
export type Report = z.infer<typeof Report>;
