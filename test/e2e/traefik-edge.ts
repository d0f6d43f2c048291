/**
 * Real Traefiks, each with the arguments, the file and the rights that the program renders for it, before a
 * real API server and services on loopback.
 *
 * What differs from a pod: addresses are loopback's, the API server is told by arguments, and Services are
 * of type ExternalName, as the API server takes no loopback address as an endpoint.
 */
import * as k8s from "@pulumi/kubernetes";

import { IngressControllers } from "../../components/platform/controllers.ts";
import { HttpHost } from "../../components/platform/ingress.ts";
import type { IngressConfig } from "../../components/platform/ingress.schema.ts";
import { Namespace } from "../../components/platform/namespace.ts";
import { traefikFolder, traefikPorts } from "../../components/platform/traefik-arguments.ts";
import { freePorts, type Place, until } from "../data/programs.ts";
import { collect, type Registered } from "../harness.ts";
import { run, toolPath } from "../judges/tools.ts";
import { cluster } from "../platform/fixtures.ts";
import { send } from "../judges/edge-client.ts";

/** A host and where it leads. */
export interface EdgeHost {
  readonly host: string;
  readonly service: string;
  readonly port: number;
}

/** Namespace of the hosts. */
export const hostNamespace = "demo";

/** Everything that the program makes for controllers and hosts. */
export async function edgeObjects(
  config: IngressConfig,
  hosts: readonly EdgeHost[],
): Promise<readonly Registered[]> {
  const { resources } = await collect(() => {
    const provider = new k8s.Provider("cluster", { context: "demo" });
    const args = { config, cluster: cluster(), system: "demo", flows: [] };
    new IngressControllers("ingress", args, { provider });
    const namespace = new Namespace(hostNamespace, { system: "demo" }, { provider }).name;
    for (const { host, service: serviceName, port: servicePort } of hosts) {
      new HttpHost(
        host.replaceAll(".", "-"),
        { host, system: "demo", namespace, serviceName, servicePort, ingress: config },
        { provider },
      );
    }
  });
  return resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

/** Objects that a controller reads, or that say what it may. */
const needed = [
  "Namespace",
  "ServiceAccount",
  "ClusterRole",
  "ClusterRoleBinding",
  "IngressClass",
  "Service",
  "Ingress",
];

/** A cluster that kubectl can reach. */
export interface Reached {
  readonly kubeconfig: string;
  /** `https://127.0.0.1:…` */
  readonly server: string;
  /** PEM text. */
  readonly authority: string;
}

async function kubectl(
  { kubeconfig }: Reached,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const { code, stdout, stderr } = await run(
    toolPath("kubectl"),
    ["--kubeconfig", kubeconfig, ...words],
    { input },
  );
  if (code !== 0) {
    throw new Error(`kubectl ${words.join(" ")}: ${stderr}`);
  }
  return stdout;
}

/** Puts objects into the cluster: of what was rendered what controllers read, and the test's own. */
export async function apply(
  reached: Reached,
  rendered: readonly Registered[],
  own: readonly object[],
): Promise<void> {
  const objects = needed.flatMap((kind) =>
    rendered.map(({ inputs }) => inputs).filter((inputs) => inputs["kind"] === kind),
  );
  const list = { apiVersion: "v1", kind: "List", items: [...objects, ...own] };
  await kubectl(reached, ["apply", "--server-side", "-f", "-"], JSON.stringify(list));
}

/** Whether an account may do something, as the API server judges it. */
export async function may(reached: Reached, account: string, ...words: string[]): Promise<boolean> {
  const as = `--as=system:serviceaccount:ingress:${account}`;
  const { stdout } = await run(toolPath("kubectl"), [
    ...["--kubeconfig", reached.kubeconfig, "auth", "can-i", ...words, as, "--all-namespaces"],
  ]);
  return stdout.trim() === "yes";
}

/** A Traefik at work. */
export interface Traefik {
  readonly ports: Readonly<Record<keyof typeof traefikPorts, number>>;
  readonly said: () => string;
}

interface Pod {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly args: string[] }[] };
    };
  };
}

/** Starts the Traefik of a class with what was rendered for it, under its own account. */
export async function startTraefik(
  className: string,
  objects: readonly Registered[],
  reached: Reached,
  place: Place,
): Promise<Traefik> {
  const inputsOf = (kind: string): Record<string, unknown> => {
    const found = objects.find(
      ({ inputs, name }) => inputs["kind"] === kind && name.startsWith(className),
    );
    if (found === undefined) {
      throw new Error(`${className} has no ${kind}`);
    }
    return found.inputs;
  };
  const folder = await place.makeFolder(className);
  const files = inputsOf("ConfigMap")["data"] as Readonly<Record<string, string>>;
  for (const [file, text] of Object.entries(files)) {
    place.write(`${className}/${file}`, text);
  }
  const [args = []] = (inputsOf("Deployment") as unknown as Pod).spec.template.spec.containers.map(
    (container) => container.args,
  );
  const names = Object.keys(traefikPorts) as (keyof typeof traefikPorts)[];
  const free = await freePorts(names.length);
  const ports = Object.fromEntries(names.map((name, index) => [name, free[index] ?? 0])) as Record<
    keyof typeof traefikPorts,
    number
  >;
  const token = await kubectl(reached, ["-n", "ingress", "create", "token", className]);
  const key = "--providers.kubernetesingress";
  const running = place.start([
    "traefik",
    ...args.map((argument) =>
      names
        .reduce(
          (text, name) =>
            text.replace(`address=:${traefikPorts[name]}`, `address=127.0.0.1:${ports[name]}`),
          argument,
        )
        .replace(traefikFolder, folder),
    ),
    `${key}.endpoint=${reached.server}`,
    `${key}.token=${token.trim()}`,
    `${key}.certauthfilepath=${place.write("authority.pem", reached.authority)}`,
    `${key}.allowExternalNameServices=true`,
  ]);
  await until(`traefik ${className} answers its ping`, async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`traefik ${className} ended:\n${running.said()}`);
    }
    const ping = { port: ports.ping, host: "ping" };
    return (await send(ping).catch(() => undefined))?.status !== undefined;
  });
  return { ports, said: running.said };
}
