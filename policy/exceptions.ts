/**
 * What a rule objects to and is right all the same, each with its reason: one file a system in policy/exceptions, and
 * one for each part that several systems have alike.
 *
 * An exception names the stacks and the resources it is for. One that allows nothing any more fails
 * the test (test/policy/stacks.test.ts): it would hide the next fault of that name.
 */
import { certManagerExceptions } from "./exceptions/cert-manager.ts";
import type { Exception } from "./exceptions/exception.ts";
import { fxaExceptions } from "./exceptions/fxa.ts";
import { imagesExceptions } from "./exceptions/images.ts";
import { ingressExceptions } from "./exceptions/ingress.ts";
import { observabilityExceptions } from "./exceptions/observability.ts";
import { pushtechExceptions } from "./exceptions/pushtech.ts";
import { skywireExceptions } from "./exceptions/skywire.ts";
import { spacemeshExceptions } from "./exceptions/spacemesh.ts";
import { votingExceptions } from "./exceptions/voting.ts";

export type { Exception } from "./exceptions/exception.ts";

/** All exceptions. */
export const exceptions: readonly Exception[] = [
  ...skywireExceptions,
  ...votingExceptions,
  ...spacemeshExceptions,
  ...pushtechExceptions,
  ...fxaExceptions,
  ...imagesExceptions,
  ...ingressExceptions,
  ...certManagerExceptions,
  ...observabilityExceptions,
];
