/** Calls that policies let through and that stand in no object: what programs know by themselves. */

/** Calls with the reason why they are let through. */
interface Known {
  readonly stacks: readonly string[];
  /** The whole of a line of `unneededCalls`. */
  readonly calls: RegExp;
  readonly reason: string;
}

const skywire = ["test", "prod"];
const clients =
  "(address-resolver|dmsg-discovery|route-finder|service-discovery|setup-node|transport-discovery|uptime-tracker)";

/** All of them. One that no call needs any more fails the test. */
export const knownCalls: readonly Known[] = [
  {
    stacks: skywire,
    calls: new RegExp(`^skywire/${clients} -> skywire/dmsg-server-\\d TCP 8081$`),
    reason:
      "a client learns of the servers from the discovery, and dials their public address: a plug-in may see the call after the node has turned it to the pod (facts/skywire.md 2.6)",
  },
  {
    stacks: skywire,
    calls:
      /^skywire-network-monitor\/network-monitor -> skywire\/(dmsg-server-\d TCP 8081|address-resolver UDP 9093)$/,
    reason: "the lite visor it carries finds both as any visor does, over the network (4.3)",
  },
  {
    stacks: skywire,
    calls: /^private network -> skywire\/(dmsg-server-\d TCP 8081|address-resolver UDP 9093)$/,
    reason:
      "both are dialled by the public address of their node, by programs of this cluster as well, who come from nodes then: to Cilium a range holds neither, so that a policy narrows ports alone",
  },
  {
    stacks: skywire,
    calls:
      /^(skywire-network-monitor\/network-monitor|skywire\/config-bootstrapper) -> ingress\/(traefik|edge|nginx) TCP \d+$/,
    reason:
      "they ask the stack's own public names, which a cluster's network may short-cut to the controllers' pods (6.4)",
  },
  {
    stacks: ["prod"],
    calls: /^profiles\/profile-scraper -> metrics\/(alertmanager TCP 9093|push-gateway TCP 9091)$/,
    reason: "the list of profiled workloads says so: it finds their pods by name and port",
  },
  {
    stacks: ["test", "prod", "voting"],
    calls: /^private network -> ingress\/(traefik|edge) TCP 8\d+$/,
    reason: "a controller on its node's own ports answers whoever reaches the node",
  },
  {
    stacks: ["prod"],
    calls:
      /^skywire\/(service-discovery|service-discovery-keyless|uptime-tracker) -> geoip\/geoip TCP 8080$/,
    reason: "the IP service's URL is compiled in (4.1, 4.7); the pods' hosts file leads it here",
  },
  {
    stacks: skywire,
    calls: /^skywire\/redis-[a-z-]+ -> skywire\/redis-[a-z-]+-restore TCP 6380$/,
    reason: "a restore tells the store its own address: the store copies from it as its replica",
  },
  {
    stacks: ["voting"],
    calls: /^voting\/(vote|worker|result) -> voting\/(redis TCP 6379|db TCP 5432)$/,
    reason: "the lecture's programs know each other by names that are compiled in",
  },
  {
    stacks: ["spacemesh-mini"],
    calls: /^(internet|private network) -> spacemesh\/miner-\d+ TCP [67]000$/,
    reason:
      "ports of every node (fleet:miners.ports.public), on which nodes hand calls on to one another: their addresses are the cluster's affair, so that a policy narrows ports alone",
  },
  {
    stacks: ["spacemesh-mini"],
    calls:
      /^(spacemesh\/miner-\d+|ws\/spacemesh-(api|explorer-collector)) -> spacemesh\/miner-\d+ TCP (7513|500\d)$/,
    reason:
      "peers tell each other of others, and dial whom they like: in no config stand more than the first ones (facts/spacemesh.md 3.3)",
  },
  {
    stacks: ["spacemesh-mini"],
    calls: /^private network -> spacemesh\/miner-[1-7] TCP 500\d$/,
    reason:
      "bootnodes are dialled by the public address of their node, by members of this cluster as well, who come from nodes then: to Cilium a range holds neither, so that a policy narrows ports alone",
  },
  {
    stacks: ["spacemesh-mini"],
    calls: /^spacemesh\/poet-1 -> spacemesh\/miner-[5-7] TCP 6000$/,
    reason: "gateways are the first of a group that shares one policy: a thousand miners have two",
  },
  {
    stacks: ["spacemesh-mini"],
    calls: /^private network -> ingress\/nginx TCP (80|443)$/,
    reason:
      "a controller behind a balancer that hands packets on as they came answers whoever reaches its node",
  },
  {
    stacks: ["pushtech-staging"],
    calls: /^(internet|private network) -> pushtech-images\/imageserver-nfs TCP (2049|20048)$/,
    reason:
      "kubelets mount the uploaded images: their addresses are the cluster's affair, so that only the ports are narrowed",
  },
  {
    stacks: ["pushtech-staging", "fxa-production"],
    calls: /^(internet|private network) -> cert-manager\/cert-manager-webhook TCP 10250$/,
    reason:
      "the API server asks the webhook of every certificate, from an address that is the cluster's affair",
  },
  {
    stacks: ["pushtech-staging"],
    calls:
      /^(cert-manager\/cert-manager|pushtech\/notificationserver) -> nginx-ingress\/nginx TCP (80|443)$/,
    reason:
      "both ask the stack's own public names, which a cluster's network may short-cut to the controller's pods",
  },
  {
    stacks: ["pushtech-staging"],
    calls: /^pushtech\/kafka-topics-auto -> pushtech\/kafka TCP 9092$/,
    reason: "the tool learns from ZooKeeper where the brokers are",
  },
  {
    stacks: ["fxa-production"],
    calls:
      /^(cert-manager\/cert-manager|fxa\/browserid-verifier) -> nginx-ingress\/nginx TCP (80|443)$/,
    reason:
      "they ask the stack's own public names (whether a host is proven, who issued an assertion), which a cluster's network may short-cut to the controller's pods",
  },
  {
    stacks: ["prod", "spacemesh-mini", "pushtech-staging", "fxa-production"],
    calls:
      /^(metrics|profiles|ingress|log-shipper|address-keeper|cert-manager)\/\S+ -> (nginx-)?ingress\/nginx TCP 443$/,
    reason:
      "who asks the API server may dial its port anywhere, as it may answer on a node; the controller's is everybody's",
  },
  {
    stacks: ["fxa-production"],
    calls: /^metrics\/prometheus -> cert-manager\/cert-manager-webhook TCP 10250$/,
    reason: "it reads the kubelets on their port, which is the webhook's, too",
  },
];
