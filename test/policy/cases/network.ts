/** What each rule of the network lets pass, and what it objects to: policy/rules/network.ts. */
import { deployment, object, resource, withContainer } from "../resources.ts";
import type { Cases } from "./case.ts";
import { bucket, firewall, googleRule, ingress, policy, right, service } from "./things.ts";

/** Cases by the rule's name. */
export const networkCases: Readonly<Record<string, Cases>> = {
  "every-pod-policed": {
    pass: {
      "both directions": [deployment(), policy(["Ingress", "Egress"])],
      "the node's network, where no policy holds": [deployment({ hostNetwork: true })],
    },
    fail: {
      "no policy": [[deployment()], "has no policy for its Ingress"],
      "one direction only": [[deployment(), policy(["Ingress"])], "has no policy for its Egress"],
      "a policy of another namespace": [
        [deployment({}, { metadata: { namespace: "other" } }), policy(["Ingress", "Egress"])],
        "has no policy for its Ingress",
      ],
    },
  },
  "public-exposure": {
    pass: {
      "a Service inside": [service({})],
      "a Service without ports, as the provider writes an empty list": [
        service({ ports: undefined }),
      ],
      "a private bucket": [bucket("private")],
      "a port of the pods alone": [
        withContainer({ ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 0 }] }),
        object("traefik.io/v1alpha1", "Middleware", "web"),
        object("networking.istio.io/v1", "Gateway", "web"),
      ],
      "a right of an account at Google, and a list of rights that is not open": [
        right({ member: "serviceAccount:web@shop.iam.gserviceaccount.com" }),
        resource("gcp:storage/bucketACL:BucketACL", "all", { predefinedAcl: "projectPrivate" }),
      ],
    },
    fail: {
      "an Ingress": [[ingress(["shop.example"])], "answers shop.example to whoever asks"],
      "a port of every node": [[service({ type: "NodePort" })], "is a NodePort"],
      "a balancer": [[service({ type: "LoadBalancer" })], "is a LoadBalancer"],
      "a port of its node": [
        [withContainer({ ports: [{ name: "http", containerPort: 80, hostPort: 80 }] })],
        "binds TCP 80 of its node",
      ],
      ...Object.fromEntries(
        [
          ["gateway.networking.k8s.io/v1", "Gateway"],
          ["gateway.networking.k8s.io/v1alpha2", "TLSRoute"],
          ["traefik.io/v1alpha1", "IngressRoute"],
          ["traefik.containo.us/v1alpha1", "IngressRouteUDP"],
          ["k8s.nginx.org/v1", "VirtualServer"],
          ["k8s.nginx.org/v1alpha1", "TransportServer"],
        ].map(([api = "", kind = ""]) => [
          `a ${kind} of ${api}`,
          [[object(api, kind, "web")], `is a ${kind}, which answers`] as const,
        ]),
      ),
      "a port of its node, an init container's": [
        [
          deployment({
            initContainers: [
              {
                name: "early",
                image: "x",
                resources: {},
                ports: [{ containerPort: 81, hostPort: 81 }],
              },
            ],
          }),
        ],
        "binds TCP 81 of its node",
      ],
      "the node's network": [[deployment({ hostNetwork: true })], "in its node's own network"],
      "a public bucket": [[bucket("public-read")], "is public-read"],
      "addresses of one's own": [[service({ externalIPs: ["192.0.2.1"] })], "answers at 192.0.2.1"],
      "a right of everybody's at Google": [
        [right({ member: "allUsers" })],
        "gives its rights to allUsers",
      ],
      "a right of everybody's among others at Google": [
        [right({ members: ["user:a@example.org", "allAuthenticatedUsers"] })],
        "gives its rights to allAuthenticatedUsers",
      ],
      "a right of everybody's in a whole policy at Google": [
        [right({ policyData: '{"bindings":[{"members":["allUsers"],"role":"roles/viewer"}]}' })],
        "gives its rights to allUsers",
      ],
      "a right of everybody's in a list at Google": [
        [resource("gcp:storage/bucketACL:BucketACL", "all", { roleEntities: ["READER:allUsers"] })],
        "gives its rights to allUsers",
      ],
      "lists of rights at Google that are open by their name": [
        [
          resource("gcp:storage/bucketACL:BucketACL", "all", { predefinedAcl: "publicRead" }),
          resource("gcp:storage/bucketACL:BucketACL", "new", { defaultAcl: "authenticatedRead" }),
        ],
        "gives its rights to whoever asks",
      ],
    },
  },
  "ingress-tls": {
    pass: { "a certificate": [ingress(["shop.example"])] },
    fail: { "a certificate of another host": [[ingress(["other.example"])], "for shop.example"] },
  },
  "firewalls-closed": {
    pass: {
      "named ports": [firewall("DROP", {})],
      "SSH from one's own network": [firewall("DROP", { ports: "22", ipv4s: ["10.0.0.0/8"] })],
      "SSH from one's own network by IPv6": [
        firewall("DROP", { ports: "22", ipv4s: [], ipv6s: ["fc00::/7"] }),
      ],
      "what is turned away": [firewall("DROP", { action: "DROP", ports: "22" })],
      "pings from anywhere at Google, to an account's machines": [
        googleRule({
          allows: [{ protocol: "icmp" }],
          targetTags: undefined,
          targetServiceAccounts: ["web@shop.iam.gserviceaccount.com"],
        }),
      ],
      "pings from anywhere": [firewall("DROP", { protocol: "ICMP", ports: undefined })],
      "named ports at Google": [googleRule()],
      "everything at Google, for one's own network": [
        googleRule({ allows: [{ protocol: "all" }], sourceRanges: ["10.0.0.0/8"] }),
      ],
      "a rule at Google that is off, denies or is for what leaves": [
        googleRule({ allows: [{ protocol: "all" }], disabled: true }),
        googleRule({ allows: [{ protocol: "all" }], direction: "EGRESS" }),
        googleRule({ allows: undefined, denies: [{ protocol: "all" }], targetTags: [] }),
      ],
    },
    fail: {
      "whatever is not named": [[firewall("ACCEPT", {})], "lets in whatever no rule names"],
      "SSH from anywhere": [[firewall("DROP", { ports: "22" })], "opens port 22 to anybody"],
      "the kubelet by UDP, to one's own network and to anybody": [
        [
          firewall("DROP", {
            protocol: "UDP",
            ports: "80, 10250",
            ipv4s: ["10.0.0.0/8", "0.0.0.0/0"],
          }),
        ],
        "opens port 10250 to anybody",
      ],
      "halves of all there is": [
        [firewall("DROP", { ports: "22", ipv4s: ["0.0.0.0/1", "128.0.0.0/1"] })],
        "opens port 22 to anybody",
      ],
      "all that is given out of IPv6": [
        [firewall("DROP", { ports: "22", ipv4s: [], ipv6s: ["2000::/3"] })],
        "opens port 22 to anybody",
      ],
      "a list of ports with nothing in it": [
        [firewall("DROP", { ports: "" })],
        "opens every port to anybody",
      ],
      "a list of ports at Google with nothing in it": [
        [googleRule({ allows: [{ protocol: "tcp", ports: [] }] })],
        "tcp opens every port to anybody",
      ],
      "one's own network and anybody at Google": [
        [
          googleRule({
            allows: [{ protocol: "tcp", ports: ["22"] }],
            sourceRanges: ["10.0.0.0/8", "0.0.0.0/0"],
          }),
        ],
        "opens port 22 to anybody",
      ],
      "the kubelet within a range": [
        [firewall("DROP", { ports: "10000-11000", ipv4s: [], ipv6s: ["::/0"] })],
        "opens port 10250 to anybody",
      ],
      "all ports": [[firewall("DROP", { ports: undefined })], "opens every port to anybody"],
      "all ports at Google": [
        [googleRule({ allows: [{ protocol: "tcp" }] })],
        "tcp opens every port to anybody",
      ],
      "the kubelet at Google": [
        [googleRule({ allows: [{ protocol: "tcp", ports: ["443", "10000-11000"] }] })],
        "tcp opens port 10250 to anybody",
      ],
      "anybody at Google, as no source is named": [
        [googleRule({ allows: [{ protocol: "TCP", ports: ["22"] }], sourceRanges: undefined })],
        "opens port 22 to anybody",
      ],
      "a protocol by its number": [
        [googleRule({ allows: [{ protocol: "6" }] })],
        "6 opens every port to anybody",
      ],
      "machines of others at Google": [
        [googleRule({ targetTags: undefined })],
        "opens every machine of the network",
      ],
    },
  },
};
