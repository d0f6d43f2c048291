/** What exists in a sandbox's clouds: what its stand-ins hold. */
import { cloudRules, type CloudThing } from "./clouds.ts";
import { Store } from "../../sandbox/standins/store.ts";

/** Things of the types that can be taken. */
export function readStandins(folder: string): readonly CloudThing[] {
  const store = new Store(folder);
  return (["linode", "cloudflare"] as const).flatMap((cloud) =>
    store
      .look(cloud)
      .everything()
      .filter(({ type }) => Object.hasOwn(cloudRules, type))
      .map(({ type, id, inputs }) => ({ type, id: importId(type, id, inputs), inputs })),
  );
}

/** Records are imported by their zone, too, as live (facts/clouds-linode-cloudflare-docker.md 3.4, 4.1). */
function importId(type: string, id: string, inputs: Readonly<Record<string, unknown>>): string {
  switch (type) {
    case "linode:index/domainRecord:DomainRecord":
      return `${String(inputs["domainId"])},${id}`;
    case "cloudflare:index/dnsRecord:DnsRecord":
      return `${String(inputs["zoneId"])}/${id}`;
    default:
      return id;
  }
}
