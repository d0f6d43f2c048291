/** Docker's behaviour: facts/clouds-linode-cloudflare-docker.md 5 and 6. */
import { bags, given, unless } from "../rule.ts";
import type { Rulebook } from "../rule.ts";
import {
  getRegistryImage,
  getRegistryImageManifests,
  getRemoteImage,
  image,
  registryImage,
  remoteImage,
  tag,
} from "./images.ts";
import {
  container,
  getNetwork,
  network,
  plugin,
  secret,
  serviceConfig,
  volume,
} from "./objects.ts";
import { service } from "./swarm.ts";

/** The rules of Docker. */
export const docker: Rulebook = {
  credentials: {},
  config: (config) =>
    bags(config, "registryAuth").flatMap((auth, index) =>
      unless(given(auth, "address"), `registryAuth[${index}].address`, "is required and missing"),
    ),
  functions: {
    "docker:index/getNetwork:getNetwork": getNetwork,
    "docker:index/getRegistryImage:getRegistryImage": getRegistryImage,
    "docker:index/getRegistryImageManifests:getRegistryImageManifests": getRegistryImageManifests,
    "docker:index/getRemoteImage:getRemoteImage": getRemoteImage,
  },
  resources: {
    "docker:index/container:Container": container,
    "docker:index/image:Image": image,
    "docker:index/network:Network": network,
    "docker:index/plugin:Plugin": plugin,
    "docker:index/registryImage:RegistryImage": registryImage,
    "docker:index/remoteImage:RemoteImage": remoteImage,
    "docker:index/secret:Secret": secret,
    "docker:index/service:Service": service,
    "docker:index/serviceConfig:ServiceConfig": serviceConfig,
    "docker:index/tag:Tag": tag,
    "docker:index/volume:Volume": volume,
  },
};
