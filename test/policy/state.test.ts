/** Exported states: read as the rules see them, and searched for what stands there in plain text. */
import { describe, expect, test } from "vitest";

import { judgeState, stateRule } from "../../ops/policy/report.ts";
import type { Resource } from "../../policy/resource.ts";
import { readState } from "../../policy/state.ts";
import { clone } from "../rendered.ts";
import { deployment, object, resource } from "./resources.ts";

const password = "aK3x9Qz7-hJ2kLm9PqR";

/** A value as the engine exports one that it keeps encrypted, with secrets shown. */
const secret = (value: unknown): object => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

interface Entry {
  readonly resource: Resource;
  readonly more?: object;
}

/** What `pulumi stack export --show-secrets` prints of resources. */
const exported = (...entries: readonly Entry[]): unknown => ({
  version: 3,
  deployment: {
    resources: entries.map(({ resource: { urn, type, properties, parent }, more }) => ({
      ...{ urn, type, parent, custom: true },
      provider: "urn:pulumi:shop::fleet::pulumi:providers:kubernetes::cluster::id",
      inputs: properties,
      outputs: properties,
      ...more,
    })),
  },
});

const login = (data: unknown): Entry => {
  const one = object("v1", "Secret", "login", { stringData: { password: "" } });
  return { resource: { ...one, properties: { ...one.properties, stringData: data } } };
};
const settings = (text: string): Entry => ({
  resource: object("v1", "ConfigMap", "settings", { data: { "app.conf": text } }),
});
const plain = (...entries: readonly Entry[]): readonly string[] =>
  readState("shop", exported(...entries)).plain.map(({ message }) => message);

describe("a state", () => {
  test("is read as resources, secrets in the clear, with options and providers", () => {
    const { stack } = readState(
      "shop",
      exported(login(secret({ password })), {
        resource: deployment(),
        more: { protect: true, retainOnDelete: true },
      }),
    );
    expect(
      stack.resources.map(({ name, protect, retainOnDelete }) => [name, protect, retainOnDelete]),
    ).toEqual([
      ["login", false, false],
      ["web", true, true],
    ]);
    expect(stack.resources[0]?.properties["stringData"]).toEqual({ password });
    expect(stack.resources[0]?.provider).toEqual({
      type: "pulumi:providers:kubernetes",
      name: "cluster",
    });
  });

  test("names a provider by its own type, whatever component it stands below", () => {
    const below = "urn:pulumi:shop::fleet::a:b:C$d:e:F$pulumi:providers:linode::cloud::1";
    const told = (provider: string) =>
      readState("shop", exported({ resource: deployment(), more: { provider } })).stack.resources[0]
        ?.provider;
    expect(told(below)).toEqual({ type: "pulumi:providers:linode", name: "cloud" });
    expect(told("")).toBeUndefined();
  });

  test("whose secrets are not shown is read as far as it goes, and has none of them in plain text", () => {
    const { plaintext: _, ...hidden } = secret("") as { plaintext: string };
    const { stack, plain: found } = readState("shop", exported(login(hidden)));
    expect(stack.resources[0]?.properties["stringData"]).toBe("[secret]");
    expect(found).toEqual([]);
  });

  test("without resources is empty, and one that is none is refused", () => {
    expect(readState("shop", { deployment: {} }).stack.resources).toEqual([]);
    expect(readState("shop", { deployment: { resources: null } }).plain).toEqual([]);
    expect(() => readState("shop", { checkpoint: {} })).toThrow();
  });

  test("counts what was replaced already no more", () => {
    const { stack } = readState(
      "shop",
      exported({ resource: deployment(), more: { delete: true } }),
    );
    expect(stack.resources).toEqual([]);
  });
});

describe("plain text in a state", () => {
  test("is none where a Secret is encrypted as a whole, or value by value", () => {
    expect(plain(login(secret({ password })), settings("hello"))).toEqual([]);
    expect(plain(login({ password: secret(password) }))).toEqual([]);
  });

  test("is a Secret's value that is not encrypted, in what was asked for and in what it became", () => {
    expect(plain(login({ password }))).toEqual([
      "inputs.stringData.password of a Secret stands in plain text",
      "outputs.stringData.password of a Secret stands in plain text",
    ]);
  });

  test("is what a swarm's secret holds and is not encrypted, and not what it is called", () => {
    const held = (data: unknown): Entry => ({
      resource: resource("docker:index/secret:Secret", "login", { name: "shop_login", data }),
    });
    const data = Buffer.from(password).toString("base64");
    expect(plain(held(secret(data)))).toEqual([]);
    expect(plain(held(data))).toEqual([
      "inputs.data of a Secret stands in plain text",
      "outputs.data of a Secret stands in plain text",
    ]);
  });

  test("is a value that is encrypted elsewhere, in whatever form", () => {
    const found = plain(
      login(secret({ password })),
      settings(Buffer.from(password).toString("hex")),
    );
    expect(found).toEqual([
      "inputs.data.app.conf holds a value in plain text that is encrypted in login",
      "outputs.data.app.conf holds a value in plain text that is encrypted in login",
    ]);
  });

  test("is no word that is encrypted somewhere, too: only what chance drew tells whose it is", () => {
    const words = { user: "postgres-reader", database: "Hq7-x2Lm" };
    const said = settings("user=postgres-reader database=Hq7-x2Lm");
    expect(plain(login(secret(words)), said)).toEqual([]);
  });

  test("is not told of an entry of a Secret that is empty", () => {
    expect(plain(login({ password: "" }))).toEqual([]);
  });

  test("is looked for in what is still to be deleted as well", () => {
    expect(plain({ ...login({ password }), more: { delete: true } })).not.toEqual([]);
  });
});

describe("the report", () => {
  test("tells what is broken, by rule and resource, and repeats no value", () => {
    const { text, kept } = judgeState(
      "shop",
      exported(login({ password }), settings(password)),
      clone,
    );
    expect(kept).toBe(false);
    expect(text).toContain(`${stateRule} (mandatory)\n  Secret login`);
    expect(text).toContain("secrets-stay-home (mandatory)\n  ConfigMap settings");
    expect(text).toMatch(
      /shop: 2 resources, \d+ rules: \d+ kept, 2 broken, \d+ could not be told$/,
    );
    expect(text).not.toContain(password);
  });

  test("judges policies by the network of the stack's own cluster", () => {
    const role = { kind: "ClusterRole", name: "view" };
    const state = exported(
      { resource: deployment({ automountServiceAccountToken: true }) },
      {
        resource: object("rbac.authorization.k8s.io/v1", "RoleBinding", "web", {
          roleRef: role,
          subjects: [{ kind: "ServiceAccount", name: "web", namespace: "shop" }],
        }),
      },
      {
        resource: object("networking.k8s.io/v1", "NetworkPolicy", "web", {
          spec: {
            podSelector: {},
            policyTypes: ["Egress"],
            egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }],
          },
        }),
      },
    );
    const said = "may not reach it on 443 or 6443, where that is on a node";
    expect(judgeState("shop", state, clone).text).toContain(said);
    expect(judgeState("spacemesh-mini", state, clone).text).not.toContain(said);
  });

  test("says of a state with nothing in it that there is nothing to judge, and not that all is kept", () => {
    for (const empty of [{ deployment: {} }, { deployment: { resources: [] } }]) {
      expect(() => judgeState("shop", empty, clone)).toThrow("holds nothing to judge");
    }
  });

  test("says that all is kept where it is", () => {
    const { text, kept } = judgeState("shop", exported(settings("hello")), clone);
    expect(kept).toBe(true);
    expect(text).toContain("0 broken");
  });
});
