/**
 * What a page does about a worker that is lost: the coordinator asks whether the worker still sends, and the page asks
 * for its room anew as soon as it does not. A notice says that another worker goes on.
 *
 * @module
 */
import { effect } from "@preact/signals";
import type { Clock } from "../../../../protocol/clock.ts";
import type { BeganAnew } from "../../../../protocol/legs/room.ts";
import type { Toaster } from "../../../shared/toast.tsx";
import { formatSeconds } from "../../../shared/format.ts";
import type { SessionMessage } from "../connection.ts";
import type { Game } from "../game.ts";

/** A worker that has sent nothing for so long is lost, when the coordinator cannot reach it either; in milliseconds. */
export const SILENT_AFTER = 1_200;
/** Time between two looks, in milliseconds. */
const LOOK_PERIOD = 100;
/** How long a page looks after the coordinator's question, in milliseconds. */
const LOOK_FOR = 10_000;

interface LostWorkerPorts {
  readonly clock: Clock;
  readonly toaster: Pick<Toaster, "done" | "refused">;
  readonly game: Pick<Game, "state" | "media" | "room" | "retry">;
}

/** Watches for a lost worker. Disposing ends the watch. */
export class LostWorker implements Disposable {
  readonly #ports: LostWorkerPorts;
  readonly #running = new DisposableStack();
  #looking: Disposable | undefined;
  /** The newest room of this page, and how often it was moved by then. */
  #seen: { readonly room: string; readonly generation: number } | undefined;

  constructor(ports: LostWorkerPorts) {
    this.#ports = ports;
    this.#running.defer(effect(() => this.#notice(ports.game.room.value)));
    this.#running.defer(() => this.#looking?.[Symbol.dispose]());
  }

  /** Takes a message of the coordinator. */
  receive(message: SessionMessage): void {
    if (message.type !== "room.unseen") return;
    const { room_id } = message.payload;
    this.#look(room_id, this.#ports.clock.now() + LOOK_FOR);
  }

  [Symbol.dispose](): void {
    this.#running.dispose();
  }

  #look(room: string, until: number): void {
    const { clock, game } = this.#ports;
    this.#looking?.[Symbol.dispose]();
    const state = game.state.peek();
    const isThere = state.state === "playing" && game.room.peek()?.room_id === room;
    if (!isThere || clock.now() > until) return;
    const receivedAt = game.media.peek()?.receivedAt;
    if (receivedAt !== undefined && clock.now() - receivedAt >= SILENT_AFTER) return game.retry();
    this.#looking = clock.after(LOOK_PERIOD, () => this.#look(room, until));
  }

  /** Says once that a room goes on elsewhere. Who comes later was not in it. */
  #notice(room: Game["room"]["value"]): void {
    if (room === undefined) return;
    const { room_id, generation = 0, resumed_age_ms: age, began_anew: why } = room;
    if (generation > 0 && age === undefined && why === undefined) return;
    const before = this.#seen;
    this.#seen = { room: room_id, generation };
    if (before?.room !== room_id || generation <= before.generation) return;
    if (why) this.#ports.toaster.refused(anewSentence(why));
    else if (age !== undefined) this.#ports.toaster.done(movedSentence(age));
  }
}

/** What happened to a room that another worker goes on with. */
export function movedSentence(age: number): string {
  return `The worker of this game was lost. It goes on at another one, from its state of ${
    formatSeconds(age)
  } before.`;
}

const WHY_ANEW: Readonly<Record<BeganAnew, string>> = {
  no_state: "no state of it was kept",
  foreign: "another core runs it there, or an older one",
  unusable: "its state cannot be loaded there",
};

/** What happened to a room that began anew elsewhere. */
export function anewSentence(why: BeganAnew): string {
  return `The worker of this game was lost. The game began anew at another one: ${
    WHY_ANEW[why]
  }. Everything that was saved is kept.`;
}
