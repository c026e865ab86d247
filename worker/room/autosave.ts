/**
 * Saves the state of a room when its last viewer has gone and when it closes, and restores it in a later room that
 * continues from it. Players request neither, so a failure is logged and does not end the room.
 *
 * @module
 */
import type { Clock } from "../../protocol/clock.ts";
import { whyNotKept } from "../../protocol/disk/storage_fault.ts";
import type { RoomId } from "../../protocol/ids.ts";
import type { App, EndReason } from "../../protocol/legs/room.ts";
import type { Log } from "../../protocol/log.ts";
import type { Playback } from "../playback/playback.ts";
import type { Saves } from "./saves.ts";

/** A closing room waits at most this long until its state is written, in milliseconds. */
export const SAVE_LIMIT = 2_000;
/** Ends after which no state is saved, because the source cannot be read any more or has no state. */
const WITHOUT_SAVE: readonly EndReason[] = ["crashed", "stalled", "failed", "source_ended"];

/** The running app of a room. */
export interface Playing {
  readonly app: App;
  readonly playback: Playback;
}

/** The dependencies of an autosave. */
export interface AutosavePorts {
  readonly clock: Clock;
  readonly log: Log;
  /** The saves that the room's state belongs to; `undefined`: it is not saved. */
  readonly saves: () => Saves | undefined;
}

/** Saves and restores the state of one room. */
export class Autosave {
  readonly #room: RoomId;
  readonly #ports: AutosavePorts;
  /** The write of the source's present state; `undefined` when the source has run since the last write. */
  #written: Promise<void> | undefined;

  constructor(room: RoomId, ports: AutosavePorts) {
    this.#room = room;
    this.#ports = ports;
  }

  /** The source runs again, so the saved state is not its newest any more. */
  resumed(): void {
    this.#written = undefined;
  }

  /** Saves the state, unless the source has not run since the last save. Never rejects. */
  write(playing: Playing): Promise<void> {
    return this.#written ??= this.#write(playing);
  }

  /** Saves the state of a room that closes for `reason`, within {@linkcode SAVE_LIMIT}. Never rejects. */
  async close(playing: Playing, reason: EndReason): Promise<void> {
    if (WITHOUT_SAVE.includes(reason)) return;
    const late = Promise.withResolvers<void>();
    using _limit = this.#ports.clock.after(SAVE_LIMIT, late.resolve);
    await Promise.race([this.write(playing), late.promise]);
  }

  /** Puts the source into the state of `room` among `saves`. False when there is none or it cannot be loaded. */
  async restore(
    { app, playback }: Playing,
    { room, saves }: { readonly room: RoomId; readonly saves: Saves },
  ): Promise<boolean> {
    const { log } = this.#ports;
    try {
      const state = await saves.ofRoom(app.app_id, room);
      if (!state) return false;
      const { error } = await playback.load(state);
      if (error) log.warn("room state not restored", { room, error });
      return error === undefined;
    } catch (error) {
      log.warn("room state not restored", { room, error });
      return false;
    }
  }

  async #write({ app, playback }: Playing): Promise<void> {
    const { log } = this.#ports;
    const saves = this.#ports.saves();
    if (!saves) return;
    try {
      const saved = await playback.save();
      // Most sources that fail here cannot save states at all.
      if ("error" in saved) return log.debug("room state not saved", { error: saved.error });
      await saves.writeRoom(app.app_id, this.#room, saved.state);
    } catch (error) {
      this.#written = undefined;
      log.warn("room state not saved", { app: app.app_id, error: whyNotKept(error) });
    }
  }
}
