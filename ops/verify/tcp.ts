/** Plain TCP, as dmsg-servers speak it: whether a connection is taken. They say nothing first. */
import { connect } from "node:net";

import { type Address, connectionFault, type Finding, type Network, noAnswer } from "./probe.ts";

/** For how long a connection must stand: what takes every one and has nobody behind it hangs up before. */
const standingMilliseconds = 500;

/** Dials, waits a moment, and hangs up. A dmsg-server drops such a session by itself. */
export function probeTcp({ host, port = 0 }: Address, network: Network): Promise<Finding> {
  return new Promise((settle) => {
    const socket = connect({ ...network.at(host, port), timeout: network.timeoutMilliseconds });
    let standing: NodeJS.Timeout | undefined;
    const end = (finding: Finding): void => {
      clearTimeout(standing);
      socket.destroy();
      settle(finding);
    };
    socket.on("connect", () => {
      standing = setTimeout(
        () => {
          end({ result: "ok", detail: "takes connections" });
        },
        Math.min(standingMilliseconds, network.timeoutMilliseconds / 2),
      );
    });
    // An end is seen by whoever reads.
    socket.resume().on("end", () => {
      end({ result: "fault", detail: "takes connections and ends them at once: nobody behind it" });
    });
    socket.on("timeout", () => {
      end({ result: "fault", detail: noAnswer });
    });
    socket.on("error", (error) => {
      end({ result: "fault", detail: connectionFault(error) });
    });
  });
}
