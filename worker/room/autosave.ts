/**
 * The state in which a room is left: written when its last viewer is gone and when it closes, and read again by a
 * later room that continues from it. Players ask for neither, so a failure never stops the room; it is logged.
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

/** A room that closes waits this long for its state to be written, in milliseconds. */
export const SAVE_LIMIT = 2_000;
/** Ends after which nothing can be read from the source any more, or nothing is worth keeping. */
const WITHOUT: readonly EndReason[] = ["crashed", "stalled", "failed", "source_ended"];

/** The running app of a room. */
export interface Playing {
  readonly app: App;
  readonly playback: Playback;
}

export interface AutosavePorts {
  readonly clock: Clock;
  readonly log: Log;
  readonly saves: Saves;
}

export class Autosave {
  readonly #room: RoomId;
  readonly #ports: AutosavePorts;
  /** The write of the state that the source has now; `undefined` once the source went on. */
  #written: Promise<void> | undefined;

  constructor(room: RoomId, ports: AutosavePorts) {
    this.#room = room;
    this.#ports = ports;
  }

  /** The source runs on: what was written is not its newest state any more. */
  resumed(): void {
    this.#written = undefined;
  }

  /** Writes the state, unless that is done already. Never rejects. */
  write(playing: Playing): Promise<void> {
    return this.#written ??= this.#write(playing);
  }

  /** Writes the state of a room that closes for `reason`, within {@linkcode SAVE_LIMIT}. Never rejects. */
  async close(playing: Playing, reason: EndReason): Promise<void> {
    if (WITHOUT.includes(reason)) return;
    const late = Promise.withResolvers<void>();
    using _limit = this.#ports.clock.after(SAVE_LIMIT, late.resolve);
    await Promise.race([this.write(playing), late.promise]);
  }

  /** Puts the source into the state in which `room` was left. False when that cannot be had. */
  async restore({ app, playback }: Playing, room: RoomId): Promise<boolean> {
    const { log, saves } = this.#ports;
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
    const { log, saves } = this.#ports;
    try {
      const saved = await playback.save();
      // Most such sources have no states at all.
      if ("error" in saved) return log.debug("room state not saved", { error: saved.error });
      await saves.writeRoom(app.app_id, this.#room, saved.state);
    } catch (error) {
      this.#written = undefined;
      log.warn("room state not saved", { app: app.app_id, error: whyNotKept(error) });
    }
  }
}
