/** Which secrets a change gives another value. Their encrypted texts tell, and nothing can be read from them. */
import { parse } from "yaml";
import * as z from "zod";

const File = z.looseObject({
  config: z.looseObject({
    "fleet:secrets": z.record(z.string(), z.unknown()).default({}),
  }),
});

/**
 * Names of entries of `fleet:secrets` that both files have with another encrypted text. One that was
 * only encrypted anew is among them: nobody without the key can tell.
 *
 * @param before Text of a stack file.
 */
export function rotatedSecrets(before: string, after: string): ReadonlySet<string> {
  const [former, latter] = [entriesOf(before), entriesOf(after)];
  return new Set(
    Object.keys(former).filter(
      (name) => name in latter && JSON.stringify(former[name]) !== JSON.stringify(latter[name]),
    ),
  );
}

function entriesOf(text: string): Readonly<Record<string, unknown>> {
  const file = File.safeParse(parse(text, { merge: true }));
  return file.success ? file.data.config["fleet:secrets"] : {};
}
