/** Configs of LogShipper for tests. */
import * as pulumi from "@pulumi/pulumi";

import { VectorConfig } from "../../../components/observability/vector/vector.schema.ts";

/** An HTTP log service. */
export const service = {
  kind: "http",
  url: "https://in.logs.betterstack.com",
  token: "logtail",
} as const;

/** Storage that speaks S3. */
export const archive = {
  kind: "s3",
  bucket: "fleet-logs",
  region: "eu-central-1",
  endpoint: "https://eu-central-1.linodeobjects.com",
  accessKey: "archive-id",
  secretKey: "archive-secret",
} as const;

/** An Elasticsearch that is not the stack's. */
export const elsewhere = {
  kind: "elasticsearch",
  url: "https://logs.example.org:9243",
  account: { username: "shipper", password: "elsewhere" },
} as const;

/** A config with these sinks. */
export const configOf = (sinks: object, more: object = {}): VectorConfig =>
  VectorConfig.parse({ kind: "vector", sinks, ...more });

/** What an output holds. */
export const plain = (value: pulumi.Input<string>): Promise<string> =>
  new Promise((settle) => {
    pulumi.output(value).apply(settle);
  });
