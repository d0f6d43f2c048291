/** What a Docker host is told, as far as rules read it. */
import * as z from "zod";

import type { Resource } from "./resource.ts";

const ServiceSpec = z.looseObject({
  taskSpec: z.looseObject({
    containerSpec: z.looseObject({
      image: z.string(),
      env: z.record(z.string(), z.string()).nullish(),
    }),
  }),
});
const ContainerSpec = z.looseObject({ image: z.string(), envs: z.array(z.string()).nullish() });
const RemoteImage = z.looseObject({ name: z.string() });

/** An image's id, by which a container names one that was fetched by itself: it says what is in it. */
const imageId = /^sha256:[0-9a-f]{64}$/;

/** Images that are run or fetched. What is built (`Image`) comes from no registry. */
export function dockerImages({ type, properties }: Resource): readonly string[] {
  switch (type) {
    case "docker:index/service:Service":
      return [ServiceSpec.parse(properties).taskSpec.containerSpec.image];
    case "docker:index/container:Container":
      return [ContainerSpec.parse(properties).image].filter((image) => !imageId.test(image));
    case "docker:index/remoteImage:RemoteImage":
      return [RemoteImage.parse(properties).name];
    default:
      return [];
  }
}

/** Variables of a service's or a container's program, in plain text: its secrets are files. */
export function dockerVariables({ type, properties }: Resource): readonly [string, string][] {
  switch (type) {
    case "docker:index/service:Service":
      return Object.entries(ServiceSpec.parse(properties).taskSpec.containerSpec.env ?? {});
    case "docker:index/container:Container":
      return (ContainerSpec.parse(properties).envs ?? []).map((line) => {
        const [name = "", ...rest] = line.split("=");
        return [name, rest.join("=")];
      });
    default:
      return [];
  }
}

/** Type of a secret that a swarm keeps: its data are in base64. */
export const swarmSecret = "docker:index/secret:Secret";
