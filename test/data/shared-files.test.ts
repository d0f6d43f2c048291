import { describe, expect, it } from "vitest";

import { tcp } from "../../components/base/flows.ts";
import { sharedFilesFlows } from "../../components/data/flows.ts";
import { SharedFilesConfig } from "../../components/data/shared-files.schema.ts";
import { SharedFiles } from "../../components/data/shared-files.ts";
import { find } from "../harness.ts";
import { cronJob, faultsOf, resourcesOf, settled, surroundings, under } from "./surroundings.ts";

const folder = "/var/lib/images";

const program = (change: Record<string, unknown>) => {
  const config = SharedFilesConfig.parse({ backup: { kind: "none" }, ...change });
  const image = { reference: "docker.io/demo/nfs:1", pullSecrets: ["login"] };
  return under(
    (opts) =>
      new SharedFiles(
        "images-nfs",
        {
          ...surroundings(sharedFilesFlows("images-nfs", config, "disks")),
          config,
          server: { namespace: "disks", namespaceName: "disks", image, program: "/run_nfs.sh" },
          folder,
          claimName: "images",
          user: 65_532,
          backupImage: "docker.io/library/debian:12.12-slim",
        },
        opts,
      ),
  );
};

const nfs = (change: Record<string, unknown> = {}) => program({ kind: "nfs", ...change });
const rwx = (change: Record<string, unknown> = {}) =>
  program({ kind: "rwx", storage: { storageClass: "shared" }, ...change });

describe("files over NFS", () => {
  it("are exactly a server, a volume and a claim", async () => {
    expect(resourcesOf(await nfs())).toEqual([
      "apps/v1:StatefulSet images-nfs",
      "core/v1:PersistentVolume images-nfs-volume",
      "core/v1:PersistentVolumeClaim images-nfs-claim",
      "core/v1:PersistentVolumeClaim images-nfs-data",
      "core/v1:Service images-nfs-service",
      "core/v1:ServiceAccount images-nfs-account",
      "networking.k8s.io/v1:NetworkPolicy images-nfs-policy",
      "policy/v1:PodDisruptionBudget images-nfs-budget",
    ]);
  });

  it("have the only privileged pod, which lives apart from those that use the files", async () => {
    const { inputs } = find(await nfs(), "kubernetes:apps/v1:StatefulSet", "images-nfs");
    expect(inputs).toMatchObject({
      metadata: { namespace: "disks" },
      spec: {
        template: {
          spec: {
            // What is written over NFS belongs to the group of those who write.
            securityContext: { runAsUser: 0, fsGroup: 65_532 },
            containers: [
              {
                // Its daemons have a table with room for every file that they may open.
                command: [
                  ...["bash", "-c", 'ulimit -n 65536; exec "$0" "$@"'],
                  ...["/run_nfs.sh", folder],
                ],
                securityContext: { privileged: true, readOnlyRootFilesystem: false },
                // What it writes to its root fills no node.
                resources: { limits: { "ephemeral-storage": "256Mi" } },
                volumeMounts: [{ mountPath: folder }],
              },
            ],
            imagePullSecrets: [{ name: "login" }],
          },
        },
      },
    });
  });

  it("are mounted by the nodes, by the version and the ports of the server and no others", async () => {
    const made = await nfs({ clusterIp: "10.96.7.7", storage: { size: "20Gi" } });
    const volume = find(made, "kubernetes:core/v1:PersistentVolume", "images-nfs-volume").inputs;
    expect(volume).toMatchObject({
      metadata: { name: "demo-images" },
      spec: {
        nfs: { server: "10.96.7.7", path: folder },
        accessModes: ["ReadWriteMany"],
        persistentVolumeReclaimPolicy: "Retain",
        claimRef: { namespace: "demo", name: "images" },
        mountOptions: expect.arrayContaining([
          "nfsvers=3",
          "port=2049",
          "mountport=20048",
          "nolock",
        ]) as unknown,
      },
    });
    const claim = find(made, "kubernetes:core/v1:PersistentVolumeClaim", "images-nfs-claim").inputs;
    expect(claim).toMatchObject({
      metadata: { name: "images", namespace: "demo" },
      spec: { volumeName: "demo-images", storageClassName: "", accessModes: ["ReadWriteMany"] },
    });
    expect(find(made, "kubernetes:core/v1:Service", "images-nfs-service").inputs).toMatchObject({
      spec: { clusterIP: "10.96.7.7", ports: [{ port: 2_049 }, { port: 20_048 }] },
    });
    expect((await settled((made.result as SharedFiles).claimName)).value).toBe("images");
  });

  it("get more room by a larger disk of the server alone: a claim of no class cannot be enlarged", async () => {
    const told = async (size: string) => {
      const made = await nfs({ storage: { size } });
      const inputsOf = (kind: string, name: string) =>
        find(made, `kubernetes:core/v1:${kind}`, `images-nfs-${name}`).inputs;
      return {
        disk: inputsOf("PersistentVolumeClaim", "data")["spec"],
        others: [
          inputsOf("PersistentVolume", "volume"),
          inputsOf("PersistentVolumeClaim", "claim"),
        ],
      };
    };
    const [small, large] = [await told("10Gi"), await told("20Gi")];
    expect(large.disk).toMatchObject({ resources: { requests: { storage: "20Gi" } } });
    expect(large.others).toEqual(small.others);
  });

  it("are reached by nodes alone", () => {
    const config = SharedFilesConfig.parse({ kind: "nfs" });
    expect(sharedFilesFlows("images-nfs", config, "disks")).toEqual([
      {
        from: { kind: "nodes" },
        to: { kind: "workload", name: "images-nfs", namespace: "disks" },
        ports: [tcp(2_049), tcp(20_048)],
      },
    ]);
  });
});

