/**
 * Plays a recording: the picture from the worker that has it, and beside it what a vehicle reported, in time.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Recording } from "../../protocol/recording/recording.ts";
import { RECORDING_FILES } from "../../protocol/recording/recording.ts";
import { Dialog } from "../shared/dialog.tsx";
import { formatBytes } from "../shared/format.ts";
import { Icon } from "../shared/icon.tsx";
import { readSamples, type ReplaySample } from "./replay.ts";
import { Replay } from "./replay_view.tsx";
import { endSentence, formatLength } from "./words.ts";

/** Gets the address of a recording, or a sentence that says why there is none. */
export type OpenRecording = (
  recording: Recording,
) => Promise<{ readonly url: string } | { readonly why: string }>;

interface PlayerProps {
  readonly recording: Recording;
  readonly open: OpenRecording;
  readonly close: () => void;
}

type State =
  | { readonly state: "opening" }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "open"; readonly url: string };

/** The dialog that plays one recording. */
export function RecordingPlayer({ recording, open, close }: PlayerProps) {
  const state = useSignal<State>({ state: "opening" });
  useEffect(() => {
    let isClosed = false;
    void open(recording).then((answer) => {
      if (isClosed) return;
      state.value = "url" in answer
        ? { state: "open", url: answer.url }
        : { state: "failed", why: answer.why };
    });
    return () => {
      isClosed = true;
    };
  }, []);
  const { value } = state;
  const { ended, title } = recording;
  const why = ended && endSentence(ended.reason);
  return (
    <Dialog title={title} wide close={close}>
      {value.state === "opening" && <p class="soft" role="status">Opening the recording…</p>}
      {value.state === "failed" && <p role="alert">{value.why}</p>}
      {value.state === "open" && <Opened recording={recording} url={value.url} />}
      {ended && (
        <p class="fine soft">
          {formatLength(ended.duration_ms)}, {formatBytes(ended.bytes)}.{why && ` ${why}`}
        </p>
      )}
    </Dialog>
  );
}

function Opened({ recording, url }: { recording: Recording; url: string }) {
  const video = `${url}/${RECORDING_FILES.video}`;
  const readings = `${url}/${RECORDING_FILES.telemetry}`;
  const at = useSignal(0);
  const problem = useSignal<string | undefined>(undefined);
  const samples = useSignal<readonly ReplaySample[]>([]);
  useEffect(() => {
    if (!recording.telemetry) return;
    void fetch(readings).then((answer) => answer.ok ? answer.text() : "")
      .then((text) => void (samples.value = readSamples(text)), () => {});
  }, [readings]);
  const isDrive = recording.telemetry === true;
  return (
    <div class="recording-player" data-drive={isDrive}>
      <video
        class="recording-video"
        src={video}
        controls
        autoplay
        playsInline
        crossOrigin="anonymous"
        onTimeUpdate={({ currentTarget }) => {
          at.value = currentTarget.currentTime * 1_000;
        }}
        onError={() => {
          problem.value = "The recording cannot be played: its worker cannot be reached from here.";
        }}
      />
      {isDrive && <Replay samples={samples.value} at={at.value} />}
      {problem.value && <p role="alert">{problem.value}</p>}
      <p class="recording-downloads">
        <a class="button" href={`${video}?download`} download>
          <Icon name="save" /> Download
        </a>
        {isDrive && (
          <a class="button" href={`${readings}?download`} download>
            <Icon name="save" /> Readings
          </a>
        )}
      </p>
    </div>
  );
}
