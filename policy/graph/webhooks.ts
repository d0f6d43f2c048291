/** Services that the API server itself calls: webhooks of admission and conversion, and added APIs. */
import * as z from "zod";

import { type Fault, named } from "./graph.ts";
import { describe, type KubernetesObject, namespaceOf, type World } from "./objects.ts";

const ServiceReference = z.looseObject({
  name: z.string(),
  namespace: z.string(),
  // The API server's own default.
  port: z.int().default(443),
});

const Hook = z.looseObject({
  clientConfig: z.looseObject({ service: ServiceReference.optional() }).optional(),
});

const Admission = z.looseObject({ webhooks: z.array(Hook).optional() });

const Definition = z.looseObject({
  spec: z.looseObject({
    conversion: z.looseObject({ webhook: Hook.optional() }).optional(),
  }),
});

const ApiService = z.looseObject({
  spec: z.looseObject({ service: ServiceReference.nullish() }),
});

/** A Service that the API server calls. */
export interface WebhookService {
  readonly about: KubernetesObject;
  /** What asks for it. */
  readonly where: string;
  readonly service: { readonly name: string; readonly namespace: string };
  readonly port: number;
}

function references(object: KubernetesObject): readonly z.infer<typeof ServiceReference>[] {
  switch (object.kind) {
    case "ValidatingWebhookConfiguration":
    case "MutatingWebhookConfiguration":
      return (Admission.parse(object).webhooks ?? []).flatMap(
        ({ clientConfig }) => clientConfig?.service ?? [],
      );
    case "CustomResourceDefinition":
      return [Definition.parse(object).spec.conversion?.webhook?.clientConfig?.service].flatMap(
        (service) => service ?? [],
      );
    case "APIService":
      return [ApiService.parse(object).spec.service].flatMap((service) => service ?? []);
    default:
      return [];
  }
}

/** Every Service that the API server is told to call. */
export const readWebhooks = (world: World): readonly WebhookService[] =>
  world.objects.flatMap((about) =>
    references(about).map(({ name, namespace, port }) => ({
      about,
      where: describe(about),
      service: { name, namespace },
      port,
    })),
  );

/** Services that the API server is told to call and that are not there, as far as they are the stack's. */
export function webhookFaults(world: World): readonly Fault[] {
  return readWebhooks(world).flatMap(({ about, where, service: { name, namespace }, port }) => {
    const found = world.services.find(
      (one) => one.metadata.name === name && namespaceOf(one) === namespace,
    );
    const inside = world.namespaces.has(namespace);
    const message =
      found === undefined
        ? `${where}: calls the Service ${namespace}/${name}, which does not exist`
        : `${where}: calls the port ${port} of ${namespace}/${name}, which it does not have`;
    return !inside || found?.spec.ports.some((one) => one.port === port) === true
      ? []
      : [{ about: named(about), message }];
  });
}
