/**
 * What a Service is reached by and others may have written down: addresses that are said for it, and ports of the nodes.
 *
 * What an update only leaves out, the API server keeps: a `clusterIP`, and of a port of the same name its `nodePort`
 * (kubernetes/kubernetes, pkg/registry/core/service/storage, patchAllocatedValues). What is made anew gets others.
 */
import { say, sayBoth } from "../say.ts";
import { isEqual, listAt, lookUp, numberAt, objectAt, textAt } from "../values.ts";
import { isKind, type Rule, type Subject } from "./subject.ts";

/**
 * Annotations by which a cloud or a controller gives a balancer its address, and by which it gets one from within. At Linode
 * `reserved-ipv4` is none: of a Service that has a balancer it is not looked at again (facts/clouds-linode 2.4).
 */
const addressing =
  /^(networking\.gke\.io\/load-balancer-(ip-addresses|type)|cloud\.google\.com\/load-balancer-type|kubernetes\.io\/ingress\.(global|regional)-static-ip-name|service\.beta\.kubernetes\.io\/linode-loadbalancer-nodebalancer-id|metallb\.(io|universe\.tf)\/loadBalancerIPs|kube-vip\.io\/loadbalancerIPs|lbipam\.cilium\.io\/ips)$/;

/** {@inheritDoc Rule} */
export const addressChanged: Rule = {
  name: "address-changed",
  kinds: ["Service", "Ingress"],
  on: ["update", "replace"],
  see: (subject) => {
    const words = isKind(subject, "Ingress")
      ? annotationWords(subject)
      : [...clusterWords(subject), ...externalWords(subject), ...balancerWords(subject)];
    return words.length > 0
      ? `an address that others may have written down changes: ${words.join("; ")}`
      : undefined;
  },
};

const changed = (name: string, was: unknown, is: unknown): string =>
  `${name} ${sayBoth(was, is).join(" -> ")}`;

function clusterWords({ after, before, change }: Subject): readonly string[] {
  const [was, is] = [before, after].map((inputs) => lookUp(inputs, ["spec", "clusterIP"]));
  const isKept = is === undefined && change.operation === "update";
  return was === undefined || was === "None" || isEqual(was, is) || isKept
    ? []
    : [changed("clusterIP", was, is)];
}

function externalWords({ after, before }: Subject): readonly string[] {
  const left = listAt(after, "spec", "externalIPs");
  const gone = listAt(before, "spec", "externalIPs").filter((address) => !left.includes(address));
  return gone.length > 0 ? [`externalIPs no longer ${gone.map((one) => say(one)).join(", ")}`] : [];
}

/** Of a balancer that stays one: with one that goes all of its addresses do, as `address-lost` says. */
function balancerWords(subject: Subject): readonly string[] {
  const { after, before, change } = subject;
  const stays = [before, after].every(
    (inputs) => textAt(inputs, "spec", "type") === "LoadBalancer",
  );
  if (!stays || change.operation === "replace") {
    return [];
  }
  const [said, is] = [before, after].map((inputs) => lookUp(inputs, ["spec", "loadBalancerIP"]));
  // To say the address that it was given changes nothing.
  const was =
    said ?? lookUp(change.before?.outputs, ["status", "loadBalancer", "ingress", 0, "ip"]);
  const isOther = !isEqual(said, is) && was !== undefined && !isEqual(was, is);
  return [...(isOther ? [changed("loadBalancerIP", was, is)] : []), ...annotationWords(subject)];
}

function annotationWords({ after, before }: Subject): readonly string[] {
  const [was, is] = [before, after].map((inputs) => objectAt(inputs, "metadata", "annotations"));
  return [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])]
    .filter((key) => addressing.test(key) && !isEqual(was?.[key], is?.[key]))
    .map((key) => changed(key, was?.[key], is?.[key]));
}

/** Ports of the nodes that were said for a Service, and by which it is no longer reached: `30044`, `30044/UDP`. */
export function nodePortsGone({ after, before, change }: Subject): readonly string[] {
  const isUpdate = change.operation === "update";
  const kept = new Map(
    nodePortsOf(before).map(([port, number]) => [textAt(port, "name") ?? "", number]),
  );
  const left = new Set(
    nodePortsOf(after, (port) => (isUpdate ? kept.get(textAt(port, "name") ?? "") : undefined)).map(
      wordOf,
    ),
  );
  return nodePortsOf(before)
    .map(wordOf)
    .filter((word) => !left.has(word));
}

/** Ports with the nodes' ports that are said for them, or are kept for those of which none is. */
function nodePortsOf(
  inputs: unknown,
  keptFor: (port: unknown) => number | undefined = () => undefined,
): readonly (readonly [port: unknown, number: number])[] {
  const type = textAt(inputs, "spec", "type");
  return type !== "NodePort" && type !== "LoadBalancer"
    ? []
    : listAt(inputs, "spec", "ports").flatMap((port) => {
        const number = numberAt(port, "nodePort") ?? keptFor(port);
        return number === undefined ? [] : [[port, number] as const];
      });
}

const wordOf = ([port, number]: readonly [unknown, number]): string => {
  const protocol = textAt(port, "protocol") ?? "TCP";
  return protocol === "TCP" ? `${number}` : `${number}/${protocol}`;
};
