/** Variants of production in what runs: servers, mails, demos, debug pods, pictures, images. */
import { expect } from "vitest";

import {
  host,
  opensOutward,
  podOf,
  specOf,
  textOf,
  type Told,
  toldTo,
  type Variant,
} from "./variants.ts";

const mailService = {
  kind: "mail-service",
  image: "docker.io/mozilla/fxa-email-service:v1.200.0",
  sender: { address: "accounts@example.org" },
  aws: { keyId: "mail-aws-id", secret: "mail-aws-secret" },
};

const pictures = "fleet:servers/profile-server/settings/images";
const profilePrograms = ["profile-server", "profile-server-worker", "profile-server-static"];
const onNode = { nodeSelector: { "kubernetes.io/hostname": "workers-1" } };
/** Mails by a program of its own, and nothing of a mail server at the auth-server. */
function sendsByService(told: Told): void {
  const auth = toldTo(told, "fxa-auth-server");
  expect(auth).toMatchObject({
    EMAIL_SERVICE_HOST: "fxa-mail-service",
    EMAIL_SERVICE_PORT: "8001",
    EMAIL_SERVICE_FORCE_EMAIL_REGEX: ".*",
  });
  expect(Object.keys(auth).filter((name) => /^SMTP_(HOST|USER|PASS)$/.test(name))).toEqual([]);
  expect([...told.secrets.keys()]).not.toContain("smtp-password");
  expect(opensOutward(told, "fxa-auth-server")).toEqual(["0.0.0.0/0:3306", "0.0.0.0/0:443"]);
  // Of its image the launcher's word means nothing.
  expect(toldTo(told, "fxa-mail-service")).not.toHaveProperty("server");
}

const debugs = (target: string, service: string): Variant => ({
  words: { "fleet:debug": { target } },
  more: ["Deployment fxa-debug"],
  asserts: (told) => {
    const { server, ...own } = toldTo(told, "fxa-debug");
    const { server: role, ...others } = toldTo(told, service);
    expect([server, role]).toEqual(["debug", service]);
    expect(own).toEqual(others);
    expect(specOf(told, "fxa-debug")["replicas"]).toBe(0);
    expect(opensOutward(told, "fxa-debug")).toEqual(opensOutward(told, service));
  },
});

