/**
 * A clone of its own for tests of releases: Fleet as it stands here, in a repository that the test may
 * commit to, with a program small enough to be brought up in seconds. Its stack file is Skywire's test
 * one, so that the loader, the sandbox and the runner are the real ones.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { copyFleet, original } from "./fleet-copy.ts";

/** What the program of a commit is like. */
export interface Version {
  /** Told to the pods, and to the outputs. */
  readonly version: string;
  /** A Job that changes data before the pods are exchanged. */
  readonly migration?: string;
}

/** A repository of Fleet's files that a test may change. */
export interface FleetClone {
  readonly folder: string;
  /** Commits everything and gives the hash. */
  readonly commit: (message: string) => string;
  readonly git: (...words: string[]) => string;
  readonly dispose: () => void;
}

/** A clone with a program and a stack file of the test's. */
export interface ReleaseClone extends FleetClone {
  /** Writes the program, without committing it. */
  readonly write: (version: Version) => void;
  /** Writes the stack file: another tag of the image is another config. */
  readonly configure: (tag: string, onFailure?: "pause" | "rollback", stack?: string) => void;
}

/** Image of the pods, without its tag. */
export const imageName = "registry.example/web";

/** Tag of an image whose pods the sandbox never makes ready. */
export const neverReady = "sandbox-never-ready";

/** Namespace of everything that a stack has. */
export const namespaceOf = (stack: string): string => `web-${stack}`;

/**
 * Makes a clone without a commit.
 *
 * @param more Files and folders that it has besides the program's parts.
 */
export function fleetClone(...more: readonly string[]): FleetClone {
  const folder = copyFleet("clone", ...more);
  // Its program is the test's own and has no exceptions; and an engine built here cannot run live's pack.
  for (const pack of ["policy", "sandbox/policy"]) {
    rmSync(join(folder, pack, "PulumiPolicy.yaml"));
  }
  writeFileSync(join(folder, ".gitignore"), "node_modules\n.sandbox/\n");
  const git = (...words: string[]): string =>
    execFileSync("git", words, {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    git,
    commit: (message) => {
      git("add", "--all");
      const who = ["-c", "user.name=test", "-c", "user.email=test@localhost"];
      git(...who, "commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD").trim();
    },
    dispose: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the clone, with the first version committed. */
export function releaseClone(first: Version, tag: string): ReleaseClone {
  const made = fleetClone();
  const { folder, commit } = made;
  const write = (version: Version): void => {
    writeFileSync(join(folder, "index.ts"), program(version));
  };
  const configure: ReleaseClone["configure"] = (next, onFailure = "rollback", stack = "test") => {
    const path = join(folder, `Pulumi.${stack}.yaml`);
    // What `pulumi stack init` wrote there stays.
    const former = existsSync(path) ? readFileSync(path, "utf8") : "";
    const text = readFileSync(join(original, "Pulumi.test.yaml"), "utf8")
      .replace("docker.io/skycoin, tag: test }", `docker.io/skycoin, tag: ${next} }`)
      .concat(`  fleet:onFailure: ${onFailure}\n`)
      .concat(...(former.match(/^encryptionsalt: .*\n/m) ?? []));
    writeFileSync(path, text);
  };
  write(first);
  configure(tag);
  commit(`Version ${first.version}`);
  return { ...made, write, configure };
}

/**
 * The program: two pods that are exchanged one at a time, without a gap; the digest of their image, looked
 * up in the registry; a secret; a Job where a version has a migration. It reads its config itself, so that
 * a live stack of it needs none of Skywire's keys.
 */
const program = ({ version, migration }: Version): string => `
import * as docker from "@pulumi/docker";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "./components/platform/cluster.ts";
import { Digests } from "./stacks/digests.ts";
import { readEnvironment } from "./stacks/environment.ts";
import { withRelease } from "./stacks/release.ts";

const version = ${JSON.stringify(version)};
const migration: string | undefined = ${JSON.stringify(migration)};

const settings = new pulumi.Config("fleet");
const stack = pulumi.getStack();
const { release } = readEnvironment(stack);
const digests = new Digests(release?.digests);
const onFailure = settings.require("onFailure");
const image = \`${imageName}:\${settings.requireObject("images").public.tag}\`;

// The sandbox's runner gives up when the deadline has passed; live nobody does before the timeout.
const broken = image.endsWith(":${neverReady}");
const patience = broken && !settings.getBoolean("sandbox") ? "6s" : "120s";

function lookUp() {
  // The registry is a stand-in: a live run meets none.
  return settings.getBoolean("sandbox")
    ? docker.getRegistryImageOutput({ name: image }, { provider: registry }).sha256Digest
    : pulumi.output("sha256:" + "0".repeat(64));
}

let registry;

export default () => withRelease({ onFailure }, { stack, release, digests }, () => {
  const { provider } = new Cluster("cluster", settings.requireObject("cluster"));
  if (settings.getBoolean("sandbox")) {
    registry = new docker.Provider("registry", {});
  }
  const digest = digests.resolve(image, lookUp);
  const name = \`web-\${stack}\`;
  const home = new kubernetes.core.v1.Namespace("web", { metadata: { name } }, { provider });
  const metadata = { namespace: home.metadata.name };
  const login = new kubernetes.core.v1.Secret(
    "login",
    { metadata, stringData: { login: settings.getSecret("secrets") ?? "none" } },
    { provider },
  );
  const before = migration === undefined ? [] : [
    new kubernetes.batch.v1.Job(
      "migration",
      {
        metadata: { ...metadata, name: "migrate-" + migration, annotations: { "fleet/migration": "true" } },
        spec: {
          template: {
            spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: "${imageName}:1" }] },
          },
        },
      },
      { provider },
    ),
  ];
  const labels = { app: "web" };
  new kubernetes.apps.v1.Deployment(
    "web",
    {
      metadata: { ...metadata, name: "web" },
      spec: {
        replicas: 2,
        progressDeadlineSeconds: broken ? 3 : 60,
        // As a Workload's: the same broken pods are tried more than once (components/workload/controller.ts).
        revisionHistoryLimit: 0,
        selector: { matchLabels: labels },
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels, annotations: { version, digest } },
          spec: { containers: [{ name: "web", image }] },
        },
      },
    },
    { provider, dependsOn: [login, ...before], customTimeouts: { create: patience, update: patience } },
  );
  return { version, image };
});
`;
