/**
 * How strongly the motors of a player's gamepad turn: from a source by its room to the person on that seat, on the
 * channel `state`. A message is `[40, milliseconds modulo 2³², seat, strong, weak]` in msgpack.
 *
 * @module
 */
import * as z from "zod/mini";
import { Seat } from "../ids.ts";
import { pack, unpack } from "../msgpack.ts";
import type { Motors } from "./motors.ts";

const RUMBLE = 40;
/** The largest message, in bytes. */
const MAX_BYTES = 16;

/** Time after which a level is sent again while a motor turns, in milliseconds. */
export const RUMBLE_REPEAT = 300;
/** A motor turns for so long after the newest message, in milliseconds. */
export const RUMBLE_LASTS = 700;

const Strength = z.int().check(z.gte(0), z.lte(255));

const SeatMotors = z.object({ seat: Seat, strong: Strength, weak: Strength });

/** The level of one moment. `at`: of the worker's clock, in milliseconds; it wraps around at 2³². */
export interface RumbleMessage extends Motors {
  readonly at: number;
  /** The seat of the pad: a person may hold several. */
  readonly seat: number;
}

/** Encodes a message: at most 12 bytes. */
export function encodeRumble({ at, seat, strong, weak }: RumbleMessage): Uint8Array<ArrayBuffer> {
  return pack([RUMBLE, Math.floor(at) >>> 0, seat, strong, weak]);
}

/** Decodes a message; `undefined` when the bytes are none. */
export function decodeRumble(bytes: Uint8Array): RumbleMessage | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  const value = unpack(bytes);
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [code, at, seat, strong, weak]: readonly unknown[] = value;
  if (code !== RUMBLE || !Number.isInteger(at) || (at as number) >>> 0 !== at) return undefined;
  const { data } = SeatMotors.safeParse({ seat, strong, weak });
  return data && { at, ...data };
}
