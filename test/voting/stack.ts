/** The voting stack in both its targets, rendered. */
import { asRawConfig, type RawConfig } from "../../stacks/raw.ts";
import { onSwarm } from "../config/voting-faults.ts";
import { type Draft, draftOf } from "../config/stack-fixture.ts";
import { type Rendered, renderConfig } from "../rendered.ts";

/** Config of the committed stack, changed. */
function votingConfig(change: (draft: Draft) => void = () => undefined): RawConfig {
  const draft = draftOf("voting");
  change(draft);
  return asRawConfig(draft.config);
}

/** The committed stack, changed and rendered. */
export const renderVoting = (change?: (draft: Draft) => void): Promise<Rendered<unknown>> =>
  renderConfig("voting", votingConfig(change));

/** The same services on a Swarm. */
export const renderOnSwarm = (): Promise<Rendered<unknown>> => renderVoting(onSwarm);
