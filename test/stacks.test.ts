/**
 * The committed stacks, rendered without a cluster: what must hold of every object, said directly.
 * What else there is shows in the golden files (golden.test.ts). Proves what is asked of the engine and that it fits together; that a cluster
 * takes it is proven by test/judges and test/e2e.
 */
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { deriveSeed } from "../components/base/ed25519.ts";
import { parseImage } from "../components/base/images.ts";
import { peerKeyOf } from "../components/base/peer-key.ts";
import { kibanaKey, kibanaKeys } from "../components/observability/elk/kibana-files.ts";
import { passwordHash } from "../components/observability/metrics/password-hash.ts";
import { stackImages } from "../ops/images/stack-images.ts";
import { destinations, outsideAddresses, serviceAddresses } from "../policy/graph/addresses.ts";
import {
  allContainers,
  describe as describeObject,
  describePods,
  namespaceOf,
  type PodSet,
} from "../policy/graph/objects.ts";
import { allows, type Endpoint, internet, refusals, undenied } from "../policy/graph/policies.ts";
import { ingressFaults, serviceFaults } from "../policy/graph/ports.ts";
import { podReferenceFaults } from "../policy/graph/references.ts";
import { restrictedFaults } from "../policy/graph/restricted.ts";
import { secretsIn } from "../policy/graph/secrets.ts";
import { requiredSecrets } from "../stacks/secrets.ts";
import { largeStacks, type Rendered, renderedOnce, type Stack, stacks } from "./rendered.ts";

const enforceLabel = "pod-security.kubernetes.io/enforce";
const exceptionAnnotation = "fleet/security-exception";
const unprobedAnnotation = "fleet/no-probes";

/** What each stack has at the least: a check of nothing passes. */
const skywire = {
  objects: 50,
  components: 10,
  keys: 8,
  services: 10,
  addresses: 10,
  outside: 5,
} as const;
/** Their keys are derived from one secret, which no pod has; whom they dial outside stands in their config. */
const network = {
  ...{ objects: 150, components: 20, keys: 0, services: 15, addresses: 10, outside: 0 },
} as const;
/** What they dial outside they have in their images. */
const pushtech = {
  ...{ objects: 200, components: 40, keys: 0, services: 20, addresses: 50, outside: 0 },
} as const;
const least: Readonly<Record<Stack, Readonly<Record<keyof typeof skywire, number>>>> = {
  test: skywire,
  prod: skywire,
  // Its programs have no keys, call nobody outside, and know each other by names of their own.
  voting: { objects: 40, components: 10, keys: 0, services: 7, addresses: 0, outside: 0 },
  "pushtech-staging": pushtech,
  "pushtech-production": pushtech,
  // Most of what they name outside is named to browsers, which the cluster lets go where they like.
  "fxa-production": {
    ...{ objects: 150, components: 30, keys: 0, services: 15, addresses: 30, outside: 3 },
  },
  "spacemesh-mini": network,
  "spacemesh-devnet": network,
  "spacemesh-testnet": network,
};

/** What a Spacemesh network's first member's identity is derived with. */
const firstPeer = "fleet spacemesh p2p 1";

/** A text as it stands in JSON. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);

/** What is not probed, beside those that keep addresses at Google's nodes. */
const unprobed: Readonly<Partial<Record<Stack, readonly string[]>>> = {
  prod: ["Deployment utilities/git-telegram-bot"],
  voting: ["Deployment voting/worker"],
  "spacemesh-devnet": ["Deployment spacemesh/spacemesh-watch"],
};

/** Containers that are kept when their program ends, and so never restarted for it (facts/spacemesh.md 2.1). */
const keptContainers = ["miner", "poet"];

/** Listen nowhere, and end by themselves when they have nothing to do any more, or nobody to do it with. */
const selfEnding =
  /^(collector|kafkastore|consumers-nodejs-.*|consumers-ruby-worker|offerserver-worker)$/;

