/** An API server of a few objects, as far as the players of the clouds speak to one. */
import type { Api, KubeObject } from "../../sandbox/api.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Objects by path, e.g. `/api/v1/nodes/a`. */
export class ClusterInMemory {
  readonly objects = new Map<string, KubeObject>();
  /** What a subject may do, as `verb resource`. */
  rights: readonly string[] = [];

  /** Puts objects under the path of their list, whatever namespace they are in. */
  put(list: string, ...objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const { name, namespace } = object.metadata;
      const path =
        namespace === undefined ? list : list.replace(/\/([^/]+)$/, `/namespaces/${namespace}/$1`);
      this.objects.set(`${path}/${name}`, object);
    }
  }

  /** The objects under a path. */
  under(list: string): readonly KubeObject[] {
    const kind = list.split("/").at(-1) ?? "";
    const [, namespace] = /\/namespaces\/([^/]+)\//.exec(list) ?? [];
    return [...this.objects].flatMap(([path, object]) =>
      path.split("/").at(-2) === kind &&
      (namespace === undefined || path.includes(`/namespaces/${namespace}/`))
        ? [object]
        : [],
    );
  }

  get api(): Api {
    const api: Pick<Api, "list" | "find" | "create" | "patch" | "remove" | "ask"> = {
      list: (path) => Promise.resolve(this.#selected(path)),
      find: (path) => Promise.resolve(this.objects.get(path)),
      create: (path, object) => {
        this.objects.set(`${path}/${(object as KubeObject).metadata.name}`, object as KubeObject);
        return Promise.resolve();
      },
      patch: (path, fields) => {
        const whole = path.replace(/\/status$/, "");
        const object = this.objects.get(whole);
        if (object === undefined) {
          return Promise.reject(new Error(`no ${whole}`));
        }
        this.objects.set(whole, merged(object as unknown as Fields, fields as Fields) as never);
        return Promise.resolve();
      },
      remove: (path) => {
        this.objects.delete(path);
        return Promise.resolve();
      },
      ask: (_path, object) => {
        const { resourceAttributes: asked } = (
          object as { spec: { resourceAttributes: { verb: string; resource: string } } }
        ).spec;
        const allowed = this.rights.includes(`${asked.verb} ${asked.resource}`);
        return Promise.resolve({ metadata: { name: "" }, status: { allowed } });
      },
    };
    return api as Api;
  }

  /** Of field selectors those that the players use. */
  #selected(path: string): readonly KubeObject[] {
    const [bare = "", query = ""] = path.split("?");
    const terms = (new URLSearchParams(query).get("fieldSelector") ?? "").split(",");
    return this.under(bare).filter((object) =>
      terms.every((term) => {
        const [field = "", wanted = ""] = term.split(/!?=/);
        const value = field.split(".").reduce<unknown>((part, key) => {
          return typeof part === "object" && part !== null ? (part as Fields)[key] : undefined;
        }, object);
        const holds = (typeof value === "string" ? value : "") === wanted;
        return field === "" || holds !== term.includes("!=");
      }),
    );
  }
}

/** A JSON merge patch. */
function merged(object: Fields, fields: Fields): Fields {
  const isFields = (value: unknown): value is Fields =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return {
    ...object,
    ...Object.fromEntries(
      Object.entries(fields).map(([key, value]) => {
        const before = object[key];
        return [key, isFields(value) && isFields(before) ? merged(before, value) : value];
      }),
    ),
  };
}
