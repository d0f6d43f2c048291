/** Plain TCP, as dmsg-servers speak it: whether a connection is taken. They say nothing first. */
import { connect } from "node:net";

import { type Address, connectionFault, type Finding, type Network, noAnswer } from "./probe.ts";

/** Dials, and hangs up. A dmsg-server drops such a session by itself. */
export function probeTcp({ host, port = 0 }: Address, network: Network): Promise<Finding> {
  return new Promise((settle) => {
    const socket = connect({ ...network.at(host, port), timeout: network.timeoutMilliseconds });
    const end = (finding: Finding): void => {
      socket.destroy();
      settle(finding);
    };
    socket.on("connect", () => {
      end({ result: "ok", detail: "takes connections" });
    });
    socket.on("timeout", () => {
      end({ result: "fault", detail: noAnswer });
    });
    socket.on("error", (error) => {
      end({ result: "fault", detail: connectionFault(error) });
    });
  });
}
