/** What a Workload is made of, as its callers say it. */
import type * as pulumi from "@pulumi/pulumi";

import type { WorkloadFlows } from "../base/flows.ts";
import type { PullPolicy } from "../base/images.ts";
import type { DataPolicy } from "../base/scalars.ts";
import type { Autoscale, Disruption, Placement, Resources, Update } from "./workload.schema.ts";

/** A port a container listens on. */
export interface ContainerPort {
  /** Name by which Services and probes mean it; at most 15 characters. */
  readonly name: string;
  readonly port: number;
  /** Default TCP. */
  readonly protocol?: "TCP" | "UDP";
  /** The same port bound on the node's own addresses. One pod a node. */
  readonly hostPort?: number;
}

/** A check the kubelet makes. Times default to Kubernetes' own: every 10 s, 1 s each, 3 failures. */
export interface Probe {
  readonly check:
    | { readonly kind: "http"; readonly path: string; readonly port: string }
    | { readonly kind: "tcp"; readonly port: string }
    | { readonly kind: "exec"; readonly command: readonly string[] }
    /** The gRPC health protocol. Default service: the server as a whole. */
    | { readonly kind: "grpc"; readonly port: string; readonly service?: string };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

/** The three checks of a container. */
export interface Probes {
  /** May it get traffic, and does it count as updated? Checks what it depends on. */
  readonly readiness?: Probe;
  /**
   * Must it be restarted? Checks the process alone: pointed at a dependency, one outage there
   * restarts every pod here.
   */
  readonly liveness?: Probe;
  /** Has it started? The other two wait for it. */
  readonly startup?: Probe;
}

/** Why a container that stays up cannot be checked: it counts as ready as soon as it has started. */
export interface NoProbes {
  readonly none: string;
}

/**
 * A variable from a ConfigMap or Secret that is made elsewhere. Pods do not see it change: whoever has
 * it exchange them says so in an annotation.
 */
export interface GivenVariable {
  readonly kind: "ConfigMap" | "Secret";
  /** Name of the object: an output, so that the pods wait for it. */
  readonly object: pulumi.Input<string>;
  readonly key: string;
}

/** A volume of the pod seen in one container. */
export interface Mount {
  /** Name of a claim, file set, scratch or given volume of the Workload. */
  readonly volume: string;
  readonly path: string;
  /** One entry of the volume instead of the whole. Such a file is never refreshed in a running pod. */
  readonly subPath?: string;
  /** Default: file sets are read-only, the rest writable. */
  readonly readOnly?: boolean;
  /** `HostToContainer`: what the node mounts below a folder of it later is seen, too. Default: it is not. */
  readonly propagation?: "HostToContainer";
}

/** One container. */
export interface Container {
  readonly name: string;
  /** Full reference with its tag. */
  readonly image: string;
  /** Digest of the image, where only the run knows it. */
  readonly digest?: pulumi.Output<string>;
  /** Default: the Workload's; without one `IfNotPresent` where the image carries a digest, else `Always`. */
  readonly pullPolicy?: PullPolicy;
  /** Replaces the image's entry point. */
  readonly command?: readonly string[];
  /** `$(NAME)` is replaced by the variable, so that a secret never stands in the pod's arguments. */
  readonly args?: readonly pulumi.Input<string>[];
  /** Folder that relative paths of the program start from. Default: the image's. */
  readonly workingFolder?: string;
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variables taken from a Secret of the Workload. */
  readonly secretEnv?: Readonly<Record<string, pulumi.Output<string>>>;
  /** Variables taken from objects that are made elsewhere: many Workloads read the same ones. */
  readonly givenEnv?: Readonly<Record<string, GivenVariable>>;
  /** Variables filled with the pod's own facts, e.g. `metadata.name`. */
  readonly fieldEnv?: Readonly<Record<string, string>>;
  readonly ports?: readonly ContainerPort[];
  /** Of the main container of what stays up: said, or why there are none. */
  readonly probes?: Probes | NoProbes;
  readonly resources: Resources;
  /** Devices it has to itself, by the name their plug-in announces, e.g. `nvidia.com/gpu`. */
  readonly devices?: Readonly<Record<string, number>>;
  readonly mounts?: readonly Mount[];
  /** Capabilities beyond none. Anything but NET_BIND_SERVICE needs {@link Security.exception}. */
  readonly capabilities?: readonly string[];
  /**
   * Run before the container is told to stop; or the seconds that it goes on as before, which takes no program of
   * its image, and Kubernetes 1.30 or newer.
   */
  readonly preStop?: readonly string[] | { readonly seconds: number };
}

/** Files that appear in a folder of a container. */
export interface FileSet {
  /** Volume's name. */
  readonly name: string;
  /** File name → content. */
  readonly files: Readonly<Record<string, pulumi.Input<string>>>;
  /** Executable for the pod's user: scripts. */
  readonly executable?: boolean;
}

/** Files whose content is secret. */
export interface SecretFileSet {
  readonly name: string;
  readonly files: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Files of a ConfigMap or Secret that is made elsewhere: many Workloads read the same one. */
export interface GivenFiles {
  /** Volume's name. */
  readonly name: string;
  readonly kind: "ConfigMap" | "Secret";
  /** Name of the object: an output, so that the pods wait for it. */
  readonly object: pulumi.Input<string>;
  /** Only these keys. Default: all. */
  readonly keys?: readonly string[];
}

/** A disk that is made elsewhere, and may be shared. Its class must allow as many nodes as there are. */
export interface GivenClaim {
  /** Volume's name. */
  readonly name: string;
  /** Name of the claim: an output, so that the pods wait for it. */
  readonly claim: pulumi.Input<string>;
}

/**
 * Workloads that are alike, and many: they share account, network policy and budget of evictions, of
 * which each of their own would say the same. The budget is the composer's: it may speak of several
 * groups at once.
 */
export interface WorkloadGroup {
  /** Value of their pods' label `fleet/group`, by which flows mean them all. */
  readonly name: string;
  /** Account that the pods run under. */
  readonly account: pulumi.Input<string>;
  /** The account has rights at the Kubernetes API: the pods get its token. Default false. */
  readonly usesApi?: boolean;
  /** What its pods wait for beside the account itself: rights that they need from the start. */
  readonly ready?: readonly pulumi.Resource[];
}

/** An empty folder that lives as long as the pod. */
export interface Scratch {
  readonly name: string;
  /** Default 64Mi. */
  readonly sizeLimit?: string;
  /** Kept in memory: for what must not touch a disk. */
  readonly memory?: boolean;
  /**
   * Room for all of it is asked of the node's own disk, so that pods which fill theirs lie on nodes that can hold
   * them. Without, a full disk evicts whatever is on the node. Default false: what stays small, or empty.
   */
  readonly requested?: boolean;
}

/** A folder of the node. Only with {@link Security.exception}. */
export interface HostPath {
  readonly name: string;
  readonly path: string;
  readonly type: "CharDevice" | "Directory" | "DirectoryOrCreate" | "File" | "Socket";
}

/** A disk. */
export interface Claim {
  /** Volume's name; the claim itself is called `<workload>-<name>`. */
  readonly name: string;
  /** Name of the claim, where operators know another one. Not of one for each pod. */
  readonly claimName?: string;
  readonly size: string;
  /** Default: the cluster's default class. */
  readonly storageClass?: string;
  /** One disk for each pod of a StatefulSet, instead of one for the only pod. */
  readonly perPod?: boolean;
  /**
   * Default ReadWriteOnce: one writer. `ReadWriteMany` is for disks that many pods share; few
   * storage classes have it, and a claim on one that has not is pending for ever.
   */
  readonly accessMode?: "ReadWriteOnce" | "ReadWriteMany";
  /** What happens to it when it goes. Default: the Workload's. */
  readonly data?: DataPolicy;
}

/** A name under which others dial the pods. */
export interface ServiceSpec {
  /** Name others dial. Default: the Workload's. Never rename one: add another. */
  readonly name?: string;
  /** Fixed address of the cluster's own range. Default: the cluster's choice. Cannot change. */
  readonly clusterIp?: string;
  /** Default ClusterIP. `Headless` is a ClusterIP Service without an address. */
  readonly type?: "ClusterIP" | "Headless" | "NodePort" | "LoadBalancer";
  readonly ports: readonly {
    /** Name of the container's port. */
    readonly name: string;
    /** Port of the Service. Default: the container's. */
    readonly port?: number;
    readonly nodePort?: number;
  }[];
  /** `Local` keeps the client's address and answers only on nodes that run a pod. */
  readonly externalTrafficPolicy?: "Local" | "Cluster";
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Dial pods that are not ready too: peers of a cluster that must find each other to get ready. */
  readonly publishNotReady?: boolean;
}

/** What the pods may do on the node. */
export interface Security {
  /** User of the image's processes. Must not be 0 unless {@link exception} says why. */
  readonly user: number;
  /** Default: the user's number. */
  readonly group?: number;
  /** Group that owns the volumes. Default: the group. */
  readonly volumeGroup?: number;
  /**
   * Default false: the container writes only to its volumes. With a `sizeLimit` it may write to its root as well, and
   * takes no more of its node's disk than that, its logs and the pod's scratch folders counted in: the kubelet evicts
   * the pod that does, and none of its neighbours. `true` is without bounds.
   */
  readonly writableRoot?: boolean | { readonly sizeLimit: string };
  /** Everything that the node's root may do. Only with {@link exception}. Default false. */
  readonly privileged?: boolean;
  /**
   * Why Pod Security `restricted` does not hold. The namespace must allow it: a pod with an
   * exception is refused in a restricted namespace by the API server itself.
   */
  readonly exception?: string;
}

/** A fixed address under host names, past every name server. */
export interface HostAlias {
  readonly ip: pulumi.Input<string>;
  readonly hostnames: readonly string[];
}

/** Rights at the Kubernetes API. With any, the pod gets a token; without, it gets none. */
export interface ApiRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only these objects. */
  readonly resourceNames?: readonly string[];
}

/** Rights at paths of the Kubernetes API that are no objects, e.g. `/metrics`. */
export interface ApiPathRule {
  readonly paths: readonly string[];
  readonly verbs: readonly string[];
}

/**
 * How often a Job's pod runs and when it is given up.
 *
 * It runs once: a changed pod, `completions` or `parallelism` is another Job, which runs anew. One that has
 * failed stays so, and the run fails with it, until it is changed or replaced by hand (`pulumi up
 * --replace <urn>`): by itself it would run a second time beside a first that only seems to hang.
 */
export interface JobRun {
  /** Pods that must succeed. Default 1. */
  readonly completions?: number;
  /** Pods at once. Default 1. */
  readonly parallelism?: number;
  /** Tries after the first. Default 6. */
  readonly backoffLimit?: number;
  /** When its pods are stopped, whatever they do. Default: never, as half a migration is worse. */
  readonly activeDeadlineSeconds?: number;
  /**
   * Default `Never`: each try is a pod of its own, whose log stays. `OnFailure` restarts the
   * container in its pod, and the log of all but the last try is gone.
   */
  readonly restartPolicy?: "Never" | "OnFailure";
  /**
   * When a finished Job deletes itself. Default: never, as one that is gone runs again after the
   * next `pulumi refresh`.
   */
  readonly ttlSecondsAfterFinished?: number;
  /** It changes data in a way that older programs may not understand: no rollback crosses it. */
  readonly migration?: boolean;
}

/** What every Workload needs to say. */
export interface WorkloadArgs {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Job";
  /** System it belongs to, e.g. `skywire`: a label. */
  readonly system: string;
  readonly namespace: pulumi.Input<string>;
  /** The container the Workload exists for. */
  readonly container: Container;
  /** Containers that run before it, in this order. */
  readonly initContainers?: readonly Container[];
  /** Containers that run beside it. */
  readonly sidecars?: readonly Container[];
  /** Pods. Default 1. Of Deployment and StatefulSet, without `autoscale`. */
  readonly replicas?: number;
  /**
   * The autoscaler's number of pods: the controller says none, so that no update undoes it. It takes
   * over the pods there are; one that is made with it begins with one pod.
   */
  readonly autoscale?: Autoscale;
  readonly update?: Partial<Update>;
  readonly placement?: Partial<Placement>;
  /** Default: one pod at a time. */
  readonly disruption?: Disruption;
  readonly security: Security;
  /** Who may call and what is called. Nothing of a Workload of a group, whose policy says it. */
  readonly flows: WorkloadFlows;
  /** The Workload is one of these: it makes no account, network policy and budget of its own. */
  readonly group?: WorkloadGroup;
  readonly files?: readonly FileSet[];
  readonly secretFiles?: readonly SecretFileSet[];
  readonly givenFiles?: readonly GivenFiles[];
  readonly givenClaims?: readonly GivenClaim[];
  readonly scratch?: readonly Scratch[];
  readonly hostPaths?: readonly HostPath[];
  readonly claims?: readonly Claim[];
  /** What happens to claims when the Workload goes. Default protect. */
  readonly data?: DataPolicy;
  readonly services?: readonly ServiceSpec[];
  /** When nodes ask the registry, of every container that says nothing itself. Default: by its image. */
  readonly pullPolicy?: PullPolicy | undefined;
  /** Names of Secrets with registry logins, in the same namespace. */
  readonly pullSecrets?: readonly pulumi.Input<string>[];
  /** Rights in the whole cluster. */
  readonly clusterRules?: readonly (ApiRule | ApiPathRule)[];
  /** Rights in the Workload's namespace. */
  readonly rules?: readonly ApiRule[];
  /** How long a pod may take to stop. Default 30. */
  readonly terminationGraceSeconds?: number;
  /** Labels of controller and Services beside Fleet's own, never of pods: no change restarts any. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Labels of the pods beside Fleet's own. */
  readonly podLabels?: Readonly<Record<string, string>>;
  /** Annotations of the pods, e.g. where metrics are read. */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Host names the pods resolve to fixed addresses. */
  readonly hostAliases?: readonly HostAlias[];
  /**
   * The pods share the node's network: each of their ports is one of the node's. Only with
   * {@link Security.exception}. Most network plug-ins apply no policy to such pods, so that the
   * firewall before the node is what keeps others out.
   */
  readonly hostNetwork?: boolean;
  /** Ship the pods' logs to the stack's log store, where it has one. Default true. */
  readonly logs?: { readonly ship: boolean };
  /** Of a Job: how it runs. */
  readonly job?: JobRun;
  /**
   * Wait for the pods to be ready, or the Job to succeed. Default true. Without it the run goes on,
   * and ends well, whatever becomes of them.
   */
  readonly await?: boolean;
  /**
   * Of a Deployment of one pod with the strategy Recreate: whoever waits for it waits for the exchanged pod, and
   * for `minReadySeconds` of it. By itself the provider takes the old pod's last word for it: the controller
   * says that it has seen the update before it has made the new ReplicaSet. What is wrong with a pod that does
   * not come is then told by its events alone.
   */
  readonly awaitExchange?: boolean;
  /** How long the engine waits, e.g. `20m`. Default: what update, probes and number of pods need. */
  readonly readyTimeout?: string;
  /** Do not replace pods while the network plug-in has no policies (adopted clusters). Default true. */
  readonly networkPolicy?: boolean;
}
