/** Docker images and a registry without a network: facts/clouds-linode-cloudflare-docker.md 5.2. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Fault } from "../../check.ts";
import { digest, isBag, isUnknown } from "../../values.ts";
import type { Properties } from "../../values.ts";
import { Refusal } from "../../world.ts";
import type { World } from "../../world.ts";
import { bag, flag, given, text, unless } from "../rule.ts";
import type { Answer, Rule } from "../rule.ts";

/**
 * What the registry says of an image that somebody pushed or took away. Of all others it says a digest that
 * is made of the name: a sandbox has no network, so it proves nothing of what a registry holds.
 */
const pushedType = "docker:registry/image:Pushed";

/** An image name with its tag, as the registry keeps it. */
function fullName(name: string): string {
  const last = name.split("/").at(-1) ?? "";
  return /[:@]/.test(last) ? name : `${name}:latest`;
}

/** The digest that the registry has for an image, as sha256:<64 hex>. */
function registryDigest(world: World, name: string): string {
  const [, pinned] = name.split("@");
  const pushed = world.find(pushedType, fullName(name));
  if (pushed !== undefined && flag(pushed.inputs, "missing", false)) {
    throw new Refusal(`could not find image ${name}: manifest unknown (404)`);
  }
  return pinned ?? text(pushed?.inputs ?? {}, "digest", `sha256:${digest(fullName(name))}`);
}

/** An image pulled to a daemon. */
export const remoteImage: Rule = {
  replaces: { allBut: ["keepLocally", "forceRemove", "timeouts"] },
  sets: ["pullTriggers"],
  create: ({ inputs }, world) => {
    const name = text(inputs, "name");
    const pulled = registryDigest(world, name);
    return { id: `sha256:${digest(pulled)}${name}`, facts: { digest: pulled } };
  },
  outputs: ({ inputs, facts }) => ({
    imageId: `sha256:${digest(String(facts["digest"]))}`,
    repoDigest: `${repository(text(inputs, "name"))}@${String(facts["digest"])}`,
  }),
};

/** An image pushed from a daemon. Destroying it takes it out of the registry, unless told to keep it. */
export const registryImage: Rule = {
  replaces: ["name", "triggers"],
  check: (inputs) => unless(given(inputs, "name"), "name", "is required and missing"),
  create: ({ seed, inputs }, world) => {
    const id = `sha256:${digest(`${seed}/push`)}`;
    const name = fullName(text(inputs, "name"));
    push(world, name, { digest: id });
    return { id };
  },
  remove: (self, world) => {
    const name = fullName(text(self.inputs, "name"));
    if (!flag(self.inputs, "keepRemotely", false)) push(world, name, { missing: true });
    return "gone";
  },
  outputs: ({ id }) => ({ sha256Digest: id }),
};

/** An image built and pushed. Every change is made in place; deleting does nothing to the registry. */
export const image: Rule = {
  replaces: [],
  unseen: () => ["registry.username", "registry.password"],
  check: (inputs) => buildFaults(bag(inputs, "build")),
  settle: (inputs) => {
    const build = inputs["build"];
    const folder = isBag(build) ? text(build, "context", ".") : ".";
    if (!isBag(build) || isUnknown(build["context"]) || isRemote(folder)) return inputs;
    return { ...inputs, build: { ...build, contextDigest: folderDigest(resolve(folder)) } };
  },
  create: ({ inputs }, world) => {
    const name = fullName(text(inputs, "imageName"));
    return { id: name, facts: { digest: build(inputs, world) } };
  },
  update: ({ inputs }, world) => ({ digest: build(inputs, world) }),
  outputs: ({ inputs, facts }) => {
    const name = text(inputs, "imageName");
    const made = String(facts["digest"]);
    const pushed = !flag(inputs, "skipPush", false);
    return {
      baseImageName: repository(name),
      registryServer: text(bag(inputs, "registry"), "server", registryOf(name)),
      // Not pushed, there is only the local image id, which nobody can pull.
      repoDigest: pushed ? `${repository(name)}@${made}` : made,
      context: text(bag(inputs, "build"), "context"),
      dockerfile: text(bag(inputs, "build"), "dockerfile", "Dockerfile"),
    };
  },
};

/** A second name of an image on a daemon. */
export const tag: Rule = {
  replaces: { allBut: [] },
  create: ({ inputs }) => ({ id: `${text(inputs, "sourceImage")}.${text(inputs, "targetImage")}` }),
  outputs: ({ inputs }) => ({ sourceImageId: `sha256:${digest(text(inputs, "sourceImage"))}` }),
};

/** The digest a tag has now. */
export const getRegistryImage: Answer = ({ args, world }) => {
  const found = registryDigest(world, text(args, "name"));
  return { id: found, sha256Digest: found };
};

/** The platforms of an image. */
export const getRegistryImageManifests: Answer = ({ args, world }) => {
  const index = registryDigest(world, text(args, "name"));
  const platform = (architecture: string): Properties => ({
    architecture,
    os: "linux",
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    sha256Digest: `sha256:${digest(`${index}/${architecture}`)}`,
  });
  return { id: index, manifests: [platform("amd64"), platform("arm64")] };
};

/** An image that a daemon has. */
export const getRemoteImage: Answer = ({ args, world }) => {
  const name = text(args, "name");
  const pulled = world
    .all("docker:index/remoteImage:RemoteImage")
    .find((known) => fullName(text(known.inputs, "name")) === fullName(name));
  if (pulled === undefined) throw new Refusal(`did not find docker image ${name} on the daemon`);
  return { id: pulled.id, ...remoteImage.outputs(pulled, world) };
};

/** Notes in the registry what was pushed, or taken away. */
export function push(world: World, name: string, inputs: Properties): void {
  const id = fullName(name);
  world.remove({ type: pushedType, id });
  world.add({ type: pushedType, id, urn: "", birth: 0, inputs, facts: {} });
}

function build(inputs: Properties, world: World): string {
  const context = canonicalBuild(inputs);
  const made = `sha256:${digest(context)}`;
  if (!flag(inputs, "skipPush", false)) push(world, text(inputs, "imageName"), { digest: made });
  return made;
}

function canonicalBuild(inputs: Properties): string {
  return JSON.stringify([text(inputs, "imageName"), bag(inputs, "build")]);
}

function buildFaults(build: Properties): Fault[] {
  const folder = text(build, "context", ".");
  if (isUnknown(build["context"]) || isRemote(folder)) return [];
  // The Dockerfile is looked for from the program's folder, not from the context's.
  const file = resolve(text(build, "dockerfile", join(folder, "Dockerfile")));
  return [
    ...unless(existsSync(folder), "build.context", `no folder ${folder}`),
    ...unless(
      existsSync(file),
      "build.dockerfile",
      `no file ${file}: it must exist at preview too`,
    ),
    ...unless(
      given(build, "platform"),
      "build.platform",
      "must be given: left out, it is the platform of the machine that runs Pulumi",
    ),
  ];
}

function isRemote(context: string): boolean {
  return /^(https?|git|ssh):/.test(context);
}

function folderDigest(folder: string): string {
  const hash = createHash("sha256");
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const inner = join(path, entry.name);
      if (entry.isDirectory() && ![".git", "node_modules"].includes(entry.name)) visit(inner);
      if (entry.isFile()) hash.update(inner.slice(folder.length)).update(readFileSync(inner));
    }
  };
  visit(folder);
  return hash.digest("hex");
}

function repository(name: string): string {
  return name.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

function registryOf(name: string): string {
  const [first = ""] = name.split("/");
  return /[.:]/.test(first) ? first : "docker.io";
}