/** By what each does, switched on and off. */
export const programVariants: Readonly<Record<string, Variant>> = {
  "no event-broker": {
    words: { "fleet:servers/event-broker": undefined },
    less: ["Deployment fxa-event-broker"],
    asserts: (told) => {
      expect(textOf(told)).not.toContain("fxa-event-broker");
      expect([...told.secrets.keys()].filter((name) => /broker|google/.test(name))).toEqual([]);
    },
  },
  "an event-broker that keeps its settings while it is off": {
    words: { "fleet:servers/event-broker/enabled": false },
    less: ["Deployment fxa-event-broker"],
  },
  "an event-broker that Google pushes to": {
    words: { "fleet:servers/event-broker/settings/push": {} },
    more: host("eventbroker", "eventbroker.example.org"),
    asserts: (told) => {
      expect(toldTo(told, "fxa-event-broker")).toMatchObject({
        PUBSUB_AUDIENCE: "https://eventbroker.example.org",
        PUBSUB_VERIFICATION_TOKEN: "secret",
      });
    },
  },
  "mails by mail-service": {
    words: {
      "fleet:mail": mailService,
      "fleet:servers/mail-service": { replicas: 2, parallelSafe: true },
    },
    more: ["Deployment fxa-mail-service"],
    asserts: (told) => {
      sendsByService(told);
      expect(specOf(told, "fxa-mail-service")["replicas"]).toBe(2);
    },
  },
  "mails by mail-service, with the reader of SES' queues": {
    words: { "fleet:mail": { ...mailService, queues: {}, runAsUser: 1234 } },
    more: ["Deployment fxa-mail-queues", "Deployment fxa-mail-service"],
    asserts: (told) => {
      sendsByService(told);
      expect(toldTo(told, "fxa-mail-queues")).toEqual(toldTo(told, "fxa-mail-service"));
      expect(podOf(told, "fxa-mail-queues").securityContext.runAsUser).toBe(1234);
    },
  },
  "mails by mail-service, which hands them to a mail server": {
    words: {
      "fleet:mail": {
        ...{ ...mailService, aws: undefined, provider: "smtp" },
        smtp: { host: "smtp.example.net", addresses: ["10.22.0.0/16"] },
      },
    },
    more: ["Deployment fxa-mail-service"],
    asserts: (told) => {
      sendsByService(told);
      expect(opensOutward(told, "fxa-mail-service")).toEqual(["0.0.0.0/0:443", "10.22.0.0/16:25"]);
    },
  },
  "the demos": {
    words: { "fleet:demos": {} },
    more: ["123done", "321done", "fortress"].flatMap((name) => [
      `Deployment ${name}`,
      ...host(name, `${name}.example.org`),
    ]),
    asserts: (told) => {
      expect(toldTo(told, "fxa-auth-server")["CONFIG_FILES"]).toBe("/etc/fxa/clients/clients.json");
      expect(toldTo(told, "321done")["server"]).toBe("321done");
    },
  },
  "one demo": {
    words: {
      "fleet:demos": {},
      "fleet:servers/321done": { enabled: false },
      "fleet:servers/fortress": { enabled: false },
    },
    more: ["Deployment 123done", ...host("123done", "123done.example.org")],
  },
  "a debug pod of the auth-server": debugs("auth-server", "fxa-auth-server"),
  "a debug pod of the content-server": debugs("content-server", "fxa-content-server"),
  "a debug pod of the event-broker": debugs("event-broker", "fxa-event-broker"),
  "a debug pod of the worker": debugs("profile-server-worker", "fxa-profile-server-worker"),
  "pictures on a disk that many nodes share": {
    words: { [pictures]: { kind: "local", share: "many-nodes", storageClass: "nfs" } },
    more: ["PersistentVolumeClaim fxa-avatars", ...host("images", "images.accounts.example.org")],
    asserts: (told) => {
      for (const name of profilePrograms) {
        const claims = podOf(told, `fxa-${name}`).volumes?.map(
          ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName,
        );
        expect(claims).toContain("fxa-avatars");
        expect(toldTo(told, `fxa-${name}`)["IMG"]).toBe("local");
        expect(opensOutward(told, `fxa-${name}`)).not.toContain("0.0.0.0/0:443");
      }
      expect([...told.secrets.keys()].filter((name) => name.startsWith("avatars"))).toEqual([]);
    },
  },
  "pictures on the disk of one node": {
    words: {
      [pictures]: { kind: "local", share: "one-node" },
      "fleet:debug": { target: "profile-server" },
      ...Object.fromEntries(
        profilePrograms.map((name) => [`fleet:servers/${name}/placement`, onNode]),
      ),
    },
    more: [
      ...["Deployment fxa-debug", "PersistentVolumeClaim fxa-avatars"],
      ...host("images", "images.accounts.example.org"),
    ],
    asserts: (told) => {
      for (const name of [...profilePrograms, "debug"]) {
        expect(podOf(told, `fxa-${name}`).nodeSelector).toMatchObject(onNode.nodeSelector);
      }
    },
  },
  "an image that the stack builds and pushes": {
    words: {
      // Of this repository, in the place of sources that are nowhere here.
      "fleet:images": {
        ...{ repository: "docker.io/somebody/fxa", version: "v1.190.0", runAsUser: 2000 },
        ...{ pullSecret: "registry", build: { context: ".", dockerfile: "package.json" } },
      },
    },
    more: ["Image fxa-image"],
    asserts: (told) => {
      const image = told.collected.resources.find(
        ({ type }) => type === "docker:index/image:Image",
      );
      expect(image?.inputs).toMatchObject({
        imageName: "docker.io/somebody/fxa:v1.190.0",
        build: { dockerfile: "package.json", platform: "linux/amd64" },
      });
      for (const name of ["fxa-auth-server", "fxa-auth-db-mysql-patch"]) {
        expect(podOf(told, name).containers[0]?.image).toBe(
          `docker.io/somebody/fxa:v1.190.0@sha256:${"d".repeat(64)}`,
        );
        expect(podOf(told, name).securityContext.runAsUser).toBe(2000);
      }
      // What has an image of its own is neither that one nor that user's.
      expect(podOf(told, "mozilla-sync").securityContext.runAsUser).toBe(1001);
    },
  },
  "the seed's two servers of payments": {
    words: {
      "fleet:servers/payments-server-worker": { enabled: true },
      "fleet:servers/payments-server-static": { enabled: true },
    },
    more: ["Deployment fxa-payments-server-static", "Deployment fxa-payments-server-worker"],
  },
  "no Sync": {
    words: { "fleet:sync/enabled": false },
    less: [
      "Deployment mozilla-sync",
      ...host("sync", "sync.example.org"),
      ...host("token", "token.example.org"),
    ],
  },
  "all of it at once": {
    words: {
      "fleet:mail": { ...mailService, queues: {} },
      "fleet:demos": {},
      "fleet:debug": { target: "321done", replicas: 1 },
      "fleet:mysql": { kind: "builtin", inProduction: "trial", backup: { kind: "none" } },
      [pictures]: { kind: "local", share: "many-nodes", storageClass: "nfs" },
      "fleet:servers/event-broker/settings/push": {},
      "fleet:servers/payments-server-worker": { enabled: true },
      "fleet:servers/payments-server-static": { enabled: true },
    },
    more: [
      "Deployment fxa-debug",
      "Deployment fxa-mail-queues",
      "Deployment fxa-mail-service",
      "Deployment fxa-payments-server-static",
      "Deployment fxa-payments-server-worker",
      "PersistentVolumeClaim fxa-avatars",
      "PersistentVolumeClaim mysql-data",
      "StatefulSet mysql",
      ...host("eventbroker", "eventbroker.example.org"),
      ...host("images", "images.accounts.example.org"),
      ...["123done", "321done", "fortress"].flatMap((name) => [
        `Deployment ${name}`,
        ...host(name, `${name}.example.org`),
      ]),
    ],
  },
};
