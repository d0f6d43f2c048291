/** The picture that is committed. */
import { render, type Stack } from "../rendered.ts";
import { drawPicture } from "./draw.ts";
import { modelOf } from "./model.ts";

/** Where the picture of the test environment is, from the root of the clone. */
export const pictureFile = "docs/skywire-test.svg";

/** The picture of a committed stack. */
export async function pictureOf(stack: Stack): Promise<string> {
  return drawPicture(modelOf(await render(stack)), `Pulumi.${stack}.yaml`);
}
