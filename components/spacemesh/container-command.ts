/**
 * How a program is started in its container. Pure.
 *
 * The shell gets program and arguments as its own, so that nothing in them is read as shell, and hands
 * a pod's end on to the program: as the shell of the original did not, every node was killed.
 */

/** Command and arguments of a container. */
export interface ContainerCommand {
  readonly command: string[];
  readonly args: string[];
}

/**
 * Hands the signals of a pod's end on to whatever runs, waits for it, and ends. `$!` is set with the
 * fork itself: a variable set after it would miss an end that comes between the two.
 */
const forward = [
  'stop() { trap "" TERM INT; kill -"$signal" $! 2>/dev/null; wait $!; exit 0; }',
  "trap stop TERM INT",
];

/** Runs a program that the pod's end asks to end. */
const run = (command: string): string => `signal=TERM; ${command} & wait $!`;

/**
 * Waits until the pod ends. A fork loses a TERM that comes before its exec (it still has the shell's
 * trap), and would sleep until the kubelet's patience ends; a KILL is never lost.
 */
const pause = (seconds: number): string => `signal=KILL; sleep ${seconds} & wait $!`;

const shell = (
  script: readonly string[],
  name: string,
  words: readonly string[],
): ContainerCommand => ({
  command: ["/bin/sh", "-c", script.join("\n"), name],
  args: [...words],
});

/** The program itself: the container ends with it, and is started anew by the kubelet. */
export const plain = (program: string, args: readonly string[]): ContainerCommand => ({
  command: [program],
  args: [...args],
});

/**
 * The program, and then a sleep: its log and data can be looked at after it ended, and it is not
 * started again (facts/spacemesh.md 2.1).
 */
export const keeping = (program: string, args: readonly string[]): ContainerCommand =>
  shell(
    [
      ...forward,
      run('"$@"'),
      'echo "the program ended with status $?: the container is kept, delete the pod to start it again" >&2',
      `while :; do ${pause(3600)}; done`,
    ],
    "keeping",
    [program, ...args],
  );

/** Seconds between two starts of a program that ends. */
const restartSeconds = 10;

/**
 * The program, again and again: the container stays, with the log of all starts. For a program that
 * ends while what it needs is not up yet.
 */
export const restarting = (program: string, args: readonly string[]): ContainerCommand =>
  shell(
    [
      ...forward,
      "while :; do",
      `  ${run('"$@"')}`,
      `  echo "the program ended with status $?: it is started again in ${restartSeconds} seconds" >&2`,
      `  ${pause(restartSeconds)}`,
      "done",
    ],
    "restarting",
    [program, ...args],
  );
