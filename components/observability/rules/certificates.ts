/** Alerts on certificates, from cert-manager and from Traefik, which serves them. */
import type { RuleGroup } from "./types.ts";

/**
 * Seconds until a certificate ends. Of one that it does not have yet cert-manager 1.21 says 0, which is 1970: a host
 * that waits for its first one is CertificateNotReady's to tell.
 */
const left = "(certmanager_certificate_expiration_timestamp_seconds > 0) - time()";

/** Certificates that cert-manager keeps. It renews them a month before their end. */
export const certificateRules: RuleGroup = {
  name: "certificates",
  rules: [
    {
      name: "CertificateEnding",
      expression: `${left} < 14 * 24 * 3600`,
      for: "1h",
      severity: "warning",
      summary:
        "Certificate {{ $labels.namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}",
      description:
        "It should have been renewed two weeks ago. kubectl describe certificate and its challenges say what stops it: DNS, port 80, or a limit of the issuer's.",
    },
    {
      name: "CertificateAboutToEnd",
      expression: `${left} < 3 * 24 * 3600`,
      severity: "critical",
      summary:
        "Certificate {{ $labels.namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}",
      description: "Clients refuse the host after that.",
    },
    {
      name: "CertificateNotReady",
      expression: 'certmanager_certificate_ready_status{condition="True"} == 0',
      for: "1h",
      severity: "warning",
      summary: "Certificate {{ $labels.namespace }}/{{ $labels.name }} is not ready",
      description: "It could not be had, or is no longer right for its host.",
    },
  ],
};

/** What Traefik really serves, whoever made it. */
export const servedCertificateRules: RuleGroup = {
  name: "served-certificates",
  rules: [
    {
      name: "ServedCertificateEnding",
      // A pod goes on telling of a certificate after it has a newer one, which has another serial, until it is
      // started anew (traefik/traefik#8606): of each pod the newest counts, and among the pods the oldest.
      expression:
        "min by (cn, sans) (max by (pod, cn, sans) (traefik_tls_certs_not_after)) - time() < 7 * 24 * 3600",
      for: "1h",
      severity: "critical",
      summary:
        "The certificate that is served for {{ $labels.sans }} ends in {{ $value | humanizeDuration }}",
      description: "Whether or not a newer one exists: this is the one that clients see.",
    },
  ],
};
