/** Why a registry gave no digest. Its text has neither login nor token. */
export class RegistryFault extends Error {
  /** What to do about it. */
  readonly mend: string;
  /** Whether it says nothing of the image: it may be in order, and the next question answered. */
  readonly isPassing: boolean;

  constructor(message: string, mend: string, isPassing = false) {
    super(message);
    this.mend = mend;
    this.isPassing = isPassing;
  }
}
