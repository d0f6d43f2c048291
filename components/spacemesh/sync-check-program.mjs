/**
 * Tells a kubelet whether the node in the same pod is in sync: 200 when it says so itself, 503 otherwise.
 *
 * A node answers its API long before it knows the network, and says so only in the body of an answer that a
 * probe cannot read (facts/spacemesh.md 2.10).
 *
 * Environment: STATUS_URL, where the node is asked; PORT, where the kubelet asks; PATIENCE_MS, how long the
 * node may take: less than the probe's own time, so that what the kubelet sees is an answer.
 */
import { createServer } from "node:http";

const { STATUS_URL = "", PORT = "", PATIENCE_MS = "" } = process.env;

async function isSynced() {
  const response = await fetch(STATUS_URL, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json" },
    signal: AbortSignal.timeout(Number(PATIENCE_MS)),
  });
  const { status } = /** @type {{ status?: { isSynced?: boolean, is_synced?: boolean } }} */ (
    await response.json()
  );
  // Gateways of older nodes write the field's own name, newer ones the one that JSON has for it.
  return response.ok && (status?.isSynced ?? status?.is_synced) === true;
}

const server = createServer((_, response) => {
  isSynced().then(
    (synced) => response.writeHead(synced ? 200 : 503).end(synced ? "in sync\n" : "not in sync\n"),
    (error) => response.writeHead(503).end(`the node does not answer: ${error.message}\n`),
  );
});
server.listen(Number(PORT));

// The first process of a container is told to end, and nothing else ends it.
process.on("SIGTERM", () => process.exit(0));
