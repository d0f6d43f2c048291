/**
 * StatsD of Firefox Accounts as production has it. What is rendered says where servers send and how it is mapped; the
 * real exporter runs with that mapping, the servers' own library sends to it by UDP with the variables of each server,
 * every metric is read back with its labels, and a real Prometheus that reads the exporter answers each query of the
 * alerts and the page. That a packet gets from pod to pod is left to the policies' evaluation here, and to the alert
 * AccountsTellNothing live.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import * as z from "zod";

import { observedFxa } from "../../components/fxa/observed.ts";
import { traitsOf } from "../../components/fxa/servers.ts";
import { allowedCalls } from "../../policy/graph/policies.ts";
import type { FxaStack } from "../../stacks/fxa/schema.ts";
import { contextOfStack } from "../../stacks/fxa/shape.ts";
import { freePorts, Place, until } from "../data/programs.ts";
import { type Rendered, renderedOnce } from "../rendered.ts";
import { catalogueFaults, samplesOf } from "./exposition.ts";
import { clientOf, sendAll, sendBy, sending, toldTo } from "./fxa-senders.ts";
import { mount, podsNamed } from "./mounted.ts";

let place: Place;
let rendered: Rendered<FxaStack>;
let ports: { readonly http: number; readonly udp: number; readonly prometheus: number };

beforeAll(async () => {
  place = new Place(["statsd_exporter", "prometheus"]);
  const [http = 0, udp = 0, prometheus = 0] = await freePorts(3);
  ports = { http, udp, prometheus };
  rendered = await renderedOnce("fxa-production");
});
afterAll(() => place.clear());

const ask = (port: number, path: string): Promise<Response | undefined> =>
  fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);

const shown = async (): Promise<string> => (await ask(ports.http, "/metrics"))?.text() ?? "";

/** Starts a program and waits until it says that it is ready. */
async function start(words: readonly string[], port: number): Promise<void> {
  const running = place.start(words);
  await until(`${words[0]} is ready`, async () => {
    if (running.child.exitCode !== null) {
      throw new Error(`${words[0]} ended:\n${running.said()}`);
    }
    return (await ask(port, "/-/ready"))?.ok === true;
  });
}

/** Runs the exporter as its pod would: its own words, the mapping of its ConfigMap, ports that are free here. */
async function startExporter(): Promise<void> {
  const pods = podsNamed(rendered.world, "statsd");
  const mounted = mount(rendered.world, pods, await place.makeFolder("statsd"));
  const words = (pods.spec.containers[0]?.args ?? []).map((word) =>
    mounted
      .moved(word)
      .replace(":9102", `127.0.0.1:${ports.http}`)
      .replace(":9125", `127.0.0.1:${ports.udp}`),
  );
  await start(["statsd_exporter", ...words], ports.http);
}

/** What may be sent at once: the kernel keeps some two hundred packets for who does not read yet, and drops the rest. */
const mostAtOnce = 10;

/** Sends all so many times, and waits until it is counted: the last event comes out last. */
async function tellAll(times: number, last: string): Promise<void> {
  for (let told = 0, round = 1; told < times; told += mostAtOnce, round += 1) {
    await sendAll(rendered.world, ports.udp, Math.min(mostAtOnce, times - told));
    await sendBy(ports.udp, {}, (client) => {
      client.increment(last);
    });
    await until(`${last} is counted`, async () => (await shown()).includes(`\n${last} ${round}\n`));
  }
}

/** The one Service that StatsD has. */
function service() {
  const [found, ...others] = rendered.world.services.filter(
    ({ metadata }) => metadata.name === "statsd",
  );
  expect(others).toEqual([]);
  return found;
}

