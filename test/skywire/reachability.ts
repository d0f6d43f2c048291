/**
 * Reads every address out of rendered pods and asks the rendered network policies whether the pod
 * may dial it, on both ends. Pure. Proves what the policies say, not that a plug-in enforces them.
 */
import type { Collected, Registered } from "../harness.ts";

interface Labels {
  readonly [key: string]: string;
}

interface Selector {
  readonly matchLabels?: Labels;
}

interface PolicyPeer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string };
}

interface PolicyPort {
  readonly port: number;
  readonly protocol: string;
}

interface PolicyRule {
  readonly to?: readonly PolicyPeer[];
  readonly from?: readonly PolicyPeer[];
  readonly ports?: readonly PolicyPort[];
}

interface PolicySpec {
  readonly podSelector: Selector;
  readonly ingress?: readonly PolicyRule[];
  readonly egress?: readonly PolicyRule[];
}

interface ContainerShape {
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
}

/** The pods of one workload. */
export interface Pods {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly containers: readonly ContainerShape[];
  /** Content of every file mounted into them. */
  readonly files: readonly string[];
}

/** An address that a pod is told. */
export interface Dialled {
  readonly from: Pods;
  readonly host: string;
  readonly port: number;
}

const secretSignature = "4dabf18193072939515e22adb298388d";

/** A value without the SDK's mark of a secret. */
function opened(value: unknown): unknown {
  return typeof value === "object" && value !== null && secretSignature in value
    ? (value as { value?: unknown }).value
    : value;
}

const metadataOf = ({ inputs }: Registered): { name?: string; namespace: string } =>
  inputs["metadata"] as { name?: string; namespace: string };

const ofType = (collected: Collected, type: string): Registered[] =>
  collected.resources.filter((one) => one.type === type);

/** Text of ConfigMaps and Secrets by the name that the mocks give them. */
function contents(collected: Collected): Map<string, string> {
  const read = (type: string, field: string): [string, string][] =>
    ofType(collected, type).map((one) => [
      metadataOf(one).name ?? `${one.name}-auto`,
      Object.values((opened(one.inputs[field]) ?? {}) as Record<string, unknown>)
        .map((text) => String(opened(text)))
        .join("\n"),
    ]);
  return new Map([
    ...read("kubernetes:core/v1:ConfigMap", "data"),
    ...read("kubernetes:core/v1:Secret", "stringData"),
  ]);
}

interface PodTemplate {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly containers: readonly ContainerShape[];
    readonly volumes?: readonly {
      readonly configMap?: { readonly name: string };
      readonly secret?: { readonly secretName: string };
    }[];
  };
}

/** Pods of every Deployment and StatefulSet. */
export function podsOf(collected: Collected): Pods[] {
  const texts = contents(collected);
  const kinds = ["apps/v1:Deployment", "apps/v1:StatefulSet", "apps/v1:DaemonSet", "batch/v1:Job"];
  return kinds.flatMap((kind) =>
    ofType(collected, `kubernetes:${kind}`).map((one) => {
      const { template } = one.inputs["spec"] as { template: PodTemplate };
      const files = (template.spec.volumes ?? []).flatMap(({ configMap, secret }) => {
        const text = texts.get(configMap?.name ?? secret?.secretName ?? "");
        return text === undefined ? [] : [text];
      });
      const { name = one.name, namespace } = metadataOf(one);
      const { labels } = template.metadata;
      return { name, namespace, labels, containers: template.spec.containers, files };
    }),
  );
}

const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, redis: 6379 };

const urlShape = /\b(http|https|redis):\/\/([a-z0-9.-]+)(?::(\d+))?/g;

/** Every address in a pod's arguments, variables and files. */
export function dialledBy(from: Pods): Dialled[] {
  const args = from.containers.flatMap((container) => container.args ?? []);
  const variables = from.containers.flatMap(({ env }) => env ?? []).map(({ value }) => value ?? "");
  const urls = [...args, ...variables, ...from.files].flatMap((text) =>
    [...text.matchAll(urlShape)].map(([, scheme = "", host = "", port]) => ({
      from,
      host,
      port: port === undefined ? (defaultPorts[scheme] ?? 0) : Number(port),
    })),
  );
  const valueOf = (flag: string): string | undefined =>
    args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
  const postgres = valueOf("--pg-host");
  return [
    ...urls,
    ...(postgres === undefined
      ? []
      : [{ from, host: postgres, port: Number(valueOf("--pg-port")) }]),
  ];
}

const matches = (selector: Selector | undefined, labels: Labels): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

interface ServiceShape {
  readonly selector: Labels;
  readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
}

/** Pods and their own port behind `<service>.<namespace>.svc:<port>`. */
export function behind(collected: Collected, host: string, port: number): [Pods, number][] {
  const [name, namespace] = host.split(".");
  const service = ofType(collected, "kubernetes:core/v1:Service").find(
    (one) => metadataOf(one).name === name && metadataOf(one).namespace === namespace,
  );
  if (service === undefined) {
    return [];
  }
  const { selector, ports } = service.inputs["spec"] as ServiceShape;
  const target = ports.find((one) => one.port === port)?.targetPort;
  return podsOf(collected)
    .filter(
      (pods) => pods.namespace === namespace && matches({ matchLabels: selector }, pods.labels),
    )
    .flatMap((pods): [Pods, number][] => {
      const containerPort = pods.containers
        .flatMap((container) => container.ports ?? [])
        .find((one) => one.name === target)?.containerPort;
      return containerPort === undefined ? [] : [[pods, containerPort]];
    });
}

function policiesOf(collected: Collected, pods: Pods): PolicySpec[] {
  return ofType(collected, "kubernetes:networking.k8s.io/v1:NetworkPolicy")
    .filter((one) => metadataOf(one).namespace === pods.namespace)
    .map((one) => one.inputs["spec"] as PolicySpec)
    .filter((spec) => matches(spec.podSelector, pods.labels));
}

/** Whether a rule opens a port of TCP, by which all that is looked for here is dialled. */
const opensPort = (rule: PolicyRule, port: number): boolean =>
  rule.ports === undefined || rule.ports.some((one) => one.port === port && one.protocol === "TCP");

const isPods = (peer: PolicyPeer, pods: Pods): boolean =>
  peer.podSelector !== undefined &&
  matches(peer.podSelector, pods.labels) &&
  matches(peer.namespaceSelector, { "kubernetes.io/metadata.name": pods.namespace });

/** Whether policies let one pod call another on the callee's own port: out of one, into the other. */
export function mayCall(collected: Collected, from: Pods, to: Pods, port: number): boolean {
  const out = policiesOf(collected, from).some(({ egress }) =>
    (egress ?? []).some(
      (rule) => opensPort(rule, port) && (rule.to ?? []).some((peer) => isPods(peer, to)),
    ),
  );
  const into = policiesOf(collected, to).some(({ ingress }) =>
    (ingress ?? []).some(
      (rule) =>
        opensPort(rule, port) &&
        (rule.from === undefined || rule.from.some((peer) => isPods(peer, from))),
    ),
  );
  return out && into;
}

/** Whether policies let a pod dial a public address. */
export function mayLeave(
  collected: Collected,
  from: Pods,
  port: number,
  range = "0.0.0.0/0",
): boolean {
  return policiesOf(collected, from).some(({ egress }) =>
    (egress ?? []).some(
      (rule) =>
        opensPort(rule, port) && (rule.to ?? []).some(({ ipBlock }) => ipBlock?.cidr === range),
    ),
  );
}
