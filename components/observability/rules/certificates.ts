/** Alerts on certificates, from cert-manager and from Traefik, which serves them. */
import type { RuleGroup } from "./types.ts";

/** Certificates that cert-manager keeps. It renews them a month before their end. */
export const certificateRules: RuleGroup = {
  name: "certificates",
  rules: [
    {
      name: "CertificateEnding",
      expression: "certmanager_certificate_expiration_timestamp_seconds - time() < 14 * 24 * 3600",
      for: "1h",
      severity: "warning",
      summary:
        "Certificate {{ $labels.namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}",
      description:
        "It should have been renewed two weeks ago. kubectl describe certificate and its challenges say what stops it: DNS, port 80, or a limit of the issuer's.",
    },
    {
      name: "CertificateAboutToEnd",
      expression: "certmanager_certificate_expiration_timestamp_seconds - time() < 3 * 24 * 3600",
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
      expression: "min by (cn, sans) (traefik_tls_certs_not_after) - time() < 7 * 24 * 3600",
      for: "1h",
      severity: "critical",
      summary:
        "The certificate that is served for {{ $labels.sans }} ends in {{ $value | humanizeDuration }}",
      description: "Whether or not a newer one exists: this is the one that clients see.",
    },
  ],
};
