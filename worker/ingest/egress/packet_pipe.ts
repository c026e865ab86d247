/**
 * The pipe by which a room passes the transport packets of its field stream to the worker's main process, which starts
 * the destinations. A room loads native libraries with threads of their own and therefore starts no process.
 *
 * @module
 */
import { Socket } from "node:net";
import { errorText } from "../../../protocol/error_text.ts";
import type { Log } from "../../../protocol/log.ts";
import { PACKET_SIZE, SYNC } from "../../../media/mpegts/packet.ts";

/** The pipe's file descriptor in the room process; the message pipe is the one before it. */
export const PACKET_PIPE = 4;
/** Bytes that may wait for the worker: five seconds at 6 Mbit/s. */
const MAX_WAITING = 4 * 1024 * 1024;

/**
 * The room's end, opened with the first packets. Packets that come while {@linkcode MAX_WAITING} bytes wait are
 * dropped, and the first of them is logged.
 */
export function openPacketPipe(log: Log): (packets: Uint8Array) => void {
  let pipe: Socket | undefined;
  let state: "taken" | "dropped" = "taken";
  return (packets) => {
    pipe ??= open(log);
    const isFull = pipe.writableLength > MAX_WAITING;
    if (isFull && state === "taken") log.warn("packets for destinations dropped: too many wait");
    state = isFull ? "dropped" : "taken";
    if (!isFull) pipe.write(packets);
  };
}

function open(log: Log): Socket {
  const pipe = new Socket({ fd: PACKET_PIPE, readable: false, writable: true });
  // The message pipe reports a parent that is gone, and the process then ends.
  pipe.on("error", (error) => log.debug("packet pipe closed", { error: errorText(error) }));
  return pipe;
}

/**
 * The worker's end: cuts the bytes of the pipe into whole transport packets, because a pipe does not keep the bounds of
 * what was written. Bytes outside of packets are left out.
 */
export function cutPackets(passOn: (packets: Uint8Array) => void): (bytes: Uint8Array) => void {
  let rest = new Uint8Array();
  return (bytes) => {
    const all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
    const packets: Uint8Array[] = [];
    let at = 0;
    while (at + PACKET_SIZE <= all.length) {
      if (all[at] !== SYNC) {
        at += 1;
        continue;
      }
      const begin = at;
      while (at + PACKET_SIZE <= all.length && all[at] === SYNC) at += PACKET_SIZE;
      packets.push(all.subarray(begin, at));
    }
    rest = all.slice(at);
    for (const run of packets) passOn(run);
  };
}
