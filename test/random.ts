/**
 * Run before every file of tests: what property-based tests draw is the same in each run, so that what fails is of the
 * change that is tested, and fails again. `FLEET_TEST_SEED=random` draws anew, to look for what nobody has thought of.
 */
import * as fc from "fast-check";

const { FLEET_TEST_SEED: seed = "20261121" } = process.env;

if (seed !== "random") {
  if (!/^\d{1,9}$/.test(seed)) {
    throw new Error(`FLEET_TEST_SEED is ${seed}: expected a number of at most 9 digits, or random`);
  }
  fc.configureGlobal({ seed: Number(seed) });
}
