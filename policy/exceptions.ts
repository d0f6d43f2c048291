/**
 * What a rule objects to and is right all the same, each with its reason.
 *
 * An exception names the stacks and the resources it is for. One that allows nothing any more fails
 * the test (test/policy/stacks.test.ts): it would hide the next fault of that name.
 */

/** An exception. */
export interface Exception {
  /** Name of the rule. */
  readonly rule: string;
  readonly stacks: readonly string[];
  /** Resources, each as kind and logical name, e.g. `Deployment coturn-1`; `*` stands for any text. */
  readonly resources: readonly string[];
  /** The findings it is for, where a resource may have others as well. */
  readonly only?: RegExp;
  /**
   * Word of the stack file that makes the resources, where the committed file has it off: whoever says it is not
   * refused for it. Tests that switch it on show that the exception is needed (test/fxa/variants.test.ts).
   */
  readonly option?: string;
  readonly reason: string;
}

/** Stacks of Skywire. */
const skywire = ["test", "prod"];

/** Spacemesh networks. */
const networks = ["spacemesh-mini", "spacemesh-devnet", "spacemesh-testnet"];

/** PushTech's. */
const pushtech = ["pushtech-staging", "pushtech-production"];

/** All exceptions. */
export const exceptions: readonly Exception[] = [
  {
    rule: "image-digests",
    stacks: ["fxa-production"],
    resources: ["Deployment *", "Job *"],
    reason:
      "nobody here can ask the registries: make images STACK=<stack> TARGET=live writes every digest before the first live update, and this exception goes with that commit",
  },
  {
    rule: "public-exposure",
    stacks: ["fxa-production"],
    resources: ["Ingress host-*-ingress"],
    reason: "browsers call them: each server has its users log in, or shows what is for everybody",
  },
  {
    rule: "calls-allowed",
    stacks: ["fxa-production"],
    resources: ["Job fxa-auth-db-mysql-patch"],
    only: /variable server /,
    reason: "the launcher's word for a role, which is called like a Service: nobody is dialled",
  },
  {
    rule: "outside-allowed",
    stacks: ["fxa-production"],
    resources: ["Deployment fxa-content-server", "Deployment fxa-graphql-api"],
    only: /accounts\.example\.org|subscriptions\.example\.org|token\.example\.org/,
    reason: "addresses that the server tells browsers and does not dial itself",
  },
  {
    rule: "outside-allowed",
    stacks: ["fxa-production"],
    resources: ["Deployment fortress"],
    option: "demos",
    reason: "addresses that it tells browsers: fortress shows pages, and dials nobody",
  },
  {
    rule: "outside-allowed",
    stacks: ["fxa-production"],
    resources: ["Deployment fxa-profile-server*"],
    only: /variable (PUBLIC_URL|IMG_URL) /,
    option: "servers.profile-server.settings.images",
    reason:
      "their own public addresses, which they tell browsers: with pictures in the cluster they dial nobody outside it",
  },
  {
    rule: "probes",
    stacks: ["fxa-production"],
    resources: ["Deployment fxa-mail-queues"],
    option: "mail.queues",
    reason: "it listens on no port: what it does is seen in its queues alone",
  },
  {
    rule: "probes",
    stacks: ["fxa-production"],
    resources: ["Deployment fxa-debug"],
    option: "debug",
    reason: "its launcher sleeps: nothing listens until somebody starts it by hand",
  },
  {
    rule: "bounded-scratch",
    stacks: ["fxa-production"],
    resources: ["Deployment fxa-debug"],
    option: "debug",
    reason: "whoever looks round in it starts programs that write where they are",
  },
  {
    rule: "image-digests",
    stacks: ["fxa-production"],
    resources: ["StatefulSet mysql", "CronJob mysql-*"],
    option: "mysql",
    reason:
      "a trial's database: make images STACK=<stack> TARGET=live writes its digest before the first live update",
  },
  {
    rule: "image-names",
    stacks: ["prod"],
    resources: [
      "Deployment address-resolver",
      "Deployment auth",
      "Deployment config-bootstrapper",
      "Deployment dmsg-discovery",
      "Deployment dmsg-discovery-keyless",
      "Deployment dmsg-server-*",
      "Deployment geoip",
      "Deployment git-telegram-bot",
      "Deployment network-monitor",
      "Deployment node-visualizer",
      "Deployment route-finder",
      "Deployment service-discovery",
      "Deployment service-discovery-keyless",
      "Deployment setup-node",
      "Deployment transport-discovery",
      "Deployment uptime-tracker",
      "Deployment whitelist",
    ],
    only: /the latest$/,
    reason:
      "production's tag is latest (facts/skywire.md 11); make images writes the digest it has, and by that it runs",
  },
  {
    rule: "image-names",
    stacks: ["voting"],
    resources: ["Deployment worker"],
    only: /the latest$/,
    reason: "the lecture's image has no other tag; the run warns of it",
  },
  {
    rule: "image-digests",
    stacks: ["prod", "pushtech-production"],
    resources: ["Deployment *", "StatefulSet *", "DaemonSet *", "CronJob *", "Job *"],
    reason:
      "nobody here can ask the registries: make images STACK=<stack> TARGET=live writes every digest before the first live update, and this exception goes with that commit",
  },
  {
    rule: "probes",
    stacks: ["prod"],
    resources: ["Deployment git-telegram-bot"],
    reason:
      "it listens on no port, writes no file, and its image has no shell (facts/skywire.md 4.15)",
  },
  {
    rule: "probes",
    stacks: ["voting"],
    resources: ["Deployment worker"],
    reason: "a worker that listens nowhere; why stands on it as well (fleet/no-probes)",
  },
  {
    rule: "pod-security",
    stacks: ["test", "voting"],
    resources: ["Deployment traefik"],
    only: /binds port (80|443) of the node/,
    reason: "the cluster has no load balancer: the controller answers on its node's own ports",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["Deployment edge"],
    only: /binds port (80|443) of the node/,
    reason:
      "the address-resolver's name leads to one node for UDP and HTTP alike (facts/skywire.md 4.2)",
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
    resources: ["DaemonSet node-exporter"],
    only: /volume (root|proc|sys) is/,
    reason: "it reads how the node does, and writes nothing: all three are mounted to be read",
  },
  {
    rule: "pod-security",
    stacks: ["prod"],
    resources: ["DaemonSet filebeat"],
    only: /volume (container-logs|pod-logs|data) is|user 0|run as root/,
    reason:
      "the lines of all pods lie on the node and belong to root; how far each was read is kept beside",
  },
  {
    rule: "pod-security",
    stacks: ["voting", "pushtech-production"],
    resources: ["DaemonSet log-shipper"],
    only: /volume (container-logs|pod-logs|data) is|user 0|run as root/,
    reason:
      "the lines of all pods lie on the node and belong to root; how far each was read is kept beside",
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
    stacks: ["voting"],
    resources: ["Namespace ingress"],
    only: /privileged/,
    reason: "the controller's node ports, in a namespace with nothing else in it",
  },
  {
    rule: "namespace-enforces",
    stacks: ["prod"],
    resources: ["Namespace coturn", "Namespace node-keeper"],
    only: /privileged/,
    reason: "both stand in their nodes' network, each in a namespace with nothing else in it",
  },
  {
    rule: "namespace-enforces",
    stacks: ["prod"],
    resources: ["Namespace metrics"],
    only: /privileged/,
    reason:
      "the node exporter mounts folders of its node; every other pod there is held to restricted by pod-security",
  },
  {
    rule: "namespace-enforces",
    stacks: ["prod", "voting", "pushtech-production"],
    resources: ["Namespace log-shipper"],
    only: /privileged/,
    reason: "logs are folders of the node; nothing else stands in that namespace",
  },
  {
    rule: "rbac-cluster-power",
    stacks: ["test", "voting"],
    resources: ["ClusterRole traefik-cluster-role"],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
  },
  {
    rule: "rbac-cluster-power",
    stacks: ["prod"],
    resources: [
      "ClusterRole edge-cluster-role",
      "ClusterRole traefik-cluster-role",
      "ClusterRole nginx-cluster-role",
    ],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
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
    stacks: [...skywire, "pushtech-production", "fxa-production"],
    resources: ["Ingress grafana-ingress"],
    reason: "Grafana has its users log in",
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
    stacks: ["test", "voting"],
    resources: ["Deployment traefik"],
    reason: "the ingress controller: what it lets in is what the Ingresses name",
  },
  {
    rule: "public-exposure",
    stacks: ["prod"],
    resources: ["Service traefik-balancer", "Service nginx-balancer", "Deployment edge"],
    reason: "the ingress controllers: what they let in is what the Ingresses name",
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
    rule: "public-exposure",
    stacks: ["voting"],
    resources: ["Ingress vote-ingress", "Ingress result-ingress"],
    reason: "the lecture's vote is anybody's",
  },
  {
    rule: "ingress-tls",
    stacks: ["voting"],
    resources: ["Ingress vote-ingress", "Ingress result-ingress"],
    reason: "the lecture ends before certificates; its file says tls: none",
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
  {
    rule: "outside-allowed",
    stacks: [...skywire, "pushtech-production", "fxa-production"],
    resources: ["Deployment grafana"],
    only: /GF_SERVER_ROOT_URL/,
    reason: "its own public address, which it writes into links",
  },
  {
    rule: "outside-allowed",
    stacks: ["prod"],
    resources: ["Deployment kibana"],
    only: /kibana\.yml https:\/\/kibana\.skycoin\.com/,
    reason: "its own public address, which it writes into links",
  },
  {
    rule: "namespace-enforces",
    stacks: networks,
    resources: ["Namespace spacemesh"],
    only: /privileged/,
    reason:
      "bootnodes take a port of their node, so that the address they tell is the one that answers; every pod there is held to restricted by pod-security but for what is named",
  },
  {
    rule: "namespace-enforces",
    stacks: networks,
    resources: ["Namespace log-shipper"],
    only: /privileged/,
    reason: "logs are folders of the node; nothing else stands in that namespace",
  },
  {
    rule: "namespace-enforces",
    stacks: ["spacemesh-devnet", "spacemesh-testnet"],
    resources: ["Namespace metrics"],
    only: /privileged/,
    reason:
      "the node exporter mounts folders of its node; every other pod there is held to restricted by pod-security",
  },
  {
    rule: "pod-security",
    stacks: networks,
    resources: ["DaemonSet filebeat"],
    reason:
      "the lines of all pods lie on the node and belong to root; how far each was read is kept beside",
  },
  {
    rule: "pod-security",
    stacks: ["spacemesh-devnet", "spacemesh-testnet"],
    resources: ["DaemonSet node-exporter"],
    only: /volume (root|proc|sys) is/,
    reason: "it reads how the node does, and writes nothing: all three are mounted to be read",
  },
  {
    rule: "pod-security",
    stacks: networks,
    resources: ["Deployment miner-*", "Deployment poet-*"],
    only: /user 0|may run as root/,
    reason:
      "nodes and PoETs keep their data below /root, and their images name no user (facts/spacemesh.md 2.1, 2.4); every capability is dropped",
  },
  {
    rule: "pod-security",
    stacks: networks,
    resources: ["Deployment miner-*"],
    only: /binds port \d+ of the node/,
    reason:
      "bootstrap node and bootnodes: peers find each other only where the port that is told is the one that listens (facts/spacemesh.md 2.2)",
  },
  {
    rule: "probes",
    stacks: networks,
    resources: ["Deployment miner-*", "Deployment poet-*"],
    only: /no liveness probe/,
    reason:
      "a container is kept when its program ends, with log and data: nothing may restart it (facts/spacemesh.md 2.1)",
  },
  {
    rule: "probes",
    stacks: networks,
    resources: ["DaemonSet address-keeper-*"],
    reason:
      "kubeip answers nobody; what waits for its work waits for the node's mark to go (fleet/no-probes)",
  },
  {
    rule: "rbac-cluster-power",
    stacks: networks,
    resources: ["ClusterRole address-keeper-cluster-role"],
    only: /changes nodes/,
    reason: "it takes the mark off a slot's node once the slot's address is there",
  },
  {
    rule: "rbac-cluster-power",
    stacks: networks,
    resources: ["ClusterRole nginx-cluster-role"],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
  },
  {
    rule: "evictions-possible",
    stacks: networks,
    resources: ["PodDisruptionBudget network"],
    reason:
      "the network's one budget: a miner that is moved loses its proof of space in time, and its kept container its log (facts/spacemesh.md 2.3)",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Deployment miner-*"],
    only: /binds TCP \d+ of its node/,
    reason:
      "bootstrap node and bootnodes are how anybody joins; both ends prove who they are with their keys",
  },
  {
    rule: "public-exposure",
    stacks: ["spacemesh-mini", "spacemesh-testnet"],
    resources: ["Service miner-*-service"],
    only: /NodePort/,
    reason:
      "the members' APIs on ports of the nodes, as the original had them, without debug and smesher: fleet:miners.publicApis",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Service poet-1-public-service"],
    only: /LoadBalancer/,
    reason:
      "home smeshers have their work proved by the first PoET, which the published config names",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Service nginx-balancer"],
    reason: "the ingress controller: what it lets in is what the Ingresses name",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: ["Ingress kibana-ingress"],
    reason: "Kibana has its users log in",
  },
  {
    rule: "public-exposure",
    stacks: ["spacemesh-devnet", "spacemesh-testnet"],
    resources: ["Ingress grafana-ingress", "Ingress prometheus-ingress"],
    reason: "Grafana and Prometheus have their users log in",
  },
  {
    rule: "public-exposure",
    stacks: networks,
    resources: [
      "Ingress api-ingress",
      "Ingress api-json-ingress",
      "Ingress dash-api-ingress",
      "Ingress explorer-api-ingress",
    ],
    reason:
      "what the network has agreed on is everybody's to read; which APIs of the node are served is fleet:webServices.publicApi.apis",
  },
  {
    rule: "image-names",
    stacks: ["spacemesh-devnet"],
    resources: ["Deployment spacemesh-watch"],
    only: /the latest$/,
    reason:
      "the program's image has no other tag that is known (facts/spacemesh.md 1.2); make images writes the digest it has, and by that it runs",
  },
  {
    rule: "probes",
    stacks: ["spacemesh-devnet"],
    resources: ["Deployment spacemesh-watch"],
    reason:
      "it listens nowhere and writes no file: it only asks, and tells Slack (fleet/no-probes)",
  },
  {
    rule: "probes",
    stacks: networks,
    resources: ["Deployment spacemesh-explorer-collector"],
    only: /container collector has no liveness probe/,
    reason:
      "it listens nowhere and its image has nothing to ask it by; it ends by itself when its node or its database goes, and is started anew (facts/spacemesh.md 2.11)",
  },
  {
    rule: "budgets-feasible",
    stacks: networks,
    resources: ["PodDisruptionBudget network"],
    reason:
      "no miner is ever evicted, by intent (facts/spacemesh.md 2.3): to drain a node, its miners are stopped first",
  },
  {
    rule: "outside-allowed",
    stacks: networks,
    resources: ["Deployment kibana"],
    only: /kibana\.yml https:\/\/kibana-\w+\.spacemesh\.io/,
    reason: "its own public address, which it writes into links",
  },
  {
    rule: "outside-allowed",
    stacks: ["spacemesh-devnet", "spacemesh-testnet"],
    resources: ["Deployment grafana"],
    only: /GF_SERVER_ROOT_URL/,
    reason: "its own public address, which it writes into links",
  },
  {
    rule: "namespace-enforces",
    stacks: pushtech,
    resources: ["Namespace pushtech-images"],
    only: /privileged/,
    reason:
      "the NFS server drives the kernel's of its node, which only a privileged pod may; nothing else stands in that namespace",
  },
  {
    rule: "pod-security",
    stacks: pushtech,
    resources: ["StatefulSet imageserver-nfs"],
    reason:
      "it drives the NFS server of its node's kernel (facts/pushtech.md 3.1): privileged, and the only such pod",
  },
  {
    rule: "rbac-cluster-power",
    stacks: pushtech,
    resources: ["ClusterRole nginx-cluster-role"],
    only: /reads the Secrets/,
    reason: "an ingress controller reads the certificates of the Ingresses of every namespace",
  },
  {
    rule: "public-exposure",
    stacks: pushtech,
    resources: ["Service nginx-balancer"],
    reason: "the ingress controller: what it lets in is what the Ingresses name",
  },
  {
    rule: "bounded-scratch",
    stacks: pushtech,
    resources: ["StatefulSet imageserver-nfs"],
    reason: "it writes its list of exports where every NFS server of its image does",
  },
  {
    rule: "rbac-cluster-power",
    stacks: pushtech,
    resources: ["ClusterRole cert-manager:cert-manager-*"],
    reason:
      "cert-manager's own chart: it keeps certificates as Secrets of every namespace, and runs helpers there that prove hosts",
  },
  {
    rule: "probes",
    stacks: pushtech,
    resources: [
      "Deployment cert-manager:cert-manager/cert-manager",
      "Deployment cert-manager:cert-manager/cert-manager-cainjector",
    ],
    reason: "cert-manager's own chart, which has none for what nobody calls",
  },
  {
    rule: "one-budget-each",
    stacks: pushtech,
    resources: ["Deployment cert-manager:cert-manager/cert-manager*"],
    reason: "cert-manager's own chart: each is one pod, and nothing waits for it but renewals",
  },
  {
    rule: "probes",
    stacks: pushtech,
    resources: [
      "Deployment consumers-nodejs-*",
      "Deployment consumers-ruby-worker",
      "Deployment offerserver-worker",
    ],
    only: /no liveness probe/,
    reason:
      "they listen nowhere and end by themselves without a connection; the first one is the startup probe's (facts/pushtech.md 3.2)",
  },
  {
    rule: "probes",
    stacks: pushtech,
    resources: ["Deployment tracker"],
    only: /container kafkastore has no (liveness|readiness) probe/,
    reason:
      "it listens nowhere; a tracker takes events whether Kafka is there or not, and what a kafkastore has taken is lost when it is restarted",
  },
  {
    rule: "public-exposure",
    stacks: pushtech,
    resources: [
      "Ingress tracker-ingress",
      "Ingress storage-ingress",
      "Ingress notificationserver-ingress",
      "Ingress imageserver-ingress",
      "Ingress website-ingress",
      "Ingress website-www*-ingress",
      "Ingress website-tld-ingress",
    ],
    reason:
      "PushTech's public hosts: anybody sends events and sees pages and images; data is asked for with a login (facts/pushtech.md 3.1, 7)",
  },
  {
    rule: "public-exposure",
    stacks: ["pushtech-staging"],
    resources: [
      "Ingress kafidx-ingress",
      "Ingress offerserver-ingress",
      "Ingress consumers-ruby-ingress",
    ],
    reason: "for administrators: the controller lets in whom fleet:adminHosts names",
  },
  {
    rule: "outside-allowed",
    stacks: pushtech,
    resources: ["Deployment storage"],
    only: /IMAGE_HOST/,
    reason: "the public address of images, which it writes into answers and never dials",
  },
];
