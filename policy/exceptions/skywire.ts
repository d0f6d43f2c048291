/** Skywire's own programs. */
import type { Exception } from "./exception.ts";
import { skywire } from "./stacks.ts";

export const skywireExceptions: readonly Exception[] = [
  {
    rule: "probes",
    stacks: ["prod"],
    resources: ["Deployment git-telegram-bot"],
    reason:
      "it listens on no port, writes no file, and its image has no shell (facts/skywire.md 4.15)",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["DaemonSet node-keeper"],
    only: /hostNetwork|user 0|run as root|NET_ADMIN/,
    reason: "it puts addresses on its node's interfaces: that takes the node's network and root",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["Deployment coturn-*"],
    only: /hostNetwork|binds port 347[89] of the node/,
    reason:
      "STUN tells a caller its own address: nothing may translate it on the way, and the NAT test needs two of the node's addresses",
  },
  {
    rule: "pod-security",
    stacks: skywire,
    resources: ["Deployment network-monitor"],
    only: /volume tun|user 0|run as root|NET_ADMIN/,
    reason: "a VPN client: a TUN device needs root and NET_ADMIN (facts/skywire.md 4.3)",
  },
  {
    rule: "namespace-enforces",
    stacks: skywire,
    resources: ["Namespace skywire-network-monitor", "Namespace ingress"],
    only: /privileged/,
    reason:
      "the network-monitor's TUN device and the controllers' node ports, each in a namespace with nothing else in it",
  },
  {
    rule: "namespace-enforces",
    stacks: ["prod"],
    resources: ["Namespace coturn", "Namespace node-keeper"],
    only: /privileged/,
    reason: "both stand in their nodes' network, each in a namespace with nothing else in it",
  },
  {
    rule: "public-exposure",
    stacks: skywire,
    resources: [
      "Ingress address-resolver-ingress",
      "Ingress config-bootstrapper-ingress",
      "Ingress dmsg-discovery-ingress",
      "Ingress node-visualizer-ingress",
      "Ingress route-finder-ingress",
      "Ingress service-discovery-ingress",
      "Ingress transport-discovery-ingress",
      "Ingress uptime-tracker-ingress",
    ],
    reason:
      "Skywire's public services: visors of the whole world ask them, and what changes an entry is signed with the visor's own key",
  },
  {
    rule: "public-exposure",
    stacks: ["prod"],
    resources: [
      "Ingress geoip-ingress",
      "Ingress auth-ingress",
      "Ingress whitelist-ingress",
      "Ingress prometheus-ingress",
      "Ingress kibana-ingress",
    ],
    reason:
      "geoip answers where an address is and nothing else; auth, whitelist, Prometheus and Kibana have their users log in",
  },
  {
    rule: "public-exposure",
    stacks: skywire,
    resources: ["Service dmsg-server-*-service", "Service address-resolver-udp-service"],
    reason:
      "visors dial a node's own address; both ends prove who they are with their keys (the noise handshake, signed requests)",
  },
  {
    rule: "public-exposure",
    stacks: ["prod"],
    resources: ["Deployment coturn-*"],
    reason: "STUN tells whoever asks their own address; relaying (TURN) asks for a password",
  },
  {
    rule: "public-exposure",
    stacks: ["prod"],
    resources: ["DaemonSet node-keeper"],
    reason: "it listens nowhere: it only changes its node",
  },
  {
    rule: "public-exposure",
    stacks: ["prod"],
    resources: ["ObjectStorageObject zones/*"],
    only: /public-read$/,
    reason:
      "zones of the name server: what they hold is told to whoever asks it, and its machine fetches them without a login",
  },
  {
    rule: "outside-allowed",
    stacks: skywire,
    resources: ["Deployment config-bootstrapper"],
    only: /config\.json [\d.]+:3478/,
    reason: "it tells visors which STUN servers there are, and asks none itself",
  },
  {
    rule: "outside-allowed",
    stacks: skywire,
    resources: ["Deployment dmsg-server-*"],
    only: /config\.json /,
    reason: "its own public address, which it enters with the discovery",
  },
];
