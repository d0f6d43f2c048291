/** What the judges look at: every committed stack but the larger twins, and production as it could be made by its config. */
import { asRawConfig } from "../../stacks/raw.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { onlyLarge, render, renderConfig, type Rendered, type Stack, stacks } from "../rendered.ts";
import { renderDaemons } from "../skywire/all-daemons.ts";

/** What judges look at. */
export type Judged = Rendered<unknown>;

/** At Linode a taint has a value. */
const taints = [{ key: "fleet/slot", value: "true", effect: "NoSchedule" }];

/** Production's pools in the words of Linode's sizes. */
const pools = {
  general: { type: "g6-standard-4", nodes: 4, cpu: "4", memory: "8Gi" },
  edge: {
    ...{ type: "g6-standard-2", cpu: "2", memory: "4Gi", taints },
    slots: { "0": { address: { kind: "dns", name: "edge.skycoin.com" } } },
  },
};

/** Production with some values of its file changed: path, whose steps are parted by slashes → value. */
function production(values: Readonly<Record<string, unknown>>): Promise<Judged> {
  const { config } = draftOf("prod");
  for (const [path, value] of Object.entries(values)) {
    put(config, path, value);
  }
  return renderConfig("prod", asRawConfig(config));
}

/** Every system once: of its larger stacks those that have no smaller one. */
const committed: readonly Stack[] = [...stacks, ...onlyLarge];

const variants: Readonly<Record<string, () => Promise<Judged>>> = {
  ...Object.fromEntries(committed.map((stack) => [stack, (): Promise<Judged> => render(stack)])),
  "prod on a cluster of its own": () => {
    const cluster = draftOf("prod").config["fleet:cluster"] as {
      pools: Record<string, object>;
      linode: object;
    };
    const sized = { type: "g6-standard-2", taints };
    return production({
      "fleet:cluster": {
        kind: "lke",
        label: "skycoin-prod",
        version: "1.34",
        linode: cluster.linode,
        pools: {
          ...pools,
          dmsg: { ...cluster.pools["dmsg"], ...sized },
          coturn: { ...cluster.pools["coturn"], ...sized },
        },
      },
    });
  },
  "prod behind nginx": () =>
    production({
      "fleet:ingress/default": "nginx",
      "fleet:ingress/hosts": { "ar.skywire.skycoin.com": "edge" },
    }),
  "prod with every daemon": () => renderDaemons("prod"),
};

/** Names of all of them. */
export const judgedStacks: readonly string[] = Object.keys(variants);

const rendered = new Map<string, Promise<Judged>>();

/** One of them, rendered once for each file of tests. */
export function renderJudged(name: string): Promise<Judged> {
  const known = rendered.get(name);
  if (known !== undefined) {
    return known;
  }
  const make = variants[name];
  if (make === undefined) {
    throw new Error(`no stack ${name}; there are ${judgedStacks.join(", ")}`);
  }
  const made = make();
  rendered.set(name, made);
  return made;
}