describe("files on a shared disk", () => {
  it("are exactly a claim, and nothing privileged", async () => {
    const made = await rwx();
    expect(resourcesOf(made)).toEqual(["core/v1:PersistentVolumeClaim images-nfs-claim"]);
    const claim = find(made, "kubernetes:core/v1:PersistentVolumeClaim", "images-nfs-claim").inputs;
    expect(claim).toMatchObject({
      spec: { storageClassName: "shared", accessModes: ["ReadWriteMany"] },
    });
    const config = SharedFilesConfig.parse({ kind: "rwx", storage: { storageClass: "shared" } });
    expect(sharedFilesFlows("images-nfs", config, "disks")).toEqual([]);
  });

  it("need a class that is named: the cluster's own hardly ever can", () => {
    expect(faultsOf(SharedFilesConfig, { kind: "rwx", storage: {} })).toEqual([
      "storage.storageClass: must name a class that many nodes may mount at once (ReadWriteMany): a cluster's default one hardly ever can",
    ]);
  });
});

describe("backups of shared files", () => {
  it("read the claim that the programs use, and write to a disk of their own", async () => {
    const made = await nfs({ backup: { kind: "scheduled", keep: 3 } });
    const { spec } = cronJob(made, "images-nfs-backup").jobTemplate.spec.template;
    const claimOf = (volume: string) => spec.volumes.find(({ name }) => name === volume);
    expect(claimOf("files")).toMatchObject({ persistentVolumeClaim: { claimName: "images" } });
    expect(claimOf("data")).toMatchObject({
      persistentVolumeClaim: { claimName: "images-nfs-backup-data" },
    });
    expect(spec.containers[0]?.volumeMounts).toContainEqual({
      name: "files",
      mountPath: "/files",
      readOnly: true,
    });
    expect(spec.securityContext).toMatchObject({ runAsUser: 65_532, runAsNonRoot: true });
  });

  it("are restored by hand, once, into the same claim", async () => {
    const made = await rwx({ backup: { kind: "scheduled" } });
    const restore = cronJob(made, "images-nfs-restore");
    expect(restore.suspend).toBe(true);
    expect(restore.jobTemplate.spec.backoffLimit).toBe(0);
    const mounts = restore.jobTemplate.spec.template.spec.containers[0]?.volumeMounts;
    expect(mounts).toContainEqual({ name: "files", mountPath: "/files" });
  });
});
