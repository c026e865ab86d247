/**
 * All recordings of the fleet: play, download, remove. They are on the disks of the workers, or still on a device.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { FleetRecording } from "../../../protocol/recording/rest.ts";
import { type OpenRecording, RecordingPlayer } from "../../recordings/player.tsx";
import { endSentence, formatLength, isCutShort, kindWord } from "../../recordings/words.ts";
import { formatBytes } from "../../shared/format.ts";
import { formatCount } from "../model/format.ts";
import { useAsk, useReadOnly, useServices } from "../services.ts";
import { WORKER_COLUMN } from "../table/worker_column.tsx";
import { SearchedTable } from "../table/searched_table.tsx";
import type { Column } from "../table/table.tsx";
import { ReadOnly } from "../widgets/ask_button.tsx";
import { Confirm } from "../widgets/confirm.tsx";
import { useFetched } from "../widgets/fetched.ts";
import { Moment, ReadAge } from "../widgets/figure.tsx";
import { Empty, Failure, Loading, Page } from "../widgets/page.tsx";
import { State } from "../widgets/tone.tsx";
import { recordingWording, whyNotHere } from "./recording_words.ts";

type OpenDialog =
  | { readonly state: "play"; readonly recording: FleetRecording }
  | { readonly state: "remove"; readonly recording: FleetRecording };

/** The page of recordings. */
export function RecordingsPage() {
  const { api } = useServices();
  const { state, reload } = useFetched(contracts.recordings.list, {});
  const readOnly = useReadOnly();
  const dialog = useSignal<OpenDialog | undefined>(undefined);
  const close = () => void (dialog.value = undefined);
  const all = state.state === "ready" ? state.value.items : [];
  const open: OpenRecording = async ({ recording_id: id }) => {
    const answer = await api.call(contracts.recordings.open, { params: { id } });
    return answer.ok ? answer.value : { why: answer.error.message };
  };
  return (
    <>
      <nav class="trail" aria-label="Where you are">
        <a href="/operator/rooms">Rooms</a>
      </nav>
      <Page
        title="Recordings"
        count={all.length > 0 ? formatCount(all.length) : undefined}
        state={<ReadAge of={state} />}
      >
        <ReadOnly why={readOnly} />
        {state.state === "loading" && <Loading what="recordings" rows={4} />}
        {state.state === "failed" && (
          <Failure
            what="Cannot show recordings"
            error={state.error}
            retry={() => void reload()}
          />
        )}
        {state.state === "ready" && all.length === 0 && (
          <Empty icon="film" title="Nothing is recorded yet">
            <p class="soft">
              A room is recorded from the list of rooms, from the page of its stream, or by a player
              in it.
            </p>
            <a class="button" href="/operator/rooms">Rooms</a>
          </Empty>
        )}
        {all.length > 0 && (
          <SearchedTable
            label="Recordings"
            placeholder="Search recordings"
            narrow="buttons_below"
            all={all}
            columns={columns({ readOnly, open: (next) => void (dialog.value = next) })}
            rowKey={({ recording_id }) => recording_id}
            words={({ title, worker_id = "", room_id }) => [title, worker_id, room_id]}
          />
        )}
        {dialog.value?.state === "play" && (
          <RecordingPlayer recording={dialog.value.recording} open={open} close={close} />
        )}
        {dialog.value?.state === "remove" && (
          <RemoveDialog
            recording={dialog.value.recording}
            done={() => void reload()}
            close={close}
          />
        )}
      </Page>
    </>
  );
}

function columns({ readOnly, open }: {
  readonly readOnly: string | undefined;
  readonly open: (next: OpenDialog) => void;
}): readonly Column<FleetRecording>[] {
  return [
    {
      key: "title",
      head: "Recording",
      wide: true,
      phone: "name",
      value: ({ title }) => title,
      cell: (recording) => (
        <span class="two-lines">
          <b>{recording.title}</b>
          <span class="soft fine">{kindWord(recording)}</span>
        </span>
      ),
    },
    {
      key: "state",
      head: "State",
      phone: "state",
      value: (recording) => recordingWording(recording).word,
      cell: (recording) => <RecordingState recording={recording} />,
    },
    {
      key: "length",
      head: "Length",
      align: "end",
      downFirst: true,
      value: (recording) => measured(recording)?.duration_ms ?? 0,
      cell: (recording) => {
        const found = measured(recording);
        return <span class="figures">{found ? formatLength(found.duration_ms) : "–"}</span>;
      },
    },
    {
      key: "size",
      head: "Size",
      align: "end",
      rank: 2,
      phone: "none",
      downFirst: true,
      value: (recording) => measured(recording)?.bytes ?? 0,
      cell: (recording) => {
        const found = measured(recording);
        return <span class="figures">{found ? formatBytes(found.bytes) : "–"}</span>;
      },
    },
    WORKER_COLUMN,
    {
      key: "since",
      head: "Begun",
      align: "end",
      downFirst: true,
      value: ({ started_at }) => started_at,
      cell: ({ started_at }) => <Moment at={started_at} />,
    },
    {
      key: "actions",
      head: "Actions",
      headUnseen: true,
      cell: (recording) => (
        <span class="row-actions">
          <RowButton
            word="Play"
            title={recording.title}
            blocked={whyNotHere(recording)}
            press={() => open({ state: "play", recording })}
          />
          <RowButton
            word="Remove"
            title={recording.title}
            blocked={readOnly ?? whyNotHere(recording)}
            press={() => open({ state: "remove", recording })}
          />
        </span>
      ),
    },
  ];
}

/** Length and size, as far as they are known. */
function measured({ ended, on_device }: FleetRecording) {
  return ended ?? on_device;
}

function RecordingState({ recording }: { recording: FleetRecording }) {
  const { ended } = recording;
  const state = <State {...recordingWording(recording)} />;
  if (!ended || !isCutShort(ended.reason)) return state;
  return <span title={endSentence(ended.reason)}>{state}</span>;
}

function RowButton({ word, title, blocked, press }: {
  readonly word: string;
  readonly title: string;
  readonly blocked: string | undefined;
  readonly press: () => void;
}) {
  return (
    <button
      type="button"
      class="button"
      aria-disabled={blocked !== undefined}
      title={blocked}
      onClick={() => blocked === undefined && press()}
    >
      {word} <span class="unseen">{title}</span>
    </button>
  );
}

function RemoveDialog(
  { recording, done, close }: {
    readonly recording: FleetRecording;
    readonly done: () => void;
    readonly close: () => void;
  },
) {
  const { api } = useServices();
  const { recording_id, title } = recording;
  const ask = useAsk(`remove:${recording_id}`);
  useEffect(() => ask.clear(), []);
  const remove = async () => {
    const params = { id: recording_id };
    if (!await ask.run(() => api.call(contracts.recordings.remove, { params }))) return;
    done();
    close();
  };
  return (
    <Confirm
      title={`Remove the recording of ${title}?`}
      action="Remove recording"
      doing="Removing"
      ask={ask}
      confirm={() => void remove()}
      close={close}
    >
      <ul class="losses">
        <li>It is deleted from the disk of its worker, and cannot be restored.</li>
      </ul>
    </Confirm>
  );
}
