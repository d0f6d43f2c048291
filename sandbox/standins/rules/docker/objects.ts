/** Docker networks, secrets, configs, volumes, containers: facts/clouds-linode-cloudflare-docker.md 5.5. */
import { digest } from "../../values.ts";
import type { Properties } from "../../values.ts";
import { Refusal } from "../../world.ts";
import type { CloudObject, World } from "../../world.ts";
import { bag, bags, flag, given, list, matching, refuseUnless, text, unless } from "../rule.ts";
import type { Answer, Rule } from "../rule.ts";

/** Type token of a Swarm service. */
export const serviceType = "docker:index/service:Service";
/** Type token of a network. */
export const networkType = "docker:index/network:Network";
/** Type token of a Swarm secret. */
export const secretType = "docker:index/secret:Secret";
/** Type token of a Swarm config. */
export const configType = "docker:index/serviceConfig:ServiceConfig";

const named = { property: "name", maxLength: 63 } as const;
const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** An id in the form of Swarm's objects: 25 letters and digits. */
export function dockerId(seed: string): string {
  return BigInt(`0x${digest(seed)}`)
    .toString(36)
    .slice(0, 25)
    .padStart(25, "0");
}

/** A network. Every input replaces it. */
export const network: Rule = {
  replaces: { allBut: [] },
  sets: ["labels", "ipamConfigs"],
  autoName: named,
  create: ({ type, seed, inputs }, world) => {
    refuseName(world, type, inputs);
    return { id: text(inputs, "driver") === "overlay" ? dockerId(seed) : digest(seed) };
  },
  remove: (self, world) => {
    refuseInUse(
      self,
      world,
      (service) => bags(bag(service, "taskSpec"), "networksAdvanceds"),
      "id",
    );
    return "gone";
  },
  outputs: (self) => {
    const overlay = text(self.inputs, "driver") === "overlay";
    return {
      driver: text(self.inputs, "driver", "bridge"),
      scope: overlay ? "swarm" : "local",
      internal: flag(self.inputs, "internal", false),
      ipamConfigs: given(self.inputs, "ipamConfigs")
        ? [...list(self.inputs, "ipamConfigs")]
        : [subnet(self.id)],
      options: bag(self.inputs, "options"),
      ipamOptions: bag(self.inputs, "ipamOptions"),
    };
  },
};

/** A Swarm secret: immutable, and bound to the services that use it. */
export const secret: Rule = {
  replaces: { allBut: [] },
  sets: ["labels"],
  autoName: named,
  check: (inputs) => matching(inputs, "data", base64, "must be base64"),
  create: ({ type, seed, inputs }, world) => {
    refuseName(world, type, inputs);
    return { id: dockerId(seed) };
  },
  remove: (self, world) => {
    refuseInUse(self, world, (service) => bags(containerOf(service), "secrets"), "secretId");
    return "gone";
  },
  outputs: () => ({}),
};

/** A Swarm config: immutable, and bound to the services that use it. */
export const serviceConfig: Rule = {
  replaces: { allBut: [] },
  autoName: named,
  check: (inputs) => [
    ...unless(
      given(inputs, "data") !== given(inputs, "dataRaw"),
      "data",
      "exactly one of data (base64) and dataRaw (plain) must be given",
    ),
    ...matching(inputs, "data", base64, "must be base64"),
  ],
  create: ({ type, seed, inputs }, world) => {
    refuseName(world, type, inputs);
    return { id: dockerId(seed) };
  },
  remove: (self, world) => {
    refuseInUse(self, world, (service) => bags(containerOf(service), "configs"), "configId");
    return "gone";
  },
  outputs: () => ({}),
};

/** A volume. */
export const volume: Rule = {
  replaces: { allBut: [] },
  sets: ["labels"],
  autoName: named,
  create: ({ inputs }) => ({ id: text(inputs, "name") }),
  outputs: ({ id, inputs }) => ({
    driver: text(inputs, "driver", "local"),
    driverOpts: bag(inputs, "driverOpts"),
    mountpoint: `/var/lib/docker/volumes/${id}/_data`,
  }),
};

/** A container outside Swarm. */
export const container: Rule = {
  replaces: {
    allBut: [
      "cpuShares",
      "cpuSet",
      "memory",
      "memorySwap",
      "restart",
      "maxRetryCount",
      "mustRun",
      "start",
      "wait",
    ],
  },
  sets: ["labels", "envs"],
  autoName: named,
  create: ({ type, seed, inputs }, world) => {
    refuseName(world, type, inputs);
    return { id: digest(seed) };
  },
  outputs: ({ id, inputs }) => ({
    hostname: text(inputs, "hostname", id.slice(0, 12)),
    command: [...list(inputs, "command")],
    entrypoints: [...list(inputs, "entrypoints")],
    envs: [...list(inputs, "envs")],
    labels: [...list(inputs, "labels")],
    networkDatas: [{ networkName: "bridge", ipAddress: "172.17.0.2", gateway: "172.17.0.1" }],
    logDriver: text(inputs, "logDriver", "json-file"),
    ipcMode: text(inputs, "ipcMode", "private"),
    runtime: text(inputs, "runtime", "runc"),
    shmSize: 64,
    stopSignal: text(inputs, "stopSignal", "SIGTERM"),
  }),
};

/** A plugin of the daemon. */
export const plugin: Rule = {
  replaces: ["name", "alias"],
  create: ({ seed }) => ({ id: digest(seed) }),
  outputs: ({ inputs }) => ({
    pluginReference: text(inputs, "name"),
    alias: text(inputs, "alias", text(inputs, "name")),
  }),
};

/** A network by its name. */
export const getNetwork: Answer = ({ args, world }) => {
  const found = world
    .all(networkType)
    .find((known) => text(known.inputs, "name") === text(args, "name"));
  if (found === undefined)
    throw new Refusal(`could not find docker network: ${text(args, "name")}`);
  return { ...network.outputs(found, world), id: found.id, containers: [] };
};

function containerOf(service: Properties): Properties {
  return bag(bag(service, "taskSpec"), "containerSpec");
}

function subnet(id: string): Properties {
  const third = Number.parseInt(digest(id).slice(0, 2), 16);
  return { subnet: `10.0.${third}.0/24`, gateway: `10.0.${third}.1` };
}

function refuseName(world: World, type: string, inputs: Properties): void {
  const name = text(inputs, "name");
  const taken = world.all(type).some((known) => text(known.inputs, "name") === name);
  refuseUnless(!taken, `name conflicts with an existing object: ${name} already exists`);
}

/** What a service uses cannot be deleted. */
function refuseInUse(
  self: CloudObject,
  world: World,
  parts: (service: Properties) => Properties[],
  key: string,
): void {
  const user = world
    .all(serviceType)
    .find((service) => parts(service.inputs).some((part) => part[key] === self.id));
  refuseUnless(
    user === undefined,
    `'${text(self.inputs, "name")}' is in use by the service ${text(user?.inputs ?? {}, "name")}`,
  );
}
