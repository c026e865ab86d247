/**
 * The map profile of the control messages: a msgpack map `{ t: type, p: payload, d: seconds as float64 }`,
 * keys in that order. v3xctrl vehicles use it on UDP, so the payload has their keys.
 *
 * @module
 */
import { concat } from "../bytes/concat.ts";
import { type ControlCodec, ControlMessage, MAX_CONTROL_BYTES } from "./control.ts";
import { pack, unpack } from "../msgpack.ts";

/** The map profile of the control messages: MessagePack maps with named fields (CTL2). */
export const mapCodec: ControlCodec = {
  encode(message) {
    const parts = [
      Uint8Array.of(0x83),
      pack("t"),
      pack(message.type),
      pack("p"),
      pack(toMapPayload(message)),
      pack("d"),
      float64(message.timestamp),
    ];
    return concat(parts);
  },
  decode(bytes) {
    if (bytes.length > MAX_CONTROL_BYTES) return undefined;
    const value = unpack(bytes);
    if (!isRecord(value)) return undefined;
    const { t: type, p: payload, d: timestamp } = value;
    if (!isRecord(payload)) return undefined;
    const known = fromMapPayload(type, payload);
    return ControlMessage.safeParse({ type, payload: known, timestamp }).data;
  },
};

function toMapPayload(message: ControlMessage): Record<string, unknown> {
  switch (message.type) {
    case "Syn":
      return message.payload.version === undefined ? {} : { v: message.payload.version };
    case "Control":
      return { v: message.payload };
    case "Telemetry":
      return { v: message.payload };
    case "Command": {
      const { id, command, parameters } = message.payload;
      return { c: command, p: parameters, i: id };
    }
    case "CommandAck":
      return { i: message.payload.id };
    case "Latency":
      return message.payload.at === undefined ? {} : { st: message.payload.at };
    case "Error":
      return { e: message.payload.code };
    case "Ack":
    case "SynAck":
    case "Heartbeat":
      return {};
  }
}

/** The reverse of {@linkcode toMapPayload}; a missing field stays missing, and the schema then refuses the message. */
function fromMapPayload(type: unknown, payload: Record<string, unknown>): unknown {
  switch (type) {
    case "Syn":
      return payload.v === undefined ? {} : { version: payload.v };
    case "Control":
    case "Telemetry":
      return payload.v;
    case "Command":
      return { id: payload.i, command: payload.c, parameters: payload.p ?? {} };
    case "CommandAck":
      return { id: payload.i };
    case "Latency":
      return payload.st === undefined ? {} : { at: payload.st };
    case "Error":
      return { code: payload.e };
    default:
      return {};
  }
}

function float64(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = 0xcb;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
