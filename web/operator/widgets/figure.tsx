/**
 * Figures that show their age once they are older than their period.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Measured } from "../../../protocol/rest/measured.ts";
import { ageNote } from "../model/freshness.ts";
import { formatFull, formatMoment, formatRunning, formatSpan, plural } from "../model/format.ts";
import { useNow } from "../services.ts";
import { type Fetched, READ_STALE } from "./fetched.ts";

interface AgedProps<M extends Measured> {
  /** The measurement; a dash is shown without one. */
  readonly of: M | undefined;
  /** How old it may be, in milliseconds. */
  readonly after: number;
  /** The figure in words. */
  readonly show: (measured: M) => ComponentChildren;
  readonly tone?: string | undefined;
}

/** A figure of a measurement, with its age and without its colour once it is older than `after` milliseconds. */
export function AgedFigure<M extends Measured>({ of, after, show, tone }: AgedProps<M>) {
  const now = useNow();
  if (!of) return <span class="figures soft">–</span>;
  const note = ageNote(of.at, { now, after });
  if (note === undefined) return <span class="figures" data-tone={tone}>{show(of)}</span>;
  return (
    <span class="figures aged">
      {show(of)} <span class="age">{note}</span>
    </span>
  );
}

/** The age of what a page fetched, once reading it again has failed for a while: `45 s old`. */
export function ReadAge({ of }: { of: Fetched<unknown> }) {
  const now = useNow();
  const note = of.state === "ready" ? ageNote(of.at, { now, after: READ_STALE }) : undefined;
  return note === undefined ? null : <span class="age figures">{note}</span>;
}

/** How many people watch, and beside them the previews in dashboards, which are no people watching. */
export function Watching(
  { viewers, previews = 0 }: { viewers: number; previews?: number | undefined },
) {
  return (
    <span class="figures">
      {viewers}
      {previews > 0 && <span class="soft">{` + ${plural(previews, "preview")}`}</span>}
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
