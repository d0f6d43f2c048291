/** What there is before a program runs: the things an environment is told of and does not make itself. */
import { makeOutside } from "./objects.ts";
import { push } from "./rules/docker/images.ts";
import { bucketType } from "./rules/gcp/common.ts";
import { loadRules } from "./rules/index.ts";
import type { Cloud } from "./schema.ts";
import { Store } from "./store.ts";
import { asText } from "./values.ts";
import type { Properties } from "./values.ts";
import type { CloudObject, World } from "./world.ts";

/** What a stack's config refers to and does not make. */
export interface Seeds {
  /** Linode domains by name, as `skywire.dev`: found by getDomain. */
  readonly domains?: readonly string[];
  /** Cloudflare zones by name, as `skywire.dev`: found by getZone. */
  readonly zones?: readonly string[];
  /** Reserved Linode addresses, as `203.0.113.7`: found by ReservedIpAssignment. */
  readonly addresses?: readonly string[];
  /** Linode machines that exist, by the numbers that a config names: found by import. */
  readonly machines?: readonly { linodeId: number; label: string; region: string }[];
  /** Region of the reserved addresses; default ap-south. */
  readonly region?: string;
  /** Cloudflare zone ids by name, where the config names ids instead of names. */
  readonly zoneIds?: Readonly<Record<string, string>>;
  /** Google's buckets, as `spacecraft-data`: written to, and not made. */
  readonly buckets?: readonly string[];
  /** Kubeconfig file of the sandbox's control plane: what LkeCluster and container.Cluster hand out. */
  readonly kubeconfig?: string;
}

/**
 * Puts seeds into the clouds of a sandbox. What is there already stays as it is, so that a second run
 * changes nothing.
 * @param sandbox the sandbox's folder
 */
export async function seedStandins(sandbox: string, seeds: Seeds): Promise<void> {
  const store = new Store(sandbox);
  if (seeds.kubeconfig !== undefined) await store.tell({ kubeconfig: seeds.kubeconfig });
  for (const domain of seeds.domains ?? []) await seedDomain(store, domain);
  for (const zone of seeds.zones ?? []) await seedZone(store, zone);
  for (const [zone, id] of Object.entries(seeds.zoneIds ?? {})) await seedZone(store, zone, id);
  for (const address of seeds.addresses ?? []) {
    await seedAddress(store, address, seeds.region ?? "ap-south");
  }
  for (const bucket of seeds.buckets ?? []) await seedBucket(store, bucket);
  for (const machine of seeds.machines ?? []) await seedMachine(store, machine);
}

/** The ids that look-ups of seeded domains and zones answer, by cloud and name. */
export function seededIds(sandbox: string): {
  readonly domains: Readonly<Record<string, string>>;
  readonly zones: Readonly<Record<string, string>>;
} {
  const store = new Store(sandbox);
  const names = (cloud: Cloud, type: string, property: string): Record<string, string> =>
    Object.fromEntries(
      store
        .look(cloud)
        .all(type)
        .map((object) => [asText(object.inputs[property]), object.id]),
    );
  return {
    domains: names("linode", domainType, "domain"),
    zones: names("cloudflare", zoneType, "name"),
  };
}

/**
 * What of a program's making is still in the clouds of a sandbox: nothing, after it was destroyed. What was
 * made outside Pulumi, and what its cloud keeps when it is deleted, is not counted.
 */
export function leftovers(sandbox: string, clouds: readonly Cloud[]): CloudObject[] {
  const store = new Store(sandbox);
  return clouds.flatMap((cloud) =>
    store
      .look(cloud)
      .everything()
      .filter(({ urn, type }) => urn !== "" && !keptOnDelete.includes(type)),
  );
}

/** Puts an object into a cloud as somebody with its console would: rules apply, no program knows of it. */
export async function putOutside(
  sandbox: string,
  cloud: Cloud,
  type: string,
  name: string,
  inputs: Properties,
  config: Properties = {},
): Promise<CloudObject> {
  const rule = (await loadRules(cloud)).resources[type];
  if (rule === undefined) throw new Error(`the ${cloud} stand-in does not cover ${type}`);
  return new Store(sandbox).change(cloud, config, (world) =>
    makeOutside(rule, type, name, inputs, world),
  );
}

/**
 * Pushes an image to the registry that docker look-ups ask, or takes it away.
 * @param digest sha256:<64 hex>, or `missing`
 */
export async function pushImage(sandbox: string, name: string, digest: string): Promise<void> {
  await new Store(sandbox).change("docker", {}, (world) => {
    push(world, name, digest === "missing" ? { missing: true } : { digest });
  });
}

const domainType = "linode:index/domain:Domain";
const zoneType = "cloudflare:index/zone:Zone";
const machineType = "linode:index/instance:Instance";
const addressType = "linode:index/networkingIp:NetworkingIp";
const keptOnDelete = ["cloudflare:index/zoneSetting:ZoneSetting", "gcp:projects/service:Service"];

async function seedDomain(store: Store, domain: string): Promise<void> {
  const rule = (await loadRules("linode")).resources[domainType];
  await store.change("linode", {}, (world) => {
    if (rule === undefined || holds(world, domainType, "domain", domain)) return;
    const soaEmail = `hostmaster@${domain}`;
    makeOutside(rule, domainType, domain, { domain, type: "master", soaEmail }, world);
  });
}

async function seedZone(store: Store, name: string, id?: string): Promise<void> {
  const rule = (await loadRules("cloudflare")).resources[zoneType];
  await store.change("cloudflare", {}, (world) => {
    if (rule === undefined || holds(world, zoneType, "name", name)) return;
    const account = { id: "0".repeat(32) };
    const made = makeOutside(rule, zoneType, name, { name, account }, world);
    if (id === undefined) return;
    world.remove(made);
    world.add({ ...made, id });
  });
}

async function seedAddress(store: Store, address: string, region: string): Promise<void> {
  await store.change("linode", {}, (world) => {
    if (world.find(addressType, address) !== undefined) return;
    const inputs = { reserved: true, region, type: "ipv4" };
    world.add({ type: addressType, id: address, urn: "", birth: 0, inputs, facts: { address } });
  });
}

async function seedBucket(store: Store, name: string): Promise<void> {
  const rule = (await loadRules("gcp")).resources[bucketType];
  await store.change("gcp", {}, (world) => {
    if (rule === undefined || world.find(bucketType, name) !== undefined) return;
    makeOutside(rule, bucketType, name, { name, location: "US", project: "sandbox" }, world);
  });
}

async function seedMachine(
  store: Store,
  { linodeId, label, region }: { linodeId: number; label: string; region: string },
): Promise<void> {
  const rule = (await loadRules("linode")).resources[machineType];
  await store.change("linode", {}, (world) => {
    if (rule === undefined || world.find(machineType, `${linodeId}`) !== undefined) return;
    const made = makeOutside(rule, machineType, label, { label, region }, world);
    world.remove(made);
    world.add({ ...made, id: `${linodeId}` });
  });
}

function holds(world: World, type: string, property: string, value: string): boolean {
  return world.all(type).some((known) => known.inputs[property] === value);
}
