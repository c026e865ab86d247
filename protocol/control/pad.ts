/**
 * The state of one pad. This file has no schema: the source thread and the encoder threads of a room load it, and
 * zod takes 7 MB in each isolate.
 *
 * @module
 */

/** Pad buttons by bit, in libretro's RetroPad order. */
export const BUTTONS = [
  "b",
  "y",
  "select",
  "start",
  "up",
  "down",
  "left",
  "right",
  "a",
  "x",
  "l",
  "r",
  "l2",
  "r2",
  "l3",
  "r3",
] as const;
/** Name of a pad button. */
export type Button = (typeof BUTTONS)[number];

/** The mask of one button. */
export function buttonBit(button: Button): number {
  return 1 << BUTTONS.indexOf(button);
}

/** The mask of several buttons. */
export function maskOf(buttons: Iterable<Button>): number {
  let mask = 0;
  for (const button of buttons) mask |= buttonBit(button);
  return mask;
}

/** The whole state of one pad at one moment, never a change of it. */
export interface PadState {
  /** Grows by one a message, wraps at 65536; see {@linkcode isNewer}. */
  seq: number;
  /** One bit a button, {@linkcode BUTTONS}; 16 bits. */
  buttons: number;
  /** Left x, left y, right x, right y, −32768 … 32767; right and down are positive. */
  axes: [number, number, number, number];
  /** Left and right trigger, 0 … 255. */
  triggers: [number, number];
}

/** A pad with nothing pressed. */
export const NEUTRAL_PAD: PadState = { seq: 0, buttons: 0, axes: [0, 0, 0, 0], triggers: [0, 0] };

/** Whether `seq` comes after `last`, with wrap-around at 65536 (RFC 1982 with 16 bits). */
export function isNewer(seq: number, last: number): boolean {
  const ahead = (seq - last) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
}

/** Whether two pads are equal apart from the sequence number. */
export function samePad(a: PadState, b: PadState): boolean {
  return a.buttons === b.buttons && a.axes.every((axis, i) => axis === b.axes[i]) &&
    a.triggers.every((trigger, i) => trigger === b.triggers[i]);
}

/** Whether nothing is held or moved. */
export function isNeutral(pad: PadState): boolean {
  return samePad(pad, NEUTRAL_PAD);
}
