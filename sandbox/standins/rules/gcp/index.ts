/** Google's behaviour: facts/clouds-gke-ingress-tls.md 1, 2 and 8. */
import type { Rulebook } from "../rule.ts";
import {
  address,
  firewall,
  getAddress,
  getNetwork,
  getZones,
  network,
  subnetwork,
} from "./compute.ts";
import { cluster, getEngineVersions } from "./container.ts";
import {
  account,
  accountIamMember,
  accountKey,
  customRole,
  getClientConfig,
  getProject,
  projectIamMember,
  projectService,
} from "./iam.ts";
import { nodePool } from "./nodepool.ts";
import { bucket, bucketIamMember, bucketObject } from "./storage.ts";

/** The rules of Google Cloud. */
export const gcp: Rulebook = {
  credentials: {},
  config: () => [],
  functions: {
    "gcp:compute/getAddress:getAddress": getAddress,
    "gcp:compute/getNetwork:getNetwork": getNetwork,
    "gcp:compute/getZones:getZones": getZones,
    "gcp:container/getEngineVersions:getEngineVersions": getEngineVersions,
    "gcp:organizations/getClientConfig:getClientConfig": getClientConfig,
    "gcp:organizations/getProject:getProject": getProject,
  },
  resources: {
    "gcp:compute/address:Address": address,
    "gcp:compute/firewall:Firewall": firewall,
    "gcp:compute/network:Network": network,
    "gcp:compute/subnetwork:Subnetwork": subnetwork,
    "gcp:container/cluster:Cluster": cluster,
    "gcp:container/nodePool:NodePool": nodePool,
    "gcp:projects/iAMCustomRole:IAMCustomRole": customRole,
    "gcp:projects/iAMMember:IAMMember": projectIamMember,
    "gcp:projects/service:Service": projectService,
    "gcp:serviceaccount/account:Account": account,
    "gcp:serviceaccount/iAMMember:IAMMember": accountIamMember,
    "gcp:serviceaccount/key:Key": accountKey,
    "gcp:storage/bucket:Bucket": bucket,
    "gcp:storage/bucketIAMMember:BucketIAMMember": bucketIamMember,
    "gcp:storage/bucketObject:BucketObject": bucketObject,
  },
};
