/** Why an engine or a cluster did not answer, read from what pulumi and kubectl said. Pure. */
import type { Fault } from "../../stacks/faults.ts";
import { lineOf } from "../../review/render/visible.ts";

interface Cause {
  readonly said: RegExp;
  readonly means: string;
  readonly mend: string;
}

/** What pulumi says where it cannot begin (its CLI's and backends' own words, 3.259). */
const engineCauses: readonly Cause[] = [
  {
    said: /is not on PATH/,
    means: "there is no pulumi on PATH",
    mend: "install the official CLI: https://www.pulumi.com/docs/install",
  },
  {
    said: /belongs to a sandbox/,
    means: "this shell belongs to a sandbox, whose settings lead to the sandbox",
    mend: "leave that shell: exit",
  },
  {
    said: /incorrect passphrase/,
    means: "the passphrase is not the one that the stack's secrets were encrypted with",
    mend: "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the stack's own",
  },
  {
    said: /passphrase must be set/,
    means: "there is no passphrase",
    mend: "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE",
  },
  {
    said: /PULUMI_ACCESS_TOKEN must be set|not logged in|please run `?pulumi login/i,
    means: "nobody is logged in to a backend",
    mend: "pulumi login <backend>, or set PULUMI_BACKEND_URL",
  },
  {
    said: /no stack named|stack '[^']*' not found/,
    means: "the backend has no such stack",
    mend: "see pulumi whoami --verbose for the backend and pulumi stack ls for its stacks; a stack that is new begins with pulumi stack init",
  },
  {
    said: /unable to open state directory/,
    means: "the folder of the backend is not there",
    mend: "mount it, or set PULUMI_BACKEND_URL to the right one",
  },
  {
    said: /AccessDenied|StatusCode: 403|code=PermissionDenied|status 403|403 Forbidden/i,
    means: "the backend does not let these credentials read it",
    mend: "log in to its cloud anew, with a role that may read and write the bucket",
  },
  {
    said: /ExpiredToken|StatusCode: 401|status 401|401 Unauthorized|Invalid access token/i,
    means: "the backend does not know these credentials, or they have expired",
    mend: "log in to the backend's cloud anew, or pulumi login",
  },
  {
    said: /no EC2 IMDS|could not find default credentials|failed to refresh cached credentials|no credential/i,
    means: "there are no credentials for the backend's cloud",
    mend: "log in to that cloud (gcloud auth application-default login, aws sso login)",
  },
  {
    said: /KMS|CryptoKey|kms\./,
    means: "the encryption provider does not decrypt the stack's secrets",
    mend: "log in to its cloud with a role that may use the key; see secretsprovider in the stack file",
  },
];

/** What kubectl says where it cannot reach a cluster (client-go's and Go's own words). */
const clusterCauses: readonly Cause[] = [
  {
    said: /kubectl is not on PATH/,
    means: "there is no kubectl on PATH",
    mend: "install kubectl: https://kubernetes.io/docs/tasks/tools",
  },
  {
    said: /context "[^"]*" does not exist|no context exists|context was not found/,
    means: "the kubeconfig has no such context",
    mend: "see kubectl config get-contexts; get the cluster's kubeconfig from its cloud, or set KUBECONFIG",
  },
  {
    said: /getting credentials|executable .* not found|exec plugin/,
    means: "the program that logs in to the cluster fails or is not there",
    mend: "install it and log in anew: see users[].user.exec of the kubeconfig",
  },
  {
    // It asks for a name and a password, and nobody is there to give them.
    said: /: error: EOF$/,
    means: "the kubeconfig has no credentials for it",
    mend: "log in to the cluster's cloud, and get its kubeconfig anew",
  },
  {
    said: /unable to read client-cert|error loading config file|unable to read certificate/,
    means: "the kubeconfig cannot be read, or names a file that is not there",
    mend: "get the cluster's kubeconfig anew",
  },
];

/** What both say of the network. */
const networkCauses: readonly Cause[] = [
  {
    said: /no such host|server misbehaving|Temporary failure in name resolution/,
    means: "its name has no address here (DNS)",
    mend: "check the name, the network and a VPN",
  },
  {
    said: /connection refused|was refused/,
    means: "nobody listens at its address (connection refused)",
    mend: "is it switched off, moved, or behind another port or tunnel?",
  },
  {
    said: /x509:|tls:|certificate|HTTP response to HTTPS client/,
    means: "its certificate is not the one that is expected (TLS)",
    mend: "get its authority's certificate anew; something between here and it may answer in its name",
  },
  {
    said: /Unauthorized|must be logged in|asked for the client to provide credentials/,
    means: "it does not know these credentials (401)",
    mend: "log in anew: a token or certificate has expired or was withdrawn",
  },
  {
    said: /forbidden/i,
    means: "it knows these credentials, and they may not read this (403)",
    mend: "ask for a role that may: kubectl auth can-i --list tells what it has",
  },
  {
    said: /timeout|timed out|deadline exceeded|TLS handshake timeout/i,
    means: "it does not answer in time",
    mend: "check the network, a VPN and firewalls: an address that drops packets looks like this",
  },
  {
    said: /network is unreachable|no route to host/,
    means: "no network leads to it",
    mend: "check the network and a VPN",
  },
];

/** Why the engine, its backend or its secrets cannot be had. */
export const engineFault = (path: string, complaint: string): Fault =>
  faultOf(path, complaint, [...engineCauses, ...networkCauses]);

/** Why a cluster cannot be asked. */
export const clusterFault = (path: string, complaint: string): Fault =>
  faultOf(path, complaint, [
    ...clusterCauses,
    // «timeout» stands in the words of a handshake, too, and is the more telling one.
    ...networkCauses.filter(({ said }) => said.test("timeout")),
    ...networkCauses,
  ]);

function faultOf(path: string, complaint: string, causes: readonly Cause[]): Fault {
  const cause = causes.find(({ said }) => said.test(complaint));
  return cause === undefined
    ? { path, expected: `fails: ${safe(complaint)}` }
    : { path, expected: cause.means, mend: cause.mend };
}

/** One line of it, without the credentials that an address may carry. */
function safe(complaint: string): string {
  const lines = complaint.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((one) => /error/i.test(one)) ?? lines[0] ?? "it said nothing";
  return lineOf(withoutCredentials(line), 300);
}

/** An address without the credentials in it. A password may have an @ or a slash in it that nobody has encoded. */
export const withoutCredentials = (text: string): string =>
  text.replaceAll(/([a-z0-9+.-]+:\/\/)[^\s?#"']*@/gi, "$1…@");
