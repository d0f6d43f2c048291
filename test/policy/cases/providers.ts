/** What each rule of providers lets pass, and what it objects to: policy/rules/providers.ts. */
import { deployment, resource } from "../resources.ts";
import type { Cases } from "./case.ts";

/** Cases by the rule's name. */
export const providersCases: Readonly<Record<string, Cases>> = {
  "explicit-provider": {
    pass: {
      "a provider of its own": [deployment()],
      "a chart, whose objects have providers": [
        resource("kubernetes:helm.sh/v4:Chart", "chart", {}, { provider: undefined }),
      ],
      "a component, and a provider": [
        resource("fleet:shop:Shop", "shop", {}, { provider: undefined }),
        resource("pulumi:providers:kubernetes", "cluster", {}, { provider: undefined }),
      ],
    },
    fail: {
      "the engine's default provider": [
        [
          {
            ...deployment(),
            provider: { type: "pulumi:providers:kubernetes", name: "default_4_34_2" },
          },
        ],
        "is made by a default provider",
      ],
      "no provider": [[{ ...deployment(), provider: undefined }], "is made by a default provider"],
      "a release of Helm's, which is no component": [
        [resource("kubernetes:helm.sh/v3:Release", "chart", {}, { provider: undefined })],
        "is made by a default provider",
      ],
      "a provider of another package": [
        [{ ...deployment(), provider: { type: "pulumi:providers:linode", name: "account" } }],
        "is made by pulumi:providers:linode",
      ],
    },
  },
};
