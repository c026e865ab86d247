/**
 * The recordings of this person: play, download, remove.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Recording } from "../../../protocol/recording/recording.ts";
import { type OpenRecording, RecordingPlayer } from "../../recordings/player.tsx";
import { endSentence, factsOf, isCutShort } from "../../recordings/words.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Mark } from "../../shared/mark.tsx";
import { useServices } from "../services.ts";
import { refusalToast } from "../words/refusals.ts";

/** How often the list is read again, in milliseconds. */
const REREAD = 3_000;

/** The dialog with the recordings of this person. */
export function ShelfDialog({ close }: { readonly close: () => void }) {
  const { clock, connection: { socket }, toaster } = useServices();
  const all = useSignal<readonly Recording[] | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const playing = useSignal<Recording | undefined>(undefined);
  const removing = useSignal<string | undefined>(undefined);

  async function read(): Promise<void> {
    const answer = await socket.request("recordings.list", {});
    problem.value = "error" in answer ? refusalToast(answer.error) : undefined;
    if (!("error" in answer)) all.value = answer.recordings;
  }
  useEffect(() => {
    let next: Disposable | undefined;
    let isClosed = false;
    const again = async () => {
      await read();
      if (!isClosed) next = clock.after(REREAD, () => void again());
    };
    void again();
    return () => {
      isClosed = true;
      next?.[Symbol.dispose]();
    };
  }, []);
  const open: OpenRecording = async ({ recording_id }) => {
    const answer = await socket.request("recording.open", { recording_id });
    return "error" in answer ? { why: refusalToast(answer.error) } : answer;
  };
  async function remove({ recording_id }: Recording): Promise<void> {
    removing.value = undefined;
    const answer = await socket.request("recording.remove", { recording_id });
    if ("error" in answer) toaster.refused(refusalToast(answer.error));
    await read();
  }

  if (playing.value) {
    return (
      <RecordingPlayer
        recording={playing.value}
        open={open}
        close={() => void (playing.value = undefined)}
      />
    );
  }
  return (
    <Dialog title="Recordings" close={close}>
      {problem.value !== undefined && <p role="alert">{problem.value}</p>}
      {all.value === undefined && problem.value === undefined && (
        <p class="soft" role="status">Reading the list…</p>
      )}
      {all.value?.length === 0 && (
        <p class="soft">
          You have recorded nothing yet. In the menu of a game, <b>Record</b> begins a recording and
          {" "}
          <b>Clip the last 30 s</b> keeps what just happened.
        </p>
      )}
      <ul class="recording-list">
        {all.value?.map((recording) => (
          <li key={recording.recording_id}>
            <span class="two-lines">
              <b>{recording.title}</b>
              <span class="soft fine figures">{factsOf(recording, clock.epoch())}</span>
              {recording.ended && isCutShort(recording.ended.reason) && (
                <span class="recording-why fine">
                  <Mark status="attention" />
                  {endSentence(recording.ended.reason)}
                </span>
              )}
            </span>
            {!recording.ended && <span class="recorded-mark">Recording</span>}
            {recording.ended && removing.value !== recording.recording_id && (
              <span class="row-actions">
                <button
                  type="button"
                  class="button"
                  onClick={() => void (playing.value = recording)}
                >
                  Play <span class="unseen">{recording.title}</span>
                </button>
                <button
                  type="button"
                  class="button"
                  onClick={() => void (removing.value = recording.recording_id)}
                >
                  Remove <span class="unseen">{recording.title}</span>
                </button>
              </span>
            )}
            {removing.value === recording.recording_id && (
              <span class="row-actions">
                <button
                  type="button"
                  class="button danger"
                  onClick={() => void remove(recording)}
                >
                  Remove for ever
                </button>
                <button
                  type="button"
                  class="button"
                  onClick={() => void (removing.value = undefined)}
                >
                  Keep
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
