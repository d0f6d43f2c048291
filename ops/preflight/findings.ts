/** A workload held against the image that it names. Pure. */
import type { ImageStart, PlatformImage, RegistryImage } from "../images/registry-image.ts";
import type { ImageUse } from "./uses.ts";

/** What was found. */
export interface Finding {
  /** A fault keeps a container from running as meant; a notice is for a person to know. */
  readonly severity: "fault" | "notice";
  readonly where: string;
  readonly what: string;
  readonly mend: string;
}

type Found = Omit<Finding, "where">;

const fault = (what: string, mend: string): Found => ({ severity: "fault", what, mend });
const notice = (what: string, mend: string): Found => ({ severity: "notice", what, mend });

/**
 * What a container takes for granted of its image, and the image is not.
 *
 * Sources: kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container, the
 * kubelet's own refusals (pkg/kubelet/kuberuntime/security_context.go), the image specification.
 */
export function compare(use: ImageUse, image: RegistryImage): readonly Finding[] {
  const found = image.images.get(use.platform);
  const findings =
    found === undefined
      ? [
          fault(
            `the image is for ${image.platforms.join(", ") || "no machine"}, not for ${use.platform}: no node of its pool could start it`,
            `push it for ${use.platform}: docker buildx build --platform ${use.platform}`,
          ),
        ]
      : [
          ...userFindings(use, found),
          ...startFindings(use, found),
          ...portFindings(use, found),
          ...pathFindings(use, found),
        ];
  return findings.map((one) => ({ ...one, where: use.where }));
}

function userFindings(use: ImageUse, { start }: PlatformImage): Found[] {
  if (!use.mustNotBeRoot) {
    return [];
  }
  const [name = ""] = start.user.split(":");
  if (use.user === 0 || (use.user === undefined && (name === "" || /^(0+|root)$/.test(name)))) {
    return [
      fault(
        use.user === 0
          ? "it must not run as root, and is started as user 0"
          : "it must not run as root, and the image's user is root: the kubelet refuses it",
        "say runAsUser in the workload, or USER with a number in the image",
      ),
    ];
  }
  return use.user === undefined && !/^\d+$/.test(name)
    ? [
        fault(
          `it must not run as root, and the image's user is the name ${name}: the kubelet cannot tell who that is, and refuses it`,
          "say runAsUser in the workload, or USER with a number in the image",
        ),
      ]
    : [];
}

const shells = /(^|\/)(sh|ash|bash|dash)$/;

/** Programs that start another one and bury what it leaves behind: of themselves they do nothing. */
const inits = /(^|\/)(tini|docker-init|dumb-init|catatonit)([-_][\w.-]+)?$/;

/** Their options that a value follows: tini's signal and its code of success, dumb-init's change of signals. */
const valued = /^(-p|-e|-r|--rewrite)$/;

/** What an entrypoint starts: itself, or what stands after the init that it begins with. */
function afterInit(entrypoint: readonly string[]): readonly string[] {
  if (!inits.test(entrypoint[0] ?? "")) {
    return entrypoint;
  }
  let first = 1;
  while (entrypoint[first]?.startsWith("-") === true) {
    const option = entrypoint[first] ?? "";
    first += valued.test(option) ? 2 : 1;
    if (option === "--") {
      break;
    }
  }
  return entrypoint.slice(first);
}

