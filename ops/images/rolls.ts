/** Which workloads of a stack would be exchanged for another digest of their image. Pure. */
import * as z from "zod";

import { parseImage } from "../../components/base/images.ts";

const Container = z.looseObject({ image: z.string() });
const PodSpec = z.looseObject({
  containers: z.array(Container),
  initContainers: z.array(Container).default([]),
});
const Pods = z.looseObject({ template: z.looseObject({ spec: PodSpec }) });
const Controller = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default("default") }),
  spec: z.union([
    Pods,
    z
      .looseObject({ jobTemplate: z.looseObject({ spec: Pods }) })
      .transform(({ jobTemplate }) => jobTemplate.spec),
  ]),
});

const State = z.looseObject({
  resources: z
    .array(z.looseObject({ type: z.string(), inputs: z.unknown().optional() }))
    .default([]),
});

/**
 * Workloads of a state that run an image with another digest than the one it shall have.
 *
 * @param deployment The engine's state, as `pulumi stack export` gives it.
 * @param digests `registry/name:tag` → digest it shall have.
 * @returns Such as `Deployment skywire/dmsg-discovery`, sorted.
 */
export function rollingWorkloads(
  deployment: unknown,
  digests: ReadonlyMap<string, string>,
): readonly string[] {
  const { resources } = State.catch({ resources: [] }).parse(deployment);
  const rolling = resources
    .filter(({ type }) => /^kubernetes:(apps|batch)\//.test(type))
    .flatMap(({ inputs }) => {
      const controller = Controller.safeParse(inputs).data;
      return controller !== undefined &&
        imagesOf(controller).some((image) => changes(image, digests))
        ? [`${controller.kind} ${controller.metadata.namespace}/${controller.metadata.name}`]
        : [];
    });
  return [...new Set(rolling)].sort();
}

function imagesOf({ spec: { template } }: z.infer<typeof Controller>): readonly string[] {
  const { containers, initContainers } = template.spec;
  return [...initContainers, ...containers].map(({ image }) => image);
}

function changes(image: string, digests: ReadonlyMap<string, string>): boolean {
  try {
    const { repository, tag, digest } = parseImage(image);
    const wanted = digests.get(`${repository}:${tag}`);
    return wanted !== undefined && wanted !== digest;
  } catch {
    // An image that this program would not write is none of its own.
    return false;
  }
}
