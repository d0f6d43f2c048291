/** The clouds' own APIs, played by servers of the test. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import { Api, linodeTerms } from "../../../ops/adopt/api.ts";
import { lkeKubeconfig, readClouds } from "../../../ops/adopt/cloud-apis.ts";
import { planned, wish } from "./made.ts";

describe("the clouds' own APIs", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  /** Pages of answers by path; notes what was asked, with whose token. */
  async function api(pages: Readonly<Record<string, readonly object[]>>) {
    const asked: string[] = [];
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://api");
      asked.push(`${url.pathname} ${request.headers.authorization ?? ""}`);
      const page = pages[url.pathname]?.[Number(url.searchParams.get("page") ?? "1") - 1];
      response.writeHead(page === undefined ? 404 : 200).end(JSON.stringify(page ?? {}));
    });
    await new Promise<void>((settle) => server?.listen(0, "127.0.0.1", settle));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = {
      LINODE_URL: url,
      LINODE_TOKEN: "l",
      CLOUDFLARE_BASE_URL: url,
      CLOUDFLARE_API_TOKEN: "c",
    };
    return { environment, asked };
  }

  it("are asked for what the stack has types of, all pages of it", async () => {
    const zone = "0".repeat(32);
    const { environment, asked } = await api({
      "/v4/nodebalancers": [
        { data: [{ id: 1, label: "a", region: "ap-south" }], pages: 2 },
        { data: [{ id: 2, label: "b", region: "ap-south" }], pages: 2 },
      ],
      "/v4/domains/7/records": [
        { data: [{ id: 3, name: "ar", type: "A", target: "192.0.2.1" }], pages: 1 },
      ],
      [`/zones/${zone}/dns_records`]: [
        {
          result: [{ id: "f0", name: "ar.x.dev", type: "A", content: "192.0.2.1" }],
          result_info: { total_pages: 1 },
        },
      ],
    });
    const things = await readClouds(
      [
        planned("linode:index/nodeBalancer:NodeBalancer", "a", { label: "a" }),
        planned("linode:index/domainRecord:DomainRecord", "ar", { domainId: 7, name: "ar" }),
        planned("cloudflare:index/dnsRecord:DnsRecord", "ar", { zoneId: zone, name: "ar.x.dev" }),
      ],
      { environment },
    );
    expect(things.map(({ id, inputs }) => [id, inputs["label"] ?? inputs["name"]])).toEqual([
      ["1", "a"],
      ["2", "b"],
      ["7,3", "ar"],
      [`${zone}/f0`, "ar.x.dev"],
    ]);
    expect(things[2]?.inputs).toEqual({
      domainId: "7",
      name: "ar",
      recordType: "A",
      target: "192.0.2.1",
    });
    expect(asked.filter((line) => line.startsWith("/v4"))).toEqual(
      expect.arrayContaining(["/v4/nodebalancers Bearer l"]),
    );
    expect(asked.at(-1)).toBe(`/zones/${zone}/dns_records Bearer c`);
  });

  it("are asked nothing where the stack has none of theirs", async () => {
    const { environment, asked } = await api({});
    expect(await readClouds([wish("Service", "x")], { environment })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it("give a cluster's kubeconfig by its label", async () => {
    const clusters = [{ data: [{ id: 9, label: "prod" }], pages: 1 }];
    const kubeconfig = Buffer.from("apiVersion: v1").toString("base64");
    const { environment } = await api({
      "/v4/lke/clusters": clusters,
      "/v4/lke/clusters/9/kubeconfig": [{ kubeconfig }],
    });
    expect(await lkeKubeconfig("prod", { environment })).toBe("apiVersion: v1");
    expect(await lkeKubeconfig("test", { environment })).toBeUndefined();
  });

  it("that refuse are told with the variable that opens them, never its value", async () => {
    const { environment } = await api({});
    const creates = [planned("linode:index/nodeBalancer:NodeBalancer", "a", { label: "a" })];
    await expect(readClouds(creates, { environment })).rejects.toThrow(
      /Linode answers 404 to nodebalancers$/,
    );
    await expect(readClouds(creates, { environment: {} })).rejects.toThrow(
      /LINODE_TOKEN is not set/,
    );
  });
});

describe("an API that is busy", () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  /** Answers one after the other: status, headers, body. */
  async function api(answers: readonly (readonly [number, Record<string, string>, string])[]) {
    let count = 0;
    server = createServer((_request, response) => {
      const [status, headers, body] = answers[Math.min(count, answers.length - 1)] ?? [500, {}, ""];
      count += 1;
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((settle) => server?.listen(0, "127.0.0.1", settle));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const terms = { name: "Linode", url, token: "canary", variable: "LINODE_TOKEN", pause: 0.001 };
    return { api: new Api({ ...terms, ...linodeTerms }), count: () => count };
  }
  const page = JSON.stringify({ data: [{ id: 1 }], pages: 1 });

  it("is asked again when it says, and not for ever", async () => {
    const busy = await api([
      [429, { "retry-after": "0" }, ""],
      [503, {}, ""],
      [200, {}, page],
    ]);
    expect(await busy.api.all("x")).toHaveLength(1);
    expect(busy.count()).toBe(3);
    server?.close();
    const down = await api([[429, {}, ""]]);
    await expect(down.api.all("x")).rejects.toThrow(/answers 429 to x: ask again later$/);
    expect(down.count()).toBe(5);
    server?.close();
    const closed = await api([[429, { "retry-after": "3600" }, ""]]);
    await expect(closed.api.all("x")).rejects.toThrow(/429/);
    expect(closed.count()).toBe(1);
  });

  it("or answers something else is told without its token or its answer", async () => {
    for (const body of ["<html>canary</html>", '{"data":"canary"}']) {
      const { api: odd } = await api([[200, {}, body]]);
      const said = await odd.all("x").catch((error: unknown) => String(error));
      expect(said).toMatch(/Linode answers x with what is no (list|JSON)$/);
      expect(said).not.toContain("canary");
      server?.close();
    }
  });
});
