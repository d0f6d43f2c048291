/** Under which hosts a way into the cluster is reached, as each kind says it. */
import { kindOf } from "../identity.ts";
import { say } from "../say.ts";
import { listAt, lookUp, objectAt } from "../values.ts";

/** Stands for all hosts that nothing else names. */
const others = "*";

/** Hosts, or rules of a router's own that name them, each once. None where it is a port that is reached, or another object says it. */
export function hostsOf(type: string, inputs: unknown): readonly string[] {
  return [...new Set(namesIn(type, inputs))];
}

function namesIn(type: string, inputs: unknown): readonly string[] {
  const spec = lookUp(inputs, ["spec"]);
  switch (kindOf(type)) {
    case "Ingress":
      return [
        ...listAt(spec, "rules").map((rule) => hostAt(rule, "host")),
        ...(Object.keys(objectAt(spec, "defaultBackend")).length > 0 ? [others] : []),
      ];
    case "Gateway":
      return listAt(spec, "listeners").map((listener) => hostAt(listener, "hostname"));
    case "IngressRoute":
    case "IngressRouteTCP":
      return listAt(spec, "routes").map((route) => hostAt(route, "match"));
    case "VirtualServer":
    case "TransportServer":
      return lookUp(spec, ["host"]) === undefined ? [] : [hostAt(spec, "host")];
    default:
      return listAt(spec, "hostnames").map((host) => say(host));
  }
}

function hostAt(value: unknown, key: string): string {
  const host = lookUp(value, [key]);
  return host === undefined || host === "" ? others : say(host);
}
