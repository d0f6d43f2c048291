/**
 * The Pod Security Standard `restricted` (and with it `baseline`), as a pure function.
 *
 * It says before any cluster is there what the API server will refuse. The API server itself is
 * asked in test/e2e; both must agree.
 */
import { allContainers, type Container, type PodSet, type PodSpec } from "./objects.ts";

const volumeTypes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const safeSysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

const seccompTypes = ["RuntimeDefault", "Localhost"];

function podFaults(spec: PodSpec): string[] {
  const context = spec.securityContext ?? {};
  const faults: string[] = [];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"] as const) {
    if (spec[field] === true) {
      faults.push(`${field} is true`);
    }
  }
  for (const { name } of context.sysctls ?? []) {
    if (!safeSysctls.includes(name)) {
      faults.push(`sysctl ${name} is not safe`);
    }
  }
  for (const volume of spec.volumes ?? []) {
    const type = Object.keys(volume).find((key) => key !== "name") ?? "emptyDir";
    if (!volumeTypes.includes(type)) {
      faults.push(`volume ${volume.name} is of type ${type}`);
    }
  }
  if (context.runAsUser === 0) {
    faults.push("the pod runs as user 0");
  }
  // This and the next are refused of a pod also where each container says better of itself (Kubernetes' own checks,
  // pod-security-admission/policy).
  if (context.runAsNonRoot === false) {
    faults.push("the pod may run as root");
  }
  if (!seccompTypes.includes(context.seccompProfile?.type ?? "RuntimeDefault")) {
    faults.push("the pod has no seccomp profile");
  }
  return [...faults, ...unfenced(context).map((fault) => `the pod ${fault}`)];
}

const seLinuxTypes = [
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
];

/** What a pod or a container says of how it is fenced in that is less than nothing said. */
function unfenced({
  appArmorProfile,
  seLinuxOptions,
  windowsOptions,
}: NonNullable<PodSpec["securityContext"] | Container["securityContext"]>): string[] {
  const { role = "", type = "", user = "" } = seLinuxOptions ?? {};
  return [
    ...(appArmorProfile === undefined || seccompTypes.includes(appArmorProfile.type)
      ? []
      : [`has the AppArmor profile ${appArmorProfile.type}`]),
    ...(seLinuxTypes.includes(type) && role === "" && user === ""
      ? []
      : [`chooses its SELinux label (${[user, role, type].filter(Boolean).join(", ")})`]),
    ...(windowsOptions?.hostProcess === true ? ["is a process of its node"] : []),
  ];
}

function containerFaults(container: Container, spec: PodSpec): string[] {
  const context = container.securityContext ?? {};
  const pod = spec.securityContext ?? {};
  const faults: string[] = [];
  const seccomp = (context.seccompProfile ?? pod.seccompProfile)?.type ?? "";
  const { add = [], drop = [] } = context.capabilities ?? {};
  if (context.privileged === true) {
    faults.push("is privileged");
  }
  if (context.allowPrivilegeEscalation !== false) {
    faults.push("does not forbid privilege escalation");
  }
  if ((context.runAsNonRoot ?? pod.runAsNonRoot) !== true) {
    faults.push("may run as root");
  }
  if (context.runAsUser === 0) {
    faults.push("runs as user 0");
  }
  if (!seccompTypes.includes(seccomp)) {
    faults.push("has no seccomp profile");
  }
  if (!drop.includes("ALL")) {
    faults.push("keeps capabilities");
  }
  for (const capability of add.filter((one) => one !== "NET_BIND_SERVICE")) {
    faults.push(`adds the capability ${capability}`);
  }
  if ((context.procMount ?? "Default") !== "Default") {
    faults.push("unmasks /proc");
  }
  for (const { hostPort } of container.ports ?? []) {
    if (hostPort !== undefined && hostPort !== 0) {
      faults.push(`binds port ${hostPort} of the node`);
    }
  }
  for (const probe of [container.readinessProbe, container.livenessProbe, container.startupProbe]) {
    const host = probe?.httpGet?.host ?? probe?.tcpSocket?.host;
    if (host !== undefined && host !== "") {
      faults.push(`probes another host, ${host}`);
    }
  }
  for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop]) {
    const host = hook?.httpGet?.host ?? hook?.tcpSocket?.host ?? "";
    if (host !== "") {
      faults.push(`calls another host, ${host}`);
    }
  }
  faults.push(...unfenced(context));
  return faults.map((fault) => `container ${container.name} ${fault}`);
}

/** How pods chose their AppArmor profile before there was a field for it; kubelets still read it. */
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

const annotationFaults = (annotations: PodSet["annotations"]): string[] =>
  Object.entries(annotations)
    .filter(
      ([key, profile]) =>
        key.startsWith(appArmorAnnotation) && !/^$|^runtime\/default$|^localhost\//.test(profile),
    )
    .map(
      ([key, profile]) =>
        `container ${key.slice(appArmorAnnotation.length)} has the AppArmor profile ${profile}`,
    );

/** Why a pod is not `restricted`. Empty when it is. */
export function restrictedFaults(
  spec: PodSpec,
  annotations: PodSet["annotations"] = {},
): readonly string[] {
  return [
    ...podFaults(spec),
    ...annotationFaults(annotations),
    ...allContainers(spec).flatMap((container) => containerFaults(container, spec)),
  ];
}
