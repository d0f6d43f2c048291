/**
 * Servers that play Elasticsearch and Kibana for a set-up, as strictly as the real ones: who is not
 * logged in is refused, what refers to nothing is refused, what is made twice says so.
 */
import { createServer as createHttp, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttps } from "node:https";

import { readCertificates } from "../../components/base/certificates.ts";

/** What a request is answered. */
interface Answer {
  readonly status: number;
  readonly body: object;
}

/** A server and what it was asked. */
export interface Played {
  readonly url: string;
  /** `METHOD /path`, in order. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** What the store holds. */
export interface StoreState {
  readonly password: string;
  readonly policies: Map<string, unknown>;
  readonly templates: Map<string, unknown>;
  readonly streams: Map<string, Record<string, unknown>>;
  readonly roles: Map<string, unknown>;
  readonly users: Map<string, { readonly password: string; readonly roles: readonly string[] }>;
  /** Answers before it is up: 503. */
  busy: number;
  /** Path whose answer is another one. */
  readonly broken: Map<string, Answer>;
}

/** A store with nothing in it but what Elasticsearch brings along. */
export const emptyStore = (password: string): StoreState => ({
  password,
  policies: new Map(),
  templates: new Map(),
  streams: new Map(),
  roles: new Map<string, unknown>([
    ["viewer", {}],
    ["editor", {}],
  ]),
  users: new Map([["kibana_system", { password: "", roles: ["kibana_system"] }]]),
  busy: 0,
  broken: new Map(),
});

const fault = (status: number, type: string, reason: string): Answer => ({
  status,
  body: { error: { type, reason }, status },
});
const acknowledged: Answer = { status: 200, body: { acknowledged: true } };

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

type Body = Record<string, unknown>;

/** Only these words, as Elasticsearch refuses what it does not know. */
function unknownWord(body: Body, known: readonly string[]): string | undefined {
  return Object.keys(body).find((word) => !known.includes(word));
}

function putTemplate(state: StoreState, name: string, body: Body): Answer {
  const word = unknownWord(body, [
    "index_patterns",
    "data_stream",
    "priority",
    "_meta",
    "template",
  ]);
  if (word !== undefined) return fault(400, "x_content_parse_exception", `unknown field [${word}]`);
  const { settings } = body["template"] as { settings: Body };
  // Elasticsearch itself takes a template without its policy, and its lines then stay for ever.
  if (!state.policies.has(String(settings["index.lifecycle.name"])))
    return fault(400, "judge", "the template names a policy that is not there");
  state.templates.set(name, body);
  return acknowledged;
}

function putStream(state: StoreState, name: string): Answer {
  if (state.streams.has(name))
    return fault(400, "resource_already_exists_exception", `data_stream [${name}] already exists`);
  const patterns = [...state.templates.values()].map(
    (template) => (template as { index_patterns: string[] }).index_patterns,
  );
  const matching = patterns.filter((list) => list.includes(name));
  if (matching.length !== 1)
    return fault(400, "illegal_argument_exception", `no matching index template for [${name}]`);
  state.streams.set(name, {});
  return acknowledged;
}

function putUser(state: StoreState, name: string, body: Body): Answer {
  const word = unknownWord(body, ["password", "roles", "metadata", "full_name", "email"]);
  const { password, roles } = body as { password?: string; roles?: string[] };
  if (word !== undefined || password === undefined || password.length < 6)
    return fault(400, "validation_exception", "Validation Failed");
  if ((roles ?? []).some((role) => !state.roles.has(role)))
    return fault(400, "judge", "the user has a role that is not there");
  const created = !state.users.has(name);
  state.users.set(name, { password, roles: roles ?? [] });
  return { status: 200, body: { created } };
}

/** What Elasticsearch answers. */
function storeAnswer(state: StoreState, method: string, path: string, body: Body): Answer {
  const [, area = "", kind = "", name = "", more] = path.split("?")[0]?.split("/") ?? [];
  const route = `${method} ${area}/${kind}`;
  if (method === "GET" && path.startsWith("/_cluster/health?"))
    return { status: 200, body: { status: "green", timed_out: false } };
  if (route === "PUT _ilm/policy") {
    state.policies.set(name, body);
    return acknowledged;
  }
  if (method === "PUT" && area === "_index_template") return putTemplate(state, kind, body);
  if (method === "PUT" && area === "_data_stream") return putStream(state, kind);
  if (method === "PUT" && kind === "_settings") {
    if (!state.streams.has(area)) return fault(404, "index_not_found_exception", area);
    state.streams.set(area, body);
    return acknowledged;
  }
  if (route === "PUT _security/role") {
    const created = !state.roles.has(name);
    state.roles.set(name, body);
    return { status: 200, body: { role: { created } } };
  }
  if (route === "PUT _security/user") return putUser(state, name, body);
  if (route === "POST _security/user" && name === "kibana_system" && more === "_password") {
    state.users.set(name, { password: String(body["password"]), roles: ["kibana_system"] });
    return { status: 200, body: {} };
  }
  return fault(405, "method_not_allowed", `${method} ${path}`);
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function listen(server: Server, scheme: string, asked: string[]): Promise<Played> {
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((settle) => {
        server.closeAllConnections();
        server.close(() => {
          settle();
        });
      }),
  };
}

/** Plays Elasticsearch, over TLS. */
export function playElasticsearch(state: StoreState, certificates: string): Promise<Played> {
  const { certificate, key } = readCertificates(certificates);
  const asked: string[] = [];
  const server = createHttps({ cert: certificate, key }, (request, response) => {
    void read(request).then((bytes) => {
      const { method = "", url = "" } = request;
      asked.push(`${method} ${url}`);
      const reply = ({ status, body }: Answer): void => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      };
      if (state.busy > 0) {
        state.busy -= 1;
        reply(fault(503, "master_not_discovered_exception", "not yet"));
      } else if (request.headers.authorization !== basic("elastic", state.password)) {
        reply(fault(401, "security_exception", "unable to authenticate user [elastic]"));
      } else {
        const body = bytes.length === 0 ? {} : (JSON.parse(bytes.toString("utf8")) as Body);
        reply(state.broken.get(url) ?? storeAnswer(state, method, url, body));
      }
    });
  });
  server.on("tlsClientError", () => undefined);
  return listen(server, "https", asked);
}

