/**
 * A real name server, fed by the real puller from a web server of the test's own. All on loopback.
 *
 * Config, script and settings are those that machines get; what differs is said below: folders, the
 * port, and that no root is there to give rights away.
 */
import { createServer, type Server } from "node:http";
import { Resolver } from "node:dns/promises";
import { readFileSync, writeFileSync } from "node:fs";

import { knotConfig, knotSettings } from "../../components/platform/name-server-files.ts";
import { NameServerDnsConfig } from "../../components/platform/name-server.schema.ts";
import { type KnownRecord, zoneContents } from "../../components/platform/zone-content.ts";
import { zoneFile, zoneIndex } from "../../components/platform/zone-file.ts";
import { pullerEnvironment, pullerScript } from "../../components/platform/zone-puller.ts";
import {
  type Finished,
  freePorts,
  killGroup,
  Place,
  type Running,
  until,
} from "../data/programs.ts";

const programs = ["knotd", "knotc", "kzonecheck", "kdig", "curl", "flock", "awk", "sha256sum"];

/** The section of a stack file that the tests publish. */
export const section = (change: Readonly<Record<string, unknown>> = {}): NameServerDnsConfig =>
  NameServerDnsConfig.parse({
    kind: "name-server",
    nameServers: { "ns1.example.org": { address: "192.0.2.1" } },
    contact: "host.master@example.org",
    zones: { "example.org": {} },
    publication: { bucket: "example-zones", region: "ap-south" },
    ...change,
  });

/** The files of all zones, by name, as they stand in the bucket. */
export function publish(
  config: NameServerDnsConfig,
  hosts: readonly KnownRecord[] = [],
): Map<string, string> {
  const addresses = new Map(
    Object.entries(config.nameServers).flatMap(([name, { address }]) =>
      address === undefined ? [] : [[name, address] as const],
    ),
  );
  const contents = zoneContents(config, hosts, addresses);
  return new Map([
    ["index", zoneIndex(contents.map(({ zone }) => zone))],
    ...contents.map((content) => [`${content.zone}.zone`, zoneFile(content)] as const),
  ]);
}

/** What the puller is pointed at. */
export class Publication {
  /** File name → text. A missing one is answered with 404. */
  files = new Map<string, string>();

  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const text = this.files.get(request.url?.replace("/zones/", "") ?? "");
      response.writeHead(text === undefined ? 404 : 200, { "content-type": "text/plain" });
      response.end(text ?? "<html>no such key</html>");
    });
  }

  /** Starts the web server. */
  static async open(): Promise<Publication> {
    const made = new Publication();
    await new Promise<void>((settle) => made.#server.listen(0, "127.0.0.1", settle));
    return made;
  }

  /** URL of the folder. */
  get source(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") {
      throw new Error("the web server has no port");
    }
    return `http://127.0.0.1:${address.port}/zones`;
  }

  /** Ends it: from then on nobody answers. */
  async close(): Promise<void> {
    if (this.#server.listening) {
      await new Promise((settle) => this.#server.close(settle));
    }
  }
}

/** A server with its puller. */
export class ZoneServer {
  readonly place = new Place(programs);
  readonly port: number;
  readonly address: string;
  readonly #secondaries: readonly string[];
  #running: Running | undefined;

  private constructor(port: number, address: string, secondaries: readonly string[]) {
    this.port = port;
    this.address = address;
    this.#secondaries = secondaries;
  }

  /** Starts a server without zones. */
  static async open(secondaries: readonly string[] = [], port?: number): Promise<ZoneServer> {
    const [free = 0] = port === undefined ? await freePorts(1) : [port];
    const server = new ZoneServer(free, "127.0.0.1", secondaries);
    await server.#makeFolders();
    // Addresses and folders of the test; all else is the machine's own config.
    server.place.write(
      "knot.conf",
      knotConfig(secondaries)
        .replaceAll("/var/lib/knot", server.place.at("knot"))
        .replace("/run/knot", server.place.at("run"))
        .replace("    user: knot:knot\n", "")
        .replace("[ 0.0.0.0@53, ::@53 ]", `[ 127.0.0.1@${free} ]`)
        .replaceAll(/^( {4}address: )([\d.]+)$/gm, `$1$2@${free}`)
        .replace("target: syslog", "target: stderr"),
    );
    await server.#boot();
    return server;
  }

