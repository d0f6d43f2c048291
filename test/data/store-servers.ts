/** Programs of the tool `store-servers`, in a place of the tests. */
import { chmodSync, cpSync } from "node:fs";

import { toolFolder } from "../judges/tools.ts";
import { Place } from "./programs.ts";

/** Quick to start, at the cost of what a test does not live to see. */
const quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"];

/** A place with the servers' jars, and programs of our own making in `bin`. */
export class ServersPlace extends Place {
  constructor(programs: readonly string[]) {
    super([...programs, "java"]);
    // Whoever runs the programs need not be let into the tools' own folder.
    cpSync(toolFolder("store-servers"), this.at("servers"), { recursive: true });
  }

  /** Words that start a class of the jars, or of our own. */
  java(...options: readonly string[]): string[] {
    const classes = ["lib/*", "classes"].map((part) => this.at(`servers/${part}`)).join(":");
    return ["java", ...quick, ...options, "-cp", classes];
  }

  /** Writes a program. */
  program(name: string, text: string): string {
    const path = this.write(name, text);
    chmodSync(path, 0o755);
    return path;
  }
}
