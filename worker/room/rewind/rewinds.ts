/**
 * Going back in a room: after each step the app stands still for a moment, so that who holds the key goes further and
 * everybody can get ready; steps in a row are one rewind, of which the room is informed once.
 *
 * @module
 */
import type { Clock } from "../../../protocol/clock.ts";
import { type RefusalPayload, refuseFor } from "../../../protocol/envelope.ts";
import type { EntityId } from "../../../protocol/room_state/document.ts";
import type { Playback } from "../../playback/playback.ts";

/** How long the app stands still after a step, in milliseconds. */
export const STAND = 700;

/** The dependencies. */
interface RewindsPorts {
  readonly clock: Clock;
  /** Somebody went back, so many seconds in all. */
  rewound(by: EntityId | undefined, seconds: number): void;
  /** Somebody returned to before a rewind. */
  undone(by: EntityId | undefined): void;
}

interface Rewind {
  readonly by: EntityId | undefined;
  readonly seconds: number;
}

/** Carries out the rewinds of one room. Disposing ends the standing still. */
export class Rewinds implements Disposable {
  readonly #ports: RewindsPorts;
  #present: Rewind | undefined;
  #standing: Disposable | undefined;
  /** Requests that the source has not answered. */
  #asked = 0;

  constructor(ports: RewindsPorts) {
    this.#ports = ports;
  }

  /** Goes back by at least `seconds` of play. The answer: how far this step went. */
  async back(
    playback: Playback,
    by: EntityId | undefined,
    seconds: number,
  ): Promise<{ seconds: number } | RefusalPayload> {
    const gone = await this.#still(playback, () => playback.rewind(seconds));
    if ("error" in gone) return refuseFor("rewind.impossible", gone.error);
    if (this.#present && this.#present.by !== by) this.#announce();
    this.#present = { by, seconds: (this.#present?.seconds ?? 0) + gone.seconds };
    return gone;
  }

  /** Returns to where the app was before the last rewind. */
  async undo(
    playback: Playback,
    by: EntityId | undefined,
  ): Promise<{ seconds: number } | RefusalPayload> {
    const gone = await this.#still(playback, () => playback.undoRewind());
    if ("error" in gone) return refuseFor("rewind.impossible", gone.error);
    this.#announce();
    this.#ports.undone(by);
    return gone;
  }

  [Symbol.dispose](): void {
    this.#standing?.[Symbol.dispose]();
  }

  /** The app stands still from before the step until {@linkcode STAND} after the last one. */
  async #still<Outcome>(playback: Playback, step: () => Promise<Outcome>): Promise<Outcome> {
    this.#standing?.[Symbol.dispose]();
    this.#asked += 1;
    playback.setHeld(true);
    const outcome = await step();
    this.#asked -= 1;
    this.#standing?.[Symbol.dispose]();
    if (this.#asked === 0) {
      this.#standing = this.#ports.clock.after(STAND, () => {
        playback.setHeld(false);
        this.#announce();
      });
    }
    return outcome;
  }

  #announce(): void {
    const rewind = this.#present;
    this.#present = undefined;
    if (rewind && rewind.seconds > 0) {
      this.#ports.rewound(rewind.by, Math.round(rewind.seconds * 10) / 10);
    }
  }
}
