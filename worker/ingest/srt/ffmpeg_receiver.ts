/**
 * Listens for one SRT caller through FFmpeg and reads its messages, where the system has no libsrt; after the caller has
 * disconnected, listens again. FFmpeg closes the listener when a caller connects, so the port is bound anew each time.
 *
 * @module
 */
import { FFmpegError, IOContext } from "node-av/lib";
import { AVIO_FLAG_READ } from "node-av/constants";
import { srtUrl } from "../../../media/links/srt_url.ts";
import { PACKET_SIZE } from "../../../media/mpegts/packet.ts";
import { sleep } from "../../../protocol/clock.ts";
import { hostInUrl } from "../../../protocol/addresses/hosts.ts";
import { isUdpPortFree } from "../udp_ports.ts";
import { silenceFfmpeg } from "../../../media/ffmpeg_log.ts";
import type { ReceiverListener, ReceiverOptions } from "./ports.ts";

/** A listener that has not failed after this long counts as bound, in milliseconds. */
const BIND_LIMIT = 200;
/** Time between two attempts to listen again, in milliseconds, and the most attempts. */
const REBIND_TURN = 500;
const REBIND_ATTEMPTS = 20;

/** A native listener that waits for its caller. */
interface Waiting {
  readonly io: IOContext;
  /** FFmpeg's result: 0 with a caller, a negative number when the port cannot be bound. */
  readonly answer: Promise<number>;
}

/** Resolves when the receiver has failed. It cannot be stopped, because a native listener cannot be interrupted. */
export async function receiveByFfmpeg(options: ReceiverOptions): Promise<void> {
  silenceFfmpeg();
  const faults: string[] = [];
  for (const port of options.ports) {
    const isFree = await isUdpPortFree(options.address, port);
    const waiting = isFree ? listen(port, options) : "another socket has it";
    const fault = typeof waiting === "string" ? waiting : await whyNotBound(waiting, options);
    if (fault === undefined) {
      options.listener.bound(port);
      return await serveCallers(waiting as Waiting, port, options);
    }
    faults.push(`port ${port}: ${fault}`);
  }
  const [first = "there is no port to try"] = faults;
  options.listener.failed(`Cannot listen for a field stream: ${first}`);
}

function listen(
  port: number,
  { address, latency, passphrase }: ReceiverOptions,
): Waiting | string {
  const target = srtUrl(`srt://${hostInUrl(address)}:${port}`, {
    mode: "listener",
    latency,
    passphrase,
  });
  if ("error" in target) return target.error;
  const io = new IOContext();
  return { io, answer: io.open2(target.url, AVIO_FLAG_READ) };
}

/** `undefined` once the listener counts as bound. FFmpeg reports at once when it cannot bind, and nothing when it can. */
async function whyNotBound(
  { answer }: Waiting,
  { clock }: ReceiverOptions,
): Promise<string | undefined> {
  const result = await Promise.race([answer, sleep(clock, BIND_LIMIT).then(() => 0)]);
  return result < 0 ? FFmpegError.strerror(result) : undefined;
}

async function serveCallers(
  first: Waiting,
  port: number,
  options: ReceiverOptions,
): Promise<void> {
  let next: Waiting | string = first;
  let fault = "";
  for (let failures = 0; failures < REBIND_ATTEMPTS; next = listen(port, options)) {
    const result = typeof next === "string" ? next : await next.answer;
    if (typeof next !== "string" && typeof result === "number" && result >= 0) {
      failures = 0;
      await read(next.io, options.listener);
    } else {
      failures += 1;
      fault = typeof result === "string" ? result : FFmpegError.strerror(result);
      await sleep(options.clock, REBIND_TURN);
    }
  }
  options.listener.failed(`Cannot listen on port ${port} again: ${fault}`);
}

async function read(io: IOContext, listener: ReceiverListener): Promise<void> {
  listener.connected();
  for (;;) {
    // The first read waits for one packet. The rest of the same message is in FFmpeg's buffer already.
    const first = await io.read(PACKET_SIZE);
    if (typeof first === "number") break;
    listener.bytes(first);
    const waiting = Number(io.pos - io.tell());
    const rest = waiting > 0 ? io.readSync(waiting) : undefined;
    if (rest instanceof Uint8Array) listener.bytes(rest);
  }
  await io.closep();
  listener.disconnected();
}
