/** Production's file with some of its values changed, rendered. */
import { asRawConfig } from "../../stacks/raw.ts";
import { draftOf, put } from "../config/stack-fixture.ts";
import { renderConfig, type Rendered } from "../rendered.ts";

/** @param values Path, whose steps are parted by slashes → value; undefined takes the key out. */
export function changedProduction(
  values: Readonly<Record<string, unknown>>,
): Promise<Rendered<unknown>> {
  const { config } = draftOf("prod");
  for (const [path, value] of Object.entries(values)) {
    put(config, path, value);
  }
  return renderConfig("prod", asRawConfig(config));
}