/** Has nothing to be ready for: what it stands beside takes work whether it can go on with it or not. */
const neverUnready = "kafkastore";

/** Of the release of a chart, which its version pins, and what waits for others on behalf of Swarm's words. */
const programsOwn =
  /^(quay\.io\/jetstack\/cert-manager-startupapicheck|docker\.io\/library\/busybox):/;

/** The one program that writes where its image has it (facts/pushtech.md 3.1). */
const ownRoot = "imageserver-nfs";

/** Host of an address as it was written, e.g. of `https://accounts.example.org`. */
const hostOf = (text: string): string => text.replace(/^[a-z]+:\/\//, "").replace(/:\d+$/, "");

/** Pods to which network policies apply: those with a network of their own. */
const policed = (pods: readonly PodSet[]): readonly PodSet[] =>
  pods.filter(({ spec }) => spec.hostNetwork !== true);

/** An object with the name that its program gave it, if any. */
const Named = z.looseObject({
  metadata: z.looseObject({ name: z.string().optional() }).default({}),
});

/** `make check` has no time for the larger ones: they are another project's of vitest.config.ts. */
const chosen = process.env["FLEET_TEST_STACKS"] === "large" ? largeStacks : stacks;

describe.each(chosen)("stack %s", (stack) => {
  let rendered: Rendered;
  beforeAll(async () => {
    rendered = await renderedOnce(stack);
  });

  describe("resources", () => {
    test("orders certificates when records lead to their hosts, who are not found for long otherwise", () => {
      const records = rendered.options.filter(
        ({ type }) => type === "cloudflare:index/dnsRecord:DnsRecord",
      );
      const orders = rendered.options.filter(
        ({ type }) => type === "fleet:platform:HostCertificates",
      );
      expect(orders.length > 0).toBe(/^(pushtech|fxa)-/.test(stack));
      for (const { dependencies } of orders) {
        expect(records.length).toBeGreaterThan(0);
        expect(dependencies).toEqual(expect.arrayContaining(records.map(({ urn }) => urn)));
      }
    });

    test("are told of by their schemes: an endpoint's kind is how its URL is dialled", () => {
      const { endpoints = [] } = z
        .looseObject({
          endpoints: z.array(z.object({ kind: z.string(), url: z.string() })).optional(),
        })
        .parse(rendered.collected.result);
      const schemes = endpoints.map(({ url }) => url.split(":")[0]);
      expect(endpoints.map(({ kind }) => kind)).toEqual(schemes);
    });

    test("have URNs of their own: the mocks overwrite a second one without a word", () => {
      const urns = rendered.options.map(({ urn }) => urn).sort();
      expect(urns).toEqual([...new Set(urns)]);
      expect(rendered.collected.resources.length).toBe(rendered.options.length);
    });

    test("have an explicit provider of their own package, every one", () => {
      const custom = rendered.collected.resources.filter(
        (one) => one.custom && !one.type.startsWith("pulumi:"),
      );
      expect(custom.length).toBeGreaterThanOrEqual(least[stack].objects);
      const wrong = custom.filter(
        ({ type, provider }) =>
          !provider.includes(`pulumi:providers:${type.split(":")[0] ?? ""}::`),
      );
      expect(wrong.map(({ type, name }) => `${type} ${name}`)).toEqual([]);
    });

    test("read nothing of an object whose values change under one name: the engine would delete its readers before it", () => {
      // The provider makes a Secret or ConfigMap with a new content anew; with a name of its own it deletes it first.
      const kept = new Set(
        rendered.collected.resources
          .filter(({ type }) => /^kubernetes:core\/v1:(?:Secret|ConfigMap)$/.test(type))
          .filter(({ inputs }) => Named.parse(inputs).metadata.name !== undefined)
          .map(({ type, name }) => `${type}::${name}`),
      );
      const isKept = (urn: string): boolean =>
        kept.has(
          urn
            .split(/[$]|::/)
            .slice(-2)
            .join("::"),
        );
      const readers = rendered.options
        .filter(({ custom, propertyDependencies }) =>
          custom ? Object.values(propertyDependencies).flat().some(isKept) : false,
        )
        .map(({ urn }) => urn);
      expect(readers).toEqual([]);
    });

    test("stand in a chain of components that begins at the stack", () => {
      const byUrn = new Map(rendered.options.map((one) => [one.urn, one]));
      const faults = rendered.options.flatMap(({ urn, type, parent, custom }) => {
        if (parent !== "") {
          const above = byUrn.get(parent);
          const isComponent = above?.custom === false && above.type.startsWith("fleet:");
          return isComponent ? [] : [`${urn}: its parent ${parent} is no component of Fleet`];
        }
        // At the top stand components, and providers that several of them share.
        return custom && !type.startsWith("pulumi:providers:")
          ? [`${urn}: ${type} stands beside the components`]
          : [];
      });
      expect(faults).toEqual([]);
    });

    test("that are components have tokens of Fleet and inputs without secrets, below 1 KiB", () => {
      const components = rendered.collected.resources.filter(({ custom }) => !custom);
      expect(components.length).toBeGreaterThanOrEqual(least[stack].components);
      const faults = components.flatMap(({ type, name, inputs }) => {
        const text = JSON.stringify(inputs);
        return [
          // A chart is the Kubernetes provider's own component.
          ...(/^(fleet:[a-z]+:[A-Z][A-Za-z]+|kubernetes:helm\.sh\/v4:Chart)$/.test(type)
            ? []
            : [`${type} is no token of Fleet`]),
          ...(text.length <= 1024 ? [] : [`${type} ${name} writes ${text.length} bytes to state`]),
          ...secretsIn(text, rendered.secrets).map((secret) => `${type} ${name} holds ${secret}`),
        ];
      });
      expect(faults).toEqual([]);
    });
  });

  test("secret values stand in Secrets and providers, nowhere else", () => {
    const allowed = new Set(["kubernetes:core/v1:Secret"]);
    const faults = rendered.collected.resources
      .filter(({ type }) => !allowed.has(type) && !type.startsWith("pulumi:providers:"))
      .flatMap(({ type, name, inputs }) =>
        secretsIn(JSON.stringify(inputs), rendered.secrets).map(
          (secret) => `${type} ${name} holds the value of ${secret}`,
        ),
      );
    expect(faults).toEqual([]);
    // Names and metadata of Secrets are readable by whoever may list them.
    const metadata = rendered.world.secrets.map((secret) => JSON.stringify(secret.metadata));
    expect(metadata.flatMap((text) => secretsIn(text, rendered.secrets))).toEqual([]);
  });

  test("every secret that the config refers to is used by some Secret", () => {
    const texts = JSON.stringify(rendered.world.secrets);
    const used = new Set(secretsIn(texts, rendered.secrets));
    const hasAll = (made: readonly string[]): boolean => made.every((text) => texts.includes(text));
    // Of these only what is made of them: Kibana's keys, a hash by which Prometheus knows its user.
    const derived = (name: string, value: string): boolean =>
      (name === "kibana-encryption" &&
        hasAll(Object.keys(kibanaKeys).map((variable) => kibanaKey(value, variable)))) ||
      (name === "network" && hasAll([escaped(peerKeyOf(deriveSeed(value, firstPeer)).file)])) ||
      // Read by Grafana and by the exporter, where they are.
      (["log-reader", "log-watcher"].includes(name) && stack === "spacemesh-mini") ||
      (name === "prometheus-admin" && hasAll([passwordHash(stack, "admin", value)]));
    const unused = [...rendered.secrets]
      .filter(([name, value]) => !used.has(name) && !derived(name, value))
      .map(([name]) => name);
    expect(unused).toEqual([]);
  });

  describe("pods", () => {
    test("are restricted, or say why not in a namespace that allows it", () => {
      const faults = rendered.world.pods.flatMap((pods) => {
        const found = restrictedFaults(pods.spec);
        const reason = pods.annotations[exceptionAnnotation] ?? "";
        const level = rendered.world.namespaces.get(pods.namespace)?.[enforceLabel];
        const where = describePods(pods);
        if (level === undefined) {
          return [`${where}: its namespace enforces no level`];
        }
        if (found.length === 0) {
          return reason === "" ? [] : [`${where}: carries an exception that it does not need`];
        }
        return [
          ...(reason === "" ? [`${where}: ${found.join("; ")}, without a named exception`] : []),
          ...(level === "restricted" ? [`${where}: would be refused: ${found.join("; ")}`] : []),
        ];
      });
      expect(faults).toEqual([]);
    });

    test("take no variables of Services, and a token only with rights", () => {
      const faults = rendered.world.pods.flatMap((pods) => {
        const account = pods.spec.serviceAccountName ?? "";
        const hasRights = JSON.stringify(
          rendered.world.objects.filter(({ kind }) => kind.endsWith("RoleBinding")),
        ).includes(`"name":"${account}"`);
        const token = pods.spec.automountServiceAccountToken !== false;
        return [
          ...(pods.spec.enableServiceLinks === false ? [] : ["service links"]),
          ...(token === hasRights ? [] : [token ? "a token without rights" : "rights, no token"]),
          ...(account === "" || account === "default" ? ["no account of its own"] : []),
        ].map((fault) => `${describePods(pods)}: ${fault}`);
      });
      expect(faults).toEqual([]);
    });

    test("start from images that make images pins and preflight asks for, all of them", () => {
      const nameOf = (image: string): string => {
        const { repository, tag } = parseImage(image);
        return `${repository}:${tag}`;
      };
      const { images, passedOver } = stackImages(rendered.config);
      const known = [...images.map(({ name }) => name), ...[...passedOver.keys()].map(nameOf)];
      const used = rendered.world.pods.flatMap(({ spec }) =>
        allContainers(spec).map(({ image }) => nameOf(image)),
      );
      expect(used.length).toBeGreaterThan(0);
      const unlisted = used.filter((image) => !known.includes(image) && !programsOwn.test(image));
      expect([...new Set(unlisted)]).toEqual([]);
    });

    test("request CPU and memory, and have a memory limit", () => {
      const faults = rendered.world.pods.flatMap((pods) =>
        allContainers(pods.spec)
          .filter(
            ({ resources: { requests, limits } }) =>
              requests?.cpu === undefined ||
              requests.memory === undefined ||
              limits?.memory === undefined,
          )
          .map(({ name }) => `${describePods(pods)}: container ${name}`),
      );
      expect(faults).toEqual([]);
    });

    test("that run on are probed for readiness and liveness, or say why not", () => {
      const reasons = rendered.world.objects
        .filter(({ metadata }) => (metadata.annotations?.[unprobedAnnotation] ?? "") !== "")
        .map((object) => `${object.kind} ${namespaceOf(object)}/${object.metadata.name}`);
      expect(reasons.filter((one) => !/^DaemonSet address-keeper\//.test(one))).toEqual(
        unprobed[stack] ?? [],
      );
      const faults = rendered.world.pods
        .filter(({ kind }) => kind !== "Job" && kind !== "CronJob")
        .filter(({ kind, namespace, name }) => !reasons.includes(`${kind} ${namespace}/${name}`))
        .flatMap((pods) =>
          pods.spec.containers.flatMap(({ name, readinessProbe, livenessProbe }) => [
            ...(readinessProbe === undefined && name !== neverUnready
              ? [`${name} has no readiness probe`]
              : []),
            ...(livenessProbe === undefined &&
            !keptContainers.includes(name) &&
            !selfEnding.test(name)
              ? [`${name} has no liveness probe`]
              : []),
          ]),
        );
      expect(faults).toEqual([]);
    });

    test("are restarted more patiently than they are left out of Services", () => {
      // Swarm has one check for both, and so have services in its words.
      const more = stack === "voting" ? 0 : 1;
      const faults = rendered.world.pods.flatMap((pods) =>
        pods.spec.containers
          .filter(({ readinessProbe: ready, livenessProbe: alive }) => {
            const patience = (probe: typeof ready): number =>
              probe === undefined ? 0 : probe.periodSeconds * probe.failureThreshold;
            return alive !== undefined && patience(alive) < patience(ready) + more;
          })
          .map(({ name }) => `${describePods(pods)}: container ${name}`),
      );
      expect(faults).toEqual([]);
    });

    test("write to volumes of bounded size only", () => {
      const faults = rendered.world.pods.flatMap((pods) => [
        ...allContainers(pods.spec)
          .filter(
            ({ name, securityContext, resources: { limits } }) =>
              name !== ownRoot &&
              securityContext?.readOnlyRootFilesystem !== true &&
              limits?.["ephemeral-storage"] === undefined,
          )
          .map(({ name }) => `${describePods(pods)}: container ${name} has a root without end`),
        ...(pods.spec.volumes ?? [])
          .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined)
          .map(({ name }) => `${describePods(pods)}: volume ${name} has no size limit`),
      ]);
      expect(faults).toEqual([]);
    });

    test("with a key are alone with it, and never two while they are exchanged", () => {
      const { secrets, world } = rendered;
      const keys = requiredSecrets(rendered.config).filter(({ kind }) => kind === "key-pair");
      expect(keys.length).toBeGreaterThanOrEqual(least[stack].keys);
      const faults = keys.flatMap(({ name }) => {
        const holders = world.secrets
          .filter((secret) =>
            secretsIn(JSON.stringify(secret), new Map([[name, secrets.get(name) ?? ""]])).includes(
              name,
            ),
          )
          .map(({ metadata }) => metadata.name);
        const users = world.pods.filter(({ spec }) =>
          holders.some((holder) => JSON.stringify(spec).includes(`"${holder}"`)),
        );
        const [user] = users;
        return user !== undefined &&
          users.length === 1 &&
          user.replicas === 1 &&
          (user.kind === "StatefulSet" || user.strategy === "Recreate")
          ? []
          : [`${name}: ${users.map(describePods).join(", ")} (${user?.strategy ?? "no strategy"})`];
      });
      expect(faults).toEqual([]);
    });

    test("name only what exists: Secrets, ConfigMaps and their keys, claims, accounts, ports", () => {
      const faults = rendered.world.pods.flatMap((pods) =>
        podReferenceFaults(rendered.world, pods),
      );
      expect(faults).toEqual([]);
    });
  });

  describe("the network", () => {
    test("every Service leads to containers that listen", () => {
      expect(rendered.world.services.length).toBeGreaterThanOrEqual(least[stack].services);
      const faults = rendered.world.services.flatMap((service) =>
        serviceFaults(rendered.world, service),
      );
      expect(faults).toEqual([]);
    });

    test("every Ingress leads to a port of a Service", () => {
      expect(rendered.world.ingresses.length).toBeGreaterThan(0);
      const faults = rendered.world.ingresses.flatMap((ingress) =>
        ingressFaults(rendered.world, ingress),
      );
      expect(faults).toEqual([]);
    });

    test("NodePorts are distinct", () => {
      const ports = rendered.world.services.flatMap((service) =>
        service.spec.ports.flatMap(({ nodePort, protocol }) =>
          nodePort === undefined ? [] : [`${nodePort}/${protocol}`],
        ),
      );
      expect(ports).toEqual([...new Set(ports)]);
    });

    test("what is not declared is denied to all pods, in and out", () => {
      const open = policed(rendered.world.pods).flatMap((pods) =>
        undenied(rendered.world, pods).map((direction) => `${describePods(pods)}: ${direction}`),
      );
      expect(open).toEqual([]);
    });

    test("coturn and the node-keeper alone are in their nodes' network, where no policy holds", () => {
      const { pods } = rendered.world;
      const others = pods.filter((one) => !policed(pods).includes(one)).map(describePods);
      const coturns = [1, 2, 3, 4].map((number) => `Deployment coturn/coturn-${number}`);
      const known = [...coturns, "DaemonSet node-keeper/node-keeper"];
      expect(others.sort()).toEqual(stack === "prod" ? known.sort() : []);
    });

    test("every address of a Service that a pod is started with is let through at both ends", () => {
      const found = rendered.world.pods.flatMap((pods) =>
        serviceAddresses(rendered.world, pods).map((address) => ({ pods, address })),
      );
      expect(found.length).toBeGreaterThanOrEqual(least[stack].addresses);
      const faults = found.flatMap(({ pods, address }) => {
        const where = `${describePods(pods)} ${address.place} ${address.text}`;
        const targets = destinations(rendered.world, address);
        if (targets.length === 0) {
          return [`${where}: the Service has no such port`];
        }
        const refused = targets.map(({ pods: callee, port, protocol }) =>
          refusals(rendered.world, {
            from: { kind: "pods", pods },
            to: { kind: "pods", pods: callee },
            port,
            protocol,
          }),
        );
        // Its own Service (an address it publishes) is no call. A bare name means any of its ports.
        const own = targets.every(({ pods: callee }) => callee === pods);
        const open =
          address.port === undefined
            ? refused.some((one) => one.length === 0)
            : refused.every((one) => one.length === 0);
        return own || open
          ? []
          : [`${where}: refused by ${[...new Set(refused.flat())].join(" and ")}`];
      });
      expect(faults).toEqual([]);
    });

    test("every address outside that a pod dials is let out", () => {
      // These tell addresses to others and do not dial them.
      const publishers = /^(config-bootstrapper|dmsg-server-\d+|grafana|kibana|storage)$/;
      // And these the stack's own hosts, to browsers.
      const ofBrowsers = /^(fxa-(content-server|graphql-api)|mozilla-sync)$/;
      const hosts = new Set(
        rendered.world.ingresses.flatMap(({ spec }) => spec.rules.map(({ host }) => host)),
      );
      // Whatever serves the bucket of users' pictures.
      hosts.add("avatars.example.net");
      const dialled = rendered.world.pods
        .filter(({ name }) => !publishers.test(name))
        .flatMap((pods) =>
          outsideAddresses(rendered.world, pods)
            .filter(({ text }) => !ofBrowsers.test(pods.name) || !hosts.has(hostOf(text)))
            .map((address) => ({ pods, address })),
        );
      expect(dialled.length).toBeGreaterThanOrEqual(least[stack].outside);
      const faults = dialled
        .filter(({ pods, address: { port } }) =>
          ["TCP", "UDP"].every(
            (protocol) =>
              !allows(rendered.world, {
                from: { kind: "pods", pods },
                to: internet,
                port,
                protocol,
              }),
          ),
        )
        .map(({ pods, address }) => `${describePods(pods)} ${address.place} ${address.text}`);
      expect(faults).toEqual([]);
    });

    test("every pod may look up names where a cache on its node answers, and ask nothing else there", () => {
      const { world } = rendered;
      const withSystem = {
        ...world,
        namespaces: new Map([
          ...world.namespaces,
          ["kube-system", { "kubernetes.io/metadata.name": "kube-system" }],
        ]),
      };
      const pods = policed(world.pods);
      // The cache as pods, at its own address, and Cloud DNS behind the metadata server.
      const caches = (some: PodSet): readonly Endpoint[] => [
        {
          kind: "pods",
          pods: { ...some, namespace: "kube-system", labels: { "k8s-app": "node-local-dns" } },
        },
        { kind: "address", ip: "169.254.20.10" },
        { kind: "address", ip: "169.254.169.254" },
      ];
      const closed = (port: number): string[] =>
        pods.flatMap((some) =>
          caches(some).flatMap((to) =>
            ["UDP", "TCP"]
              .filter(
                (protocol) =>
                  !allows(withSystem, { from: { kind: "pods", pods: some }, to, port, protocol }),
              )
              .map(
                (protocol) =>
                  `${describePods(some)} ${protocol} ${JSON.stringify(to).slice(0, 60)}`,
              ),
          ),
        );
      expect(closed(53)).toEqual([]);
      // Credentials of the machine are had at the metadata server's other port.
      const open = pods.filter((some) =>
        allows(withSystem, {
          from: { kind: "pods", pods: some },
          to: { kind: "address", ip: "169.254.169.254" },
          port: 80,
          protocol: "TCP",
        }),
      );
      expect(
        open.map(({ namespace }) => namespace).filter((one) => one !== "address-keeper"),
      ).toEqual([]);
    });

    test("every pod may look up names, and ask nothing else of the name server", () => {
      const { world } = rendered;
      const [some] = world.pods;
      expect(some).toBeDefined();
      if (some === undefined) {
        return;
      }
      const kubeDns = { ...some, namespace: "kube-system", labels: { "k8s-app": "kube-dns" } };
      const withDns = {
        ...world,
        namespaces: new Map([
          ...world.namespaces,
          ["kube-system", { "kubernetes.io/metadata.name": "kube-system" }],
        ]),
      };
      const open = (pods: PodSet, port: number): boolean =>
        allows(withDns, {
          from: { kind: "pods", pods },
          to: { kind: "pods", pods: kubeDns },
          port,
          protocol: "UDP",
        });
      const closed = policed(world.pods).filter((pods) => !open(pods, 53));
      expect(closed.map(describePods)).toEqual([]);
      const { config } = rendered;
      const monitor = config.system === "skywire" ? config.namespaces.networkMonitor : undefined;
      const others = policed(world.pods).filter(({ namespace }) => namespace !== monitor);
      expect(others.filter((pods) => open(pods, 9153)).map(describePods)).toEqual([]);
    });
  });

  test("every claim, and every namespace with claims, follows the data policy", () => {
    const { data } = rendered.config;
    const claims = rendered.world.objects.filter(({ kind }) => kind === "PersistentVolumeClaim");
    const templates = rendered.world.pods.filter(({ claimTemplates }) => claimTemplates.length > 0);
    const homes = new Set([
      ...claims.map(namespaceOf),
      ...templates.map(({ namespace }) => namespace),
    ]);
    const kept = rendered.options.filter(
      ({ type, name }) =>
        type === "kubernetes:core/v1:PersistentVolumeClaim" ||
        (type === "kubernetes:core/v1:Namespace" && homes.has(name)),
    );
    expect(kept.length).toBe(claims.length + homes.size);
    expect(claims.length + templates.length).toBeGreaterThan(0);
    const expected = { protect: data === "protect", retainOnDelete: data !== "delete" };
    for (const { urn, protect, retainOnDelete } of kept) {
      expect({ urn, protect, retainOnDelete }).toEqual({ urn, ...expected });
    }
    for (const pods of templates) {
      expect(pods.whenDeleted).toBe(data === "delete" ? "Delete" : "Retain");
    }
  });

  test("objects stand in namespaces of the stack, none in default or kube-system", () => {
    const namespaces = rendered.world.objects.map(namespaceOf).filter((name) => name !== "");
    const foreign = rendered.world.objects
      .filter((object) => {
        const namespace = namespaceOf(object);
        return namespace !== "" && !rendered.world.namespaces.has(namespace);
      })
      .map(describeObject);
    expect(namespaces).not.toContain("default");
    expect(foreign).toEqual([]);
  });
});
