/** A small client of the sandbox's API server: a kubectl process for each question takes longer. */
import { Agent, request } from "node:https";

import { SandboxError } from "./fault.ts";
import type { ApiAccess } from "./kubeconfig.ts";

/** Any object of Kubernetes, as far as this client looks into it. */
export interface KubeObject {
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** An answer other than success. */
export class ApiError extends SandboxError {
  override name = "ApiError";
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The API server of one sandbox. */
export class Api {
  readonly #access: ApiAccess;
  readonly #agent: Agent;

  constructor(access: ApiAccess) {
    this.#access = access;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: 16,
      ca: access.authority,
      cert: access.certificate,
      key: access.key,
    });
  }

  /** Every object under a path, e.g. `/api/v1/nodes`. */
  async list(path: string): Promise<readonly KubeObject[]> {
    const list = (await this.#json("GET", path)) as { readonly items: readonly KubeObject[] };
    return list.items;
  }

  /** One object, or undefined. */
  async find(path: string): Promise<KubeObject | undefined> {
    try {
      return (await this.#json("GET", path)) as KubeObject;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) {
        return undefined;
      }
      throw error;
    }
  }

  /** Makes an object; one that is there already is left as it is. */
  async create(path: string, object: object): Promise<void> {
    try {
      await this.#json("POST", path, object);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) {
        throw error;
      }
    }
  }

  /** Changes fields of an object (JSON merge patch). */
  async patch(path: string, fields: object): Promise<void> {
    await this.#json("PATCH", path, fields);
  }

  /** Removes an object at once; one that is gone is no fault. */
  async remove(path: string): Promise<void> {
    try {
      await this.#json("DELETE", path, { gracePeriodSeconds: 0, propagationPolicy: "Background" });
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) {
        throw error;
      }
    }
  }

  /** Whether the API server answers and says it is ready. Never throws. */
  async isReady(): Promise<boolean> {
    try {
      return (await this.#send("GET", "/readyz")).status === 200;
    } catch {
      return false;
    }
  }

  /** Ends idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #json(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await this.#send(method, path, body);
    if (answer.status >= 300) {
      throw new ApiError(answer.status, `${method} ${path}: ${reason(answer)}`);
    }
    return JSON.parse(answer.body);
  }

  #send(method: string, path: string, body?: object): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return new Promise((settle, fail) => {
      const call = request(
        new URL(path, this.#access.server),
        {
          method,
          agent: this.#agent,
          timeout: 10_000,
          headers:
            text === undefined
              ? {}
              : { "content-type": type, "content-length": Buffer.byteLength(text) },
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on("data", (part: Buffer) => parts.push(part));
          response.on("error", fail);
          response.on("end", () => {
            settle({
              status: response.statusCode ?? 0,
              body: Buffer.concat(parts).toString("utf8"),
            });
          });
        },
      );
      call.on("timeout", () => {
        call.destroy(new SandboxError(`${method} ${path}: no answer for 10 s`));
      });
      call.on("error", fail);
      call.end(text);
    });
  }
}

function reason({ status, body }: Answer): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: unknown };
    return typeof message === "string" ? message : `HTTP ${status}`;
  } catch {
    return `HTTP ${status}`;
  }
}
