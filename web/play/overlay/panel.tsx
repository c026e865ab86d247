/**
 * The live panel: a sentence on the last minute, the report to copy, the latency, the link.
 *
 * @module
 */
import {
  formatBitrate,
  formatMillis,
  formatPercent,
  formatRate,
  latencyStatus,
} from "../../shared/format.ts";
import { Icon } from "../../shared/icon.tsx";
import { Mark } from "../../shared/mark.tsx";
import { Sparkline } from "../../shared/sparkline.tsx";
import { relaySentence } from "../media/relay_faults.ts";
import { HISTORY, type Sample } from "../media/stats.ts";
import { type Verdict, verdict } from "../media/verdict.ts";
import { useServices } from "../services.ts";
import { CopyReport } from "./copy_report.tsx";
import { LatencySection } from "./latency.tsx";
import { figuresNote } from "../words/figures_note.ts";

/** The panel of live figures. */
export function Panel({ close }: { close: () => void }) {
  const { game, connection, relayFault } = useServices();
  const note = figuresNote(game.state.value, { paused: game.room.value?.paused ?? false });
  const history = note === undefined ? game.figures.history.value : [];
  const newest = history.at(-1);
  const worker = note === undefined ? game.figures.readings.value : {};
  const overTcp = game.canvas.value !== undefined;
  const said: Verdict = note === undefined
    ? verdict(history, worker)
    : { status: "off", text: `${note}. There are no live figures now.` };
  return (
    <aside class="panel" aria-label="Live figures">
      <div class="panel-head">
        <h2>Live figures</h2>
        <button type="button" class="button plain square" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <p class="panel-verdict small">
        <Mark status={said.status} />
        <span>{said.text}</span>
      </p>
      {overTcp && relayFault.value && <p class="fine">{relaySentence(relayFault.value)}</p>}
      <CopyReport />
      <LatencySection history={history} />
      <section class="panel-history" aria-label="The last minute">
        <Row
          name="Round trip"
          value={formatMillis(newest?.rtt)}
          values={history.map((each) => each.rtt)}
          top={40}
          status={latencyStatus(newest?.rtt)}
        />
        <Row
          name="Pictures"
          value={formatRate(newest?.frameRate)}
          values={history.map((each) => each.frameRate)}
          top={60}
        />
        <Row
          name="Bitrate"
          value={formatBitrate(newest?.bitrate)}
          values={history.map((each) => each.bitrate)}
          top={1e6}
        />
        <Row
          name="Lost packets"
          value={formatPercent(newest?.loss)}
          values={history.map((each) => each.loss)}
          top={0.05}
        />
      </section>
      <dl class="panel-facts fine figures">
        <Fact name="Connection" value={overTcp ? "over TCP" : "over UDP"} />
        {overTcp && (
          <Fact
            name="Wait on the way"
            value={formatMillis(newest?.jitterBuffer, { fine: true })}
          />
        )}
        <Fact name="Bitrate wanted" value={formatBitrate(worker.bitrate_target)} />
        <Fact name="Codec" value={codecOf(newest)} />
        <Fact
          name="Resolution"
          value={newest?.width ? `${newest.width} × ${newest.height}` : "–"}
        />
        <Fact
          name="Freezes"
          value={String(history.reduce((sum, { freezes }) => sum + freezes, 0))}
        />
        <Fact name="Worker" value={connection.ready.value?.worker.name ?? "–"} />
      </dl>
    </aside>
  );
}

interface RowProps {
  readonly name: string;
  readonly value: string;
  readonly values: readonly (number | undefined)[];
  readonly top: number;
  readonly status?: ReturnType<typeof latencyStatus>;
}

function Row({ name, value, values, top, status }: RowProps) {
  return (
    <div class="panel-row">
      <span class="small">{name}</span>
      <Sparkline
        values={values}
        room={HISTORY}
        top={top}
        label={`${name}, the last minute`}
      />
      <span class="small figures panel-value">
        {status && <Mark status={status} />}
        {value}
      </span>
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function codecOf(sample: Sample | undefined): string {
  if (!sample?.codec) return "–";
  if (sample.codec === "H264") return "H.264";
  return hasH264() ? sample.codec : `${sample.codec} (no H.264 here)`;
}

/** Whether this browser decodes H.264. Some builds of Chromium do not; the worker sends them VP8. */
function hasH264(): boolean {
  const { codecs = [] } = RTCRtpReceiver.getCapabilities("video") ?? {};
  return codecs.some(({ mimeType }) => mimeType === "video/H264");
}