describe("where production's servers send", () => {
  it.each(sending)("%s sends to the Service of the exporter, and to its port", (sender) => {
    const { metadata, spec } = service() ?? {};
    const [port] = spec?.ports ?? [];
    expect(clientOf(rendered.world, sender).address).toBe(
      `${metadata?.name}.${metadata?.namespace}.svc:${port?.port}`,
    );
  });

  it("is UDP 8125, which leads to the UDP port that the exporter listens on", () => {
    const [port, ...others] = service()?.spec.ports ?? [];
    expect(others).toEqual([]);
    expect(port).toMatchObject({ port: 8125, protocol: "UDP" });
    const { spec, labels, namespace } = podsNamed(rendered.world, "statsd");
    const [container] = spec.containers;
    const target = container?.ports?.find(({ name }) => name === port?.targetPort);
    expect(target).toMatchObject({ containerPort: 9125, protocol: "UDP" });
    expect(container?.args).toContain("--statsd.listen-udp=:9125");
    expect(namespace).toBe(service()?.metadata.namespace);
    expect(labels).toMatchObject(service()?.spec.selector ?? { none: "" });
  });

  it("is let through from each of them, and from nobody else of the system", () => {
    const calls = allowedCalls(rendered.world).filter((one) =>
      one.endsWith("-> metrics/statsd UDP 9125"),
    );
    expect(calls.map((one) => one.split(" ")[0]).sort()).toEqual(
      sending.map((sender) => `fxa/${traitsOf(sender).service}`).sort(),
    );
  });

  it("is turned on in those that ask for it", () => {
    expect(toldTo(rendered.world, "auth-server")["STATSD_ENABLE"]).toBe("true");
    expect(toldTo(rendered.world, "payments-server")["STATSD_ENABLE"]).toBe("true");
    expect(toldTo(rendered.world, "content-server")["METRIC_ENABLED"]).toBe("true");
  });
});

describe("what they send, by UDP to the real exporter with production's mapping", () => {
  let text: string;
  beforeAll(async () => {
    await startExporter();
    await tellAll(1, "first_round");
    text = await shown();
  });

  const valueOf = (name: string, labels: Readonly<Record<string, string>>): number =>
    (samplesOf(text).get(name) ?? [])
      .filter((sample) =>
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      )
      .reduce((sum, { value }) => sum + value, 0);

  it("is read back whole: every metric that alerts and pages may ask for, with just its labels", () => {
    const { family } = observedFxa(contextOfStack(rendered.config), ["statsd"]);
    expect(Object.keys(family).length).toBeGreaterThan(15);
    expect(catalogueFaults(family, text)).toEqual([]);
  });

  it("is counted by the tags of DogStatsD (auth-server)", () => {
    const server = "fxa-auth-server";
    const request = { server, path: "v1_account_login", method: "POST" };
    expect(valueOf("fxa_auth_request_seconds_count", { ...request, statusCode: "200" })).toBe(2);
    const failed = { ...request, statusCode: "503", errno: "201" };
    expect(valueOf("fxa_auth_request_seconds_count", failed)).toBe(1);
    expect(valueOf("fxa_auth_request_seconds_sum", failed)).toBeCloseTo(0.03);
    const verdict = { server, check: "check", action: "accountLogin", block: "true" };
    expect(valueOf("fxa_customs_verdicts_total", verdict)).toBe(2);
    const call = { server, service: "subhub", call: "deleteCache", outcome: "failure" };
    expect(valueOf("fxa_auth_call_seconds_count", call)).toBe(1);
    expect(valueOf("fxa_pushes_total", { server, outcome: "failure", uaOS: "iOS" })).toBe(1);
    expect(valueOf("fxa_redis_events_total", { server, event: "error" })).toBe(1);
  });

  it("is counted by the tags of DogStatsD (content-server, payments-server), server by server", () => {
    for (const server of ["fxa-content-server", "fxa-payments-server"]) {
      const page = { server, step: "total" };
      expect(valueOf("fxa_page_seconds_sum", { ...page, path: "signin" })).toBeCloseTo(1.8);
      expect(valueOf("fxa_page_seconds_count", { ...page, view: "signup" })).toBe(1);
    }
  });

  it("is counted by the tags of Telegraf (event-broker, graphql-api)", () => {
    const server = "fxa-event-broker";
    expect(valueOf("fxa_broker_messages_total", { server, eventType: "delete" })).toBe(1);
    expect(valueOf("fxa_broker_delay_seconds_sum", { server })).toBeCloseTo(400);
    const failed = { clientId: "dcdb5ae7add825d2", statusCode: "410", type: "profile-change" };
    expect(valueOf("fxa_broker_undelivered_total", { server, ...failed })).toBe(1);
    const asked = { server: "fxa-graphql-api", event: "aquire_request" };
    expect(valueOf("fxa_database_events_total", asked)).toBe(1);
  });

  it("is kept under its own name where nothing asks for it", () => {
    expect(valueOf("fxa_auth_server_amplitude_event_dropped", {})).toBe(1);
  });

  it("would be missed if a server kept a prefix of its own", async () => {
    await sendBy(ports.udp, { prefix: "fxa-content." }, (client) => {
      client.timing("nt.total", 99_000, { path: "elsewhere" });
    });
    await until("it is through", async () => (await shown()).includes("fxa_content_nt_total"));
    expect(await shown()).not.toMatch(/fxa_page_seconds.*elsewhere/);
  });

  it("leaves no error at the exporter: nothing that it cannot read, nothing that was another type before", () => {
    const errors = ["sample_errors", "tag_errors", "events_conflict", "events_error"].map(
      (name) => [name, valueOf(`statsd_exporter_${name}_total`, {})] as const,
    );
    expect(errors.filter(([, count]) => count > 0)).toEqual([]);
  });
});

