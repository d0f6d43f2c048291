/** What a rendered stack assumes of its images. Pure. */
import * as z from "zod";

import { allContainers, type Container, PodSpec } from "../../policy/graph/objects.ts";
import { nodePlatform } from "../images/registry.ts";

/** One container, and what it takes for granted of its image. */
export interface ImageUse {
  /** Such as `Deployment skywire/dmsg-discovery: dmsg-discovery`. */
  readonly where: string;
  readonly image: string;
  /** Instead of the image's entrypoint; empty where it counts. */
  readonly command: readonly string[];
  /** Instead of the image's own arguments; undefined where these count. */
  readonly words: readonly string[] | undefined;
  /** Number of the user it is started as; undefined where the image says. */
  readonly user: number | undefined;
  /** Refused where the user is root, or cannot be told to be another. */
  readonly mustNotBeRoot: boolean;
  /** Such as `8080/tcp`. */
  readonly ports: readonly string[];
  /** Paths at which something is mounted. */
  readonly mounts: readonly string[];
  /** Whether the node gets a login to pull it with. */
  readonly hasLogin: boolean;
  /** What machine it is for. */
  readonly platform: string;
}

/** What a rendered stack runs, and what of it cannot be told before it runs. */
export interface ImageUses {
  readonly uses: readonly ImageUse[];
  /** Where → why. */
  readonly untold: ReadonlyMap<string, string>;
}

/** A resource of a rendered stack. */
export interface RenderedResource {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const Metadata = z.looseObject({ name: z.string(), namespace: z.string().default("default") });
const Template = z.looseObject({ spec: z.unknown() });
const Controller = z.looseObject({
  kind: z.string(),
  metadata: Metadata,
  spec: z.union([
    z.looseObject({ template: Template }),
    z
      .looseObject({ jobTemplate: z.looseObject({ spec: z.looseObject({ template: Template }) }) })
      .transform(({ jobTemplate }) => jobTemplate.spec),
  ]),
});

/** A service of a Swarm, as the Docker provider takes it. */
const SwarmService = z.looseObject({
  name: z.string(),
  auth: z.unknown().optional(),
  taskSpec: z.looseObject({
    containerSpec: z.looseObject({
      image: z.string(),
      commands: z.array(z.string()).default([]),
      args: z.array(z.string()).optional(),
      user: z.string().optional(),
      mounts: z.array(z.looseObject({ target: z.string() })).default([]),
    }),
  }),
});

/** Every container of a rendered stack. */
export function imageUses(resources: readonly RenderedResource[]): ImageUses {
  const uses: ImageUse[] = [];
  const untold = new Map<string, string>();
  for (const { type, inputs } of resources) {
    if (/^kubernetes:(apps|batch)\/v1:/.test(type)) {
      addPods(type, inputs, uses, untold);
    } else if (type === "docker:index/service:Service") {
      addService(inputs, uses, untold);
    }
  }
  return { uses, untold };
}

function addPods(
  type: string,
  inputs: RenderedResource["inputs"],
  uses: ImageUse[],
  untold: Map<string, string>,
): void {
  const controller = Controller.safeParse(inputs).data;
  if (controller === undefined) {
    const { name = "without a name yet" } = z
      .looseObject({ name: z.string().optional() })
      .catch({})
      .parse(inputs["metadata"]);
    untold.set(
      `${type.split(":").at(-1) ?? type} ${name}`,
      "what it runs is known only once it runs",
    );
    return;
  }
  const { kind, metadata, spec } = controller;
  const name = `${kind} ${metadata.namespace}/${metadata.name}`;
  const pod = PodSpec.safeParse(spec.template.spec).data;
  if (pod === undefined) {
    untold.set(name, "its pods are known only once it runs");
    return;
  }
  for (const container of allContainers(pod)) {
    uses.push(podUse(`${name}: ${container.name}`, pod, container));
  }
}

/** An empty list is the same as none: the API has no word for the difference. */
const given = (words: readonly string[] | undefined): readonly string[] | undefined =>
  words?.length === 0 ? undefined : words;

function podUse(where: string, pod: PodSpec, container: Container): ImageUse {
  const { securityContext: own = {} } = container;
  const { securityContext: shared = {} } = pod;
  return {
    where,
    image: container.image,
    command: container.command ?? [],
    words: given(container.args),
    user: own.runAsUser ?? shared.runAsUser,
    mustNotBeRoot: own.runAsNonRoot ?? shared.runAsNonRoot ?? false,
    ports: (container.ports ?? []).map(
      ({ containerPort, protocol }) => `${containerPort}/${protocol.toLowerCase()}`,
    ),
    mounts: (container.volumeMounts ?? []).map(({ mountPath }) => mountPath),
    hasLogin: (pod.imagePullSecrets ?? []).length > 0,
    platform: platformOf(pod),
  };
}

/** A pool of another kind of machine is chosen by the label that every kubelet sets. */
function platformOf({ nodeSelector = {}, affinity }: PodSpec): string {
  const [label, systemLabel] = ["kubernetes.io/arch", "kubernetes.io/os"];
  const [first] =
    affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const required = (key: string): string | undefined =>
    nodeSelector[key] ??
    first?.matchExpressions?.find((one) => one.key === key && one.operator === "In")?.values[0];
  const [system, architecture] = nodePlatform.split("/");
  return `${required(systemLabel) ?? system}/${required(label) ?? architecture}`;
}

function addService(inputs: unknown, uses: ImageUse[], untold: Map<string, string>): void {
  const service = SwarmService.safeParse(inputs).data;
  if (service === undefined) {
    untold.set("a service of the Swarm", "its image is known only once it runs");
    return;
  }
  const { containerSpec: spec } = service.taskSpec;
  uses.push({
    where: `service ${service.name}`,
    image: spec.image,
    command: spec.commands,
    words: given(spec.args),
    user: /^\d+/.test(spec.user ?? "") ? Number.parseInt(spec.user ?? "", 10) : undefined,
    mustNotBeRoot: false,
    // A Swarm publishes ports, whatever the image exposes.
    ports: [],
    mounts: spec.mounts.map(({ target }) => target),
    hasLogin: service.auth !== undefined,
    platform: nodePlatform,
  });
}
