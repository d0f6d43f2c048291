/**
 * A forge on this machine: the part of GitHub's REST API that the pipelines use, with its pages, limits and
 * refusals. It holds comments, issues, pull requests and runs.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import { bodyOf, LocalServer } from "../local-server.ts";

/** A comment of a pull request. */
export interface ForgeComment {
  readonly id: number;
  readonly number: number;
  readonly user: { readonly login: string };
  body: string;
}

/** An issue. */
export interface ForgeIssue {
  readonly number: number;
  readonly title: string;
  readonly user: { readonly login: string };
  readonly pull_request?: object;
  state: string;
  body: string;
}

/** Of a pull request, what the pipelines ask for. */
export interface ForgePull {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly merged_at?: string | null;
  readonly merge_commit_sha?: string;
  readonly base: { readonly ref: string };
  readonly head: {
    readonly sha: string;
    readonly ref: string;
    readonly repo: { readonly full_name: string } | null;
  };
  readonly user?: { readonly type: "User" | "Bot" };
}

/** A run of a workflow. */
export interface ForgeRun {
  readonly id: number;
  readonly run_number: number;
  readonly head_sha: string;
  readonly event: string;
  readonly status?: string;
  readonly conclusion: string | null;
  readonly head_repository: { readonly full_name: string };
  readonly pull_requests: readonly { readonly number: number }[];
  readonly display_title?: string;
}

/** A release. */
export interface ForgeRelease {
  readonly id: number;
  readonly tag_name: string;
  readonly name: string;
  readonly prerelease: boolean;
  readonly html_url: string;
  draft: boolean;
  body: string;
}

/** What it does instead of answering; once for each entry. */
export interface Mishap {
  /** `POST /issues/7/comments`; a method and the beginning of a path below the repository. */
  readonly on: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
  /** Does what it was asked for, and lets the connection break before it says so. */
  readonly loseAnswer?: boolean;
  /** Breaks the connection, and does nothing. */
  readonly breakOff?: boolean;
  /** Takes the request, and says nothing. */
  readonly silent?: boolean;
}

/** The user whose token is taken. */
export const bot = "github-actions[bot]";

/** The repository. */
export const repository = "skycoin/fleet";

/** A forge under test. */
export class ForgeServer extends LocalServer {
  readonly comments: ForgeComment[] = [];
  readonly issues: ForgeIssue[] = [];
  readonly pulls: ForgePull[] = [];
  readonly runs: ForgeRun[] = [];
  readonly releases: ForgeRelease[] = [];
  /** User → what GitHub tells of their rights; of somebody who is not here it knows nothing. */
  readonly permissions = new Map<string, string>();
  readonly mishaps: Mishap[] = [];
  /** Requests as they came: method and path with its query. */
  readonly asked: string[] = [];
  token = "a-token";
  /** Entries of a page, whatever is asked for; GitHub gives 30 where nothing is asked for, 100 at most. */
  mostOnPage = 100;
  #ids = 1000;

  /** Adds a comment of somebody's. */
  say(number: number, login: string, body: string): ForgeComment {
    const comment = { id: (this.#ids += 1), number, user: { login }, body };
    this.comments.push(comment);
    return comment;
  }

  /** Changes that were asked for. */
  get changes(): readonly string[] {
    return this.asked.filter((line) => !line.startsWith("GET "));
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.url);
    const path = url.pathname.replace(`/repos/${repository}`, "");
    const line = `${request.method ?? ""} ${path}`;
    this.asked.push(`${line}${url.search}`);
    const text = (await bodyOf(request)).toString("utf8");
    const place = this.mishaps.findIndex(({ on }) => line.startsWith(on));
    const [mishap] = place < 0 ? [] : this.mishaps.splice(place, 1);
    if (mishap?.silent === true) {
      return;
    }
    if (mishap?.breakOff === true) {
      response.destroy();
      return;
    }
    if (mishap?.status !== undefined) {
      response.writeHead(mishap.status, mishap.headers);
      response.end(JSON.stringify({ message: mishap.message ?? "" }));
      return;
    }
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      this.#give(response, 401, { message: "Bad credentials" });
      return;
    }
    const body = (text === "" ? {} : JSON.parse(text)) as Record<string, string>;
    const [status, value] = this.#do(request.method ?? "", path, url, body);
    if (mishap?.loseAnswer === true) {
      response.destroy();
    } else if (Array.isArray(value)) {
      this.#page(response, url, value, (entries) => entries);
    } else if (path.endsWith("/runs") && status === 200) {
      const { runs } = value as { runs: unknown[] };
      this.#page(response, url, runs, (entries) => ({ workflow_runs: entries }));
    } else {
      this.#give(response, status, value);
    }
  }

