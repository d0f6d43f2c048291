/** Files of the name server's machine, and how they get there. Pure: text and data. */
import {
  type PullerSettings,
  pullerEnvironment,
  pullerScript,
  serverSoftware,
} from "./zone-puller.ts";

/** A file of the machine. */
export interface MachineFile {
  readonly path: string;
  /** As chmod takes it. */
  readonly mode: "0644" | "0755";
  readonly content: string;
}

/** Folders of a machine that this program makes. */
const machineFolders = {
  zones: "/var/lib/knot/zones",
  state: "/var/lib/knot/fleet",
  list: "/var/lib/knot/fleet/zones.conf",
} as const;

/**
 * Configuration of Knot DNS. Authoritative only, by construction: it resolves nothing for anybody.
 *
 * Transfers go to the machine itself, where the puller compares, and to the secondaries. Answers to
 * one network are limited, so that the server is no lever for floods under forged addresses.
 */
export function knotConfig(secondaries: readonly string[]): string {
  const remotes = secondaries.map((address, index) => ({ id: `secondary-${index + 1}`, address }));
  const remote = [
    "remote:",
    ...remotes.flatMap(({ id, address }) => [`  - id: ${id}`, `    address: ${address}`]),
  ];
  const { zones, state } = machineFolders;
  return [
    "# Written by Fleet.",
    "server:",
    "    rundir: /run/knot",
    "    user: knot:knot",
    "    listen: [ 0.0.0.0@53, ::@53 ]",
    '    version: ""',
    '    identity: ""',
    "log:",
    "  - target: syslog",
    "    any: info",
    "database:",
    "    storage: /var/lib/knot",
    "mod-rrl:",
    "  - id: default",
    "    rate-limit: 200",
    "    slip: 2",
    ...(remotes.length === 0 ? [] : remote),
    "acl:",
    "  - id: transfers",
    `    address: [ ${["127.0.0.1", "::1", ...secondaries].join(", ")} ]`,
    "    action: transfer",
    "template:",
    "  - id: default",
    `    storage: ${zones}`,
    '    file: "%s.zone"',
    "    semantic-checks: on",
    // The file is the truth: no journal that could outlive it.
    "    zonefile-load: whole",
    "    zonefile-sync: -1",
    "    journal-content: none",
    "    acl: [ transfers ]",
    "    global-module: mod-rrl/default",
    ...(remotes.length === 0 ? [] : [`    notify: [ ${remotes.map(({ id }) => id).join(", ")} ]`]),
    // A pattern: there is no list before there is a zone.
    `include: ${state}/*.conf`,
    "",
  ].join("\n");
}

const service = (user: string, writable: readonly string[]): string => `[Unit]
Description=Bring published DNS zones to this name server
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User=${user}
EnvironmentFile=/etc/fleet-zones.env
ExecStart=/usr/local/sbin/fleet-zones
TimeoutStartSec=10min
ProtectSystem=strict
ReadWritePaths=${writable.join(" ")}
ProtectHome=yes
PrivateTmp=yes
NoNewPrivileges=yes
`;

const timer = `[Unit]
Description=Bring published DNS zones to this name server, every minute

[Timer]
OnBootSec=15s
OnUnitInactiveSec=60s
AccuracySec=5s

[Install]
WantedBy=timers.target
`;

/** The puller with its units. */
export function pullerFiles(settings: PullerSettings, user: string): MachineFile[] {
  const writable = [settings.zones, settings.state];
  return [
    { path: "/usr/local/sbin/fleet-zones", mode: "0755", content: pullerScript },
    { path: "/etc/fleet-zones.env", mode: "0644", content: pullerEnvironment(settings) },
    {
      path: "/etc/systemd/system/fleet-zones.service",
      mode: "0644",
      content: service(user, writable),
    },
    { path: "/etc/systemd/system/fleet-zones.timer", mode: "0644", content: timer },
  ];
}

/** Settings of the puller on a machine that this program makes. */
export function knotSettings(source: string, secondaries: readonly string[]): PullerSettings {
  return {
    software: serverSoftware.knot,
    source,
    ...machineFolders,
    reconfigure: "knotc reload",
    secondaries,
  };
}

/** Settings for a machine that somebody else keeps; its own config names the zones' files. */
export function externalSettings(
  software: keyof typeof serverSoftware,
  source: string,
  secondaries: readonly string[],
): PullerSettings {
  const folder = software === "knot" ? "/var/lib/knot" : "/var/lib/bind";
  return {
    software: serverSoftware[software],
    source,
    zones: `${folder}/zones`,
    state: `${folder}/fleet`,
    secondaries,
  };
}

/**
 * User data of a machine: cloud-init's config, not encoded yet.
 *
 * It says where the zones are published and nothing of what is in them: an edit of user data is a new
 * machine (facts/clouds-linode… 3.2). Files come after the packages (`defer`), whose users own some
 * of them and whose own config files would be asked about otherwise.
 */
export function userData(source: string, secondaries: readonly string[]): string {
  const files: MachineFile[] = [
    { path: "/etc/knot/knot.conf", mode: "0644", content: knotConfig(secondaries) },
    ...pullerFiles(knotSettings(source, secondaries), "knot"),
    {
      path: "/etc/apt/apt.conf.d/20auto-upgrades",
      mode: "0644",
      content: 'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
    },
  ];
  const config = {
    package_update: true,
    package_upgrade: true,
    packages: [
      ...["knot", "knot-dnsutils", "knot-dnssecutils"],
      ...["curl", "ca-certificates", "unattended-upgrades"],
    ],
    disable_root: false,
    ssh_pwauth: false,
    write_files: files.map(({ path, mode, content }) => ({
      path,
      permissions: mode,
      owner: "root:root",
      defer: true,
      content,
    })),
    runcmd: [
      ["install", "-d", "-o", "knot", "-g", "knot", machineFolders.zones, machineFolders.state],
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "knot.service"],
      ["systemctl", "restart", "knot.service"],
      ["systemctl", "enable", "--now", "fleet-zones.timer"],
    ],
  };
  // JSON is YAML, and has one way to write a text.
  return `#cloud-config\n${JSON.stringify(config, undefined, 1)}\n`;
}

/** Script that installs the puller where the machine is somebody else's: read it, then run it as root. */
export function installScript(settings: PullerSettings, user: string): string {
  const { check, reload, query } = settings.software;
  const programs = ["curl", "flock", query, ...[check, reload].map((words) => words.split(" ")[0])];
  const write = ({ path, mode, content }: MachineFile): string =>
    `cat > ${path} <<'END OF FILE'\n${content}END OF FILE\nchmod ${mode} ${path}\n`;
  return [
    "#!/bin/sh",
    "# Installs Fleet's puller of DNS zones on an existing name server. Run it as root.",
    "set -eu",
    `for program in ${programs.join(" ")}; do`,
    '  command -v "$program" > /dev/null || { echo "$program is missing: nothing was installed" >&2; exit 1; }',
    "done",
    `install -d -o ${user} -g ${user} ${settings.zones} ${settings.state}`,
    ...pullerFiles(settings, user).map(write),
    "systemctl daemon-reload",
    "echo 'Look first at what a run says: systemctl start fleet-zones.service; journalctl -u fleet-zones.service'",
    "echo 'Then let it run every minute: systemctl enable --now fleet-zones.timer'",
    "",
  ].join("\n");
}
