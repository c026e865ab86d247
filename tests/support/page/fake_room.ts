/**
 * Runs inside the player's page: the worker's end of a room's document and commands. It sends the document that the test
 * ordered, and grants or refuses what the page asks.
 *
 * @module
 */
import type { RefusalCode } from "../../../protocol/legs/refusals.ts";
import type { Verb } from "../../../protocol/room_commands/verbs.ts";
import { decodeFromPage, encodeToPage } from "../../../protocol/room_commands/wire.ts";
import type { Entities } from "../../../protocol/room_state/document.ts";
import { decodeIntent, encodeState } from "../../../protocol/room_state/wire.ts";

/** A document. `refuses`: the code of every refusal; absent: all is granted. `answers`: what these verbs are answered. */
export interface RoomOrder {
  readonly entities: Entities;
  readonly refuses?: "chat.rate" | "seat.locked" | undefined;
  readonly answers?: Readonly<Partial<Record<Verb, object>>> | undefined;
}

/** The codes of the verbs that are refused. */
export type Refusals = Readonly<Partial<Record<string, RefusalCode>>>;

/** What a page asked the room. */
export interface RoomReport {
  readonly type: "asked";
  readonly verb: string;
  readonly body: unknown;
}

interface RoomOptions {
  /** The page's person. */
  readonly you: string;
  readonly refusals: Refusals;
  readonly report: (report: RoomReport) => void;
}

/** Answers that say more than that it was done. */
const ANSWERS: Partial<Record<Verb, object>> = { "app.save": { saved_at: 0, bytes: 13_120 } };
/** Verbs whose answer repeats what was asked for. */
const REPEATED: readonly string[] = ["seat.take", "record.set"] satisfies Verb[];

/** A room on these channels; it has no document before the first order. */
export function startRoom(
  state: RTCDataChannel,
  commands: RTCDataChannel,
  { you, refusals, report }: RoomOptions,
) {
  let room: RoomOrder | undefined;
  let revision = 0;
  const show = () => {
    if (!room || state.readyState !== "open") return;
    state.send(encodeState({ type: "set", revision, entities: room.entities }));
  };
  const refusalOf = (verb: string) => {
    if (verb === "announce" || verb.startsWith("topic.")) return undefined;
    return room?.refuses ?? refusals[verb];
  };
  const answerOf = (verb: string, body: unknown) => {
    if (verb === "announce") return { you };
    return REPEATED.includes(verb)
      ? body
      : room?.answers?.[verb as Verb] ?? ANSWERS[verb as Verb] ?? {};
  };
  state.addEventListener("message", ({ data }) => {
    const intent = decodeIntent(new Uint8Array(data));
    if (intent && intent.acknowledged !== revision) show();
  });
  commands.addEventListener("message", ({ data }) => {
    const request = decodeFromPage(new Uint8Array(data));
    if (request?.type !== "request") return;
    const { id, verb, body } = request;
    const code = refusalOf(verb);
    if (verb !== "announce") report({ type: "asked", verb, body });
    commands.send(encodeToPage(
      code
        ? { type: "refusal", id, error: { code, message: "Refused" } }
        : { type: "answer", id, answer: answerOf(verb, body) },
    ));
  });
  return {
    order(next: RoomOrder): void {
      room = next;
      revision += 1;
      show();
    },
  };
}
