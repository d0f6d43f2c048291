import * as pulumi from "@pulumi/pulumi";

import type { Awaitable } from "../base/ready.ts";
import { makeWorkload } from "../workload/workload.ts";
import type { BotConfig } from "./bots.schema.ts";
import { type Program, programWorkload } from "./program.ts";
import type { ProgramImage, Surroundings } from "../workload/surroundings.ts";

/** Inputs of a {@link Bot}. */
export interface BotArgs extends Surroundings {
  readonly image: ProgramImage;
  readonly bot: Omit<BotConfig, "secretEnv" | "image" | "access">;
  /** Variable → value. */
  readonly secretEnv: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The program of a bot. Pure. */
const botProgram = ({ image, bot, secretEnv }: BotArgs): Program => ({
  image,
  args: [],
  options: bot,
  probes: {
    none: "it listens on no port, writes no file, and its image has no shell: only its messages show whether it works (facts/skywire.md 4.15)",
  },
  metrics: false,
  exclusive: true,
  env: bot.env,
  secretEnv,
});

/** One Telegram bot: one process that polls with its token (facts/skywire.md 4.15). */
export class Bot extends pulumi.ComponentResource implements Awaitable {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: BotArgs, opts?: pulumi.ComponentResourceOptions) {
    super("fleet:skywire:Bot", name, { image: args.image.reference }, opts);
    this.ready = makeWorkload(name, programWorkload(name, botProgram(args), args), {
      parent: this,
    }).ready;
    this.registerOutputs({});
  }
}
