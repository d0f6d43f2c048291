import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";

/** What the metrics' Workloads stand in, in their tests. */
export const around = {
  system: "skywire",
  namespace: "metrics",
  namespaceName: "metrics",
  flows: [],
  networkPolicy: true,
  data: "protect",
} as const;

/** Faults of a parse as lines, `path: message`; of a key, what is wrong with it. */
export const faultsOf = ({ error }: { readonly error?: z.ZodError | undefined }): string[] =>
  (error?.issues ?? []).flatMap((issue) => {
    const path = issue.path.map(String).join(".");
    const messages =
      issue.code === "invalid_key" ? issue.issues.map(({ message }) => message) : [issue.message];
    return messages.map((message) => `${path}: ${message}`);
  });

/** The value of an input, secret or not. */
export const plain = (input: pulumi.Input<string>): Promise<string> =>
  new Promise((settle) => {
    pulumi.output(input).apply(settle);
  });
