/**
 * A real Traefik with one guarded host before a service that notes what reaches it. All on loopback.
 *
 * Its arguments are the controller's but for those of Kubernetes: the host stands in a file, with the name
 * of its middleware as its Ingress has it in an annotation.
 */
import { guardName, guardVolume } from "../../components/platform/guards.ts";
import type { GuardedHost } from "../../components/platform/guards.schema.ts";
import type { TraefikConfig } from "../../components/platform/ingress.schema.ts";
import {
  traefikArguments,
  traefikFiles,
  traefikFolder,
  traefikPorts,
} from "../../components/platform/traefik-arguments.ts";
import { freePorts, Place, until } from "../data/programs.ts";
import { type Answer, type Request, send } from "./edge-client.ts";
import { type Arrived, EdgeService } from "./edge-service.ts";
import { peopleFolder } from "./nginx-host.ts";

const host = "sd.example.org";

/** The host, served. */
export class TraefikHost {
  readonly arrived: readonly Arrived[];
  readonly #place: Place;
  readonly #service: EdgeService;
  readonly #port: number;

  private constructor(place: Place, service: EdgeService, port: number) {
    this.#place = place;
    this.#service = service;
    this.#port = port;
    this.arrived = service.arrived;
  }

  /** Starts a Traefik with a config, and the guards of its hosts. */
  static async start(
    config: TraefikConfig,
    guards: readonly GuardedHost[],
    people: Readonly<Record<string, string>> = {},
  ): Promise<TraefikHost> {
    const place = new Place(["traefik"]);
    const service = new EdgeService();
    const folder = await peopleFolder(place, people);
    const dynamic = await place.makeFolder("dynamic");
    for (const [name, text] of Object.entries(traefikFiles(config, guards))) {
      place.write(`dynamic/${name}`, text.replaceAll(guardVolume.path, folder));
    }
    place.write("dynamic/host.yml", routes(await service.open()));
    const [web = 0, ...others] = await freePorts(4);
    place.start(["traefik", ...localArguments(config, dynamic, [web, ...others])]);
    const made = new TraefikHost(place, service, web);
    // It answers before it has read its files: until then it knows no host.
    await until("Traefik knows the host", () =>
      made.send().then(
        ({ status }) => status !== 0 && status !== 404,
        () => false,
      ),
    );
    service.arrived.splice(0);
    return made;
  }

  /** Sends a request from 127.0.0.2 and waits for its answer. */
  send(request: Omit<Request, "port" | "host"> = {}): Promise<Answer> {
    return send({ ...request, port: this.#port, host });
  }

  /** Ends both, and takes the folder away. */
  async clear(): Promise<void> {
    this.#service.close();
    await this.#place.clear();
  }
}

const routes = (service: number): string =>
  JSON.stringify({
    http: {
      routers: {
        host: {
          rule: `Host(\`${host}\`)`,
          entryPoints: ["web"],
          service: "pods",
          middlewares: [guardName(host)],
        },
      },
      services: {
        pods: { loadBalancer: { servers: [{ url: `http://127.0.0.1:${service}` }] } },
      },
    },
  });

/** The controller's arguments, on ports and in a folder of the test. */
const localArguments = (
  config: TraefikConfig,
  folder: string,
  ports: readonly number[],
): string[] => {
  const known = Object.values(traefikPorts);
  return traefikArguments("traefik", config, { kind: "ip", ip: "192.0.2.1" })
    .filter((argument) => !argument.startsWith("--providers.kubernetesingress"))
    .map((argument) =>
      argument.replace(traefikFolder, folder).replace(/address=:(\d+)$/, (_, port: string) => {
        const place = ports[known.findIndex((one) => one === Number(port))] ?? 0;
        return `address=127.0.0.1:${place}`;
      }),
    );
};
