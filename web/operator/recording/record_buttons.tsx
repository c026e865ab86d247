/**
 * The buttons that record a room, stop that, and keep its last 30 s as a clip. What runs is shown by the room that its
 * worker reports.
 *
 * @module
 */
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { FleetRoom } from "../../../protocol/rest/fleet.ts";
import type { RecordAction } from "../../../protocol/recording/recording.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { AskButton, Refused } from "../widgets/ask_button.tsx";

/** Records a room, or stops that; with `clip` also makes clips. */
export function RecordButtons(
  { room: { room_id, title, recorded_since }, clip = false }: {
    readonly room: Pick<FleetRoom, "room_id" | "title" | "recorded_since">;
    readonly clip?: boolean;
  },
) {
  const { api, toaster } = useServices();
  const readOnly = useReadOnly();
  const ask = useAsk(`record:${room_id}`);
  const clipping = useAsk(`clip:${room_id}`);
  const isRecorded = recorded_since !== undefined;
  const call = (action: RecordAction) =>
    api.call(contracts.recordings.record, { params: { id: room_id }, body: { action } });
  const makeClip = async () => {
    if (await clipping.run(() => call("clip"))) {
      toaster.done(`The last 30 s of ${title} are among the recordings.`);
    }
  };
  return (
    <>
      <AskButton
        ask={ask}
        doing={isRecorded ? "Stopping" : "Starting"}
        {...(clip && { icon: isRecorded ? "stop" : "record" })}
        blocked={readOnly}
        press={() => void ask.run(() => call(isRecorded ? "stop" : "start"))}
      >
        {isRecorded ? "Stop recording" : "Record"} <span class="unseen">{title}</span>
      </AskButton>
      {clip && (
        <AskButton
          ask={clipping}
          doing="Keeping"
          icon="film"
          blocked={readOnly}
          press={() => void makeClip()}
        >
          Clip last 30 s
        </AskButton>
      )}
      <Refused ask={ask} />
      {clip && <Refused ask={clipping} />}
    </>
  );
}
