/** What each rule lets pass, and what it objects to; those of policy/graph/ have their cases in test/policy/graph/. */
import { accessCases } from "./access.ts";
import { availabilityCases } from "./availability.ts";
import { containersCases } from "./containers.ts";
import { imagesCases } from "./images.ts";
import { keptCases } from "./kept.ts";
import { networkCases } from "./network.ts";
import { objectsCases } from "./objects.ts";
import { podSecurityCases } from "./pod-security.ts";
import { providersCases } from "./providers.ts";
import { secretsCases } from "./secrets.ts";
import type { Cases } from "./case.ts";

/** Cases by the rule's name. */
export const cases: Readonly<Record<string, Cases>> = {
  ...secretsCases,
  ...providersCases,
  ...imagesCases,
  ...containersCases,
  ...availabilityCases,
  ...podSecurityCases,
  ...accessCases,
  ...networkCases,
  ...keptCases,
  ...objectsCases,
};
