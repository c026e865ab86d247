/**
 * Answers an SRT caller's handshake until the caller has sent its stream id, which goes over the wire unencrypted
 * (draft-sharabayko-srt-01 §3.2.1, §3.2.1.3). It never completes a connection.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { once } from "node:events";

const CONTROL_HEADER = 16;
const HANDSHAKE = 48;
const INDUCTION = 1;
const CONCLUSION = 0xffffffff;
const MAGIC = 0x4a17;
const STREAM_ID = 5;

/** A listener that reads the stream ids of callers. Disposing closes its port. */
export interface SrtProbe extends Disposable {
  readonly port: number;
  /** Stream ids that callers asked for, in order. */
  readonly streamIds: readonly string[];
}

/** Listens on a free UDP port of the loopback interface. */
export async function listenSrtProbe(): Promise<SrtProbe> {
  const streamIds: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (packet, from) => {
    if (packet.readUInt32BE(0) !== 0x80000000) return;
    const type = packet.readUInt32BE(CONTROL_HEADER + 20);
    if (type === INDUCTION) {
      const answer = Buffer.from(packet);
      answer.writeUInt32BE(packet.readUInt32BE(CONTROL_HEADER + 24), 12);
      answer.writeUInt32BE(5, CONTROL_HEADER);
      answer.writeUInt16BE(0, CONTROL_HEADER + 4);
      answer.writeUInt16BE(MAGIC, CONTROL_HEADER + 6);
      answer.writeUInt32BE(1234, CONTROL_HEADER + 28);
      socket.send(answer, from.port, from.address);
    } else if (type === CONCLUSION) {
      const found = readStreamId(packet.subarray(CONTROL_HEADER + HANDSHAKE));
      if (found !== undefined) streamIds.push(found);
    }
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    port: socket.address().port,
    streamIds,
    [Symbol.dispose]: () => void socket.close(),
  };
}

/** Finds the stream id among the extensions; each of its 32-bit words has its bytes reversed. */
function readStreamId(extensions: Buffer): string | undefined {
  for (let at = 0; at + 4 <= extensions.length;) {
    const type = extensions.readUInt16BE(at);
    const length = extensions.readUInt16BE(at + 2) * 4;
    const body = Buffer.from(extensions.subarray(at + 4, at + 4 + length));
    if (type === STREAM_ID) return body.swap32().toString("utf8").replace(/\0+$/, "");
    at += 4 + length;
  }
  return undefined;
}
