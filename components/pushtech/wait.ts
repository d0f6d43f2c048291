/**
 * The container that holds a pod back until what it needs answers (facts/pushtech.md 9): unlike the images' own
 * waiters it goes on while a name is not known yet, and it says for what it waits and on what it gave up.
 */
import type { Container } from "../workload/types.ts";

/** Something that must answer. */
export interface WaitTarget {
  /** What it is called in the log. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** What a wait takes of an image: any with bash and coreutils. */
export type WaitImage = Pick<Container, "image" | "digest">;

/** Name of the container. */
const waitName = "wait";

/**
 * Waits for every `name=host:port` of TARGETS, WAIT_SECONDS altogether. A port that takes a connection answers:
 * whether what is behind it is in order is told by the program's own checks.
 */
export const waitScript = `set -u
for target in $TARGETS; do
  name=\${target%%=*} address=\${target#*=}
  host=\${address%:*} port=\${address##*:}
  waiting=
  until timeout 3 bash -c ': < "/dev/tcp/$0/$1"' "$host" "$port" 2>/dev/null; do
    if [ "$SECONDS" -ge "$WAIT_SECONDS" ]; then
      echo "gave up after $SECONDS s: nothing answers at $host:$port ($name)" >&2
      exit 1
    fi
    if [ -z "$waiting" ]; then
      echo "waiting for $name at $host:$port"
      waiting=yes
    fi
    sleep 1
  done
  echo "$name answers after $SECONDS s"
done
`;

/** {@link waitScript}'s container. */
export const waitContainer = (
  image: WaitImage,
  targets: readonly WaitTarget[],
  seconds: number,
): Container => ({
  name: waitName,
  ...image,
  command: ["bash", "-c", waitScript],
  env: {
    TARGETS: targets.map(({ name, host, port }) => `${name}=${host}:${port}`).join(" "),
    WAIT_SECONDS: `${seconds}`,
  },
  resources: waitResources,
});

/** A shell and, once a second, another one. */
const waitResources = {
  requests: { cpu: "10m", memory: "16Mi" },
  limits: { memory: "64Mi" },
} as const;
