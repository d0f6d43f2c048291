/**
 * The identity that previews, as .github/preview-identity.yaml makes it, before a real API server: what it asks
 * for as a dry run is answered, and what it means is refused. Nothing runs.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { sandboxPlace, stackFile } from "../../sandbox/place.ts";
import { readPlan } from "../../sandbox/plan.ts";
import { openSandbox, removeSandbox } from "../../sandbox/sandbox.ts";

const root = mkdtempSync(join(tmpdir(), "fleet-preview-"));
const place = sandboxPlace("test", { root });
const manifest = join(import.meta.dirname, "..", "..", ".github", "preview-identity.yaml");

function kubectl(...words: string[]): { readonly code: number | null; readonly told: string } {
  const options = { encoding: "utf8", timeout: 300_000 } as const;
  const { status, stdout, stderr } = spawnSync(
    "kubectl",
    ["--kubeconfig", place.kubeconfig, ...words],
    options,
  );
  return { code: status, told: `${stdout}${stderr}` };
}

const previews = (...words: string[]): ReturnType<typeof kubectl> =>
  kubectl("--as=system:serviceaccount:fleet-preview:fleet-preview", ...words);

const noted = ["create", "configmap", "note", "--namespace=default", "--from-literal=a=1"];
const bound = [
  ...["create", "clusterrolebinding", "mine", "--clusterrole=cluster-admin"],
  "--serviceaccount=default:default",
];

beforeAll(async () => {
  const plan = readPlan("test", stackFile(sandboxPlace("test")), new Map());
  const { api } = await openSandbox(place, plan, process.env, () => undefined);
  api.close();
  expect(kubectl("apply", "-f", manifest)).toMatchObject({ code: 0 });
  // The API server learns of a policy from a watch: until then this would be done.
  await vi.waitFor(
    () => {
      const { told } = previews(...noted);
      kubectl("delete", "configmap", "note", "--namespace=default", "--ignore-not-found");
      expect(told).toContain("changes nothing");
    },
    { timeout: 600_000, interval: 500 },
  );
});

afterAll(async () => {
  await removeSandbox(place);
  rmSync(root, { recursive: true, force: true });
});

test.each([[noted], [bound], [["delete", "namespace", "fleet-preview"]]])(
  "is answered what would come of %j, and cannot do it",
  (words) => {
    expect(previews(...words, "--dry-run=server")).toMatchObject({ code: 0 });
    const { code, told } = previews(...words);
    expect(told).toContain("this identity previews, and changes nothing");
    expect(code).toBe(1);
  },
);

test("is at Google an account whose name says so, which is judged before it has any right", async () => {
  const address = "fleet-preview-mini@spacemesh-networks.iam.gserviceaccount.com";
  const role = ["--clusterrole=fleet-preview", `--user=${address}`];
  expect(kubectl("create", "clusterrolebinding", "fleet-preview-google", ...role).code).toBe(0);
  const account = (...words: string[]) => kubectl(`--as=${address}`, ...words);
  // The API server learns of a binding, too, from a watch.
  await vi.waitFor(
    () => {
      expect(account(...noted, "--dry-run=server")).toMatchObject({ code: 0 });
    },
    { timeout: 600_000, interval: 500 },
  );
  expect(account(...noted).told).toContain("this identity previews, and changes nothing");
  expect(account("get", "secrets", "--all-namespaces")).toMatchObject({ code: 0 });
});

test("reads what there is", () => {
  expect(previews("get", "nodes,secrets", "--all-namespaces")).toMatchObject({ code: 0 });
});

test.each([
  // No policy judges those who change policies, so that the rights must end before these.
  [["delete", "validatingadmissionpolicies"]],
  [["patch", "validatingadmissionpolicybindings"]],
  [["patch", "validatingwebhookconfigurations"]],
  // Nor what one does who has another's name.
  [["impersonate", "groups"]],
  [["impersonate", "users"]],
  // Nor a kubelet that is asked itself: whoever may read this enters every pod of its node.
  [["get", "nodes/proxy"]],
  [["get", "pods/exec"]],
  [["create", "serviceaccounts/token"]],
])("has no right to %j", (words) => {
  const [verb = "", what = ""] = words;
  const [resource = "", below] = what.split("/");
  const asked = [verb, resource, ...(below === undefined ? [] : [`--subresource=${below}`])];
  const { told } = previews("auth", "can-i", ...asked, "--all-namespaces");
  expect(told.trim().split("\n").at(-1)).toBe("no");
});

test("makes itself no token", () => {
  const token = ["create", "token", "fleet-preview", "--namespace=fleet-preview"];
  expect(previews(...token).told).toContain("cannot create resource");
});

test("gets nobody's token by calling that a dry run, whatever other rights it has: the API server would sign it", async () => {
  // The policy has to refuse it by itself: at Google, rights may come from there as well.
  const rights = ["--verb=create", "--resource=serviceaccounts/token"];
  expect(kubectl("create", "clusterrole", "signs", ...rights).code).toBe(0);
  const who = ["--clusterrole=signs", "--serviceaccount=fleet-preview:fleet-preview"];
  expect(kubectl("create", "clusterrolebinding", "signs", ...who).code).toBe(0);
  const request = join(root, "token.json");
  writeFileSync(
    request,
    JSON.stringify({ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} }),
  );
  const path = "/api/v1/namespaces/fleet-preview/serviceaccounts/fleet-preview/token?dryRun=All";
  const words = ["create", `--raw=${path}`, `--filename=${request}`];
  // Whoever may make tokens gets one by this request, so that what follows is no refusal of its form.
  expect(kubectl(...words).told).toContain('"token":"ey');
  // The API server learns of the right from a watch.
  await vi.waitFor(
    () => {
      expect(previews(...words).told).toContain("this identity previews, and changes nothing");
    },
    { timeout: 600_000, interval: 500 },
  );
});
