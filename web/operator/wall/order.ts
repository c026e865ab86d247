/**
 * The order of the wall: the streams that need attention come first, the worst first, then the others by name. A
 * stream that gets worse moves forward at once; one that has recovered moves back later, so that pictures do not jump.
 * Pure: time is an argument.
 *
 * @module
 */
import type { StreamId } from "../../../protocol/ids.ts";
import type { Alert } from "../../../protocol/rest/settings.ts";
import type { Destination, Stream } from "../../../protocol/rest/streams.ts";
import { formatPercent } from "../../shared/format.ts";
import { formatSpan, plural } from "../model/format.ts";
import { FEED_STALE, isStale, STREAM_STALE } from "../model/freshness.ts";
import { lossOf, lossTone, pictureMissing, UNSEEN } from "../model/words.ts";

/** Most pictures on one page: each is a connection and a decoder of the browser. */
export const MOST_TILES = 16;
/** How long a stream that has recovered keeps its place, in milliseconds. */
export const CALM_AFTER = 10_000;

/** A reason to look at a stream. */
export interface Trouble {
  readonly tone: "lost" | "attention";
  /** What follows the state of the stream: `for 40 s`, `loses 6 % of its packets`. */
  readonly words: string;
  /** Lower is worse. */
  readonly rank: number;
}

/** One stream of the wall. */
export interface Tile {
  readonly stream: Stream;
  readonly trouble: Trouble | undefined;
}

/** The facts that the wall is made of. */
export interface WallFacts {
  readonly streams: Iterable<Stream>;
  readonly alerts: Iterable<Alert>;
  /** Absent before they were read. */
  readonly destinations: readonly Destination[] | undefined;
}

/** The order of the streams, and how bad each was of late. */
export interface WallOrder {
  readonly ids: readonly StreamId[];
  readonly ranks: ReadonlyMap<StreamId, { readonly rank: number; readonly at: number }>;
}

/** The wall before its first streams. */
export const NO_ORDER: WallOrder = { ids: [], ranks: new Map() };

const RANKS = { picture: 0, unseen: 1, loss: 2, destination: 3, alert: 4, lossy: 5, starting: 6 };
const FINE = 9;

/** The running streams at `now` (the coordinator's milliseconds since 1970), in no order. */
export function tilesOf({ streams, alerts, destinations }: WallFacts, now: number): Tile[] {
  const raised = [...alerts].filter(({ state }) => state === "raised");
  return [...streams]
    .filter(({ state }) => state === "live" || state === "starting")
    .map((stream) => ({ stream, trouble: troubleOf(stream, { raised, destinations, now }) }));
}

/** The order after these streams. `held`: somebody is about to press one, so those that are there keep their places. */
export function stepOrder(
  before: WallOrder,
  tiles: readonly Tile[],
  { now, held }: { readonly now: number; readonly held: boolean },
): WallOrder {
  const ranks = new Map(tiles.map(({ stream: { stream_id }, trouble }) => {
    const rank = trouble?.rank ?? FINE;
    const known = before.ranks.get(stream_id);
    const isKept = known !== undefined && known.rank < rank && now - known.at < CALM_AFTER;
    return [stream_id, isKept ? known : { rank, at: now }];
  }));
  const sorted = tiles.toSorted((a, b) =>
    ranks.get(a.stream.stream_id)!.rank - ranks.get(b.stream.stream_id)!.rank ||
    a.stream.sender_name.localeCompare(b.stream.sender_name) ||
    a.stream.stream_id.localeCompare(b.stream.stream_id)
  ).map(({ stream }) => stream.stream_id);
  if (!held) return { ids: sorted, ranks };
  const kept = before.ids.filter((id) => ranks.has(id));
  return { ids: [...kept, ...sorted.filter((id) => !kept.includes(id))], ranks };
}

/** The words on the streams that have no tile; `undefined` when all have one. They end before "list of streams". */
export function beyondWords(streams: number): string | undefined {
  const more = streams - MOST_TILES;
  if (more <= 0) return undefined;
  return `The wall shows ${MOST_TILES} pictures, those that need attention first. ` +
    `${plural(more, "stream")} more ${more === 1 ? "is" : "are"} in the`;
}

interface Around {
  readonly raised: readonly Alert[];
  readonly destinations: readonly Destination[] | undefined;
  readonly now: number;
}

/** The worst trouble of a stream. */
function troubleOf(stream: Stream, { raised, destinations, now }: Around): Trouble | undefined {
  const { figures, stream_id, asked_at } = stream;
  const attention = (words: string, rank: number) => ({ tone: "attention", words, rank }) as const;
  if (stream.state === "starting") {
    return attention(`for ${formatSpan(now - asked_at)}`, RANKS.starting);
  }
  if (figures && isStale(figures.at, { now, after: UNSEEN })) {
    return attention(`for ${formatSpan(now - figures.at)}`, RANKS.unseen);
  }
  const missing = pictureMissing(figures, now);
  if (missing !== undefined) return attention(`for ${formatSpan(missing)}`, RANKS.picture);
  const loss = figures && lossOf(figures);
  const tone = loss && !isStale(loss.at, { now, after: STREAM_STALE })
    ? lossTone(loss.rate)
    : undefined;
  const loses = loss && `loses ${formatPercent(loss.rate)} of its packets`;
  if (tone === "lost") return { tone, words: loses!, rank: RANKS.loss };
  const failing = destinations?.find(({ feeds }) =>
    feeds.some(({ stream_id: fed, report }) =>
      fed === stream_id && report?.state === "failed" &&
      !isStale(report.at, { now, after: FEED_STALE })
    )
  );
  if (failing) {
    const words = `nothing reaches ${failing.name}`;
    return { tone: "lost", words, rank: RANKS.destination };
  }
  const alert = raised.find((each) =>
    each.stream_id === stream_id || each.sender_id === stream.sender_id
  );
  if (alert) return attention(alert.message, RANKS.alert);
  return tone === "attention" ? attention(loses!, RANKS.lossy) : undefined;
}
