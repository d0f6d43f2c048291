/** File systems that the nodes mount into pods from a server of the stack's own: it is kubelets who call it, no pod. */
import * as z from "zod";

import { unknownText } from "../resource.ts";
import { describe, describePods, type Service, type World } from "./objects.ts";

const Volume = z.looseObject({
  spec: z.looseObject({
    nfs: z.looseObject({ server: z.string() }).optional(),
    mountOptions: z.array(z.string()).optional(),
  }),
});

/** Where NFS is answered unless a mount says otherwise. */
const nfsPort = 2_049;

/** A Service that nodes mount files of. */
export interface Mount {
  /** What is mounted, e.g. `PersistentVolume images`. */
  readonly where: string;
  readonly service: Service;
  /** Ports of the Service that a mount dials. */
  readonly ports: readonly number[];
}

/**
 * Services behind the address of a server. As nodes know no names of the cluster, that is the one which the cluster gave
 * the Service: where it has not been told yet, every Service counts that answers NFS.
 */
function servicesAt({ services }: World, server: string): readonly Service[] {
  const known = services.filter(({ spec }) => spec.clusterIP === server);
  return known.length > 0
    ? known
    : services.filter(
        ({ spec }) =>
          (spec.clusterIP === undefined || spec.clusterIP === unknownText) &&
          spec.ports.some(({ port }) => port === nfsPort),
      );
}

/** Ports that the options of a mount name: of the files, and of who hands them out in NFS 3. */
function portsOf(options: readonly string[]): readonly number[] {
  const said = (word: string): number[] =>
    options
      .filter((option) => option.startsWith(`${word}=`))
      .map((option) => Number(option.slice(word.length + 1)));
  const [files = nfsPort] = said("port");
  return [files, ...said("mountport")];
}

/** Every mount of a server that is a Service of the stack. */
export function mounts(world: World): readonly Mount[] {
  const volumes = world.objects
    .filter(({ kind }) => kind === "PersistentVolume")
    .map((object) => {
      const { nfs, mountOptions = [] } = Volume.parse(object).spec;
      return { where: describe(object), nfs, options: mountOptions };
    });
  const inline = world.pods.flatMap((pods) =>
    (pods.spec.volumes ?? []).map(({ nfs }) => ({ where: describePods(pods), nfs, options: [] })),
  );
  return [...volumes, ...inline].flatMap(({ where, nfs, options }) =>
    nfs === undefined
      ? []
      : servicesAt(world, nfs.server).map((service) => ({
          where,
          service,
          ports: portsOf(options),
        })),
  );
}
