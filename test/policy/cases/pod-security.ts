/** What each rule of Pod Security lets pass, and what it objects to: policy/rules/pod-security.ts. */
import { deployment, withContainer } from "../resources.ts";
import type { Cases } from "./case.ts";
import { namespace, restricted } from "./things.ts";

/** Cases by the rule's name. */
export const podSecurityCases: Readonly<Record<string, Cases>> = {
  "pod-security": {
    pass: { "a careful pod": [deployment()] },
    fail: {
      root: [[deployment({ securityContext: { runAsUser: 0 } })], "runs as user 0"],
      privileged: [[withContainer({ securityContext: { privileged: true } })], "is privileged"],
      "a folder of the node": [
        [deployment({ volumes: [{ name: "host", hostPath: { path: "/" } }] })],
        "is of type hostPath",
      ],
      "no AppArmor, as it was said before there was a field": [
        [
          deployment(
            {},
            {
              spec: {
                template: {
                  metadata: {
                    annotations: {
                      "container.apparmor.security.beta.kubernetes.io/web": "unconfined",
                    },
                  },
                },
              },
            },
          ),
        ],
        "container web has the AppArmor profile unconfined",
      ],
      "no AppArmor": [
        [withContainer({ securityContext: { appArmorProfile: { type: "Unconfined" } } })],
        "has the AppArmor profile Unconfined",
      ],
      "an SELinux label of its own": [
        [deployment({ securityContext: { seLinuxOptions: { type: "spc_t" } } })],
        "the pod chooses its SELinux label (spc_t)",
      ],
      "a process of the node": [
        [deployment({ securityContext: { windowsOptions: { hostProcess: true } } })],
        "is a process of its node",
      ],
      "a call to another host": [
        [withContainer({ lifecycle: { preStop: { httpGet: { host: "10.0.0.1", port: 80 } } } })],
        "calls another host, 10.0.0.1",
      ],
    },
  },
  "namespace-enforces": {
    pass: { restricted: [restricted] },
    fail: {
      "no level": [[namespace({})], "enforces no level"],
      "a weaker level": [
        [namespace({ enforce: "baseline", "enforce-version": "v1.36" })],
        "enforces baseline, not restricted",
      ],
      "a version that moves": [
        [namespace({ enforce: "restricted" })],
        "of version latest, which moves with the cluster",
      ],
      "a version that moves and is said": [
        [namespace({ enforce: "restricted", "enforce-version": "latest" })],
        "moves with the cluster",
      ],
    },
  },
};
