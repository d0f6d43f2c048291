/** Ports that a service publishes or has, in compose's short and long form. */
import * as z from "zod";

import { Port } from "../base/scalars.ts";

const short = /^(?:(\d+):)?(\d+)(?:\/(tcp|udp))?$/;

const shortRule = 'must be a port, e.g. "5000:80" or "53/udp": no address of a node, and no range';

const inRange = (text: string | undefined): boolean =>
  text === undefined || Port.safeParse(Number(text)).success;

const Short = z.string().refine((text) => {
  const [whole, published, target] = short.exec(text) ?? [];
  return whole !== undefined && inRange(published) && inRange(target);
}, shortRule);

const protocol = z.enum(["tcp", "udp"], { error: "must be tcp or udp" });

const Long = z.strictObject({
  /** Port of the container. */
  target: Port,
  /** Port it is reached at from outside. Default: one the cluster chooses. */
  published: Port.optional(),
  protocol: protocol.optional(),
  /** `ingress` answers on every node, `host` only on those that run a task. */
  mode: z.enum(["ingress", "host"], { error: "must be ingress or host" }).optional(),
});

/** A published port. */
export const ComposePort = z.union([Short, Port, Long], {
  error: `${shortRule}, or a map with target, published, protocol and mode`,
});
/** {@inheritDoc ComposePort} */
export type ComposePort = z.infer<typeof ComposePort>;

const exposedRule = 'must be a port of the container, e.g. "5432" or "53/udp"';

/** A port that others on the same networks dial. */
export const ExposedPort = z.union(
  [
    z.string().refine((text) => !text.includes(":") && Short.safeParse(text).success, exposedRule),
    Port,
  ],
  { error: exposedRule },
);
/** {@inheritDoc ExposedPort} */
export type ExposedPort = z.infer<typeof ExposedPort>;

/** A port in full. */
export interface FullPort {
  readonly target: number;
  readonly published: number | undefined;
  readonly protocol: "tcp" | "udp";
  readonly mode: "ingress" | "host";
}

/** A port in full, whichever form it has. */
export function fullPort(port: ComposePort | ExposedPort): FullPort {
  if (typeof port === "object") {
    const { target, published, protocol = "tcp", mode = "ingress" } = port;
    return { target, published, protocol, mode };
  }
  const [, published, target, protocol] = short.exec(`${port}`) ?? [];
  return {
    target: Number(target),
    published: published === undefined ? undefined : Number(published),
    protocol: protocol === "udp" ? "udp" : "tcp",
    mode: "ingress",
  };
}