const Answer = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** Values of a query's series now, as Prometheus answers. */
async function valuesOf(query: string): Promise<number[]> {
  const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
  const answer = await ask(ports.prometheus, path);
  expect([query, answer?.status]).toEqual([query, 200]);
  const { data } = Answer.parse(await answer?.json());
  return data.result.map(({ value: [, text] }) => Number(text));
}

describe("a real Prometheus that reads the exporter", () => {
  beforeAll(async () => {
    const config = place.write(
      "prometheus.yml",
      stringify({
        global: { scrape_interval: "5s", scrape_timeout: "5s" },
        scrape_configs: [
          { job_name: "pods", static_configs: [{ targets: [`127.0.0.1:${ports.http}`] }] },
        ],
      }),
    );
    const words = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${await place.makeFolder("prometheus")}`,
      `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    ];
    await start(["prometheus", ...words], ports.prometheus);
    const read = (name: string) => async () => (await valuesOf(name)).length > 0;
    await until("it has read the first round", read("first_round"));
    // Rates want growth: as much of it as wakes somebody.
    await tellAll(50, "second_round");
    await until("it has read the second round whole", read(`second_round == ${50 / mostAtOnce}`));
  });

  const observed = () => observedFxa(contextOfStack(rendered.config), ["statsd"]);

  it("has an answer to each query of the page", async () => {
    const queries = observed()
      .dashboards.flatMap(({ panels }) => panels.flatMap((panel) => panel.queries))
      .map(({ expression }) => expression.replaceAll("$__rate_interval", "1m"));
    expect(queries.length).toBeGreaterThan(10);
    for (const query of queries) {
      // For a moment there is none, where one reading of the exporter came to nothing.
      await until(`an answer to ${query}`, async () =>
        (await valuesOf(query)).some((value) => !Number.isNaN(value)),
      );
    }
  });

  it("finds what each alert looks for, where a third of requests fails, customs blocks and events are old", async () => {
    const rules = observed().rules.flatMap((group) => group.rules);
    expect(rules.map(({ name }) => name)).toEqual([
      "AccountsRequestsFail",
      "AccountsCallsFail",
      "CustomsBlocksMost",
      "AccountsRedisErrors",
      "EventsLate",
    ]);
    for (const { name, expression } of rules) {
      await until(`${name} finds one`, async () => (await valuesOf(expression)).length === 1);
    }
  });
});
