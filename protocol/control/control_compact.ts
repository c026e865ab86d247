/**
 * The compact profile of the control messages, between two ends of Farpad: a msgpack array
 * `[type code, milliseconds modulo 2³², payload?]`. An empty payload is left out. A pad is the array
 * `[seq, buttons, lx, ly, rx, ry, lt, rt]` (at most 32 bytes in all); a drive state is
 * `[steering, throttle]` in 1/32767 (at most 16 bytes). Codes from 32 on are messages of a room
 * (`protocol/room_state/wire.ts`).
 *
 * @module
 */
import {
  type ControlCodec,
  ControlMessage,
  type DriveState,
  MAX_CONTROL_BYTES,
} from "./control.ts";
import type { PadState } from "./pad.ts";
import { pack, unpack } from "../msgpack.ts";

/** Type codes; the position is the code. Never reorder: append. */
const TYPES = [
  "Syn",
  "Ack",
  "SynAck",
  "Heartbeat",
  "Telemetry",
  "Control",
  "Command",
  "CommandAck",
  "Latency",
  "Error",
] as const satisfies readonly ControlMessage["type"][];

const UNIT = 32767;

/** The compact profile of the control messages: at most 32 bytes for a pad state (CTL3). */
export const compactCodec: ControlCodec = {
  encode(message) {
    const head = [TYPES.indexOf(message.type), toMillis(message.timestamp)];
    const payload = toCompact(message);
    return pack(payload === undefined ? head : [...head, payload]);
  },
  decode(bytes) {
    if (bytes.length > MAX_CONTROL_BYTES) return undefined;
    const value = unpack(bytes);
    if (!Array.isArray(value) || value.length < 2 || value.length > 3) return undefined;
    const [code, ms, body]: readonly unknown[] = value;
    const type = typeof code === "number" ? TYPES[code] : undefined;
    if (!type || !isMillis(ms)) return undefined;
    const payload = fromCompact(type, body);
    return ControlMessage.safeParse({ type, timestamp: ms / 1000, payload }).data;
  },
};

/** Milliseconds modulo 2³² of a time in seconds. */
export function toMillis(seconds: number): number {
  return Math.round(seconds * 1000) % 2 ** 32;
}

/** Seconds of what {@linkcode toMillis} gave; `undefined` when the value is no such number. */
export function fromMillis(value: unknown): number | undefined {
  return isMillis(value) ? value / 1000 : undefined;
}

/** Whether timestamp `a` is older than `b` (both in seconds, as decoded), with wrap-around at 2³² ms. */
export function isOlder(a: number, b: number): boolean {
  const behind = (toMillis(b) - toMillis(a)) >>> 0;
  return behind !== 0 && behind < 0x8000_0000;
}

function isMillis(value: unknown): value is number {
  return isWhole(value) && value >= 0 && value < 2 ** 32;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}

function toCompact(message: ControlMessage): unknown {
  switch (message.type) {
    case "Syn":
      return message.payload.version;
    case "Control":
      return packControl(message.payload);
    case "Telemetry":
      return message.payload;
    case "Command":
      return [message.payload.id, message.payload.command, message.payload.parameters];
    case "CommandAck":
      return message.payload.id;
    case "Latency":
      return message.payload.at === undefined ? undefined : toMillis(message.payload.at);
    case "Error":
      return message.payload.code;
    case "Ack":
    case "SynAck":
    case "Heartbeat":
      return undefined;
  }
}

function fromCompact(type: ControlMessage["type"], body: unknown): unknown {
  switch (type) {
    case "Syn":
      return body === undefined ? {} : { version: body };
    case "Control":
      return Array.isArray(body) ? unpackControl(body) : undefined;
    case "Telemetry":
      return body;
    case "Command":
      return Array.isArray(body) && body.length === 3
        ? { id: body[0], command: body[1], parameters: body[2] }
        : undefined;
    case "CommandAck":
      return { id: body };
    case "Latency":
      if (body === undefined) return {};
      return isMillis(body) ? { at: body / 1000 } : undefined;
    case "Error":
      return { code: body };
    case "Ack":
    case "SynAck":
    case "Heartbeat":
      return body === undefined ? {} : undefined;
  }
}

/** A pad or a wish as an array of numbers. */
export function packControl(control: PadState | DriveState): number[] {
  return "seq" in control ? packPad(control) : packDrive(control);
}

function packPad({ seq, buttons, axes, triggers }: PadState): number[] {
  return [seq, buttons, ...axes, ...triggers];
}

function packDrive({ steering, throttle }: DriveState): number[] {
  return [Math.round(steering * UNIT), Math.round(throttle * UNIT)];
}

/** Reads what {@linkcode packControl} wrote, for a schema to check. */
export function unpackControl(body: readonly unknown[]): unknown {
  if (body.length === 8) {
    const [seq, buttons, ...rest] = body;
    return { seq, buttons, axes: rest.slice(0, 4), triggers: rest.slice(4) };
  }
  const [steering, throttle] = body;
  if (body.length !== 2 || !isWhole(steering) || !isWhole(throttle)) return undefined;
  return { steering: steering / UNIT, throttle: throttle / UNIT };
}
