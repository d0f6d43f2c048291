/** A committed Skywire file with one daemon of every kind beside the services, under its kind's name. */
import { daemonKinds } from "../../components/skywire/daemon-kinds.ts";
import { asRawConfig } from "../../stacks/raw.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { renderConfig } from "../rendered.ts";
import type { Change } from "./stack-file.ts";

/** `services.daemons` with every kind. */
export const allDaemons: Change = [
  "services/daemons",
  Object.fromEntries(daemonKinds.map((kind) => [kind, { kind }])),
];

/** Renders it. */
export function renderDaemons(stack: "prod" | "test") {
  const { config } = draftOf(stack);
  const [path, value] = allDaemons;
  put(config, `fleet:${path}`, value);
  return renderConfig(stack, asRawConfig(config));
}
