/**
 * Speaks to the stand-ins of a sandbox, as somebody with the cloud's console or a bad day would:
 * `node sandbox/standins/tell.ts <command> …` with FLEET_SANDBOX_DIR set (`make shell` sets it).
 */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import { clearOrders, giveOrder, operations, standingOrders } from "./control.ts";
import type { Operation, Order } from "./control.ts";
import { clouds, isCloud } from "./schema.ts";
import type { Cloud } from "./schema.ts";
import { pushImage, putOutside, seedStandins } from "./seeds.ts";
import { Store } from "./store.ts";
import { isBag } from "./values.ts";
import type { Properties, Value } from "./values.ts";
import type { CloudObject } from "./world.ts";

const usage = `node sandbox/standins/tell.ts <command>

  list <cloud> [type]                       what the cloud holds
  delete <cloud> <id>                       takes something away behind Pulumi's back
  edit <cloud> <id> '<json>'                changes inputs of something behind Pulumi's back
  put <cloud> <type> <name> '<json>'        makes something behind Pulumi's back
  fact <cloud> <id> <name> <value>          settles something as the cloud does, e.g. users of an address
  seed linode domain <name>                 a domain that look-ups find
  seed linode address <ip>                  a reserved address that can be assigned
  seed cloudflare zone <name> [id]          a zone that look-ups find
  push docker <image> <sha256:…|missing>    what the registry answers for a tag
  fail <type|function|*> <operation> [--times n] [--match text] [--message text] [--after]
  slow <type|function|*> <operation> --seconds s [--times n] [--match text]
  orders                                    the orders that stand
  clear                                     takes every order back

operations: ${operations.join(", ")}; clouds: ${clouds.join(", ")}`;

/** A command that was not understood. */
export class NotUnderstood extends Error {
  override name = "NotUnderstood";
}

/** Runs one command; gives what to print. */
export async function tell(sandbox: string, args: readonly string[]): Promise<string> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      times: { type: "string" },
      match: { type: "string" },
      message: { type: "string" },
      seconds: { type: "string" },
      after: { type: "boolean" },
    },
  });
  const [command = "", first = "", second = "", third = "", fourth = ""] = positionals;
  switch (command) {
    case "list":
      return listed(sandbox, cloudOf(first), second);
    case "delete":
      return deleted(sandbox, cloudOf(first), second);
    case "edit": {
      const wanted = bagOf(third);
      return edited(sandbox, cloudOf(first), second, (object) => ({
        ...object,
        inputs: { ...object.inputs, ...wanted },
      }));
    }
    case "fact":
      return edited(sandbox, cloudOf(first), second, (object) => ({
        ...object,
        facts: { ...object.facts, [third]: fourth },
      }));
    case "put":
      return (await putOutside(sandbox, cloudOf(first), second, third, bagOf(fourth))).id;
    case "seed":
      return seeded(sandbox, first, second, third, fourth);
    case "push":
      await pushImage(sandbox, second, third);
      return `${second} is now ${third}`;
    case "fail":
    case "slow":
      await giveOrder(sandbox, orderOf(command, first, second, values));
      return orders(sandbox);
    case "orders":
      return orders(sandbox);
    case "clear":
      await clearOrders(sandbox);
      return "no order stands";
    default:
      throw new NotUnderstood(usage);
  }
}

function listed(sandbox: string, cloud: Cloud, type: string): string {
  return new Store(sandbox)
    .look(cloud)
    .everything()
    .filter((object) => object.type.includes(type))
    .map(({ type: token, id, urn }) => `${token}\t${id}\t${urn === "" ? "(outside Pulumi)" : urn}`)
    .join("\n");
}

async function deleted(sandbox: string, cloud: Cloud, id: string): Promise<string> {
  return new Store(sandbox).change(cloud, {}, (world) => {
    const found = single(world.everything(), cloud, id);
    world.remove(found);
    return `deleted ${found.type} ${found.id}`;
  });
}

async function edited(
  sandbox: string,
  cloud: Cloud,
  id: string,
  change: (object: CloudObject) => CloudObject,
): Promise<string> {
  return new Store(sandbox).change(cloud, {}, (world) => {
    const found = single(world.everything(), cloud, id);
    world.change(change(found));
    return `changed ${found.type} ${found.id}`;
  });
}

/** The one object of an id; `type/id` where several share it. */
function single(objects: readonly CloudObject[], cloud: Cloud, id: string): CloudObject {
  const found = objects.filter(
    (object) => object.id === id || `${object.type}/${object.id}` === id,
  );
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const reason = found.length === 0 ? "has nothing" : "has several things";
  throw new NotUnderstood(`${cloud} ${reason} with the id ${id}: see tell.ts list ${cloud}`);
}

async function seeded(
  sandbox: string,
  cloud: string,
  kind: string,
  name: string,
  id: string,
): Promise<string> {
  const what = `${cloud} ${kind}`;
  if (name === "") throw new NotUnderstood(usage);
  if (what === "linode domain") await seedStandins(sandbox, { domains: [name] });
  else if (what === "linode address") await seedStandins(sandbox, { addresses: [name] });
  else if (what === "cloudflare zone") {
    await seedStandins(sandbox, id === "" ? { zones: [name] } : { zoneIds: { [name]: id } });
  } else throw new NotUnderstood(usage);
  return `${what} ${name} is there`;
}

function orderOf(
  command: "fail" | "slow",
  token: string,
  operation: string,
  values: { times?: string; match?: string; message?: string; seconds?: string; after?: boolean },
): Order {
  if (token === "" || !isOperation(operation)) throw new NotUnderstood(usage);
  const late = command === "fail" && values.after === true;
  return {
    kind: late ? "fail-after" : command,
    token,
    operation,
    ...(values.times === undefined ? {} : { times: numberOf(values.times) }),
    ...(values.match === undefined ? {} : { match: values.match }),
    ...(values.message === undefined ? {} : { message: values.message }),
    ...(values.seconds === undefined ? {} : { seconds: numberOf(values.seconds) }),
  };
}

function orders(sandbox: string): string {
  const standing = standingOrders(sandbox);
  return standing.length === 0
    ? "no order stands"
    : standing.map((order) => JSON.stringify(order)).join("\n");
}

function isOperation(word: string): word is Operation {
  return operations.some((operation) => operation === word);
}

function cloudOf(word: string): Cloud {
  if (!isCloud(word)) throw new NotUnderstood(`'${word}' is no cloud: write ${clouds.join(", ")}`);
  return word;
}

function numberOf(word: string): number {
  const value = Number(word);
  if (!Number.isFinite(value) || value <= 0)
    throw new NotUnderstood(`'${word}' is no positive number`);
  return value;
}

function bagOf(text: string): Properties {
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch {
    throw new NotUnderstood(`'${text}' is no JSON object`);
  }
  if (!isBag(value)) throw new NotUnderstood(`'${text}' is no JSON object`);
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sandbox = process.env["FLEET_SANDBOX_DIR"];
  try {
    if (sandbox === undefined)
      throw new NotUnderstood("FLEET_SANDBOX_DIR is not set: use make shell");
    console.log(await tell(sandbox, process.argv.slice(2)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
