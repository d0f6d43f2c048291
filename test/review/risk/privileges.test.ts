/** What pods may do on their node. */
import { describe, expect, it } from "vitest";

import { workload } from "../made.ts";
import { added, image, made, update } from "./changes.ts";
import { type Further, type Reason, saysWhy, speaksAsWell, whyOf } from "./each-rule.ts";

const contained = (securityContext: object) => workload({}, { securityContext });

/** What is not seen at the first look. */
const further: readonly Further[] = [
  [
    "privileges-changed",
    "a container that comes whole, with more than its own",
    added({ name: "log", securityContext: { privileged: true } }),
    added({ name: "log", securityContext: { capabilities: { add: ["NET_BIND_SERVICE"] } } }),
  ],
  [
    "privileges-changed",
    "a workload that is made with a part of its node",
    made("DaemonSet", workload({}, {}, { volumes: [{ name: "log", hostPath: { path: "/var" } }] })),
    made("DaemonSet", workload({}, {}, { volumes: [{ name: "log", emptyDir: {} }] })),
  ],
  ...(
    [
      ["hostPID", workload({}, {}, { hostPID: true }), workload({}, {}, { hostPID: false })],
      ["hostIPC", workload({}, {}, { hostIPC: true }), workload()],
      ["privileges", contained({ privileged: true }), contained({ privileged: false })],
      [
        "more rights than its own",
        contained({ allowPrivilegeEscalation: true }),
        contained({ allowPrivilegeEscalation: false }),
      ],
      ["root", contained({ runAsUser: 0 }), contained({ runAsUser: 1 })],
      [
        "root by its pod",
        workload({}, {}, { securityContext: { runAsUser: 0 } }),
        workload({}, { securityContext: { runAsUser: 1 } }, { securityContext: { runAsUser: 0 } }),
      ],
      [
        "capabilities",
        contained({ capabilities: { add: ["NET_BIND_SERVICE", "SYS_ADMIN"] } }),
        contained({ capabilities: { drop: ["ALL"] } }),
      ],
      [
        "a port of its node",
        workload({}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
        workload({}, { ports: [{ containerPort: 80, hostPort: 0 }] }),
      ],
      [
        "all of its node at its start",
        workload(
          {},
          {},
          { initContainers: [{ name: "a", securityContext: { privileged: true } }] },
        ),
        workload({}, {}, { initContainers: [{ name: "a" }] }),
      ],
    ] as const
  ).map(
    ([what, speaks, silent]) =>
      [
        "privileges-changed",
        `a workload that is made with ${what}`,
        made("Deployment", speaks),
        made("Deployment", silent),
      ] as const,
  ),
  ...(
    [
      ["another account by its old name", { serviceAccount: "a" }, { serviceAccount: "b" }],
      ["users that are the node's own", { hostUsers: false }, {}],
    ] as const
  ).map(
    ([what, before, after]) =>
      [
        "privileges-changed",
        what,
        update(
          "Deployment",
          workload({}, {}, before),
          workload({}, {}, after),
          `spec.template.spec.${Object.keys(before).join()}`,
        ),
        image(),
      ] as const,
  ),
];

const reasons: readonly Reason[] = [
  [
    "privileges-changed",
    made(
      "Deployment",
      workload({}, { ports: [{ hostPort: 80 }], securityContext: { runAsUser: 0 } }),
    ),
    "its pods get root (container web), port 80 of its node (container web)",
  ],
  [
    "privileges-changed",
    update(
      "Deployment",
      workload({}, {}, { serviceAccountName: "a" }),
      workload({}, {}, { serviceAccountName: "b" }),
      "spec.template.spec.serviceAccountName",
    ),
    "what its pods may do on a node: spec.template.spec.serviceAccountName",
  ],
];

speaksAsWell(further);
saysWhy(reasons);

describe("why a change has its risk", () => {
  it("tells of what pods get no more than is new", () => {
    const [one, other] = ["a", "b"].map((name) => ({ name, securityContext: { runAsUser: 0 } }));
    const change = update(
      "Deployment",
      workload({}, {}, { containers: [one] }),
      workload({}, {}, { containers: [one, other] }),
      "spec.template.spec.containers[1]",
    );
    expect(whyOf(change, "privileges-changed")).toBe("its pods get root (container b)");
  });
});