  #do(method: string, path: string, url: URL, body: Record<string, string>): [number, unknown] {
    const query = Object.fromEntries(url.searchParams);
    const [first, second = "", third = "", fourth = ""] = path.split("/").slice(1);
    const missing: [number, unknown] = [404, { message: "Not Found" }];
    if (first === "issues" && second === "comments") {
      const comment = this.comments.find(({ id }) => id === Number(third));
      return comment === undefined ? missing : this.#edit(method, comment, body);
    }
    if (first === "issues" && third === "comments") {
      return method === "POST"
        ? this.#made(this.say(Number(second), bot, body["body"] ?? ""))
        : [200, this.comments.filter(({ number }) => number === Number(second))];
    }
    if (first === "issues" && second === "") {
      return method === "POST" ? this.#open(body) : [200, this.#issuesOf(query)];
    }
    if (first === "issues") {
      const issue = this.issues.find(({ number }) => number === Number(second));
      return issue === undefined ? missing : [200, Object.assign(issue, body)];
    }
    if (first === "pulls" && second !== "") {
      const pull = this.pulls.find(({ number }) => number === Number(second));
      return pull === undefined ? missing : [200, pull];
    }
    if (first === "pulls") {
      return [200, this.pulls.filter((pull) => isOf(pull, query))];
    }
    if (first === "releases" && second !== "") {
      const release = this.releases.find(({ id }) => id === Number(second));
      return release === undefined ? missing : [200, Object.assign(release, body)];
    }
    if (first === "releases") {
      return method === "POST" ? this.#draft(body) : [200, this.releases];
    }
    if (first === "collaborators" && third === "permission") {
      const permission = this.permissions.get(decodeURIComponent(second));
      return permission === undefined ? missing : [200, { permission }];
    }
    if (first === "commits" && third === "pulls") {
      return [200, this.pulls.filter(({ merge_commit_sha: merged }) => merged === second)];
    }
    if (first === "actions" && second === "workflows" && fourth === "runs") {
      const { event, head_sha: head, status } = query;
      const isAsked = (run: ForgeRun): boolean =>
        status === undefined || [run.status ?? "completed", run.conclusion].includes(status);
      const runs = this.runs.filter(
        (run) => run.event === event && run.head_sha === head && isAsked(run),
      );
      return [200, { runs }];
    }
    return missing;
  }

  #edit(method: string, comment: ForgeComment, body: Record<string, string>): [number, unknown] {
    if (method === "DELETE") {
      this.comments.splice(this.comments.indexOf(comment), 1);
      return [204, undefined];
    }
    return [200, Object.assign(comment, { body: body["body"] ?? "" })];
  }

  /** As GitHub does with what is too long. */
  #made(comment: ForgeComment): [number, unknown] {
    if (comment.body.length > 65_536) {
      this.comments.pop();
      return [422, { message: "Body is too long (maximum is 65536 characters)" }];
    }
    return [201, comment];
  }

  #open(body: Record<string, string>): [number, unknown] {
    const issue: ForgeIssue = {
      number: (this.#ids += 1),
      title: body["title"] ?? "",
      body: body["body"] ?? "",
      user: { login: bot },
      state: "open",
    };
    this.issues.push(issue);
    return [201, issue];
  }

  /** As GitHub does: a tag may have one release, and drafts as many as are made. */
  #draft(body: Readonly<Record<string, unknown>>): [number, unknown] {
    const { body: text, draft = false, name, prerelease = false, tag_name: tag } = body;
    const isTaken = this.releases.some((one) => one.tag_name === tag && !one.draft);
    if (typeof tag !== "string" || (isTaken && draft !== true)) {
      return [422, { message: "Validation Failed" }];
    }
    const release: ForgeRelease = {
      ...{ id: (this.#ids += 1), tag_name: tag, name: String(name), body: String(text) },
      ...{ draft: draft === true, prerelease: prerelease === true },
      html_url: `https://forge.example/releases/${tag}`,
    };
    this.releases.push(release);
    return [201, release];
  }

  #issuesOf({ creator, state }: Readonly<Record<string, string>>): readonly ForgeIssue[] {
    return this.issues.filter((issue) => issue.state === state && issue.user.login === creator);
  }

  #page(
    response: ServerResponse,
    url: URL,
    all: readonly unknown[],
    wrap: (entries: readonly unknown[]) => unknown,
  ): void {
    const size = Math.min(Number(url.searchParams.get("per_page") ?? 30), this.mostOnPage);
    const page = Number(url.searchParams.get("page") ?? 1);
    if (page * size < all.length) {
      const next = new URL(url);
      next.searchParams.set("page", `${page + 1}`);
      response.setHeader("link", `<${next.href}>; rel="next", <${url.href}>; rel="last"`);
    }
    this.#give(response, 200, wrap(all.slice((page - 1) * size, page * size)));
  }

  #give(response: ServerResponse, status: number, value: unknown): void {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(value === undefined ? "" : JSON.stringify(value));
  }
}

/** `head` is `owner:branch`, for forks too. */
function isOf(
  { head, state }: ForgePull,
  { head: asked, state: wanted }: Readonly<Record<string, string>>,
): boolean {
  const owner = head.repo?.full_name.split("/")[0] ?? "";
  return (wanted === "all" || state === wanted) && asked === `${owner}:${head.ref}`;
}
