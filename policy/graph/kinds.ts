/**
 * Kubernetes objects as far as the evaluators read them.
 *
 * Parsed with zod rather than cast: a field that is not what an evaluator takes it for is a fault
 * with its path, instead of being read as absent and passing every check.
 */
import * as z from "zod";

import { once } from "./once.ts";
import { LabelSelector, PodSpec, PortReference } from "./pod.ts";

const StringMap = z.record(z.string(), z.string());

const Metadata = z.looseObject({
  name: z.string(),
  namespace: z.string().optional(),
  labels: StringMap.optional(),
  annotations: StringMap.optional(),
});

/** Any object. */
export const KubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: Metadata,
});
/** {@inheritDoc KubernetesObject} */
export type KubernetesObject = z.infer<typeof KubernetesObject>;

const PodTemplate = z.looseObject({
  metadata: z.looseObject({ labels: StringMap, annotations: StringMap.optional() }),
  spec: PodSpec,
});

const Share = z.union([z.int(), z.string().regex(/^\d{1,3}%$/)]);
/** A number of pods, or a share of them in per cent. */
export type Share = z.infer<typeof Share>;

const Strategy = z.looseObject({
  type: z.string(),
  rollingUpdate: z
    .looseObject({ maxSurge: Share.optional(), maxUnavailable: Share.optional() })
    .optional(),
});

/** What makes pods. */
export const Controller = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    replicas: z.int().optional(),
    /** Of a Job: pods at once, and pods in all. */
    parallelism: z.int().optional(),
    completions: z.int().optional(),
    strategy: Strategy.optional(),
    updateStrategy: Strategy.optional(),
    selector: LabelSelector.optional(),
    template: PodTemplate,
    volumeClaimTemplates: z
      .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
      .optional(),
    persistentVolumeClaimRetentionPolicy: z
      .looseObject({ whenDeleted: z.string().optional(), whenScaled: z.string().optional() })
      .optional(),
  }),
});
/** {@inheritDoc Controller} */
export type Controller = z.infer<typeof Controller>;

/** What makes Jobs by the clock. */
export const CronJob = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    suspend: z.boolean().optional(),
    jobTemplate: z.looseObject({
      spec: z.looseObject({
        parallelism: z.int().optional(),
        completions: z.int().optional(),
        template: PodTemplate,
      }),
    }),
  }),
});

/** A Service. */
export const Service = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    type: z.string().default("ClusterIP"),
    selector: StringMap.optional(),
    externalTrafficPolicy: z.string().optional(),
    loadBalancerSourceRanges: z.array(z.string()).optional(),
    clusterIP: z.string().optional(),
    // The provider leaves lists out that are empty.
    ports: z
      .array(
        z.looseObject({
          name: z.string().optional(),
          port: z.int(),
          targetPort: PortReference.optional(),
          nodePort: z.int().optional(),
          protocol: z.string().default("TCP"),
        }),
      )
      .default([]),
  }),
});
/** {@inheritDoc Service} */
export type Service = z.infer<typeof Service>;

/** An Ingress. */
export const Ingress = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    ingressClassName: z.string().optional(),
    tls: z.array(z.looseObject({ hosts: z.array(z.string()), secretName: z.string() })).optional(),
    rules: z.array(
      z.looseObject({
        host: z.string(),
        http: z.looseObject({
          paths: z.array(
            z.looseObject({
              path: z.string(),
              backend: z.looseObject({
                service: z.looseObject({
                  name: z.string(),
                  port: z.looseObject({
                    name: z.string().optional(),
                    number: z.int().optional(),
                  }),
                }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
});
/** {@inheritDoc Ingress} */
export type Ingress = z.infer<typeof Ingress>;

/** A class of Ingresses, by which their controller knows its own. */
export const IngressClass = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({ controller: z.string() }),
});
/** {@inheritDoc IngressClass} */
export type IngressClass = z.infer<typeof IngressClass>;

/** How many pods may be evicted at once. */
export const Budget = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    selector: LabelSelector.optional(),
    minAvailable: Share.optional(),
    maxUnavailable: Share.optional(),
  }),
});
/** {@inheritDoc Budget} */
export type Budget = z.infer<typeof Budget>;

/** What changes a controller's number of pods by itself. */
export const Autoscaler = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
    minReplicas: z.int().optional(),
    maxReplicas: z.int(),
  }),
});
/** {@inheritDoc Autoscaler} */
export type Autoscaler = z.infer<typeof Autoscaler>;

const PolicyPeer = z.looseObject({
  podSelector: LabelSelector.optional(),
  namespaceSelector: LabelSelector.optional(),
  ipBlock: z.looseObject({ cidr: z.string(), except: z.array(z.string()).optional() }).optional(),
});
/** One end of a rule. */
export type PolicyPeer = z.infer<typeof PolicyPeer>;

const PolicyPort = z.looseObject({
  port: PortReference.optional(),
  endPort: z.int().optional(),
  protocol: z.string().default("TCP"),
});
/** Ports of a rule. */
export type PolicyPort = z.infer<typeof PolicyPort>;

/** A network policy. */
export const NetworkPolicy = z.looseObject({
  ...KubernetesObject.shape,
  spec: z.looseObject({
    podSelector: LabelSelector,
    // What the API server says where nothing does.
    policyTypes: z.array(z.enum(["Ingress", "Egress"])).optional(),
    ingress: z
      .array(
        z.looseObject({
          from: z.array(PolicyPeer).optional(),
          ports: z.array(PolicyPort).optional(),
        }),
      )
      .optional(),
    egress: z
      .array(
        z.looseObject({
          to: z.array(PolicyPeer).optional(),
          ports: z.array(PolicyPort).optional(),
        }),
      )
      .optional(),
  }),
});
/** {@inheritDoc NetworkPolicy} */
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;

/** A ConfigMap or a Secret. */
export const Data = z.looseObject({
  ...KubernetesObject.shape,
  data: StringMap.optional(),
  stringData: StringMap.optional(),
  binaryData: StringMap.optional(),
});
/** {@inheritDoc Data} */
export type Data = z.infer<typeof Data>;

const objects = new WeakSet<object>();

/**
 * Reads any object. What is one already is given back as it is.
 *
 * @throws ZodError where it is none.
 */
export function readObject(value: unknown): KubernetesObject {
  if (typeof value === "object" && value !== null && objects.has(value)) {
    return value as KubernetesObject;
  }
  const object = KubernetesObject.parse(value);
  objects.add(object);
  return object;
}

/** Reads an object as what its kind is, each of them once. */
export const readController = once(Controller);
/** {@inheritDoc readController} */
export const readCronJob = once(CronJob);
/** {@inheritDoc readController} */
export const readService = once(Service);
/** {@inheritDoc readController} */
export const readIngress = once(Ingress);
/** {@inheritDoc readController} */
export const readIngressClass = once(IngressClass);
/** {@inheritDoc readController} */
export const readBudget = once(Budget);
/** {@inheritDoc readController} */
export const readAutoscaler = once(Autoscaler);
/** {@inheritDoc readController} */
export const readNetworkPolicy = once(NetworkPolicy);
/** {@inheritDoc readController} */
export const readData = once(Data);