/** An object of Kibana's. */
export interface KibanaObject {
  readonly id: string;
  readonly type: string;
  readonly references: readonly { readonly id: string; readonly type: string }[];
}

/** What Kibana holds. */
export interface KibanaState {
  readonly objects: Map<string, KibanaObject>;
  defaultView: string | undefined;
  /** Answers before it is up: 503. */
  busy: number;
}

/** The one file of a form: its name and its text. */
function fileOf(bytes: Buffer, type: string): { readonly name: string; readonly text: string } {
  const boundary = /boundary=(\S+)/.exec(type)?.[1] ?? "";
  const [, part = "", end] = bytes.toString("utf8").split(`--${boundary}`);
  const [head = "", ...text] = part.split("\r\n\r\n");
  const name = /name="file"; filename="([^"]+)"/.exec(head)?.[1];
  return { name: end?.startsWith("--") === true ? (name ?? "") : "", text: text.join("") };
}

/** The import: all or nothing, and nothing over what is there unless it is said. */
function importObjects(state: KibanaState, bytes: Buffer, url: URL, type: string): Answer {
  const { name, text } = fileOf(bytes, type);
  if (!name.endsWith(".ndjson")) return fault(400, "Bad Request", "Invalid file extension");
  const lines = text.trimEnd().split("\n");
  const objects = lines.map((line) => JSON.parse(line) as KibanaObject);
  const key = (one: { readonly type: string; readonly id: string }) => `${one.type} ${one.id}`;
  const known = new Set([...state.objects.keys(), ...objects.map(key)]);
  const errors = objects.flatMap((object) => {
    const { id, type: kind, references } = object;
    const missing = references.filter((reference) => !known.has(key(reference)));
    if (missing.length > 0) return [{ id, type: kind, error: { type: "missing_references" } }];
    const there = state.objects.has(key(object)) && url.searchParams.get("overwrite") !== "true";
    return there ? [{ id, type: kind, error: { type: "conflict" } }] : [];
  });
  if (errors.length > 0) return { status: 200, body: { success: false, successCount: 0, errors } };
  for (const object of objects) state.objects.set(key(object), object);
  return { status: 200, body: { success: true, successCount: objects.length } };
}

/** Plays Kibana, which lets in whom the store knows. */
export function playKibana(state: KibanaState, store: StoreState): Promise<Played> {
  const asked: string[] = [];
  const answer = (request: IncomingMessage, bytes: Buffer): Answer => {
    const { method = "", headers } = request;
    const url = new URL(request.url ?? "", "http://kibana");
    // It cannot log in to the store, and so answers nobody, until its own password is set.
    const ready = store.users.get("kibana_system")?.password !== "" && state.busy <= 0;
    state.busy -= 1;
    if (!ready) return { status: 503, body: { status: { overall: { level: "unavailable" } } } };
    if (url.pathname === "/api/status")
      return { status: 200, body: { status: { overall: { level: "available" } } } };
    if (headers.authorization !== basic("elastic", store.password))
      return fault(401, "Unauthorized", "Unauthorized");
    if (headers["kbn-xsrf"] === undefined)
      return fault(400, "Bad Request", "Request must contain a kbn-xsrf header.");
    const route = `${method} ${url.pathname}`;
    if (route === "POST /api/saved_objects/_import")
      return importObjects(state, bytes, url, headers["content-type"] ?? "");
    if (route === "POST /api/data_views/default") {
      const body = JSON.parse(bytes.toString("utf8")) as { data_view_id: string; force: boolean };
      if (!state.objects.has(`index-pattern ${body.data_view_id}`))
        return fault(404, "Not Found", "no such view");
      if (state.defaultView === undefined || body.force) state.defaultView = body.data_view_id;
      return acknowledged;
    }
    return fault(404, "Not Found", route);
  };
  const server = createHttp((request, response) => {
    void read(request)
      .then((bytes) => {
        asked.push(`${request.method ?? ""} ${request.url ?? ""}`);
        return answer(request, bytes);
      })
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
  });
  return listen(server, "http", asked);
}
