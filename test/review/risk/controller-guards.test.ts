/** Whom a controller lets in through all its hosts: its settings, arguments, files and charts. */
import { describe, expect, it } from "vitest";

import { blinded, type Made, madeItem, object, unknown, workload } from "../made.ts";
import { added, gone, kubernetes, settings, update } from "./changes.ts";
import { type Further, speaksAsWell } from "./each-rule.ts";

const argued = (before: readonly string[], after: readonly string[]): Made =>
  update(
    "Deployment",
    workload({}, { args: before }),
    workload({}, { args: after }),
    "spec.template.spec.containers[0].args",
  );
const release = kubernetes("helm.sh/v3:Release");
const entryPoint = "--entryPoints.websecure";
const fileOf = (middlewares: string): object => ({
  "middlewares.yml": `http:\n  middlewares:\n${middlewares}`,
});
const office = (from: string) =>
  fileOf(`    office:\n      ipAllowList:\n        sourceRange:\n          - ${from}\n`);
const toml = (from: string) => ({
  "dynamic.toml": `[http.middlewares.office.ipAllowList]\n  # whom\n  sourceRange = [\n    "${from}"\n  ]\n`,
});
const staticFile = (time: string, middlewares: string) => ({
  "traefik.yaml": `entryPoints:\n  web:\n    address: :80\n    transport:\n      respondingTimeouts:\n        readTimeout: ${time}\n    http:\n      middlewares: [${middlewares}]\n`,
});

/** What is not seen at the first look. */
const further: readonly Further[] = [
  [
    "controller-guard-changed",
    "all settings at once",
    gone("ConfigMap", object({ data: { "global-auth-url": "https://login.example" } })),
    gone("ConfigMap", object({ data: { "login-url": "https://login.example" } })),
  ],
  [
    "controller-guard-changed",
    "a setting whose value is not told",
    settings({ "block-cidrs": blinded, a: "1" }, { "block-cidrs": { ...blinded }, a: "2" }),
    settings({ password: blinded, a: "1" }, { password: { ...blinded }, a: "2" }),
  ],
  [
    "controller-guard-changed",
    "a setting that only the update will tell",
    settings({ "block-cidrs": "192.0.2.0/24" }, { "block-cidrs": unknown }),
    settings({ "keep-alive": "75" }, { "keep-alive": unknown }),
  ],
  [
    "controller-guard-changed",
    "an nginx' words in a snippet, but for times and sizes",
    settings(
      { "location-snippets": "deny 192.0.2.1;\nproxy_read_timeout 60s;" },
      { "location-snippets": "proxy_read_timeout 60s;" },
    ),
    settings(
      { "http-snippets": "map $a $b { default 1; }\nclient_max_body_size 1m;\n" },
      { "http-snippets": "# more\nmap $a $b { default 1; }\n  client_max_body_size 2m;\n" },
    ),
  ],
  [
    "controller-guard-changed",
    "an nginx' own file",
    settings(
      { "nginx.conf": "location / {\n  auth_basic office;\n  root /a;\n}\n" },
      { "nginx.conf": "location / {\n  root /a;\n}\n" },
    ),
    settings(
      { "nginx.conf": "location / {\n  auth_basic office;\n  root /a;\n}\n" },
      { "nginx.conf": "location / {\n  auth_basic office;\n  root /b;\n}\n" },
    ),
  ],
  [
    "controller-guard-changed",
    "whom a middleware in Traefik's file lets in",
    settings(office("192.0.2.0/24"), office("0.0.0.0/0")),
    settings(
      { "services.yml": "http:\n  services:\n    web: 1\n" },
      { "services.yml": "http:\n  services:\n    web: 2\n" },
    ),
  ],
  [
    "controller-guard-changed",
    "the same in TOML",
    settings(toml("192.0.2.0/24"), toml("0.0.0.0/0")),
    settings(toml("192.0.2.0/24"), {
      "dynamic.toml": toml("192.0.2.0/24")["dynamic.toml"].replace("# whom", "# for whom"),
    }),
  ],
  [
    "controller-guard-changed",
    "what all requests of an entry point pass",
    settings(staticFile("60s", "office@file"), staticFile("60s", "")),
    settings(staticFile("60s", "office@file"), staticFile("90s", "office@file")),
  ],
  [
    "controller-guard-changed",
    "the same as an argument",
    argued([`${entryPoint}.http.middlewares=office@file`, "--ping"], ["--ping"]),
    argued(
      [`${entryPoint}.transport.lifeCycle.graceTimeOut=5s`],
      [`${entryPoint}.transport.lifeCycle.graceTimeOut=9s`],
    ),
  ],
  [
    "controller-guard-changed",
    "an argument whose value is a word of its own",
    argued(["--configmap", "web/nginx", "-v", "2"], ["--configmap", "web/other", "-v", "2"]),
    argued(["--configmap", "web/nginx", "-v", "2"], ["--configmap", "web/nginx", "-v", "3"]),
  ],
  [
    "controller-guard-changed",
    "arguments of a container that comes whole",
    added({ name: "proxy", args: ["--api.insecure"] }),
    added({ name: "proxy", args: ["--ping"] }),
  ],
  [
    "controller-guard-changed",
    "a controller that goes",
    gone("Deployment", workload({}, { args: ["--api.insecure=false"] })),
    gone("Deployment", workload({}, { args: ["--ping"] })),
  ],
  [
    "controller-guard-changed",
    "the same as a variable",
    update(
      "Deployment",
      workload({}, { env: [{ name: "TRAEFIK_ENTRYPOINTS_WEB_HTTP_MIDDLEWARES", value: "a" }] }),
      workload({}, { env: [] }),
      "spec.template.spec.containers[0].env",
    ),
    update(
      "Deployment",
      workload({}, { env: [{ name: "TRAEFIK_LOG_LEVEL", value: "INFO" }] }),
      workload({}, { env: [{ name: "TRAEFIK_LOG_LEVEL", value: "WARN" }] }),
      "spec.template.spec.containers[0].env[0].value",
    ),
  ],
  [
    "controller-guard-changed",
    "a redirect to TLS that goes",
    argued([`--entrypoints.web.http.redirections.entryPoint.to=websecure`], []),
    argued(["--log.level=INFO", "--metrics.prometheus"], ["--log.level=WARN"]),
  ],
  [
    "controller-guard-changed",
    "other settings that a controller reads, and not another drawn name of the same",
    argued(["-nginx-configmaps=web/nginx"], ["-nginx-configmaps=web/other"]),
    argued(["-nginx-configmaps=web/nginx-0a1b2c3d"], ["-nginx-configmaps=web/nginx-ffee0011"]),
  ],
  [
    "controller-guard-changed",
    "values of a chart",
    update(
      release,
      { values: { controller: { config: { "force-ssl-redirect": "true" } } } },
      { values: { controller: { config: { "force-ssl-redirect": "false" } } } },
      "values.controller.config",
    ),
    update(
      release,
      { values: { controller: { replicaCount: 2 } } },
      { values: { controller: { replicaCount: 3 } } },
      "values.controller.replicaCount",
    ),
  ],
  [
    "controller-guard-changed",
    "arguments among the values of a chart",
    update(
      kubernetes("helm.toolkit.fluxcd.io/v2:HelmRelease"),
      { spec: { values: { additionalArguments: ["--api.insecure=false"] } } },
      { spec: { values: { additionalArguments: ["--api.insecure"] } } },
      "spec.values",
    ),
    update(
      kubernetes("helm.toolkit.fluxcd.io/v2:HelmRelease"),
      { spec: { values: { additionalArguments: ["--log.level=INFO"] } } },
      { spec: { values: { additionalArguments: ["--log.level=WARN"] } } },
      "spec.values",
    ),
  ],
  [
    "controller-guard-changed",
    "values of a chart of k3s, which are a text",
    update(
      kubernetes("helm.cattle.io/v1:HelmChartConfig"),
      { spec: { valuesContent: "ports:\n  web:\n    redirections:\n      entryPoint: {}\n" } },
      { spec: { valuesContent: "ports:\n  web:\n    port: 80\n" } },
      "spec.valuesContent",
    ),
    update(
      kubernetes("helm.cattle.io/v1:HelmChartConfig"),
      { spec: { valuesContent: "ports:\n  web:\n    port: 80\n" } },
      { spec: { valuesContent: "ports:\n  web:\n    port: 81\n" } },
      "spec.valuesContent",
    ),
  ],
];

