/** What each rule of secrets lets pass, and what it objects to: policy/rules/secrets.ts. */
import { deployment, object, resource, withContainer } from "../resources.ts";
import type { Cases } from "./case.ts";
import { dockerContainer, map, password, secret, swarmService, token } from "./things.ts";

const swarmSecret = resource("docker:index/secret:Secret", "login", {
  data: Buffer.from(password).toString("base64"),
});

/** Cases by the rule's name. */
export const secretsCases: Readonly<Record<string, Cases>> = {
  "plain-secrets": {
    pass: {
      "a Secret's own data": [object("v1", "Secret", "login", { stringData: { token } })],
      "a digest, and a checksum by which pods roll": [
        map({ image: `web@sha256:${"0a".repeat(32)}` }),
        deployment({}, { metadata: { annotations: { "fleet/checksum": "0a".repeat(32) } } }),
      ],
      "what an image was built of": [
        resource("docker:index/image:Image", "web", { build: { contextDigest: "0a".repeat(32) } }),
      ],
      "a variable with a reference": [
        withContainer({
          env: [
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "login", key: "password" } } },
          ],
        }),
      ],
      "a variable that only sounds like one": [
        withContainer({ env: [{ name: "FORGOT_PASSWORD", value: "change-password" }] }),
      ],
      "a provider's login, which the engine encrypts": [
        resource("pulumi:providers:linode", "account", { token }),
      ],
      "a ConfigMap's key that only sounds like one": [map({ RESET_PASSWORD: "change-password" })],
      "a checksum in a line that says so": [map({ notes: `sha256 ${"0a".repeat(32)}\nmore` })],
    },
    fail: {
      "a ConfigMap's key, which pods take as a variable": [
        [map({ DB_PASSWORD: password })],
        "data.DB_PASSWORD holds its value in plain text",
      ],
      "a token in a ConfigMap": [[map({ "app.conf": `x = ${token}` })], "data.app.conf looks like"],
      "a token as a key of one": [[map({ [token]: "x" })], "looks like an access token"],
      "a key in an argument": [
        [withContainer({ args: ["--key", "0a".repeat(32)] })],
        "args[1] looks like a secret key",
      ],
      "a password in a URL": [
        [withContainer({ env: [{ name: "STORE", value: "redis://u:p@store" }] })],
        "has a password in a URL",
      ],
      "a password in a variable on a swarm": [
        [swarmService("registry.example/web:1", { env: { MODE: "fast", DB_PASSWORD: password } })],
        "the variable DB_PASSWORD holds its value in plain text, not a swarm's secret",
      ],
      "a password in a variable on a Docker host": [
        [
          dockerContainer("registry.example/web:1", {
            envs: ["MODE=fast", `DB_PASSWORD=${password}=`],
          }),
        ],
        "the variable DB_PASSWORD holds its value in plain text",
      ],
      "a private key in an annotation": [
        [deployment({}, { metadata: { annotations: { note: "-----BEGIN PRIVATE KEY-----" } } })],
        "metadata.annotations.note looks like a private key",
      ],
      "a password in a variable": [
        [withContainer({ env: [{ name: "DB_PASSWORD", value: password }] })],
        "the variable DB_PASSWORD holds its value in plain text",
      ],
      "a token in a Secret's annotations": [
        [object("v1", "Secret", "login", { metadata: { annotations: { old: token } } })],
        "metadata.annotations.old looks like",
      ],
      "a token beside a checksum, in one line and at a place of checksums": [
        [map({ "checksum.json": `{ "sha256": "${"0a".repeat(32)}", "token": "${token}" }` })],
        "data.checksum.json looks like an access token",
      ],
      "a key in another line than its checksum": [
        [map({ notes: `sha256 ${"0a".repeat(32)}\n${"0b".repeat(32)}` })],
        "data.notes looks like a secret key",
      ],
      "a login of something else than an image": [
        [swarmService("registry.example/web:1", {}, { registry: { password: token } })],
        "registry.password looks like",
      ],
      "a token in an input of a cloud": [
        [resource("linode:index/stackScript:StackScript", "setup", { script: token })],
        "script looks like",
      ],
    },
  },
  "secrets-stay-home": {
    pass: {
      "a value in its Secret alone": [secret, map({ greeting: "hello" })],
      "a value in a swarm's secret alone, and in a cluster's": [secret, swarmSecret],
      "the login that an image is pushed with": [
        secret,
        resource("docker:index/image:Image", "web", { registry: { username: "bot", password } }),
      ],
      "plain variables of a program on a Docker host": [
        swarmService("registry.example/web:1", { env: { DB_PASSWORD_FILE: "/run/secrets/db" } }),
        dockerContainer("registry.example/web:1", { envs: ["MODE=fast"] }),
      ],
      "what a Secret holds and is a word": [
        object("v1", "Secret", "login", { stringData: { user: "administrator" } }),
        map({ user: "administrator" }),
      ],
      "what a Secret holds and is too short to be looked for": [
        object("v1", "Secret", "login", { stringData: { pin: "aK3x9Qz7-hJ" } }),
        map({ pin: "aK3x9Qz7-hJ" }),
      ],
      "what two ConfigMaps hold and no Secret does": [
        map({ id: password }),
        object("v1", "ConfigMap", "others", { data: { id: password } }),
      ],
    },
    fail: {
      "a value of a swarm's secret in a variable": [
        [swarmSecret, swarmService("registry.example/web:1", { env: { STORE: `p=${password}` } })],
        "taskSpec.containerSpec.env.STORE holds login.data",
      ],
      "a value of a swarm's secret in its labels": [
        [
          swarmSecret,
          resource("docker:index/secret:Secret", "other", {
            data: "",
            labels: [{ label: "p", value: password }],
          }),
        ],
        "labels[0].value holds login.data",
      ],
      "a value in a ConfigMap": [
        [secret, map({ conf: `p=${password}` })],
        "data.conf holds login.password",
      ],
      "a value that an image is built with, which stands in its history": [
        [
          secret,
          resource("docker:index/image:Image", "web", { build: { args: { TOKEN: password } } }),
        ],
        "build.args.TOKEN holds login.password",
      ],
      "a value in base64": [
        [secret, map({ conf: Buffer.from(`{"p":"${password}"}`).toString("base64") })],
        "data.conf holds login.password",
      ],
      "the shortest value that is looked for": [
        [
          object("v1", "Secret", "login", { stringData: { pin: "aK3x9Qz7-hJ2" } }),
          map({ pin: "aK3x9Qz7-hJ2" }),
        ],
        "data.pin holds login.pin",
      ],
      "a value of the first of two Secrets of one name": [
        [
          secret,
          object("v1", "Secret", "login", {
            metadata: { namespace: "bank" },
            stringData: { password: "zP8w4Rt6-kM5nB7vC" },
          }),
          map({ conf: password }),
        ],
        "data.conf holds login.password",
      ],
      "a value of a Secret that came in base64": [
        [
          object("v1", "Secret", "login", {
            data: { password: Buffer.from(password).toString("base64") },
          }),
          withContainer({ args: [password] }),
        ],
        "args[0] holds login.password",
      ],
    },
  },
};
