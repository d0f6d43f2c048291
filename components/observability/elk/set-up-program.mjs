// What the set-up's pod runs: it makes in Elasticsearch and Kibana what the plan says. All of it may be
// done again: what is there already becomes what the plan says, and nothing else is touched.
//
//   node set-up-program.mjs <plan.json> <folder of passwords> <authorities.pem or ->
//
// The folder has one file for each password that the plan names, and `administrator`. No password is ever
// written. Environment: WAIT_SECONDS, how long what does not answer is waited for.

import { readFileSync } from "node:fs";
import { request as overTls } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * @typedef {object} Put Something to make.
 * @property {string} path
 * @property {object} body
 *
 * @typedef {object} User
 * @property {string} name
 * @property {readonly string[]} roles
 * @property {string} password File with the password.
 *
 * @typedef {object} Plan
 * @property {{ url: string, user: string, verifyName: boolean, members: number }} elasticsearch
 * @property {readonly Put[]} policies
 * @property {readonly Put[]} templates
 * @property {readonly Put[]} roles
 * @property {readonly User[]} users
 * @property {readonly string[]} streams
 * @property {Readonly<Record<string, string | number>>} settings
 * @property {KibanaPlan} [kibana]
 *
 * @typedef {object} KibanaPlan
 * @property {string} url
 * @property {string} password File with that of `kibana_system`.
 * @property {readonly { id: string, type: string }[]} objects
 * @property {string} defaultView
 *
 * @typedef {{ status: number, body: any }} Answer
 * @typedef {(method: string, path: string, body?: object) => Promise<Answer>} Ask
 * @typedef {(file: string) => string} Passwords
 * @typedef {object} Patience
 * @property {number} waitMilliseconds Until what does not answer is given up.
 * @property {number} betweenMilliseconds
 */

/** @param {unknown} error */
const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** @param {string} text @returns {any} what stands in it, or the text where it is no JSON */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {string} user @param {string} password */
const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/**
 * Asks Elasticsearch.
 *
 * @param {Plan["elasticsearch"]} server @param {string} password
 * @param {string | undefined} authorities In PEM; undefined: the public ones.
 * @returns {Ask}
 */
export function elasticsearch(server, password, authorities) {
  return (method, path, body) =>
    new Promise((settle, fail) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const call = overTls(
        `${server.url}${path}`,
        {
          method,
          ...(authorities === undefined ? {} : { ca: authorities }),
          // The authority has signed this one certificate; whose name it bears says no more.
          ...(server.verifyName ? {} : { checkServerIdentity: () => undefined }),
          timeout: 30_000,
          headers: {
            authorization: basic(server.user, password),
            ...(text === ""
              ? {}
              : { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
          },
        },
        (response) => {
          /** @type {Buffer[]} */
          const parts = [];
          response.on("data", (part) => parts.push(part));
          response.on("error", fail);
          response.on("end", () => {
            const answer = Buffer.concat(parts).toString("utf8");
            settle({ status: response.statusCode ?? 0, body: parsed(answer) });
          });
        },
      );
      call.on("timeout", () => call.destroy(new Error("no answer within 30 seconds")));
      call.on("error", fail);
      call.end(text);
    });
}

/**
 * Asks until the answer is as it should be.
 *
 * @param {string} what @param {Patience} patience
 * @param {() => Promise<string | undefined>} look What is still wanting, or nothing.
 */
export async function until(what, { waitMilliseconds, betweenMilliseconds }, look) {
  const end = performance.now() + waitMilliseconds;
  let told = "";
  for (;;) {
    const wanting = await look().catch(messageOf);
    if (wanting === undefined) return;
    if (performance.now() > end) throw new Error(`${what} did not get ready: ${wanting}`);
    if (wanting !== told) console.log(`waiting for ${what}: ${wanting}`);
    told = wanting;
    await sleep(betweenMilliseconds);
  }
}

/** What an answer says, short enough for a line. @param {Answer} answer */
const shown = ({ status, body }) =>
  `${status} ${(typeof body === "string" ? body : JSON.stringify(body)).slice(0, 300)}`;

/**
 * @param {Ask} ask @param {string} method @param {string} path @param {object} body
 * @param {(body: any) => boolean} done
 */
async function make(ask, method, path, body, done) {
  const answer = await ask(method, path, body);
  if (answer.status !== 200 || !done(answer.body))
    throw new Error(`${method} ${path}: ${shown(answer)}`);
  console.log(`${method} ${path}`);
}

/** @param {any} body */
const acknowledged = (body) => body?.acknowledged === true;

/** @param {Ask} ask @param {Plan} plan @param {Patience} patience */
async function waitForElasticsearch(ask, { elasticsearch: { members } }, patience) {
  await until("Elasticsearch", patience, async () => {
    const health = `/_cluster/health?wait_for_status=yellow&wait_for_nodes=%3E%3D${members}&timeout=10s`;
    const answer = await ask("GET", health);
    return answer.status === 200 && answer.body?.timed_out === false ? undefined : shown(answer);
  });
}

/** A stream that is there stays, with all its lines. @param {Ask} ask @param {string} stream */
async function makeStream(ask, stream) {
  const answer = await ask("PUT", `/_data_stream/${stream}`);
  const there =
    answer.status === 400 && answer.body?.error?.type === "resource_already_exists_exception";
  if (!there && !(answer.status === 200 && acknowledged(answer.body)))
    throw new Error(`PUT /_data_stream/${stream}: ${shown(answer)}`);
  console.log(`PUT /_data_stream/${stream}${there ? ": it is there already" : ""}`);
}

/**
 * Policies before the templates that name them, both before the streams that are made by them; roles
 * before their users.
 *
 * @param {Plan} plan @param {Ask} ask @param {Passwords} passwordIn @param {Patience} patience
 */
export async function setUpElasticsearch(plan, ask, passwordIn, patience) {
  await waitForElasticsearch(ask, plan, patience);
  for (const { path, body } of [...plan.policies, ...plan.templates])
    await make(ask, "PUT", path, body, acknowledged);
  for (const stream of plan.streams) {
    await makeStream(ask, stream);
    await make(ask, "PUT", `/${stream}/_settings`, plan.settings, acknowledged);
  }
  for (const { path, body } of plan.roles)
    await make(ask, "PUT", path, body, (answer) => typeof answer?.role?.created === "boolean");
  for (const { name, roles, password } of plan.users) {
    const body = { password: passwordIn(password), roles, metadata: { managed_by: "fleet" } };
    await make(
      ask,
      "PUT",
      `/_security/user/${name}`,
      body,
      (answer) => typeof answer?.created === "boolean",
    );
  }
  if (plan.kibana !== undefined) {
    const body = { password: passwordIn(plan.kibana.password) };
    const path = "/_security/user/kibana_system/_password";
    await make(ask, "POST", path, body, (answer) => typeof answer === "object");
  }
}

/**
 * Asks Kibana.
 *
 * @param {string} url @param {string} user @param {string} password
 * @returns {(method: string, path: string, body?: string | FormData) => Promise<Answer>}
 */
export function kibana(url, user, password) {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: basic(user, password),
        // Kibana takes nothing without it that a page of another site could have sent.
        "kbn-xsrf": "fleet",
        ...(typeof body === "string" ? { "content-type": "application/json" } : {}),
      },
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: parsed(await response.text()) };
  };
}

