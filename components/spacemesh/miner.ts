import * as pulumi from "@pulumi/pulumi";

import { onceWas } from "../base/once-was.ts";
import type { Awaitable } from "../base/ready.ts";
import { makeMember, type MemberArgs } from "./member.ts";

/** Types of the two: a member becomes the other one by the number of bootnodes, and keeps its name, disk and key. */
const minerType = "fleet:spacemesh:Miner";
const bootnodeType = "fleet:spacemesh:Bootnode";

/** What state keeps of a member's inputs. */
const summary = ({ member: { role, poet, slot } }: MemberArgs) => ({
  role,
  poet,
  ...(slot === undefined ? {} : { slot }),
});

/** Who a member is to others. */
interface MemberOutputs extends Awaitable {
  /** `12D3KooW…`. */
  readonly peerId: string;
  /** Account that its rewards go to. */
  readonly coinbase: string;
}

function outputsOf(args: MemberArgs, parent: pulumi.ComponentResource): MemberOutputs {
  const { peer, coinbase } = args.identity;
  const { ready } = makeMember(args, { parent });
  return { ready, peerId: peer.peerId, coinbase: coinbase.address };
}

/**
 * A miner: a node that smeshes, wherever there is room. Its peers learn of it by themselves: nothing
 * leads to it but its API, for those whom the file lets in.
 */
export class Miner extends pulumi.ComponentResource implements MemberOutputs {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** {@inheritDoc MemberOutputs.peerId} */
  readonly peerId: string;
  /** {@inheritDoc MemberOutputs.coinbase} */
  readonly coinbase: string;

  /** @param args The member's name is the component's, too. */
  constructor(args: MemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super(minerType, args.member.name, summary(args), onceWas([bootnodeType], opts));
    const { ready, peerId, coinbase } = outputsOf(args, this);
    this.ready = ready;
    this.peerId = peerId;
    this.coinbase = coinbase;
    this.registerOutputs({ peerId: this.peerId, coinbase: this.coinbase });
  }
}

/**
 * The bootstrap node, or a bootnode: a miner that others begin with. It is tied to a slot, whose
 * address and a port of whose node it is dialled by: the port that it listens on must be the one it is
 * known by, which no Service can promise (facts/spacemesh.md 2.2).
 */
export class Bootnode extends pulumi.ComponentResource implements MemberOutputs {
  /** {@inheritDoc Awaitable.ready} */
  readonly ready: readonly pulumi.Resource[];

  /** {@inheritDoc MemberOutputs.peerId} */
  readonly peerId: string;
  /** {@inheritDoc MemberOutputs.coinbase} */
  readonly coinbase: string;

  /** @param args The member's name is the component's, too. */
  constructor(args: MemberArgs, opts?: pulumi.ComponentResourceOptions) {
    super(bootnodeType, args.member.name, summary(args), onceWas([minerType], opts));
    const { ready, peerId, coinbase } = outputsOf(args, this);
    this.ready = ready;
    this.peerId = peerId;
    this.coinbase = coinbase;
    this.registerOutputs({ peerId: this.peerId, coinbase: this.coinbase });
  }
}