  /** Starts a server that copies a zone from another, on an address of loopback of its own. */
  static async copying(primary: ZoneServer, address: string, zone: string): Promise<ZoneServer> {
    const server = new ZoneServer(primary.port, address, []);
    await server.#makeFolders();
    server.place.write(
      "knot.conf",
      [
        "server:",
        `    rundir: ${server.place.at("run")}`,
        `    listen: [ ${address}@${primary.port} ]`,
        "log:",
        "  - target: stderr",
        "    any: info",
        "database:",
        `    storage: ${server.place.at("knot")}`,
        "remote:",
        "  - id: primary",
        `    address: 127.0.0.1@${primary.port}`,
        `    via: ${address}`,
        "acl:",
        "  - id: notice",
        "    address: 127.0.0.1",
        "    action: notify",
        "zone:",
        `  - domain: ${zone}`,
        `    storage: ${server.place.at("knot/zones")}`,
        "    master: primary",
        "    acl: notice",
        "",
      ].join("\n"),
    );
    await server.#boot();
    return server;
  }

  async #makeFolders(): Promise<void> {
    for (const folder of ["run", "knot/zones", "knot/fleet"]) {
      await this.place.makeFolder(folder);
    }
  }

  async #boot(): Promise<void> {
    const running = this.place.start(["knotd", "-c", this.place.at("knot.conf")]);
    this.#running = running;
    await until("the name server runs", async () => {
      if (running.child.exitCode !== null) {
        throw new Error(`the name server did not start:\n${running.said()}`);
      }
      return this.#serves();
    });
  }

  /** Whether it takes commands: it says where before it does. */
  async #serves(): Promise<boolean> {
    const control = ["knotc", "-s", this.place.at("run/knot.sock"), "status"];
    return (await this.place.run(control)).code === 0;
  }

  /** Runs the puller once. */
  pull(source: string, change: Readonly<Record<string, string>> = {}): Promise<Finished> {
    return this.start(source, change).done;
  }

  /** Starts a run of the puller. */
  start(source: string, change: Readonly<Record<string, string>> = {}): Running {
    const settings = knotSettings(source, this.#secondaries);
    const text = pullerEnvironment(settings).replaceAll("/var/lib/knot", this.place.at("knot"));
    const control = `knotc -s ${this.place.at("run/knot.sock")}`;
    const env = Object.fromEntries(
      [...text.matchAll(/^(\w+)="(.*)"$/gm)].map(([, name = "", value = ""]) => [
        name,
        value.replace(/^knotc/, control),
      ]),
    );
    const script = this.place.write("pull.sh", pullerScript);
    return this.place.start(["sh", script], { ...env, PORT: `${this.port}`, ...change });
  }

  /** What the server answers over UDP, by Node's own client. */
  get resolver(): Resolver {
    const resolver = new Resolver({ timeout: 20_000, tries: 2 });
    resolver.setServers([`${this.address}:${this.port}`]);
    return resolver;
  }

  /** What it answers over TCP. */
  overTcp(name: string, type: string): Promise<string> {
    return this.place.ok([
      ...["kdig", "+tcp", "+time=60", "+short", `@${this.address}`, "-p", `${this.port}`],
      ...[name, type],
    ]);
  }

  /** Serial of a zone; undefined where it is not served. */
  async serial(zone: string): Promise<number | undefined> {
    try {
      return (await this.resolver.resolveSoa(zone)).serial;
    } catch {
      return undefined;
    }
  }

  /** The whole zone, one record a line, as the server sees it. */
  async transfer(zone: string): Promise<string[]> {
    const text = await this.place.ok([
      ...["kdig", "+time=60", "+noall", "+answer", `@${this.address}`, "-p", `${this.port}`],
      ...[zone, "AXFR"],
    ]);
    const lines = text.split("\n").map((line) => line.trim().replaceAll(/[ \t]+/g, " "));
    return [...new Set(lines)].filter((line) => line !== "" && !line.startsWith(";"));
  }

  /** File of a served zone. */
  zoneFile = (zone: string): string =>
    readFileSync(this.place.at(`knot/zones/${zone}.zone`), "utf8");

  /** Changes the file of a served zone by hand, as somebody on the machine would. */
  async edit(zone: string, change: (text: string) => string): Promise<void> {
    writeFileSync(this.place.at(`knot/zones/${zone}.zone`), change(this.zoneFile(zone)));
    await this.place.ok(["knotc", "-s", this.place.at("run/knot.sock"), "-b", "zone-reload", zone]);
  }

  /** Ends the server, takes its disk away and starts an empty one, as a new machine would be. */
  async rebuild(): Promise<void> {
    await this.kill();
    await this.place.ok(["rm", "-rf", this.place.at("knot"), this.place.at("run")]);
    await this.#makeFolders();
    await this.#boot();
  }

  /** Ends the server. */
  async kill(): Promise<void> {
    if (this.#running !== undefined) {
      await killGroup(this.#running.child);
    }
  }

  /** Ends it and takes its folder away. */
  async clear(): Promise<void> {
    await this.kill();
    await this.place.clear();
  }
}
