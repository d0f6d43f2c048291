/** Configuration of the built-in ZooKeeper. Pure. */
import { parseQuantity } from "../base/quantity.ts";

/** Mebibytes of a Java heap: half of the container's memory. */
export const javaHeap = (memory: string): number =>
  Math.max(16, Math.floor(parseQuantity(memory) / 2 ** 20 / 2));

/** `zoo.cfg`. What it does not say stays at the server's default. */
export const zookeeperConfig = (settings: {
  readonly port: number;
  /** Folder of snapshots and of the log of transactions. */
  readonly data: string;
  readonly maxClientConnections: number;
}): string =>
  [
    ["tickTime", "2000"],
    ["clientPort", `${settings.port}`],
    ["dataDir", settings.data],
    ["maxClientCnxns", `${settings.maxClientConnections}`],
    // By itself it keeps every snapshot that it ever made.
    ["autopurge.snapRetainCount", "3"],
    ["autopurge.purgeInterval", "24"],
    ["4lw.commands.whitelist", "ruok, srvr, mntr"],
  ]
    .map(([name, value]) => `${name ?? ""}=${value ?? ""}\n`)
    .join("");

/** `log4j.properties` of a Java program of those years: from a level on, to an output of the process. */
const log4j = (level: string, output: "out" | "err"): string => `log4j.rootLogger=${level}, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.${output}
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %m (%c)%n
`;

/** Of a server: its output is its log. */
export const serverLog4j: string = log4j("INFO", "out");

/** Of a command, whose output others read. */
export const commandLog4j: string = log4j("WARN", "err");
