/** What Checkov asks for and Fleet does not do, each with its reason. */
export const exceptions: readonly {
  /** Checkov's name of the check. */
  readonly check: string;
  /** Objects it is not followed for: `Kind.namespace.name`. */
  readonly objects: RegExp;
  readonly reason: string;
}[] = [
  {
    check: "CKV_K8S_11",
    objects: /./,
    reason: "no CPU limits: throttling hurts latency, and requests already share the node",
  },
  {
    check: "CKV_K8S_35",
    objects: /^(CronJob|Deployment|DaemonSet|Job|StatefulSet)\./,
    reason:
      "the programs and the stores' own clients read keys and passwords from variables only; the variable names a Secret's key, and no text of the pod holds its value",
  },
  {
    check: "CKV_K8S_43",
    objects: /./,
    reason:
      "make images writes the digests before the first live update; until then production's rule image-digests says the same (policy/exceptions/images.ts)",
  },
  {
    check: "CKV_K8S_14",
    objects: /^Deployment\.(skywire|skywire-network-monitor|geoip|utilities|whitelist)\./,
    reason: "production's tag is latest (facts/skywire.md 11); what runs is settled by digests",
  },
  {
    check: "CKV_K8S_14",
    objects: /^Deployment\.voting\.worker$/,
    reason: "the lecture's image has no other tag; the run warns of it",
  },
  {
    check: "CKV_K8S_40",
    objects:
      /\.(skywire\.(postgres|redis-[a-z-]+)|whitelist\.whitelist-postgres)(-(backup|restore))?$|\.voting\.(db|redis)$/,
    reason: "999 is the user of the official images: data on disks belongs to it",
  },
  {
    check: "CKV_K8S_40",
    objects: /^Deployment\.(metrics\.grafana|profiles\.profile-scraper|ingress\.nginx)$/,
    reason:
      "472, 473 and 101 are the users of the official images: what is on the disk and in the image belongs to them",
  },
  {
    check: "CKV_K8S_40",
    objects: /^(StatefulSet\.logs\.elasticsearch|Deployment\.logs\.kibana)$/,
    reason:
      "1000 is the user of Elastic's images: what is on the disk and in the image belongs to it",
  },
  {
    check: "CKV_K8S_40",
    objects: /^(DaemonSet\.node-keeper\.|Deployment\.skywire-network-monitor\.)/,
    reason: "interfaces of a node and a TUN device need root: each in a namespace of its own (4.3)",
  },
  {
    check: "CKV_K8S_23",
    objects: /^(DaemonSet\.node-keeper\.|Deployment\.skywire-network-monitor\.)/,
    reason: "the same two, for the same reason",
  },
  {
    check: "CKV_K8S_40",
    objects: /^DaemonSet\.log-shipper\./,
    reason: "the lines of all pods lie on the node and belong to root: a namespace of its own",
  },
  {
    check: "CKV_K8S_23",
    objects: /^DaemonSet\.log-shipper\./,
    reason: "the same, for the same reason",
  },
  {
    check: "CKV_K8S_25",
    objects:
      /^(DaemonSet\.node-keeper\.|Deployment\.(skywire-network-monitor\.|coturn\.|ingress\.nginx$))/,
    reason:
      "NET_ADMIN of the same two; the others bind ports below 1024 (NET_BIND_SERVICE), which Pod Security restricted allows",
  },
  {
    check: "CKV_K8S_19",
    objects: /^(DaemonSet\.node-keeper\.|Deployment\.coturn\.)/,
    reason:
      "STUN tells a caller its own address, and the node-keeper changes its node's: both need the node's network",
  },
  {
    check: "CKV_K8S_26",
    objects: /^Deployment\.(coturn\.coturn-\d|ingress\.(traefik|edge))$/,
    reason: "the addresses of nodes are what clients know: there is no balancer before them",
  },
  {
    check: "CKV_K8S_38",
    objects:
      /^(DaemonSet\.(node-keeper|log-shipper)\.|Deployment\.(ingress\.|metrics\.(prometheus|kube-state-metrics)$|profiles\.profile-scraper$))/,
    reason: "they ask the API server: it is what their roles are for",
  },
  {
    check: "CKV_K8S_8",
    objects: /^Deployment\.(utilities\.git-telegram-bot|voting\.worker)$/,
    reason: "they listen nowhere; why stands on their pods (fleet/no-probes)",
  },
  {
    check: "CKV_K8S_9",
    objects: /^Deployment\.(utilities\.git-telegram-bot|voting\.worker)$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_40",
    objects: /^Deployment\.spacemesh\.(miner|poet)-\d+$/,
    reason:
      "what they keep lies below /root, and their images name no user (facts/spacemesh.md 2.1, 2.4)",
  },
  {
    check: "CKV_K8S_23",
    objects: /^Deployment\.spacemesh\.(miner|poet)-\d+$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_8",
    objects: /^Deployment\.spacemesh\.(miner|poet)-\d+$/,
    reason: "a container is kept when its program ends, with log and data (facts/spacemesh.md 2.1)",
  },
  {
    check: "CKV_K8S_26",
    objects: /^Deployment\.spacemesh\.miner-\d+$/,
    reason: "bootnodes: the port that is told is the one that listens (facts/spacemesh.md 2.2)",
  },
  {
    check: "CKV_K8S_40",
    objects: /^(DaemonSet\.address-keeper\.|Deployment\.ws\.spacemesh-explorer-collector$)/,
    reason: "1001 and 999 are the users of kubeip's image and of the database's",
  },
  {
    check: "CKV_K8S_38",
    objects: /^DaemonSet\.address-keeper\./,
    reason: "they take the mark off their node: it is what their role is for",
  },
  {
    check: "CKV_K8S_8",
    objects: /^(DaemonSet\.address-keeper\.|Deployment\.ws\.spacemesh-explorer-collector$)/,
    reason: "they listen nowhere; why stands on their pods, and in policy/exceptions",
  },
  {
    check: "CKV_K8S_9",
    objects: /^DaemonSet\.address-keeper\./,
    reason: "the same",
  },
  {
    check: "CKV_K8S_16",
    objects: /^StatefulSet\.pushtech-images\.imageserver-nfs$/,
    reason: "it drives its node's kernel: the named exception, in a namespace of its own",
  },
  {
    check: "CKV_K8S_20",
    objects: /^StatefulSet\.pushtech-images\.imageserver-nfs$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_22",
    objects: /^StatefulSet\.pushtech-images\.imageserver-nfs$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_23",
    objects: /^StatefulSet\.pushtech-images\.imageserver-nfs$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_28",
    objects: /^StatefulSet\.pushtech-images\.imageserver-nfs$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_37",
    objects: /^StatefulSet\.pushtech-images\.imageserver-nfs$/,
    reason: "the same",
  },
  {
    check: "CKV_K8S_40",
    objects:
      /\.(pushtech-images\.imageserver-nfs|pushtech\.(storage-db|website-db|imgserver-db|notifserver-db-pg|notifserver-db-redis|offerserver-db|consumers-nodejs-db|consumers-ruby-db|kafka|zookeeper)(-(backup|restore|indexes|topics)(-auto)?)?|nginx-ingress\.nginx|cert-manager\.cert-manager-check-auto)$/,
    reason:
      "0 (the named exception), 101, 999 and 1000 are the users of the images: what is on disks and in them belongs to those",
  },
  {
    check: "CKV_K8S_25",
    objects: /^Deployment\.nginx-ingress\.nginx$/,
    reason: "its template listens on ports 80 and 443 of the pod: NET_BIND_SERVICE",
  },
  {
    check: "CKV_K8S_38",
    objects: /^(Deployment\.nginx-ingress\.nginx|Job\.cert-manager\.cert-manager-check-auto)$/,
    reason: "they ask the API server: it is what their roles are for",
  },
  {
    check: "CKV_K8S_8",
    objects:
      /^Deployment\.pushtech\.(tracker|consumers-nodejs-[a-z-]+|consumers-ruby-worker|offerserver-worker)$/,
    reason:
      "they, and the tracker's kafkastore, listen nowhere (policy/exceptions/pushtech.ts says more)",
  },
  {
    check: "CKV_K8S_9",
    objects: /^Deployment\.pushtech\.tracker$/,
    reason: "its kafkastore: a tracker takes events whether Kafka is there or not",
  },
  {
    check: "CKV_K8S_15",
    objects: /^(Deployment|Job)\.fxa\./,
    reason:
      "images by a version, which the config demands and nobody pushes anew; make images writes their digests before the first live update",
  },
  {
    check: "CKV_K8S_22",
    objects: /^Deployment\.fxa\.fxa-(content-server|graphql-api|event-broker)$/,
    reason:
      "they compile or translate into their own folder when they start (facts/fxa.md 2); a limit of ephemeral-storage bounds what they write",
  },
  {
    check: "CKV_K8S_40",
    objects: /^Deployment\.fxa\.(redis-master|mozilla-sync)$/,
    reason: "999 and 1001 are the users of the images: data on disks and programs belong to them",
  },
];
