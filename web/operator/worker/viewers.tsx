/**
 * The dialog with the viewers of a room: the latency that the page of each reported, with the age of the report.
 *
 * @module
 */
import { useSignal } from "@preact/signals";
import {
  VIEWER_FIGURES_PERIOD,
  type ViewerFigures,
} from "../../../protocol/legs/viewer_figures.ts";
import { api as contracts } from "../../../protocol/rest/api.ts";
import type { FleetRoom, RoomViewer } from "../../../protocol/rest/fleet.ts";
import { Dialog } from "../../shared/dialog.tsx";
import {
  formatBitrate,
  formatMillis,
  formatPercent,
  formatRate,
  latencyStatus,
} from "../../shared/format.ts";
import { Mark } from "../../shared/mark.tsx";
import { type StageName, STAGES } from "../../play/media/latency/stages.ts";
import { STAGE_NAMES } from "../../play/media/latency/words.ts";
import { ageNote } from "../model/freshness.ts";
import { useNow } from "../services.ts";
import { useFetched } from "../widgets/fetched.ts";
import { Fact, ReadAge } from "../widgets/figure.tsx";

/** A report that is older than this is shown with its age, in milliseconds. */
const STALE = 2.5 * VIEWER_FIGURES_PERIOD;

/** The button that shows the viewers of a room. */
export function ViewersButton({ room }: { room: Pick<FleetRoom, "room_id" | "title"> }) {
  const isOpen = useSignal(false);
  return (
    <>
      <button type="button" class="button" onClick={() => void (isOpen.value = true)}>
        Latency of the viewers
      </button>
      {isOpen.value && <ViewersDialog room={room} close={() => void (isOpen.value = false)} />}
    </>
  );
}

/** The viewers of a room. It reads them again every few seconds. */
export function ViewersDialog(
  { room, close }: { room: Pick<FleetRoom, "room_id" | "title">; close: () => void },
) {
  const { state } = useFetched(contracts.fleet.roomViewers, { params: { id: room.room_id } });
  return (
    <Dialog title={`Viewers of ${room.title}`} wide close={close}>
      <div class="stack" data-testid="viewers">
        {state.state === "loading" && <p class="soft" role="status">Reading the viewers…</p>}
        {state.state === "failed" && <p role="alert">{state.error.message}</p>}
        {state.state === "ready" && state.value.viewers.length === 0 && (
          <p class="soft">The coordinator knows no viewer of this room.</p>
        )}
        {state.state === "ready" &&
          state.value.viewers.map((viewer) => <Viewer key={viewer.session_id} viewer={viewer} />)}
        <ReadAge of={state} />
      </div>
    </Dialog>
  );
}

function Viewer({ viewer }: { viewer: RoomViewer }) {
  const { figures, connected } = viewer;
  const name = viewerName(viewer);
  const note = ageNote(figures?.at, { now: useNow(), after: STALE });
  return (
    <section class="viewer" aria-label={name}>
      <h3>
        {name} {!connected && <span class="soft fine">not connected</span>}
        {note && <span class="age figures">{note}</span>}
      </h3>
      {figures
        ? <Figures figures={figures} aged={note !== undefined} />
        : <p class="soft small">Not measured: its page has not reported figures yet.</p>}
    </section>
  );
}

function Figures({ figures, aged }: { figures: ViewerFigures; aged: boolean }) {
  const { age, stages, press_ms, rtt_ms, loss, freezes, frame_rate, bitrate, over_tcp } = figures;
  const { device_ms = 0, link_ms = 0 } = stages;
  const fine = (ms: number | undefined) =>
    ms === undefined ? "Not measured" : formatMillis(ms, { fine: true });
  return (
    <dl class="facts">
      <Fact name="Age of a picture" note={age && `95 % under ${formatMillis(age.p95_ms)}`}>
        {age
          ? (
            <span class="viewer-age">
              {!aged && <Mark status={latencyStatus(age.median_ms - device_ms - link_ms)} />}
              {formatMillis(age.median_ms)}
            </span>
          )
          : "Not measured"}
      </Fact>
      {stagesOf(figures).map((stage) => (
        <Fact key={stage} name={STAGE_NAMES[stage]}>{fine(stages[`${stage}_ms`])}</Fact>
      ))}
      <Fact name="From press to picture">{fine(press_ms)}</Fact>
      <Fact name="Round trip">{fine(rtt_ms)}</Fact>
      <Fact name="Lost packets">{loss === undefined ? "Not measured" : formatPercent(loss)}</Fact>
      <Fact name="Freezes">{freezes}</Fact>
      <Fact name="Pictures">
        {frame_rate === undefined ? "Not measured" : formatRate(frame_rate)}
      </Fact>
      <Fact name="Bitrate">
        {bitrate === undefined ? "Not measured" : formatBitrate(bitrate)}
      </Fact>
      <Fact name="Connection">{over_tcp ? "over TCP" : "over UDP"}</Fact>
    </dl>
  );
}

/** Those of the device where they were measured: most pictures are made by the worker. */
function stagesOf({ stages: { device_ms, link_ms } }: ViewerFigures): readonly StageName[] {
  const isOfDevice = device_ms !== undefined || link_ms !== undefined;
  return STAGES.filter((name) =>
    isOfDevice ? name !== "held_up" : name !== "device" && name !== "link"
  );
}

/** `P1`, `Watcher`, `Preview in a dashboard`. */
function viewerName({ seat, preview }: RoomViewer): string {
  if (seat !== undefined) return `P${seat + 1}`;
  return preview ? "Preview in a dashboard" : "Watcher";
}
