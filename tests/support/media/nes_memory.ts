/**
 * The embedded NES core with a view of the processor's memory, for tests of what a game does.
 *
 * @module
 */
import { NES } from "jsnes";
import { buttonBit, type PadState } from "../../../protocol/control/pad.ts";

/** The core's buttons in its own order. */
const BUTTONS = ["a", "b", "select", "start", "up", "down", "left", "right"] as const;

/** A running game whose memory tests can read. */
export interface NesWithMemory {
  step(pads: readonly PadState[]): void;
  readonly memory: Uint8Array;
}

/** Starts a game. `step` runs one frame; `memory` is the processor's memory itself, not a copy. */
export function watchMemory(rom: Uint8Array): NesWithMemory {
  const nes = new NES({ emulateSound: false });
  nes.loadROM(rom);
  const { cpu } = nes as unknown as { cpu: { mem: Uint8Array } };
  return {
    step(pads) {
      for (const player of [1, 2] as const) {
        const held = pads[player - 1]?.buttons ?? 0;
        BUTTONS.forEach((name, button) => {
          const set = held & buttonBit(name) ? nes.buttonDown : nes.buttonUp;
          set(player, button as 0);
        });
      }
      nes.frame();
    },
    memory: cpu.mem,
  };
}
