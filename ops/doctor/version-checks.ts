/** Packages of the clone and the cluster's own version, held against what this commit was made for. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as z from "zod";

import type { ClusterConfig } from "../../components/platform/cluster.schema.ts";
import { visible } from "../../review/render/visible.ts";
import type { Fault } from "../../stacks/faults.ts";
import type { Check } from "./check.ts";

const Package = z.looseObject({
  version: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
});
const Tools = z.looseObject({
  tools: z.looseObject({
    "kubernetes-schemas": z.looseObject({
      sources: z.array(z.looseObject({ version: z.string() })),
    }),
  }),
});

/** Pulumi's packages → their versions in package.json, e.g. `kubernetes` → `4.34.2`. */
export function wantedPackages(root: string): Readonly<Record<string, string>> {
  const { dependencies } = readPackage(join(root, "package.json")) ?? { dependencies: {} };
  return Object.fromEntries(
    Object.entries(dependencies)
      .filter(([name]) => name.startsWith("@pulumi/"))
      .map(([name, version]) => [name.slice("@pulumi/".length), version]),
  );
}

/** Whether what is installed is what package.json says. */
export function packagesCheck(root: string): Check {
  const wanted = Object.entries(wantedPackages(root));
  return {
    name: "packages",
    detail: `${wanted.length} of @pulumi as package.json has them`,
    faults: wanted.flatMap(([name, version]): Fault[] => {
      const has = readPackage(join(root, "node_modules", "@pulumi", name, "package.json"))?.version;
      // One of them writes its own with a v.
      return has?.replace(/^v/, "") === version
        ? []
        : [
            {
              path: `@pulumi/${name}`,
              expected: `is ${has ?? "not installed"}; package.json says ${version}`,
              mend: "npm ci --ignore-scripts",
            },
          ];
    }),
  };
}

function readPackage(path: string): z.infer<typeof Package> | undefined {
  try {
    return existsSync(path) ? Package.parse(JSON.parse(readFileSync(path, "utf8"))) : undefined;
  } catch {
    return undefined;
  }
}

/** What `kubectl version -o json` prints. */
export const KubectlVersion = z.looseObject({
  clientVersion: z.looseObject({ gitVersion: z.string() }),
  serverVersion: z.looseObject({ gitVersion: z.string() }),
});

/** The version of Kubernetes that every object of this commit is judged by. */
export function judgedVersion(root: string): string | undefined {
  const text = readFileSync(join(root, "tools", "tools.json"), "utf8");
  return Tools.safeParse(JSON.parse(text)).data?.tools["kubernetes-schemas"].sources[0]?.version;
}

/** Server, client and config held against each other. */
export function kubernetesCheck(
  { clientVersion, serverVersion }: z.infer<typeof KubectlVersion>,
  cluster: ClusterConfig,
  judged: string | undefined,
): Check {
  const server = serverVersion.gitVersion;
  const faults = versionFaults(cluster, server);
  const [ofServer, ofClient, ofJudge] = [server, clientVersion.gitVersion, judged].map(minorOf);
  return {
    name: "Kubernetes",
    detail: visible(server),
    faults,
    notices: [
      ...(cluster.kind === "gke" && cluster.version === undefined && cluster.channel === "none"
        ? [
            {
              path: "fleet:cluster.version",
              expected: `is not said; the cluster runs ${visible(server)}`,
              mend: "write it down: another cluster of this file would run what Google gives that day",
            },
          ]
        : []),
      ...(ofServer !== undefined && ofClient !== undefined && Math.abs(ofServer - ofClient) > 1
        ? [
            {
              path: "kubectl",
              expected: `is ${visible(clientVersion.gitVersion)}, more than one version away from the server's ${visible(server)}`,
              mend: "install one of the server's version, or of the next",
            },
          ]
        : []),
      ...(ofServer !== undefined && ofJudge !== undefined && Math.abs(ofServer - ofJudge) > 2
        ? [
            {
              path: "Kubernetes",
              expected: `is ${visible(server)}; the objects of this commit are judged by the schemas of ${judged ?? ""}`,
              mend:
                ofServer < ofJudge
                  ? "upgrade the cluster: a field that it does not know is dropped or refused"
                  : "upgrade tools.json's kubernetes-schemas, and see what make test says",
            },
          ]
        : []),
    ],
  };
}

/** A version that the file says, and that does not run. */
function versionFaults(cluster: ClusterConfig, server: string): Fault[] {
  const wanted = cluster.kind === "kubeconfig" ? undefined : cluster.version;
  const isSame =
    cluster.kind === "gke"
      ? wanted === undefined || server === `v${wanted}`
      : minorOf(wanted) === minorOf(server);
  return wanted === undefined || isSame
    ? []
    : [
        {
          path: "fleet:cluster.version",
          expected: `is ${wanted}; the cluster runs ${visible(server)}`,
          mend: "write down what runs, or let the next update move it: every node is exchanged then",
        },
      ];
}

/** `v1.36.3` → 36. */
function minorOf(version: string | undefined): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version ?? "")?.[1];
  return minor === undefined ? undefined : Number(minor);
}
