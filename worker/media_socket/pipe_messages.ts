/**
 * The messages between the worker's main process, which holds the media sockets, and a room process, which sends and
 * receives on them: over a pipe of their own, so that media waits for nothing else. Numbers are big-endian.
 *
 * ```text
 *  length u32 (of what follows) | kind u8 | socket u16 | body
 *  1 open    main → room: the session, its peer and the codecs of the browser, as JSON
 *  2 message both ways:   one message of `protocol/media_socket/messages.ts`
 *  3 close   both ways:   code u16, reason in UTF-8
 * ```
 *
 * @module
 */
import * as z from "zod/mini";
import type { VideoCodec } from "../../media/ports.ts";
import { PeerId, SessionId } from "../../protocol/ids.ts";
import { MAX_TO_BROWSER } from "../../protocol/media_socket/messages.ts";

/** The pipe's file descriptor in the room process; the message pipe and the packet pipe are before it. */
export const MEDIA_PIPE = 5;
/** The socket numbers, from 0. */
export const SOCKET_NUMBERS = 0x1_0000;

/** Whose connection a media socket carries, and what the browser decodes. */
export interface SocketTarget {
  readonly session: SessionId;
  readonly peer: PeerId;
  readonly codecs: readonly VideoCodec[];
}

/** A message of the pipe. */
export type PipeMessage =
  & { readonly socket: number }
  & (
    | { readonly type: "open"; readonly target: SocketTarget }
    | { readonly type: "message"; readonly bytes: Uint8Array }
    | { readonly type: "close"; readonly code: number; readonly reason: string }
  );

const CODECS = ["h264", "vp8"] satisfies readonly VideoCodec[];
const Target: z.ZodMiniType<SocketTarget> = z.object({
  session: SessionId,
  peer: PeerId,
  codecs: z.array(z.enum(CODECS)).check(z.maxLength(8)),
});

const KINDS = ["open", "message", "close"] as const;
/** Bytes of the length, and of kind and socket. */
const LENGTH = 4;
const HEAD = 3;
const MAX_LENGTH = HEAD + MAX_TO_BROWSER;

/** Writes a message. */
export function encodePipe(message: PipeMessage): Uint8Array<ArrayBuffer> {
  const body = bodyOf(message);
  const bytes = new Uint8Array(LENGTH + HEAD + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, HEAD + body.length);
  view.setUint8(4, KINDS.indexOf(message.type) + 1);
  view.setUint16(5, message.socket);
  bytes.set(body, LENGTH + HEAD);
  return bytes;
}

/**
 * Returns a function that takes the bytes of the pipe, which does not keep the bounds of what was written, and passes
 * whole messages on.
 *
 * @throws {Error} by that function, when the bytes are none of these messages
 */
export function pipeReader(passOn: (message: PipeMessage) => void): (bytes: Uint8Array) => void {
  let rest: Uint8Array = new Uint8Array();
  return (bytes) => {
    let all = bytes;
    if (rest.length > 0) {
      all = new Uint8Array(rest.length + bytes.length);
      all.set(rest);
      all.set(bytes, rest.length);
    }
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    let at = 0;
    while (at + LENGTH <= all.length) {
      const length = view.getUint32(at);
      if (length < HEAD || length > MAX_LENGTH) throw new Error(malformed(`length ${length}`));
      if (at + LENGTH + length > all.length) break;
      passOn(read(all.subarray(at + LENGTH, at + LENGTH + length)));
      at += LENGTH + length;
    }
    rest = all.slice(at);
  };
}

function bodyOf(message: PipeMessage): Uint8Array {
  switch (message.type) {
    case "open":
      return new TextEncoder().encode(JSON.stringify(message.target));
    case "message":
      return message.bytes;
    case "close": {
      const reason = new TextEncoder().encode(message.reason);
      return Uint8Array.of(message.code >> 8, message.code & 0xff, ...reason);
    }
  }
}

function read(bytes: Uint8Array): PipeMessage {
  const type = KINDS[bytes[0]! - 1];
  const socket = (bytes[1]! << 8) | bytes[2]!;
  const body = bytes.slice(HEAD);
  switch (type) {
    case "open":
      return { type, socket, target: targetOf(body) };
    case "message":
      return { type, socket, bytes: body };
    case "close": {
      if (body.length < 2) throw new Error(malformed("a close without a code"));
      const reason = new TextDecoder().decode(body.subarray(2));
      return { type, socket, code: (body[0]! << 8) | body[1]!, reason };
    }
    default:
      throw new Error(malformed(`kind ${bytes[0]}`));
  }
}

function targetOf(body: Uint8Array): SocketTarget {
  try {
    return Target.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    throw new Error(malformed("an open without a target"));
  }
}

function malformed(found: string): string {
  return `Cannot read the media pipe: it holds ${found}`;
}
