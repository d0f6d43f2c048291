/** What kube-score asks for and Fleet does not do, each with its reason. */
export const exceptions: readonly {
  /** kube-score's name of the check. */
  readonly check: string;
  /** Objects it is not followed for: `Kind/apiVersion/namespace/name container`. */
  readonly objects: RegExp;
  readonly reason: string;
}[] = [
  {
    check: "container-resources",
    objects: /./,
    reason: "no CPU limits: throttling hurts latency, and requests already share the node",
  },
  {
    check: "container-ephemeral-storage-request-and-limit",
    objects: /./,
    reason:
      "roots are read-only, or have this limit, and every scratch folder has a size (test/stacks.test.ts), so that logs alone grow, and those the kubelet rotates",
  },
  {
    check: "container-image-pull-policy",
    objects: /^Deployment\/apps\/v1\/skywire(-network-monitor)?\//,
    reason: "test runs by the digests that the registry gives its tags: a digest cannot move",
  },
  {
    check: "pod-probes-identical",
    objects: /./,
    reason:
      "the programs have one path that tells their health; liveness is more patient than readiness (test/stacks.test.ts)",
  },
  {
    check: "container-image-tag",
    objects: /^Deployment\/apps\/v1\/(skywire|geoip|utilities|whitelist)/,
    reason:
      "production's tag is latest (facts/skywire.md 11); what runs is settled by digests in the stack file",
  },
  {
    check: "deployment-replicas",
    objects:
      /\/skywire\/(dmsg-server-\d|dmsg-discovery|service-discovery(-keyless)?|setup-node|address-resolver|uptime-tracker|transport-discovery|route-finder)$/,
    reason:
      "one key, one process (facts/skywire.md 2.5), and the published number of replicas (1.3)",
  },
  {
    check: "deployment-replicas",
    objects: /\/skywire\/(node-visualizer|config-bootstrapper)$/,
    reason: "the published number of replicas (facts/skywire.md 1.3): nothing waits for them",
  },
  {
    check: "deployment-replicas",
    objects: /\/voting\/(redis|result)$/,
    reason: "the lecture's numbers; redis keeps its queue in one process",
  },
  {
    check: "container-image-tag",
    objects: /\/voting\/worker /,
    reason: "the lecture's image has no other tag; the run warns of it",
  },
  {
    check: "pod-probes",
    objects: /\/voting\/worker$/,
    reason: "a worker that listens nowhere; why stands on its pods (fleet/no-probes)",
  },
  {
    check: "deployment-strategy",
    objects: /^Deployment\/apps\/v1\/skywire\//,
    reason:
      "Recreate: a second process with one key knocks the first off the network (facts/skywire.md 2.5)",
  },
  {
    check: "deployment-replicas",
    objects: /\/(geoip\/geoip|whitelist\/(auth|whitelist)|metrics\/(prometheus|grafana))$/,
    reason:
      "one of each: downloads that are counted, mails by a clock of its own, one writer to a disk (4.14, 4.16, 4.19)",
  },
  {
    check: "deployment-strategy",
    objects: /\/(geoip\/geoip|whitelist\/(auth|whitelist)|metrics\/(prometheus|grafana))$/,
    reason: "Recreate, for the same reasons",
  },
  {
    check: "deployment-replicas",
    objects: /\/(metrics\/(alertmanager|push-gateway|statsd)|profiles\/pyroscope)$/,
    reason: "one of each: one writer to a disk, and one that counts what it is sent",
  },
  {
    check: "deployment-strategy",
    objects: /\/(metrics\/(alertmanager|push-gateway|statsd)|profiles\/pyroscope)$/,
    reason: "Recreate, for the same reasons",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/(metrics\/grafana|profiles\/profile-scraper) /,
    reason: "472 and 473 are the users of the official images: what is in them belongs to those",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/log-shipper\/(filebeat|log-shipper) /,
    reason:
      "the lines of all pods lie on the node and belong to root: the named exception, in a namespace of its own",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/logs\/(elasticsearch|kibana) /,
    reason:
      "1000 and the group of root are the user of Elastic's images: what is on the disk and in the image belongs to them",
  },
  {
    check: "deployment-replicas",
    objects: /\/logs\/kibana$/,
    reason: "nothing waits for a page; two versions must not move the same objects at once",
  },
  {
    check: "deployment-strategy",
    objects: /\/logs\/kibana$/,
    reason: "Recreate, for the same reason",
  },
  {
    check: "service-type",
    objects: /^Service\/v1\/skywire\/(dmsg-server-\d|address-resolver-udp)$/,
    reason: "clients dial a node's own address: no balancer, the client's address kept (4.2, 4.10)",
  },
  {
    check: "networkpolicy-targets-pod",
    objects: /\/(skywire|geoip|whitelist|metrics|logs|voting|ws|fxa)\/acme-solvers$/,
    reason: "its pods are cert-manager's, there only while a certificate is made",
  },
  {
    check: "deployment-has-host-podantiaffinity",
    objects: /\/(skywire\/dmsg-discovery-keyless|ingress\/(traefik|nginx)|voting\/(vote|worker))$/,
    reason:
      "spread over hosts by topologySpreadConstraints, which kube-score does not read as such",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/ingress\/nginx /,
    reason: "101 is the user of F5's image: its configuration and programs belong to it",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/node-keeper\/node-keeper /,
    reason: "an interface's addresses need root: the named exception, in a namespace of its own",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/skywire-network-monitor\/(network|vpn)-monitor /,
    reason: "a TUN device needs root: the named exception, in a namespace of its own (4.3)",
  },
  {
    check: "container-security-context-user-group-id",
    objects:
      /\/((skywire\/(postgres|redis-[a-z-]+)|whitelist\/whitelist-postgres)(-(backup|restore))?|voting\/(db|redis)) /,
    reason: "999 is the user of the official images: data on disks belongs to it",
  },
  {
    check: "statefulset-has-servicename",
    objects:
      /\/(skywire\/(postgres|redis-[a-z-]+)|whitelist\/whitelist-postgres|voting\/(db|registry))$/,
    reason: "one member each: nobody dials a pod by its own name, and the Service outlives the pod",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/spacemesh\/(miner|poet)-\d+ /,
    reason:
      "what they keep lies below /root, and their images name no user (facts/spacemesh.md 2.1, 2.4): the named exception",
  },
  {
    check: "deployment-strategy",
    objects: /\/spacemesh\/(miner|poet)-\d+$/,
    reason: "Recreate: one identity and one disk, one process",
  },
  {
    check: "deployment-replicas",
    objects: /\/spacemesh\/(miner|poet)-\d+$/,
    reason: "each is one member with an identity of its own; the network has the others",
  },
  {
    check: "service-type",
    objects: /^Service\/v1\/spacemesh\/miner-\d+$/,
    reason:
      "the members' APIs on ports of the nodes, as the original had them (facts/spacemesh.md 2.1)",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/address-keeper\/address-keeper-\d+ /,
    reason: "1001 is the user of kubeip's image, which names it by its number",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/ws\/spacemesh-explorer-collector /,
    reason:
      "999 is the user of the official image of the database beside it, whose files it shares",
  },
  {
    check: "deployment-has-host-podantiaffinity",
    objects: /\/ws\/spacemesh-(api|dash|explorer-api|explorer-collector)$/,
    reason:
      "spread over hosts by topologySpreadConstraints, which kube-score does not read as such",
  },
  {
    check: "container-security-context-user-group-id",
    objects:
      /\/pushtech\/(storage-db|website-db|imgserver-db|notifserver-db-pg|notifserver-db-redis|offerserver-db|consumers-nodejs-db|consumers-ruby-db|kafka|zookeeper)(-(backup|restore|indexes|topics)(-auto)?)? /,
    reason:
      "999 and 1000 are the users of the stores' images: what is on their disks belongs to them",
  },
  {
    check: "statefulset-has-servicename",
    objects:
      /\/(pushtech\/(storage-db|website-db|imgserver-db|notifserver-db-pg|notifserver-db-redis|offerserver-db|consumers-nodejs-db|consumers-ruby-db|zookeeper)|pushtech-images\/imageserver-nfs)$/,
    reason: "one pod each, dialled by the Service of a name of its own: no pod needs one",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/(nginx-ingress\/nginx|cert-manager\/cert-manager-check-auto) /,
    reason: "101 and 1000 are the users of the images of F5 and of cert-manager",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/pushtech-images\/imageserver-nfs /,
    reason: "it drives its node's kernel: the named exception, in a namespace of its own",
  },
  {
    check: "container-security-context-privileged",
    objects: /\/pushtech-images\/imageserver-nfs /,
    reason: "it drives its node's kernel: the named exception, in a namespace of its own",
  },
  {
    check: "container-security-context-readonlyrootfilesystem",
    objects: /\/pushtech-images\/imageserver-nfs /,
    reason: "it writes its list of exports where every NFS server of its image does",
  },
  {
    check: "deployment-has-host-podantiaffinity",
    objects: /\/(nginx-ingress\/nginx|pushtech\/(storage|website|tracker|imageserver|kafidx))$/,
    reason:
      "spread over hosts by topologySpreadConstraints, which kube-score does not read as such",
  },
  {
    check: "statefulset-has-host-podantiaffinity",
    objects: /\/pushtech\/kafka$/,
    reason:
      "spread over hosts by topologySpreadConstraints, which kube-score does not read as such",
  },
  {
    check: "deployment-replicas",
    objects:
      /\/pushtech\/(consumers-ruby|imageserver|kafidx|notificationserver|offerserver|tracker|website)$/,
    reason: "the original's numbers, and one of each in staging (facts/pushtech.md 3.1)",
  },
  {
    check: "deployment-strategy",
    objects: /\/pushtech\/(consumers-ruby|imageserver|tracker|website)$/,
    reason:
      "Recreate: two of different versions, or two consumers, would do harm (facts/pushtech.md 3.1)",
  },
  {
    check: "networkpolicy-targets-pod",
    objects: /\/(pushtech\/acme-solvers|cert-manager\/(cert-manager|webhook|cainjector))$/,
    reason: "cert-manager's pods are of its chart, and its helpers there only for a while",
  },
  {
    check: "container-image-pull-policy",
    objects: /^(Deployment\/apps|Job\/batch)\/v1\/fxa\//,
    reason:
      "images by a version, which the config demands and nobody pushes anew; make images writes their digests before the first live update",
  },
  {
    check: "deployment-has-host-podantiaffinity",
    objects: /\/fxa\/(fxa-[a-z-]+|browserid-verifier)$/,
    reason:
      "spread over hosts by topologySpreadConstraints, which kube-score does not read as such",
  },
  {
    check: "deployment-replicas",
    objects: /\/fxa\/(redis-master|memcached|fxa-event-broker|mozilla-sync)$/,
    reason:
      "one of each: one writer to a disk, one space of keys, one that works off a queue, and one that nobody has seen two of (facts/fxa.md 9)",
  },
  {
    check: "deployment-strategy",
    objects: /\/fxa\/(redis-master|fxa-event-broker|mozilla-sync)$/,
    reason: "Recreate, for the same reasons",
  },
  {
    check: "container-security-context-user-group-id",
    objects: /\/fxa\/(redis-master|mozilla-sync) /,
    reason: "999 and 1001 are the users of the images: data on disks and programs belong to them",
  },
  {
    check: "container-security-context-readonlyrootfilesystem",
    objects: /\/fxa\/fxa-(content-server|graphql-api|event-broker) /,
    reason:
      "they compile or translate into their own folder when they start (facts/fxa.md 2); a limit of ephemeral-storage bounds what they write",
  },
];
