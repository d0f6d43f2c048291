/**
 * `list`: every network of this clone, and where what belongs to it is. The original asked the cloud's
 * project for its clusters, and one that was no network made all fail (facts/spacemesh.md 7.3); here a network
 * that cannot be told of is a line of its own.
 */
import { visible } from "../../review/render/visible.ts";
import type { Target } from "../command.ts";
import type { StackOutputs } from "../outputs.ts";

/** A network, or why nothing is known of it. */
export interface ListedStack {
  readonly stack: string;
  /** What its last update left; an error's text where there is nothing. */
  readonly told: Pick<StackOutputs, "hosts" | "network"> | { readonly fault: string };
  /** Entries of `fleet:secrets` with passwords of its pages. */
  readonly passwords: readonly string[];
}

/** A sandbox's engine and secrets are its own: a plain `pulumi` would ask the live stack. */
const readSecret: Readonly<Record<Target, (name: string, stack: string) => string>> = {
  live: (name, stack) => `pulumi config get --path fleet:secrets.${name} --stack ${stack}`,
  sandbox: (name, stack) =>
    `make exec STACK=${stack} CMD='pulumi config get --path fleet:secrets.${name}'`,
};

/** Pages of a network, in the order that they are told. */
const pages = ["kibana", "grafana", "prometheus", "pyroscope"];

/** Each network as a few lines. No password is among them: how one is read is. */
export function listReport(stacks: readonly ListedStack[], target: Target): string {
  return stacks.length === 0
    ? "No stack file of this clone is a Spacemesh network's."
    : stacks.map((one) => lines(one, target).join("\n")).join("\n\n");
}

function lines({ passwords, stack, told }: ListedStack, target: Target): readonly string[] {
  if ("fault" in told) {
    // Most say themselves which stack they are about.
    return [told.fault.includes(stack) ? told.fault : `${stack}: ${told.fault}`];
  }
  const { hosts = {}, network } = told;
  const said: readonly (readonly [string, string])[] = [
    ...(network === undefined
      ? [["network", "none runs: only what watches it"] as const]
      : [
          ["network", `${network.name}, ${network.phase}`] as const,
          [
            "network id",
            network.id === undefined ? "its version has none" : `${network.id}`,
          ] as const,
          ["miners", `${network.miners.length}`] as const,
          ["image", network.image] as const,
          ["config", network.config] as const,
        ]),
    ...pages
      .filter((page) => Object.hasOwn(hosts, page))
      .map((page) => [page, `https://${hosts[page] ?? ""}`] as const),
    ...passwords.map((name) => ["password", readSecret[target](name, stack)] as const),
  ];
  const width = Math.max(...said.map(([what]) => what.length));
  return [
    `${stack}:`,
    ...said.map(([what, value]) => `  ${what.padEnd(width)}  ${visible(value)}`),
  ];
}