speaksAsWell(further);

describe("guards of a controller's own", () => {
  const whyOf = (made: Made): string | undefined =>
    madeItem(made).findings.find(({ rule }) => rule === "controller-guard-changed")?.why;
  const said = "who is let in through all hosts of a controller: ";

  it("are named with what becomes of them, and no value of theirs", () => {
    const [before, after] = [
      { "block-cidrs": "192.0.2.0/24", hsts: "true" },
      { hsts: "false", "ssl-redirect": "true" },
    ];
    expect(whyOf(settings(before, after))).toBe(
      `${said}block-cidrs goes, hsts changes, ssl-redirect comes`,
    );
    expect(whyOf(settings(office("192.0.2.0/24"), fileOf("    a: {}\n    b: {}\n")))).toBe(
      `${said}http.middlewares.office goes, http.middlewares.a comes, http.middlewares.b comes`,
    );
    expect(whyOf(argued(["--entryPoints.web.asDefault=true"], []))).toBe(
      `${said}entryPoints.web.asDefault goes`,
    );
  });

  it("are named up to a number", () => {
    const many = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`auth-${n}`, "a"]));
    expect(whyOf(settings(many, {}))).toMatch(/: auth-1 goes, .*auth-5 goes, 2 further ones$/);
  });

  it("are found where one of a file cannot be read, by its lines", () => {
    const file = (line: string) => ({ "a.yml": `http: [\n${line}\n` });
    expect(whyOf(settings(file("deny 192.0.2.1;"), file("")))).toBe(`${said}a.yml goes`);
    expect(whyOf(settings(file("a"), file("b")))).toBeUndefined();
  });
});
