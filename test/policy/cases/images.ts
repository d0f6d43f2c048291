/** What each rule of images lets pass, and what it objects to: policy/rules/images.ts. */
import { deployment, resource, withContainer } from "../resources.ts";
import type { Cases } from "./case.ts";
import { dockerContainer, production, swarmService } from "./things.ts";

const imageId = `sha256:${"a".repeat(64)}`;

/** Cases by the rule's name. */
export const imagesCases: Readonly<Record<string, Cases>> = {
  "image-names": {
    pass: {
      "a registry and a tag": [withContainer({ image: "registry.example/web:1.2.3" })],
      "a registry with a port": [withContainer({ image: "registry.example:5000/web:1" })],
      "latest by its digest": [
        withContainer({ image: `registry.example/web:latest@sha256:${"a".repeat(64)}` }),
      ],
    },
    fail: {
      "no registry": [[withContainer({ image: "library/web:1" })], "names no registry"],
      "no more than a name and a tag": [
        [withContainer({ image: "web:1.2.3" })],
        "web:1.2.3 names no registry",
      ],
      "no tag": [[withContainer({ image: "registry.example:5000/web" })], "has no tag"],
      latest: [
        [withContainer({ image: "registry.example/web:latest" })],
        "is whatever is the latest",
      ],
      "a digest cut short": [
        [withContainer({ image: "registry.example/web:latest@sha256:abc" })],
        "is whatever is the latest",
      ],
      "a service of a swarm": [
        [swarmService("registry.example/web:latest")],
        "registry.example/web:latest is whatever is the latest",
      ],
      "a container of a Docker host": [[dockerContainer("web:1")], "web:1 names no registry"],
      "an image that a Docker host fetches": [
        [resource("docker:index/remoteImage:RemoteImage", "web", { name: "registry.example/web" })],
        "registry.example/web has no tag",
      ],
    },
  },
  "image-digests": {
    stack: production,
    pass: {
      "a digest": [deployment()],
      "a digest on a swarm": [swarmService(`registry.example/web:1.2.3@${imageId}`)],
      "a container of an image by its id": [dockerContainer(imageId)],
      "an image that is built": [
        resource("docker:index/image:Image", "web", { imageName: "registry.example/web:1.2.3" }),
      ],
    },
    fail: {
      "a tag alone": [[withContainer({ image: "registry.example/web:1.2.3" })], "has no digest"],
      "a tag alone on a swarm": [[swarmService("registry.example/web:1.2.3")], "has no digest"],
      "a tag alone on a Docker host": [
        [dockerContainer("registry.example/web:1.2.3")],
        "has no digest",
      ],
      "a tag alone that a Docker host fetches": [
        [
          resource("docker:index/remoteImage:RemoteImage", "web", {
            name: "registry.example/web:1.2.3",
          }),
        ],
        "has no digest",
      ],
    },
  },
};
