/**
 * The recordings of a player: those that the same person, browser or share link made.
 *
 * @module
 */
import { type Refusal, type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import type { RecordingId } from "../../protocol/ids.ts";
import type { ToUser } from "../../protocol/legs/user_leg.ts";
import type { Holder } from "../../protocol/pass.ts";
import type { KeptRecording, Recordings } from "./recordings.ts";
import type { Body } from "../play/messages.ts";

/** Most recordings in one list. */
const MOST = 200;

/** An answer to a player about recordings. */
export type OwnAnswer = Body<
  Extract<
    ToUser,
    {
      type:
        | "recordings.list.response"
        | "recording.open.response"
        | "recording.remove.response";
    }
  >
>;

interface Wanted {
  readonly holders: readonly Holder[];
  readonly recording_id: RecordingId;
  /** The id of the request. */
  readonly id: string;
}

/** The recordings of these holders, the newest first. */
export function listOwn(
  recordings: Recordings,
  holders: readonly Holder[],
  id: string,
): OwnAnswer {
  const own = recordings.all().filter(({ recording }) => isOwn(recording, holders));
  const payload = { recordings: own.slice(0, MOST).map(({ recording }) => recording) };
  return { id, type: "recordings.list.response", payload };
}

/** The address of one of them. */
export async function openOwn(recordings: Recordings, wanted: Wanted): Promise<OwnAnswer> {
  const found = findOwn(recordings, wanted);
  const answer = found && await recordings.open(found);
  return { id: wanted.id, type: "recording.open.response", payload: answered(answer, wanted) };
}

/** Removes one of them for ever. */
export async function removeOwn(recordings: Recordings, wanted: Wanted): Promise<OwnAnswer> {
  const found = findOwn(recordings, wanted);
  const answer = found && await recordings.remove(found);
  return { id: wanted.id, type: "recording.remove.response", payload: answered(answer, wanted) };
}

function findOwn(
  recordings: Recordings,
  { holders, recording_id }: Wanted,
): KeptRecording | undefined {
  const found = recordings.find(recording_id);
  return found && isOwn(found.recording, holders) ? found : undefined;
}

function isOwn({ holder }: KeptRecording["recording"], holders: readonly Holder[]): boolean {
  return holder !== undefined && holders.includes(holder);
}

function answered<T extends object>(
  answer: T | { readonly refusal: Refusal } | undefined,
  { recording_id }: Wanted,
): Exclude<T, { readonly refusal: Refusal }> | RefusalPayload {
  if (!answer) return refuse("recording.unknown", `You have no recording ${recording_id}`);
  if ("refusal" in answer) return { error: answer.refusal as Refusal };
  return answer as Exclude<T, { readonly refusal: Refusal }>;
}
