/**
 * A range of UDP ports for field streams that no other test on this machine uses, so that a test may count free ports.
 *
 * @module
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** The ranges begin at these ports, below those that systems give to other sockets. Each holds 500 pairs. */
const FIRST = 17_000;
const STEP = 1_000;
const RANGES = 15;
/** A socket at this port plus the number of a range shows that the range is in use. */
const MARKS = 16_900;

/** A range of ports, as `FARPAD_INGEST_PORTS`. Disposing returns it. */
export interface IngestRange extends AsyncDisposable {
  readonly text: string;
}

/** Takes the first range that no other test uses. `address`: loopback, of either family. */
export async function takeIngestRange(address = "127.0.0.1"): Promise<IngestRange> {
  for (let n = 0; n < RANGES; n++) {
    const mark = createSocket(address.includes(":") ? "udp6" : "udp4");
    try {
      mark.bind({ address, port: MARKS + n, exclusive: true });
      await once(mark, "listening");
    } catch {
      continue;
    }
    const first = FIRST + n * STEP;
    return {
      text: `${first}-${first + STEP - 1}`,
      async [Symbol.asyncDispose]() {
        const closed = once(mark, "close");
        mark.close();
        await closed;
      },
    };
  }
  throw new Error(`All ${RANGES} ranges of ports for field streams are in use by other tests`);
}
