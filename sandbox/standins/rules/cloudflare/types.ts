/** Type tokens of Cloudflare that several rules look for, and the form of its ids. */
import { digest } from "../../values.ts";

/** A zone. */
export const zoneType = "cloudflare:index/zone:Zone";
/** A zone's setting. */
export const settingType = "cloudflare:index/zoneSetting:ZoneSetting";
/** A record, and its deprecated alias. */
export const recordTypes = [
  "cloudflare:index/dnsRecord:DnsRecord",
  "cloudflare:index/record:Record",
] as const;

/** An id in Cloudflare's form: 32 hexadecimal digits. */
export function hexId(seed: string): string {
  return digest(seed).slice(0, 32);
}
