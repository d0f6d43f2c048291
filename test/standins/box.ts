/** A stand-in in a folder of its own, and short ways to speak to it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fault } from "../../sandbox/standins/check.ts";
import type { Difference } from "../../sandbox/standins/difference.ts";
import type { Subject } from "../../sandbox/standins/objects.ts";
import { StandIn } from "../../sandbox/standins/plugin.ts";
import type { Stored } from "../../sandbox/standins/plugin.ts";
import { loadRules } from "../../sandbox/standins/rules/index.ts";
import { loadSchema } from "../../sandbox/standins/schema.ts";
import type { Cloud } from "../../sandbox/standins/schema.ts";
import { isBag } from "../../sandbox/standins/values.ts";
import type { Properties } from "../../sandbox/standins/values.ts";

let boxes: string | undefined;

/** A folder as a sandbox runner would make it. Test files end with {@link removeBoxes}. */
export function sandboxFolder(): string {
  boxes ??= mkdtempSync(join(tmpdir(), "fleet-standins-"));
  return mkdtempSync(join(boxes, "box-"));
}

/** Takes all folders away: there are hundreds in each test file. */
export function removeBoxes(): void {
  if (boxes !== undefined) {
    rmSync(boxes, { recursive: true, force: true });
    boxes = undefined;
  }
}

/** Provider arguments without which a cloud's plugin refuses to work. */
const credentials: Readonly<Record<Cloud, Properties>> = {
  linode: { token: "throw-away" },
  cloudflare: { apiToken: "throw-away" },
  gcp: { project: "fleet-sandbox", region: "europe-west3", zone: "europe-west3-a" },
  docker: {},
};

/** A URN of a type and name. */
export function subject(type: string, name: string): Subject {
  return { urn: `urn:pulumi:test::fleet::${type}::${name}`, type, name };
}

/** A stand-in and its folder. */
export class Box {
  readonly folder: string;
  readonly standIn: StandIn;

  private constructor(folder: string, standIn: StandIn) {
    this.folder = folder;
    this.standIn = standIn;
  }

  /** Opens a cloud, configured as a stack would. */
  static async open(cloud: Cloud, config: Properties = {}, folder = sandboxFolder()): Promise<Box> {
    const standIn = new StandIn(cloud, loadSchema(cloud), await loadRules(cloud), folder);
    standIn.configure({ ...credentials[cloud], ...config });
    return new Box(folder, standIn);
  }

  /** What is wrong with inputs, as `path reason`. */
  async faults(type: string, inputs: Properties): Promise<string[]> {
    const { faults } = await this.standIn.check(subject(type, "it"), {}, inputs, "seed");
    return faults.map(({ path, reason }: Fault) => `${path} ${reason}`);
  }

  /** Checks inputs and makes the resource; a fault is an error. */
  async make(
    type: string,
    name: string,
    inputs: Properties,
  ): Promise<Stored & { checked: Properties }> {
    const it = subject(type, name);
    const { inputs: checked, faults } = await this.standIn.check(it, {}, inputs, "seed");
    if (faults.length > 0) throw new Error(JSON.stringify(faults));
    return { ...(await this.standIn.create(it, checked, false)), checked };
  }

  /** What a change of inputs would do. */
  async diff(type: string, olds: Properties, news: Properties): Promise<Difference> {
    const it = subject(type, "it");
    const { inputs: before } = await this.standIn.check(it, {}, olds, "seed");
    const { inputs: after } = await this.standIn.check(it, before, news, "seed");
    return this.standIn.diff(it, before, after);
  }

  /** Changes a resource from one set of inputs to another. */
  async update(
    type: string,
    name: string,
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<Properties> {
    const held = { inputs: olds, properties: olds };
    return this.standIn.update(subject(type, name), id, held, news, false);
  }

  /** Asks a function; a fault is an error. */
  async ask(token: string, args: Properties): Promise<Properties> {
    const answer = await this.standIn.invoke(token, args);
    if ("faults" in answer) throw new Error(JSON.stringify(answer.faults));
    return answer.result;
  }
}

/** A bag inside a bag, for assertions. */
export function within(properties: Properties, name: string): Properties {
  const value = properties[name];
  if (!isBag(value)) throw new Error(`${name} is no object`);
  return value;
}
