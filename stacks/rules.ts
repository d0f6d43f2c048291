/** What rules across fields of several systems share. */
import type { CertificatesConfig } from "../components/platform/cert-manager.schema.ts";
import type { PlatformFault } from "../components/platform/fault.ts";
import type { IngressConfig } from "../components/platform/ingress.schema.ts";
import { writePath } from "./faults.ts";

/** Values that stand at more than one path, with the first path that has each. */
export function repeated<Value>(
  entries: readonly (readonly [path: PlatformFault["path"], value: Value])[],
  message: (value: Value, first: string) => string,
): PlatformFault[] {
  const owners = new Map<Value, string>();
  return entries.flatMap(([path, value]) => {
    const owner = owners.get(value);
    if (owner === undefined) {
      owners.set(value, `fleet:${writePath(path)}`);
      return [];
    }
    return [{ path, message: message(value, owner) }];
  });
}

/** Who orders certificates is said in one place, and described in another. */
export const issuerFaults = ({
  environment,
  ingress,
  certificates,
}: {
  readonly environment: string;
  readonly ingress: Pick<IngressConfig, "tls">;
  readonly certificates?: CertificatesConfig | undefined;
}): PlatformFault[] => {
  const isOwn = ingress.tls.kind === "own-issuer";
  return [
    ...(isOwn && certificates === undefined
      ? [
          {
            path: ["certificates"],
            message:
              "is missing: fleet:ingress.tls says own-issuer; say who issues (issuer) and what keeps the certificates (certManager)",
          },
        ]
      : []),
    ...(!isOwn && certificates !== undefined
      ? [
          {
            path: ["ingress", "tls", "kind"],
            message: `must be own-issuer beside fleet:certificates, which would order nothing (it is ${ingress.tls.kind})`,
          },
        ]
      : []),
    ...(environment === "production" && certificates?.issuer.acme === "staging"
      ? [
          {
            path: ["certificates", "issuer", "acme"],
            message: "must be production: no browser trusts what the authority's staging issues",
          },
        ]
      : []),
  ];
};
