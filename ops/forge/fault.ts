/** Why the forge did not do what it was asked for. Its text holds no token. */
import { CommandError } from "../command.ts";

/** A refusal or a failure of the forge's, told so that it can be mended. */
export class ForgeFault extends CommandError {
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** What was asked for may have been done, or not: whoever asked has to look. */
export class UncertainFault extends ForgeFault {}
