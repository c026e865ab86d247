/**
 * The commands of a player to the running room. They go to the room itself, or by the coordinator while the room has not
 * answered yet. A toast shows each answer.
 *
 * @module
 */
import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import { isRefusal, type RefusalPayload } from "../../../protocol/envelope.ts";
import type { SaveId } from "../../../protocol/saves/save.ts";
import { formatBytes } from "../../shared/format.ts";
import type { Toaster } from "../../shared/toast.tsx";
import { refusalToast } from "../words/refusals.ts";
import type { MediaConnection } from "../media/media_connection.ts";
import type { Connection } from "./connection.ts";

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

/** Creates the commands; `toaster` shows their answers and refusals, `media` is the connection to the room. */
export function createCommands(
  connection: Connection,
  toaster: Toaster,
  media: ReadonlySignal<Pick<MediaConnection, "room"> | undefined>,
): Commands {
  const pending = signal<Verb | undefined>(undefined);
  const { socket } = connection;
  /** The room, once it has answered. */
  const joined = () => {
    const room = media.peek()?.room;
    return room?.joined.peek() && room;
  };

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
    const room = joined();
    if (!room) return await socket.request("seat.change", { seat });
    if (seat !== null) return await room.ask("seat.take", { seat });
    const answer = await room.ask("seat.leave", {});
    return isRefusal(answer) ? answer : { seat };
  }

  return {
    pending,
    save: (name) =>
      ask(
        "save",
        joined()?.ask("app.save", name === undefined ? {} : { name }) ??
          socket.request("app.save", {}),
        ({ bytes }) => `Saved (${formatBytes(bytes)}).`,
      ),
    load: (id) =>
      ask(
        "load",
        joined()?.ask("app.load", id === undefined ? {} : { id }) ?? socket.request("app.load", {}),
        () => id === undefined ? "Back at the last save." : "Back at that save.",
      ),
    reset: () =>
      ask(
        "reset",
        joined()?.ask("app.reset", {}) ?? socket.request("app.reset", {}),
        () => "Started over.",
      ),
    pause: ({ paused }) =>
      ask(
        "pause",
        joined()?.ask("app.pause", { paused }) ?? socket.request("app.pause", { paused }),
        () => undefined,
      ),
    record: ({ active: wished }) =>
      ask(
        "record",
        socket.request("record.set", { active: wished }),
        ({ active }) => active ? "This room is recorded now." : "The recording is kept.",
      ),
    clip: () => ask("clip", socket.request("record.clip", {}), () => "The last 30 s are kept."),
    takeSeat: (seat) =>
      ask(
        "seat",
        changeSeat(seat ?? null),
        (answer) => answer.seat === null ? "You watch now." : `You play as P${answer.seat + 1}.`,
      ),
  };
}
