/**
 * Merges many devices into one pad: a button is held while any device holds it. Each of several reasons makes the
 * pad neutral.
 *
 * @module
 */
import { NEUTRAL_PAD, type PadState } from "../../../protocol/control/pad.ts";

/** A pad as a device sees it; the sequence number belongs to the wire. */
export type PadLevel = Omit<PadState, "seq">;

/** The pad of a further seat of the person. */
export interface FurtherLevel {
  readonly seat: number;
  readonly level: PadLevel;
}

/** The pad with nothing pressed. */
export const AT_REST: PadLevel = {
  buttons: NEUTRAL_PAD.buttons,
  axes: NEUTRAL_PAD.axes,
  triggers: NEUTRAL_PAD.triggers,
};

/** A device that a player holds a pad with. */
export type PadDevice = "keyboard" | "gamepad" | "touch";
/** Why the pad is neutral although a device may hold a button. */
export type Hush = "blurred" | "hidden" | "menu" | "not_playing" | "page";

/** Merges two pads: all their buttons, and of each stick and trigger the one that is pushed further. */
export function mergePads(pads: Iterable<PadLevel>): PadLevel {
  let merged = AT_REST;
  for (const pad of pads) {
    merged = {
      buttons: merged.buttons | pad.buttons,
      axes: [...further(merged.axes, pad.axes, 0), ...further(merged.axes, pad.axes, 2)],
      triggers: [
        Math.max(merged.triggers[0], pad.triggers[0]),
        Math.max(merged.triggers[1], pad.triggers[1]),
      ],
    };
  }
  return merged;
}

/** The stick of two that is pushed further, so that two sticks never mix into a third direction. */
function further(a: PadLevel["axes"], b: PadLevel["axes"], at: 0 | 2): [number, number] {
  const [ax, ay, bx, by] = [a[at], a[at + 1]!, b[at], b[at + 1]!];
  return Math.hypot(bx, by) > Math.hypot(ax, ay) ? [bx, by] : [ax, ay];
}

/** The player's pad, merged from all devices, and those of further seats. It calls `changed` after each change of a device or a reason. */
export class Pad {
  readonly #devices = new Map<PadDevice, PadLevel>();
  readonly #hushes = new Set<Hush>();
  readonly #changed: (level: PadLevel, further: readonly FurtherLevel[]) => void;
  #further: readonly FurtherLevel[] = [];

  constructor(changed: (level: PadLevel, further: readonly FurtherLevel[]) => void) {
    this.#changed = changed;
  }

  /** The merged pad; neutral while there is a reason for it. */
  get level(): PadLevel {
    return this.#hushes.size > 0 ? AT_REST : mergePads(this.#devices.values());
  }

  /** The pads of further seats; neutral while there is a reason for it. */
  get further(): readonly FurtherLevel[] {
    if (!this.hushed) return this.#further;
    return this.#further.map(({ seat }) => ({ seat, level: AT_REST }));
  }

  get hushed(): boolean {
    return this.#hushes.size > 0;
  }

  /** Sets everything that one device holds; `undefined` when it is gone. */
  set(device: PadDevice, level: PadLevel | undefined): void {
    if (level) this.#devices.set(device, level);
    else this.#devices.delete(device);
    this.#changed(this.level, this.further);
  }

  /** Sets the pads of all further seats. */
  setFurther(further: readonly FurtherLevel[]): void {
    this.#further = further;
    this.#changed(this.level, this.further);
  }

  /** Keeps the pad neutral for a reason, until the reason is gone. */
  hush(reason: Hush, active: { readonly active: boolean }): void {
    if (active.active) this.#hushes.add(reason);
    else this.#hushes.delete(reason);
    this.#changed(this.level, this.further);
  }
}