/**
 * Imports every object over what has its id, and believes nothing but that all have come in.
 *
 * @param {KibanaPlan} plan @param {ReturnType<typeof kibana>} ask @param {Patience} patience
 */
export async function setUpKibana(plan, ask, patience) {
  await until("Kibana", patience, async () => {
    const answer = await ask("GET", "/api/status");
    const level = answer.body?.status?.overall?.level;
    return answer.status === 200 && level === "available" ? undefined : shown(answer);
  });
  const lines = plan.objects.map((object) => JSON.stringify(object)).join("\n");
  const form = new FormData();
  form.append("file", new Blob([`${lines}\n`], { type: "application/ndjson" }), "fleet.ndjson");
  const path = "/api/saved_objects/_import?overwrite=true";
  const { status, body } = await ask("POST", path, form);
  if (status !== 200 || body?.success !== true || body?.successCount !== plan.objects.length) {
    const errors = (body?.errors ?? []).map((/** @type {any} */ { type, id, error }) =>
      `${type} ${id}: ${error?.type ?? ""} ${error?.reason ?? error?.message ?? ""}`.trim(),
    );
    throw new Error([`POST ${path}: ${shown({ status, body })}`, ...errors].join("\n  "));
  }
  console.log(`POST ${path}: ${plan.objects.length} objects`);
  const view = JSON.stringify({ data_view_id: plan.defaultView, force: false });
  const chosen = await ask("POST", "/api/data_views/default", view);
  if (chosen.status !== 200 || !acknowledged(chosen.body))
    throw new Error(`POST /api/data_views/default: ${shown(chosen)}`);
  console.log("POST /api/data_views/default");
}

/** @param {string} path @param {string} folder @param {string} authorities */
async function main(path, folder, authorities) {
  const passwordIn = (/** @type {string} */ file) => {
    const password = readFileSync(`${folder}/${file}`, "utf8").trim();
    if (password === "") throw new Error(`${folder}/${file} is empty`);
    return password;
  };
  /** @type {Plan} */
  const plan = JSON.parse(readFileSync(path, "utf8"));
  const seconds = Number(process.env["WAIT_SECONDS"] ?? "900");
  const patience = {
    waitMilliseconds: seconds * 1_000,
    betweenMilliseconds: Math.min(5_000, seconds * 100),
  };
  const password = passwordIn("administrator");
  const trusted = authorities === "-" ? undefined : readFileSync(authorities, "utf8");
  const ask = elasticsearch(plan.elasticsearch, password, trusted);
  await setUpElasticsearch(plan, ask, passwordIn, patience);
  if (plan.kibana !== undefined) {
    const { user } = plan.elasticsearch;
    await setUpKibana(plan.kibana, kibana(plan.kibana.url, user, password), patience);
  }
  console.log("done");
}

if (import.meta.main) {
  try {
    await main(process.argv[2] ?? "", process.argv[3] ?? "", process.argv[4] ?? "-");
  } catch (error) {
    console.error(messageOf(error));
    process.exitCode = 1;
  }
}
