/**
 * The commands of a player to the running room. A toast shows each answer.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import { isRefusal, type RefusalPayload, refuse } from "../../../protocol/envelope.ts";
import type { AnswerOf, BodyOf, Verb as RoomVerb } from "../../../protocol/room_commands/verbs.ts";
import type { SaveId } from "../../../protocol/saves/save.ts";
import { formatBytes } from "../../shared/format.ts";
import type { Toaster } from "../../shared/toast.tsx";
import { refusalToast } from "../words/refusals.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import type { RoomLane } from "../media/room_lane.ts";

/** A command to the running room. */
export type Verb = "save" | "load" | "reset" | "pause" | "seat" | "record" | "clip";

/** The commands of a player. Each resolves when its answer is shown; none rejects. */
export interface Commands {
  /** The command that is not answered yet. */
  readonly pending: ReadonlySignal<Verb | undefined>;
  /** Without a name it is one of the few newest that are kept. */
  save(name?: string): Promise<void>;
  /** Loads a save, the newest without an id. */
  load(id?: SaveId): Promise<void>;
  reset(): Promise<void>;
  pause(wish: { readonly paused: boolean }): Promise<void>;
  /** Records the room, or stops that: everybody in it sees it. */
  record(wish: { readonly active: boolean }): Promise<void>;
  /** Keeps the last 30 s. */
  clip(): Promise<void>;
  /** `undefined` gives the seat up and watches. */
  takeSeat(seat: number | undefined): Promise<void>;
}

/** Asks the room that the page is in, or will be in a moment; a refusal while there is no connection to one. */
export async function askRoom<V extends RoomVerb>(
  media: ReadonlySignal<{ readonly room: Pick<RoomLane, "ask"> } | undefined>,
  verb: V,
  body: BodyOf<V>,
): Promise<AnswerOf<V> | RefusalPayload> {
  const room = media.peek()?.room;
  if (!room) return refuse("link.down", "The room cannot be reached now");
  return await room.ask(verb, body);
}

/** Creates the commands; `toaster` shows their answers and refusals, `media` is the connection to the room. */
export function createCommands(
  toaster: Toaster,
  media: ReadonlySignal<Pick<MediaConnection, "room"> | undefined>,
): Commands {
  const pending = signal<Verb | undefined>(undefined);

  /** Shows the refusal, or the words that `report` returns for the answer; no toast without words. */
  async function ask<A extends object>(
    verb: Verb,
    request: Promise<A | RefusalPayload>,
    report: (answer: A) => string | undefined,
  ): Promise<void> {
    pending.value = verb;
    const answer = await request;
    pending.value = undefined;
    if ("error" in answer) return toaster.refused(refusalToast(answer.error));
    const text = report(answer);
    if (text) toaster.done(text);
  }

  async function changeSeat(
    seat: number | null,
  ): Promise<{ seat: number | null } | RefusalPayload> {
    if (seat !== null) return await askRoom(media, "seat.take", { seat });
    const answer = await askRoom(media, "seat.leave", {});
    return isRefusal(answer) ? answer : { seat };
  }

  return {
    pending,
    save: (name) =>
      ask(
        "save",
        askRoom(media, "app.save", name === undefined ? {} : { name }),
        ({ bytes }) => `Saved (${formatBytes(bytes)}).`,
      ),
    load: (id) =>
      ask(
        "load",
        askRoom(media, "app.load", id === undefined ? {} : { id }),
        () => id === undefined ? "Back at the last save." : "Back at that save.",
      ),
    reset: () => ask("reset", askRoom(media, "app.reset", {}), () => "Started over."),
    pause: ({ paused }) => ask("pause", askRoom(media, "app.pause", { paused }), () => undefined),
    record: ({ active: wished }) =>
      ask(
        "record",
        askRoom(media, "record.set", { active: wished }),
        ({ active }) => active ? "This room is recorded now." : "The recording is kept.",
      ),
    clip: () => ask("clip", askRoom(media, "record.clip", {}), () => "The last 30 s are kept."),
    takeSeat: (seat) =>
      ask(
        "seat",
        changeSeat(seat ?? null),
        (answer) => answer.seat === null ? "You watch now." : `You play as P${answer.seat + 1}.`,
      ),
  };
}
