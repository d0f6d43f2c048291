/** Ports of nginx' pods. The first two are the template's own: Ingresses are served on no others. */
export const nginxPorts = { web: 80, websecure: 443, ready: 8081, metrics: 9113 } as const;
