/**
 * How stack traces read.
 *
 * The SDK takes one for each resource and promise, whole, and writes that of a resource into the
 * state. Its own formatter looks for source maps in every file, which this program has none of: Node
 * only blanks the types out. And it knows no file URLs, which is what modules are called by: without
 * this the state says `project:///file:/home/…/components/x.ts` where `project:///components/x.ts` is
 * meant, a path of one machine in everybody's state.
 *
 * And of a resource it keeps more than says anything: below the line that made it stand those that asked
 * for it, which its parents' own lines tell as well. They were a twentieth of the state.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const rooms = ["stacks", "components"].map((room) => new URL(`../${room}/`, import.meta.url).href);

const isProgram = (file: string | null | undefined): boolean =>
  rooms.some((room) => file?.startsWith(room));

/** A frame, which V8 writes out itself. */
type Frame = NodeJS.CallSite & { toString: () => string };

/** A frame as Node writes it, with a path in the place of the file's URL. */
function frame(site: Frame): string {
  const file = site.getFileName();
  const text = site.toString();
  return file?.startsWith("file:") === true ? text.replace(file, fileURLToPath(file)) : text;
}

/** Whether it is the trace that the SDK takes of a new resource (its `Resource.callsites`). */
const isOfResource = ([site]: readonly Frame[]): boolean =>
  site?.getFunctionName() === "callsites" &&
  site.getFileName()?.endsWith("/@pulumi/pulumi/resource.js") === true;

/**
 * An error with its frames, down to the program's first: what lies below, the entry and how the SDK
 * starts it, is the same for every error. Of a resource, down to the line that made it.
 */
export function formatTrace(error: unknown, sites: readonly Frame[]): string {
  const inProgram = (site: Frame): boolean => isProgram(site.getFileName());
  const entry = isOfResource(sites) ? sites.findIndex(inProgram) : sites.findLastIndex(inProgram);
  const own = entry === -1 ? sites : sites.slice(0, entry + 1);
  return [String(error), ...own.map((site) => `    at ${frame(site)}`)].join("\n");
}

/** What the SDK calls for every promise of its own, some thirty for each resource. */
interface Debuggable {
  debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown>;
}

/**
 * Spares each promise of the SDK the trace that it keeps in case the program ends before it is settled. The message of
 * that case begins with what the promise is of, a resource and its property, and stays; the traces were a fifth of a
 * large stack's program, and most of what its memory was cleared of over and over.
 *
 * Nobody but the SDK is meant to call what is replaced here: package.json pins its version, and test/trace.test.ts
 * fails where another one works otherwise.
 */
export function sparePromises(): void {
  const library = createRequire(import.meta.url)(
    "@pulumi/pulumi/runtime/debuggable.js",
  ) as Debuggable;
  const { debuggablePromise } = library;
  library.debuggablePromise = (promise, context) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

/** From now on, traces read so. */
export function traceProgram(): void {
  Error.prepareStackTrace = formatTrace;
  sparePromises();
}
