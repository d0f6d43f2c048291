/** Google's projects, service accounts and roles: facts/clouds-gke-ingress-tls.md 2.4 and 8. */
import type { Fault } from "../../check.ts";
import { digest, secret } from "../../values.ts";
import type { Properties } from "../../values.ts";
import { hashNumber } from "../../world.ts";
import type { CloudObject, World } from "../../world.ts";
import {
  bag,
  epoch,
  flag,
  given,
  list,
  matching,
  oneOf,
  refuseUnless,
  text,
  unless,
} from "../rule.ts";
import type { Answer, Rule } from "../rule.ts";
import { accountType, byReference, clusterType, projectOf, regionOf } from "./common.ts";

/** Who may be given a role. */
const memberPattern =
  /^(allUsers|allAuthenticatedUsers|(user|serviceAccount|group|domain|principal|principalSet|projectOwner|projectEditor|projectViewer):.+)$/;

/** Faults of a member and its role. */
export function memberFaults(inputs: Properties): Fault[] {
  return [
    ...matching(
      inputs,
      "member",
      memberPattern,
      "must be allUsers, or a kind and a name, as serviceAccount:name@project.iam.gserviceaccount.com",
    ),
    ...matching(
      inputs,
      "role",
      /^(roles\/|projects\/[^/]+\/roles\/|organizations\/[^/]+\/roles\/).+/,
      "must begin with roles/, or name a custom role by its path",
    ),
  ];
}

/** What every binding of a member says. */
export function memberOutputs({ id }: CloudObject): Properties {
  return { etag: Buffer.from(digest(id).slice(0, 8)).toString("base64") };
}

/** One member's role on a project. */
export const projectIamMember: Rule = {
  replaces: { allBut: [] },
  check: memberFaults,
  create: ({ inputs }) => ({
    id: `${text(inputs, "project")}/${text(inputs, "role")}/${text(inputs, "member")}`,
  }),
  outputs: memberOutputs,
};

/** One member's role on a service account. */
export const accountIamMember: Rule = {
  replaces: { allBut: [] },
  check: memberFaults,
  create: ({ inputs }, world) => {
    const account = text(inputs, "serviceAccountId");
    refuseUnless(
      byReference(world, accountType, account) !== undefined,
      `googleapi: Error 404: Unknown service account ${account}`,
    );
    refuseMissingPool(text(inputs, "member"), world);
    return { id: `${account}/${text(inputs, "role")}/${text(inputs, "member")}` };
  },
  outputs: memberOutputs,
};

/** Pods of a project: members of a pool of identities that comes with its first cluster that has such. */
function refuseMissingPool(member: string, world: World): void {
  const pool = /^serviceAccount:([^[]+\.svc\.id\.goog)\[/.exec(member)?.[1];
  const pools = world
    .all(clusterType)
    .map(({ inputs }) => text(bag(inputs, "workloadIdentityConfig"), "workloadPool"));
  refuseUnless(
    pool === undefined || pools.includes(pool),
    `googleapi: Error 400: Identity Pool does not exist (${pool ?? ""}). Please check that you specified a valid resource name`,
  );
}

/** A role of a project's own. */
export const customRole: Rule = {
  replaces: ["roleId", "project"],
  sets: ["permissions"],
  check: (inputs) => [
    ...unless(given(inputs, "roleId"), "roleId", "must be given: it is the name others refer to"),
    ...matching(
      inputs,
      "roleId",
      /^[a-zA-Z0-9_.]{3,64}$/,
      "must be 3 to 64 letters, digits, '_' or '.'",
    ),
    ...oneOf(inputs, "stage", ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"]),
  ],
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    return { id: `projects/${project}/roles/${text(inputs, "roleId")}`, facts: { project } };
  },
  outputs: ({ id, inputs, facts }) => ({
    name: id,
    project: String(facts["project"]),
    permissions: [...list(inputs, "permissions")],
    deleted: false,
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** A service of Google's that a project uses. */
export const projectService: Rule = {
  replaces: ["project", "service"],
  check: (inputs) =>
    matching(inputs, "service", /\.googleapis\.com$/, "must end in .googleapis.com"),
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    return { id: `${project}/${text(inputs, "service")}`, facts: { project } };
  },
  remove: ({ inputs }) => (flag(inputs, "disableOnDestroy", false) ? "gone" : "stays"),
  outputs: ({ inputs, facts }) => ({
    project: String(facts["project"]),
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** A service account. */
export const account: Rule = {
  replaces: ["accountId", "project"],
  autoName: { property: "accountId", maxLength: 30 },
  check: (inputs) =>
    matching(
      inputs,
      "accountId",
      /^[a-z][-a-z0-9]{4,28}[a-z0-9]$/,
      "must be 6 to 30 lower-case letters, digits or '-', a letter first, no '-' last",
    ),
  create: ({ inputs }, world) => {
    const project = projectOf(inputs, world);
    const email = `${text(inputs, "accountId")}@${project}.iam.gserviceaccount.com`;
    const id = `projects/${project}/serviceAccounts/${email}`;
    const taken = world.find(accountType, id) !== undefined;
    refuseUnless(
      !taken || flag(inputs, "createIgnoreAlreadyExists", false),
      `googleapi: Error 409: Service account ${email} already exists`,
    );
    return { id, facts: { project, email } };
  },
  outputs: ({ id, inputs, facts }) => ({
    name: id,
    email: String(facts["email"]),
    member: `serviceAccount:${String(facts["email"])}`,
    project: String(facts["project"]),
    uniqueId: `1${String(hashNumber(id, 10 ** 12)).padStart(20, "0")}`,
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** A key of a service account. */
export const accountKey: Rule = {
  replaces: { allBut: ["deletionPolicy"] },
  create: ({ seed, inputs }, world) => {
    const owner = byReference(world, accountType, text(inputs, "serviceAccountId"));
    refuseUnless(owner !== undefined, "googleapi: Error 404: Unknown service account");
    return { id: `${owner?.id ?? ""}/keys/${digest(seed).slice(0, 40)}` };
  },
  outputs: ({ id, inputs }) => ({
    name: id,
    privateKey: secret(
      Buffer.from(JSON.stringify({ type: "service_account", id })).toString("base64"),
    ),
    publicKey: Buffer.from(`sandbox ${id}`).toString("base64"),
    validAfter: epoch,
    validBefore: "9999-12-31T23:59:59Z",
    deletionPolicy: text(inputs, "deletionPolicy", "DELETE"),
  }),
};

/** Who the provider works as. */
export const getClientConfig: Answer = ({ world }) => {
  const project = projectOf({}, world);
  const region = regionOf({}, world);
  return {
    id: `projects/"${project}"/regions/"${region}"`,
    project,
    region,
    zone: text(world.config, "zone"),
    accessToken: secret("sandbox"),
    defaultLabels: {},
  };
};

/** A project. */
export const getProject: Answer = ({ args, world }) => {
  const project = text(args, "projectId", text(world.config, "project"));
  refuseUnless(project !== "", "project: required field is not set");
  return {
    id: `projects/${project}`,
    projectId: project,
    name: project,
    number: String(hashNumber(project, 10 ** 12)),
  };
};
