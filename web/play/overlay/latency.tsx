/**
 * The latency in the live panel: the age of pictures, its stages, the last minute as a graph, and the way from a press.
 *
 * @module
 */
import { formatMillis, latencyStatus } from "../../shared/format.ts";
import { Mark } from "../../shared/mark.tsx";
import { sparkPath } from "../../shared/sparkline.tsx";
import { minuteOf, spreadOf } from "../media/latency/minute.ts";
import {
  beforeWorker,
  type Figure,
  type Latency,
  msOf,
  pressToPicture,
  STAGES,
} from "../media/latency/stages.ts";
import { figureText, figureTexts, STAGE_NAMES } from "../media/latency/words.ts";
import { HISTORY, type Sample } from "../media/stats.ts";

/** The top of the graph while every picture is younger, in milliseconds. */
const TOP = 40;

/** The latency of the newest second and of the last minute; nothing before a first second. */
export function LatencySection({ history }: { history: readonly Sample[] }) {
  const latency = history.at(-1)?.latency;
  if (!latency) return null;
  const { age, stages, names, rest } = latency;
  return (
    <>
      <section aria-label="Age of a picture" data-testid="latency">
        <Total name="Age of a picture" figure={age} before={beforeWorker(latency)} />
        <Graph history={history} />
        <Way latency={latency} />
        <Lines
          under={age}
          lines={[
            ...names.map((name) => [STAGE_NAMES[name], stages[name]] as const),
            ...(rest === undefined ? [] : [["Not explained", { ms: rest }] as const]),
          ]}
        />
      </section>
      <PressSection latency={latency} />
    </>
  );
}

function PressSection({ latency }: { latency: Latency }) {
  const { press, age } = latency;
  const ms = pressToPicture(latency);
  const parts = [press.up, press.frame, press.capture, age];
  const missing = parts.find((part) => "why" in part) ?? { why: "" };
  const total = ms === undefined ? missing : { ms };
  return (
    <section aria-label="From press to picture">
      <Total name="From press to picture" figure={total} />
      <Lines
        under={total}
        lines={[
          ["To the worker", press.up],
          ["Wait for the next frame", press.frame],
          ["Make the picture", press.capture],
          ["Age of the picture", age],
        ]}
      />
    </section>
  );
}

/** `before`: what is not judged of it, because it is a setting of the stream. */
function Total(
  { name, figure, before = 0 }: { name: string; figure: Figure; before?: number },
) {
  const ms = msOf(figure);
  return (
    <p class="panel-total figures">
      <span>{name}</span>
      {ms === undefined ? <span class="fine soft">{figureText(figure)}</span> : (
        <strong>
          <Mark status={latencyStatus(ms - before)} /> {formatMillis(ms)}
        </strong>
      )}
    </p>
  );
}

/** The parts of the figure above them. */
function Lines(
  { under, lines }: { under: Figure; lines: readonly (readonly [name: string, figure: Figure])[] },
) {
  const [, ...texts] = figureTexts([under, ...lines.map(([, figure]) => figure)]);
  return (
    <ul class="way-list fine figures">
      {lines.map(([name], i) => (
        <li key={name}>
          <span>{name}</span>
          <span class="way-figure">{texts[i]}</span>
        </li>
      ))}
    </ul>
  );
}

/** The stages of the newest second; the width of each is its time. */
function Way({ latency: { stages, rest = 0 } }: { latency: Latency }) {
  const parts = STAGES.map((name) => ({ name, ms: msOf(stages[name]) ?? 0 }));
  const whole = parts.reduce((sum, { ms }) => sum + ms, rest);
  if (whole <= 0) return null;
  return (
    <div class="way" aria-hidden="true">
      {parts.filter(({ ms }) => ms > 0).map(({ name, ms }) => (
        <span class="way-part" style={{ flexGrow: String(ms / whole) }} key={name} />
      ))}
      {rest > 0 && <span class="way-rest" style={{ flexGrow: String(rest / whole) }} />}
    </div>
  );
}

/** A minute of ages: the median of each second, and above it the age under which 95 % of its pictures were. */
function Graph({ history }: { history: readonly Sample[] }) {
  const spreads = history.map(({ latency }) => spreadOf(latency?.ages ?? []));
  const minute = minuteOf(history).ages;
  if (!minute) return null;
  const top = Math.max(TOP, ...spreads.map((spread) => spread?.p95 ?? 0));
  const line = (pick: "median" | "p95") =>
    sparkPath(spreads.map((spread) => spread?.[pick]), { room: HISTORY, top });
  const text = `least ${formatMillis(minute.least)}, median ${
    formatMillis(minute.median)
  }, 95 % under ${formatMillis(minute.p95)}`;
  return (
    <figure class="latency-graph">
      <svg
        viewBox="0 0 100 24"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Age of pictures in the last minute: ${text}`}
      >
        <path class="latency-p95" d={line("p95")} />
        <path d={line("median")} />
      </svg>
      <span class="latency-top fine figures" aria-hidden="true">{formatMillis(top)}</span>
      <figcaption class="fine figures" aria-hidden="true">Last minute: {text}</figcaption>
    </figure>
  );
}
