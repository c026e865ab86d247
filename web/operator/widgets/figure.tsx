/**
 * Figures that show their age once they are older than their period.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import { ageNote, isStale, STREAM_STALE } from "../model/freshness.ts";
import { formatFull, formatMoment, formatRunning, formatSpan } from "../model/format.ts";
import { useNow } from "../services.ts";

interface AgedProps {
  /** When it was measured, in the coordinator's milliseconds since 1970. */
  readonly at: number | undefined;
  /** How old it may be, in milliseconds. */
  readonly after: number;
  readonly children: ComponentChildren;
}

/** A figure measured at `at`, with its age once it is older than `after` milliseconds. */
export function AgedFigure({ at, after, children }: AgedProps) {
  const note = ageNote(at, { now: useNow(), after });
  if (note === undefined) return <span class="figures">{children}</span>;
  return (
    <span class="figures aged">
      {children} <span class="age">{note}</span>
    </span>
  );
}

/** A figure whose age is shown elsewhere in its row: it loses its colour once it is old. */
export function ListFigure(
  { at, tone, children }: { at: number; tone?: string | undefined; children: ComponentChildren },
) {
  const old = isStale(at, { now: useNow(), after: STREAM_STALE });
  return (
    <span class={old ? "figures aged" : "figures"} data-tone={old ? undefined : tone}>
      {children}
    </span>
  );
}

/** One figure below its name; `note` is below the figure. */
export function Fact(
  { name, children, note }: {
    name: string;
    children: ComponentChildren;
    note?: ComponentChildren;
  },
) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd class="figures">
        {children}
        {note && <span class="fact-note">{note}</span>}
      </dd>
    </div>
  );
}

/** A duration: `5:42`. */
export function Running({ since }: { since: number }) {
  return (
    <time class="figures" dateTime={iso(since)} title={`Since ${formatFull(since)}`}>
      {formatRunning(useNow() - since)}
    </time>
  );
}

/** The time since a moment: `3 min ago`. */
export function Ago({ at }: { at: number }) {
  return (
    <time class="figures" dateTime={iso(at)} title={formatFull(at)}>
      {formatSpan(useNow() - at)} ago
    </time>
  );
}

/** A moment: `12:03:05`. */
export function Moment({ at }: { at: number }) {
  return (
    <time class="figures" dateTime={iso(at)} title={formatFull(at)}>
      {formatMoment(at, useNow())}
    </time>
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
