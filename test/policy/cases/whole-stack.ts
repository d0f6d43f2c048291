/** A stack in which everything is in order. */
import type { Resource } from "../../../policy/resource.ts";
import { deployment, object, resource } from "../resources.ts";
import {
  bucket,
  budget,
  claim,
  firewall,
  googleRule,
  map,
  password,
  policy,
  restricted,
  right,
  role,
  secret,
  service,
  size,
  statefulSet,
  token,
} from "./things.ts";

/**
 * A stack of production with one of each thing that rules look at, all of it in order: none of them may object to what is
 * another's business.
 */
export const wholeStack: readonly Resource[] = [
  deployment(),
  statefulSet({}),
  object("batch/v1", "Job", "once", {
    spec: { template: (deployment().properties["spec"] as { template: object }).template },
  }),
  budget({ maxUnavailable: 1 }),
  policy(["Ingress", "Egress"]),
  { ...restricted, protect: true },
  { ...claim, protect: true },
  service({ ports: undefined }),
  map({ greeting: "hello" }),
  secret,
  role("Role", {}),
  object("rbac.authorization.k8s.io/v1", "ClusterRole", "none", {
    metadata: { namespace: undefined },
    rules: null,
  }),
  object("rbac.authorization.k8s.io/v1", "RoleBinding", "nobody", {
    roleRef: { kind: "Role", name: "web" },
    subjects: null,
  }),
  size("disk-store-0"),
  firewall("DROP", {}),
  googleRule(),
  bucket("private", { protect: true }),
  right({ member: "group:shop@example.org" }),
  resource("linode:index/instance:Instance", "dns", { label: "dns" }),
  resource("docker:index/image:Image", "web", { registry: { username: "bot", password } }),
  resource("pulumi:providers:linode", "account", { token }, { provider: undefined }),
  resource("fleet:shop:Shop", "shop", {}, { provider: undefined }),
  resource("kubernetes:helm.sh/v4:Chart", "chart", {}, { provider: undefined }),
];
