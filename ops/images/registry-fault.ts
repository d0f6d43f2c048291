/** Why a registry gave no digest. Its text has neither login nor token. */
export class RegistryFault extends Error {
  /** What to do about it. */
  readonly mend: string;

  constructor(message: string, mend: string) {
    super(message);
    this.mend = mend;
  }
}
