/**
 * The jitter buffer of one voice: when each packet is played. Pure.
 *
 * A packet is played 20 ms after the one before it, and the first of a spurt after a delay. A packet that comes later than
 * that moves itself and those behind it, so the delay grows; each spurt that needed less begins with less.
 *
 * @module
 */
import { VOICE_PACKET_MS, VOICE_SEQUENCES } from "../../../protocol/room_media/voice.ts";

/** Delays in milliseconds: of the first spurt, and the bounds of all. */
export const DELAY = { first: 60, least: 40, most: 200 } as const;
/** Without a packet for this long a spurt is over, in milliseconds. */
export const SPURT_GAP = 200;
/** How much earlier than its time a packet is to be there, in milliseconds. */
const MARGIN = 10;
/** How far ahead a packet may be played, in milliseconds: more is another spurt. */
export const FARTHEST = 500;
/** Packets that are known to have come, for those that come twice. */
const REMEMBERED = 32;

/** Packets that follow each other. */
interface Spurt {
  /** When the packet `first` is played. */
  readonly base: number;
  readonly first: number;
  readonly newest: number;
  readonly arrivedAt: number;
  /** How long before its time the latest packet came, in milliseconds. */
  readonly slack: number;
  readonly known: readonly number[];
}

/** The buffer of one voice. */
export interface Playout {
  /** The delay of the next spurt, in milliseconds. */
  readonly delay: number;
  readonly spurt?: Spurt;
}

/** A buffer in which nothing waits. */
export const EMPTY_PLAYOUT: Playout = { delay: DELAY.first };

/** A buffer after a packet, and when that packet is played; `undefined`: not at all. Times in milliseconds. */
export interface Placed {
  readonly playout: Playout;
  readonly at: number | undefined;
}

/** Finds the time for a packet that arrives now. */
export function place(playout: Playout, sequence: number, now: number): Placed {
  const { spurt } = playout;
  if (!spurt || now - spurt.arrivedAt > SPURT_GAP) return begin(settled(playout), sequence, now);
  const at = spurt.base + distance(spurt.first, sequence) * VOICE_PACKET_MS;
  if (Math.abs(at - now) > FARTHEST) return begin(settled(playout), sequence, now);
  if (spurt.known.includes(sequence)) return { playout, at: undefined };
  const isNewest = distance(spurt.newest, sequence) > 0;
  if (at >= now) {
    return {
      playout: {
        ...playout,
        spurt: {
          ...spurt,
          newest: isNewest ? sequence : spurt.newest,
          arrivedAt: now,
          slack: Math.min(spurt.slack, at - now),
          known: remember(spurt.known, sequence),
        },
      },
      at,
    };
  }
  const delay = playout.delay + (now - at) + MARGIN;
  // One that others have overtaken would be played after them.
  if (!isNewest || delay > DELAY.most) return { playout, at: undefined };
  const moved = spurt.base + (now - at) + MARGIN;
  return place({ delay, spurt: { ...spurt, base: moved, slack: MARGIN } }, sequence, now);
}

function begin(delay: number, sequence: number, now: number): Placed {
  const base = now + delay;
  const spurt: Spurt = {
    base,
    first: sequence,
    newest: sequence,
    arrivedAt: now,
    slack: delay,
    known: [sequence],
  };
  return { playout: { delay, spurt }, at: base };
}

/** The delay for the next spurt: less by half of what the last one did not need. */
function settled({ delay, spurt }: Playout): number {
  if (!spurt) return delay;
  const spare = Math.max(0, spurt.slack - MARGIN);
  return Math.max(DELAY.least, delay - spare / 2);
}

/** How many packets `to` is after `from`; negative: before it. */
function distance(from: number, to: number): number {
  const half = VOICE_SEQUENCES / 2;
  return (to - from + VOICE_SEQUENCES + half) % VOICE_SEQUENCES - half;
}

function remember(known: readonly number[], sequence: number): readonly number[] {
  return [...known.slice(1 - REMEMBERED), sequence];
}