/** What a shell reads its arguments by: `$@`, `$1`, `${1:-x}`, `$#`, and the like. */
const takesArguments = /\$(?:[@*#0-9]|\{[!#]?[@*0-9])/;

/**
 * The line that an entrypoint has a shell run; undefined where it starts none so. Another shell may be named with options
 * of its own, `SHELL ["/bin/bash", "-o", "pipefail", "-c"]` above all (docs.docker.com/reference/dockerfile, SHELL).
 */
function shellLine(
  entrypoint: readonly string[],
): { readonly script: string; readonly hasMore: boolean } | undefined {
  if (!shells.test(entrypoint[0] ?? "")) {
    return undefined;
  }
  let isLine = false;
  let first = 1;
  for (; /^[-+]/.test(entrypoint[first] ?? ""); first += 1) {
    const option = entrypoint[first] ?? "";
    const isShort = /^[-+][^-]/.test(option);
    isLine ||= isShort && option.includes("c");
    // The name of what -o sets follows it.
    first += isShort && option.endsWith("o") ? 1 : 0;
  }
  const [script = "", ...more] = entrypoint.slice(first);
  return isLine ? { script, hasMore: more.length > 0 } : undefined;
}

function startFindings(use: ImageUse, { start }: PlatformImage): Found[] {
  if (use.command.length > 0) {
    return [];
  }
  const entrypoint = afterInit(start.entrypoint);
  if (entrypoint.length === 0) {
    return programFindings(use, start);
  }
  const line = shellLine(entrypoint);
  const isDropped = line !== undefined && !line.hasMore && !takesArguments.test(line.script);
  return isDropped && (use.words ?? []).length > 0
    ? [
        fault(
          "the image's entrypoint is a line of a shell (ENTRYPOINT without brackets), which drops the workload's arguments",
          'write ENTRYPOINT ["program"] in the image, or say command in the workload',
        ),
      ]
    : [];
}

/** Of an image without an entrypoint, or with an init alone: the first word is the program, whoever says it. */
function programFindings({ words = [] }: ImageUse, start: ImageStart): Found[] {
  const [init] = start.entrypoint;
  const [first] = words;
  const entrypoint =
    init === undefined ? "no entrypoint" : `an init alone for entrypoint (${init})`;
  const mend = "say command in the workload, or ENTRYPOINT in the image";
  if (first === undefined) {
    return start.command.length > 0
      ? []
      : [
          fault(
            `neither the workload nor the image says what to start${init === undefined ? "" : `: the image has ${entrypoint}`}`,
            mend,
          ),
        ];
  }
  return first.startsWith("-")
    ? [
        fault(
          `its arguments begin with an option (${first}), and the image has ${entrypoint}: there is no program to give it to`,
          mend,
        ),
      ]
    : [
        notice(
          `the image has ${entrypoint}: its first argument, ${first}, is the program that is started`,
          `say it as command${init === undefined ? "" : ", after the init"}, so that nobody takes it for an argument`,
        ),
      ];
}

/** EXPOSE is a word of the maker's and opens nothing: an image that exposes others is no fault. */
function portFindings({ ports }: ImageUse, { start }: PlatformImage): Found[] {
  const exposed = start.ports.map((port) => (port.includes("/") ? port : `${port}/tcp`));
  const ranges = exposed.flatMap((port) => {
    const [, first, last, protocol] = /^(\d+)(?:-(\d+))?\/(\w+)$/.exec(port) ?? [];
    return first === undefined
      ? []
      : [{ first: Number(first), last: Number(last ?? first), protocol: protocol ?? "tcp" }];
  });
  const others = ports.filter((port) => {
    const [number = "", protocol] = port.split("/");
    return !ranges.some(
      (range) =>
        range.protocol === protocol &&
        range.first <= Number(number) &&
        Number(number) <= range.last,
    );
  });
  return ranges.length === 0 || others.length === 0
    ? []
    : [
        notice(
          `it shall listen on ${others.join(", ")}; the image exposes ${exposed.join(", ")}`,
          "see that the program is told its port, in its arguments or its config",
        ),
      ];
}

function pathFindings(use: ImageUse, { start }: PlatformImage): Found[] {
  const programs =
    use.command.length > 0 ? [] : [start.entrypoint[0] ?? "", afterInit(start.entrypoint)[0] ?? ""];
  const hiding = (program: string): string | undefined =>
    use.mounts.find((mount) => lies(program, mount));
  const program = programs.find((one) => hiding(one) !== undefined);
  const hidden = program === undefined ? undefined : hiding(program);
  const lost = start.volumes.filter(
    (volume) => !use.mounts.some((mount) => lies(volume, mount) || lies(mount, volume)),
  );
  return [
    ...(hidden === undefined
      ? []
      : [
          fault(
            `what it mounts at ${hidden} hides the image's own program, ${program ?? ""}`,
            "mount it elsewhere, or say command",
          ),
        ]),
    ...(lost.length === 0
      ? []
      : [
          notice(
            `the image keeps data in ${lost.join(", ")}, and nothing is mounted there: it is gone with the container`,
            "mount a volume there, if it matters",
          ),
        ]),
  ];
}

/** Whether a path is another one or lies below it. */
function lies(path: string, above: string): boolean {
  const folder = above.replace(/\/+$/, "");
  return path === folder || path.startsWith(`${folder}/`);
}
