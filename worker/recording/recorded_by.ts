/**
 * Who asks a room to record, and what the room answers.
 *
 * @module
 */
import { isRefusal, type RefusalPayload, refuse } from "../../protocol/envelope.ts";
import type { RecordingId } from "../../protocol/ids.ts";
import type { RoomOwner } from "../../protocol/pass.ts";
import type { SessionPass } from "../../protocol/signed_pass.ts";

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

/** The answer to a request for a clip. */
export function clipOf(answer: Recorded): { recording_id: RecordingId } | RefusalPayload {
  if (isRefusal(answer)) return answer;
  if (answer.clip) return { recording_id: answer.clip };
  return refuse("record.empty", "Cannot make a clip: there is nothing to make it of");
}
