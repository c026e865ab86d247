/**
 * Who asks a room to record, and what the room answers.
 *
 * @module
 */
import { isRefusal, type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import type { Clock, EpochMillis } from "../../protocol/clock.ts";
import type { AppId, RecordingId, RoomId } from "../../protocol/ids.ts";
import type { RoomOwner } from "../../protocol/pass.ts";
import type { Recording } from "../../protocol/recording/recording.ts";
import type { SessionPass } from "../../protocol/signed_pass.ts";
import type { ToRoom } from "../room/ipc.ts";

/** Most who may record a room that are known; the oldest gives way. */
const MOST_KNOWN = 1_000;

/** Whether the room is recorded now, and the clip that was made; or why not. */
export type Recorded =
  | { readonly active: boolean; readonly clip?: RecordingId }
  | RefusalPayload;

/** A session as the one who records: what it records is its own. */
export function recordedBy(pass: SessionPass | undefined): RoomOwner {
  const [holder] = pass?.holders ?? [];
  return {
    ...(holder !== undefined && { holder }),
    ...(pass?.owner.fleet !== undefined && { fleet: pass.owner.fleet }),
  };
}

/**
 * What a room, which runs what others wrote, may say of its recording: neither how it ended, nor that it begins later, nor
 * that a device made it.
 */
export function saidByRoom(about: Recording, now: EpochMillis): Recording {
  const { ended: _, sender_id: __, kind, started_at, ...rest } = about;
  const isClip = kind === "clip";
  return {
    ...rest,
    kind: isClip ? "clip" : "recording",
    started_at: Math.min(started_at, now),
  };
}

/** What a room that was killed may say of a recording that the worker does not know: then it is nobody's. */
export function saidByUnknown(about: Recording, now: EpochMillis): Recording {
  const { holder: _, fleet: __, ...rest } = saidByRoom(about, now);
  return rest;
}

/** What the worker knows of the room of a process, by what it sends to it. */
export class KnownRoom {
  readonly #clock: Pick<Clock, "epoch">;
  readonly #recorders = new Map<string, RoomOwner>();
  readonly #titles = new Map<AppId, string>();
  #app: AppId | undefined;
  #room: RoomId | undefined;
  /** Since when the process is a room. */
  #since = 0;
  /** Who opened it; absent: it is the room of a field stream. */
  #holder: string | undefined;

  constructor(clock: Pick<Clock, "epoch">) {
    this.#clock = clock;
  }

  /** Takes a message that is sent to the process. */
  sent(message: ToRoom): void {
    switch (message.type) {
      case "configure":
        this.#room = message.settings.roomId as RoomId;
        this.#since = this.#clock.epoch();
        this.#holder = message.settings.holders?.[0];
        return;
      case "pass":
        return this.#mayRecord(recordedBy(message.pass));
      case "record":
        return this.#mayRecord(message.owner);
      case "start":
      case "take_over":
      case "ingest":
        this.#app = message.app.app_id;
        this.#titles.set(message.app.app_id, message.app.title);
    }
  }

  /** A recording as the worker knows it to be, whatever the room says; `undefined`: the process is no room. */
  recorded({ holder, fleet, ...about }: Recording): Recording | undefined {
    if (this.#room === undefined || this.#app === undefined) return undefined;
    const app_id = this.#titles.has(about.app_id) ? about.app_id : this.#app;
    const title = this.#titles.get(app_id) ?? about.title;
    const owner = this.#recorders.get(keyOf({ holder, fleet })) ?? this.#opener;
    const started_at = Math.max(about.started_at, this.#since);
    return { ...about, started_at, room_id: this.#room, app_id, title, ...owner };
  }

  get #opener(): RoomOwner {
    const holder = this.#holder;
    if (holder === undefined) return {};
    return [...this.#recorders.values()].find((each) => each.holder === holder) ?? { holder };
  }

  #mayRecord(owner: RoomOwner): void {
    const key = keyOf(owner);
    this.#recorders.delete(key);
    this.#recorders.set(key, owner);
    const [oldest] = this.#recorders.keys();
    if (this.#recorders.size > MOST_KNOWN) this.#recorders.delete(oldest!);
  }
}

function keyOf({ holder, fleet }: { [K in keyof RoomOwner]: RoomOwner[K] | undefined }): string {
  return JSON.stringify([holder, fleet]);
}

/** The answer to a request for a clip. */
export function clipOf(answer: Recorded): { recording_id: RecordingId } | RefusalPayload {
  if (isRefusal(answer)) return answer;
  if (answer.clip) return { recording_id: answer.clip };
  return refuse("record.empty", "Cannot make a clip: there is nothing to make it of");
}
