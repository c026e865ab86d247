/**
 * A libretro core without native code. A test sets what it announces and what its next pictures are.
 *
 * @module
 */
import type { Picture } from "../../../media/ports.ts";
import type { PadState } from "../../../protocol/control/pad.ts";
import type { AvInfo, Rates } from "../../../worker/sources/libretro/av_info.ts";
import type { PlayableCore } from "../../../worker/sources/libretro/source.ts";

export class FakeCore implements PlayableCore {
  readonly name = "Fake core";
  readonly environment: {
    av: AvInfo;
    refusedRates: Rates | undefined;
    ended: boolean;
  };
  readonly inputs = { set: (pads: readonly PadState[]) => void (this.pads = pads) };
  readonly sound = { samples: new Int16Array() };
  picture: Picture | undefined;
  /** The input of the last step. */
  pads: readonly PadState[] = [];

  constructor(av: Partial<AvInfo> = {}) {
    this.environment = {
      av: {
        width: 320,
        height: 240,
        aspect: undefined,
        rotation: 0,
        frameRate: 60,
        sampleRate: 48_000,
        ...av,
      },
      refusedRates: undefined,
      ended: false,
    };
  }

  /** The core announces something new. */
  announce(av: Partial<AvInfo>): void {
    this.environment.av = { ...this.environment.av, ...av };
  }

  run(): Picture | undefined {
    return this.picture;
  }

  reset(): void {}

  serialize(): Uint8Array<ArrayBuffer> | undefined {
    return undefined;
  }

  unserialize(_state: Uint8Array): boolean {
    return false;
  }

  /** The memories of its cartridge; absent unless a test sets them. */
  battery: Uint8Array<ArrayBuffer> | undefined;
  clock: Uint8Array<ArrayBuffer> | undefined;

  saveMemory(): Uint8Array<ArrayBuffer> | undefined {
    return this.battery;
  }

  clockMemory(): Uint8Array<ArrayBuffer> | undefined {
    return this.clock;
  }

  [Symbol.dispose](): void {}
}
