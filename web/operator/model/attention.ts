/**
 * The list of what an operator must look at: raised alerts, and troubles of the fleet for which no alert rule is
 * set. The worst comes first, then the one that has lasted longest. A sender or worker with several troubles is
 * listed once, with its worst.
 *
 * @module
 */
import type { Alert } from "../../../protocol/rest/settings.ts";
import type { Stream } from "../../../protocol/rest/streams.ts";
import type { FleetState } from "./fleet_state.ts";
import { isWantedEnd, pictureMissing, ruleTone, runningTime } from "./words.ts";

/** One row of the list of troubles. */
export interface Concern {
  readonly key: string;
  readonly tone: "lost" | "attention";
  /** Name of the sender or worker. */
  readonly subject: string;
  readonly sentence: string;
  /** When the trouble began, in the coordinator's milliseconds since 1970. */
  readonly since: number;
  readonly href: string;
}

/** A start that takes longer than this is listed, in milliseconds. */
const SLOW_START = 12_000;
/** A stream end that no user requested is listed for this long, in milliseconds. */
const RECENT = 3_600_000;

type FleetFacts = Pick<FleetState, "alerts" | "senders" | "streams" | "workers">;

/** The troubles at `now` (the coordinator's milliseconds since 1970), the worst first. */
export function concerns(known: FleetFacts, now: number): readonly Concern[] {
  const alerts = raisedAlerts(known.alerts);
  const covered = new Set(alerts.flatMap(({ stream_id, worker_id, sender_id }) => [
    ...(stream_id ? [stream_id] : []),
    ...(worker_id ? [worker_id] : []),
    ...(sender_id ? [sender_id] : []),
  ]));
  const found = [
    ...alerts.map(fromAlert),
    ...lostWorkers(known, covered),
    ...troubledStreams(known, covered, now),
    ...badEnds(known, covered, now),
  ];
  const worstFirst = found.sort((a, b) => rank(a) - rank(b) || a.since - b.since);
  return [...Map.groupBy(worstFirst, ({ href }) => href).values()].map(([worst]) => worst!);
}

/** The alerts that are raised and have not cleared. */
export function raisedAlerts(alerts: FleetFacts["alerts"]): readonly Alert[] {
  return [...alerts.values()].filter(({ state }) => state === "raised");
}

/** The page of an alert: that of its sender, stream or worker. */
export function alertHref({ sender_id, stream_id, worker_id }: Alert): string {
  if (sender_id) return `/operator/senders/${sender_id}`;
  if (stream_id) return `/operator/streams/${stream_id}`;
  return worker_id ? `/operator/workers/${worker_id}` : "/operator";
}

function fromAlert(alert: Alert): Concern {
  return {
    key: alert.alert_id,
    tone: ruleTone(alert.rule) === "lost" ? "lost" : "attention",
    subject: alert.subject,
    sentence: alert.message,
    since: alert.raised_at,
    href: alertHref(alert),
  };
}

function lostWorkers({ workers }: FleetFacts, covered: ReadonlySet<string>): Concern[] {
  return [...workers.values()]
    .filter(({ state, worker_id }) => state === "lost" && !covered.has(worker_id))
    .map(({ worker_id, name, last_seen_at }) => ({
      key: worker_id,
      tone: "lost",
      subject: name,
      sentence: "Not connected. Its rooms may still run.",
      since: last_seen_at,
      href: `/operator/workers/${worker_id}`,
    }));
}

function troubledStreams(
  { streams }: FleetFacts,
  covered: ReadonlySet<string>,
  now: number,
): Concern[] {
  return [...streams.values()].flatMap((stream) => {
    if (covered.has(stream.stream_id) || covered.has(stream.sender_id)) return [];
    const trouble = troubleOf(stream, now);
    if (!trouble) return [];
    return [{
      key: stream.stream_id,
      tone: "attention" as const,
      subject: stream.sender_name,
      ...trouble,
      href: `/operator/senders/${stream.sender_id}`,
    }];
  });
}

function troubleOf(stream: Stream, now: number): { sentence: string; since: number } | undefined {
  if (stream.state === "starting" && now - stream.asked_at > SLOW_START) {
    return {
      sentence: "The start was requested, and no picture has arrived yet.",
      since: stream.asked_at,
    };
  }
  if (stream.state !== "live") return undefined;
  if (pictureMissing(stream.figures, now) === undefined) return undefined;
  const { since } = runningTime(stream, now);
  return { sentence: "The stream is live but brings no picture.", since };
}

/** Streams that no user stopped and whose sender has not started another. */
function badEnds({ senders }: FleetFacts, covered: ReadonlySet<string>, now: number): Concern[] {
  return [...senders.values()].flatMap(({ sender_id, name, state, stream, last_end }) => {
    if (!last_end || stream || state !== "enrolled" || covered.has(sender_id)) return [];
    if (isWantedEnd(last_end.reason) || now - last_end.at > RECENT) return [];
    return [{
      key: last_end.stream_id,
      tone: "attention" as const,
      subject: name,
      sentence: `Its stream ended: ${last_end.message}`,
      since: last_end.at,
      href: `/operator/senders/${sender_id}`,
    }];
  });
}

function rank({ tone }: Concern): number {
  return tone === "lost" ? 0 : 1;
}
