/** A server that nobody may call: every environment variable that could lead astray leads to it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The decoy, and a shell's environment full of traps. */
export interface Decoy {
  /** Requests that reached it: method and path. */
  readonly requests: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Credentials of the environment: none may appear anywhere in a sandbox. */
  readonly canaries: ReadonlyMap<string, string>;
  readonly close: () => Promise<void>;
}

const listen = (server: Server): Promise<number> =>
  new Promise((settle, fail) => {
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      settle((server.address() as AddressInfo).port);
    });
  });

/**
 * Starts a decoy.
 *
 * @param context Kube context that the sandbox's stack names: the decoy's kubeconfig has it, too.
 */
export async function startDecoy(context: string): Promise<Decoy> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  const address = `http://127.0.0.1:${await listen(server)}`;
  const folder = mkdtempSync(join(tmpdir(), "fleet-decoy-"));
  const canaries = new Map(
    ["linode", "cloudflare", "pulumi", "kube", "docker"].map((name) => [
      name,
      `canary-${name}-5f1d0c8a7b3e9264`,
    ]),
  );
  const canary = (name: string): string => canaries.get(name) ?? "";
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigOf(context, address, canary("kube")));
  const home = join(folder, "home");
  return {
    requests,
    canaries,
    environment: {
      KUBECONFIG: kubeconfig,
      HOME: home,
      PULUMI_HOME: join(home, ".pulumi"),
      PULUMI_BACKEND_URL: address,
      PULUMI_ACCESS_TOKEN: canary("pulumi"),
      PULUMI_STACK: "prod",
      PULUMI_CONFIG: '{"fleet:system":"nothing"}',
      PULUMI_CONFIG_PASSPHRASE: canary("pulumi"),
      PULUMI_K8S_DELETE_UNREACHABLE: "true",
      PULUMI_K8S_ENABLE_PATCH_FORCE: "true",
      LINODE_TOKEN: canary("linode"),
      LINODE_URL: address,
      CLOUDFLARE_API_TOKEN: canary("cloudflare"),
      CLOUDFLARE_BASE_URL: address,
      DOCKER_HOST: address.replace("http:", "tcp:"),
      DOCKER_REGISTRY_PASS: canary("docker"),
    },
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await new Promise((settle) => server.close(settle));
    },
  };
}

const kubeconfigOf = (context: string, server: string, token: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    clusters: [{ name: "decoy", cluster: { server } }],
    users: [{ name: "decoy", user: { token } }],
    contexts: [{ name: context, context: { cluster: "decoy", user: "decoy" } }],
  });
