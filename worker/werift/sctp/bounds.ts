/**
 * Bounds what one browser may send on its data channels. Without them a viewer could use up the room of everybody:
 * werift keeps what is out of order, or the beginning of a message without an end, however much it is.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type { RTCSctpTransport } from "werift";
import type { Clock } from "../../../protocol/clock.ts";
import { createBucket } from "../../../protocol/connection/bucket.ts";
import { CHANNELS } from "../../../protocol/control/channels.ts";
import { countChunks } from "./packets.ts";

/**
 * Chunks of one browser: pads, intents, a voice, an upload of 250 parts, and what it reports of eight voices and a
 * download are 1,000 a second together, at most.
 */
const CHUNKS = { perSecond: 2_000, burst: 6_000 };
/** Chunks that wait for earlier ones. Further ones are dropped, and the browser sends them again. */
export const MOST_WAITING = 1_024;

const STREAMS: ReadonlySet<number> = new Set(Object.values(CHANNELS).map(({ id }) => id));
const NUMBERS = 2 ** 32;

/** A part of werift's SCTP that its types do not show. */
interface Inside {
  /** By stream, what is not whole yet. */
  readonly inboundStreams: Readonly<Record<number, { readonly reassembly: readonly unknown[] }>>;
  /** The numbers that came before an earlier one. */
  readonly sackMisOrdered: ReadonlySet<number>;
  /** Bytes that may still wait: a browser sends no more. */
  advertisedRwnd: number;
  readonly lastReceivedTsn?: number;
  handleData(packet: Buffer): Promise<void>;
  receiveDataChunk(chunk: { readonly tsn: number; readonly streamId: number }): void;
  getInboundStream(id: number): object;
}

/** Bounds a transport. `exceeded` is called once when the browser has sent more than it may; nothing counts after it. */
export function boundSctp(
  { sctp }: Pick<RTCSctpTransport, "sctp">,
  { clock, exceeded }: { readonly clock: Clock; readonly exceeded: () => void },
): void {
  const inside = sctp as unknown as Inside;
  const chunks = createBucket(clock, CHUNKS);
  let isOver = false;

  function end(): void {
    if (isOver) return;
    isOver = true;
    exceeded();
  }

  const handle = inside.handleData.bind(sctp);
  inside.handleData = async (packet) => {
    if (isOver) return;
    const count = countChunks(packet);
    if (!chunks.take(count ?? 1)) return end();
    if (count !== undefined) await handle(packet);
  };

  const receive = inside.receiveDataChunk.bind(sctp);
  inside.receiveDataChunk = (chunk) => {
    if (isOver) return;
    // The next one always counts: the others wait for it.
    const isNext = chunk.tsn === ((inside.lastReceivedTsn ?? 0) + 1) % NUMBERS;
    if (!isNext && isFull(inside)) return;
    const window = inside.advertisedRwnd;
    receive(chunk);
    // What no channel takes is acknowledged, so that the channels go on, and holds nothing.
    if (!STREAMS.has(chunk.streamId)) inside.advertisedRwnd = window;
    // A message that goes on and on is in order.
    if (waitingIn(inside) > 2 * MOST_WAITING || inside.advertisedRwnd < 0) end();
  };

  const streamOf = inside.getInboundStream.bind(sctp);
  inside.getInboundStream = (id) => STREAMS.has(id) ? streamOf(id) : noStream();
}

function isFull(inside: Inside): boolean {
  return waitingIn(inside) >= MOST_WAITING || inside.sackMisOrdered.size >= MOST_WAITING;
}

function waitingIn({ inboundStreams }: Inside): number {
  return Object.values(inboundStreams).reduce((sum, { reassembly }) => sum + reassembly.length, 0);
}

/** The stream of a number that no channel has: it holds nothing. */
function noStream(): object {
  return { streamSequenceNumber: 0, addChunk: () => {}, popMessages: () => [] };
}
