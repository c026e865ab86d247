import { deepEqual, equal, ok } from "node:assert/strict";
import { VOICE_PACKET_MS, VOICE_SEQUENCES } from "../../../../protocol/room_media/voice.ts";
import {
  DELAY,
  EMPTY_PLAYOUT,
  FARTHEST,
  place,
  type Playout,
  SPURT_GAP,
} from "../../../../web/play/voice/playout.ts";
import { SeededRandom } from "../../../fakes/random.ts";

interface Arrival {
  readonly sequence: number;
  readonly sentAt: number;
  readonly at: number;
}

/** Plays arrivals in the order that they come, and returns when each is played. */
function play(arrivals: readonly Arrival[], from: Playout = EMPTY_PLAYOUT) {
  let playout = from;
  const played: (Arrival & { readonly playedAt: number | undefined })[] = [];
  for (const arrival of arrivals.toSorted((a, b) => a.at - b.at)) {
    const placed = place(playout, arrival.sequence, arrival.at);
    playout = placed.playout;
    played.push({ ...arrival, playedAt: placed.at });
  }
  return { played, playout };
}

/** `count` packets of one talk, each delayed by `way`, or lost where that is `undefined`. */
function talk(
  count: number,
  way: (n: number) => number | undefined,
  { first = 0, start = 1_000 } = {},
): Arrival[] {
  return Array.from({ length: count }, (_, n) => {
    const sentAt = start + n * VOICE_PACKET_MS;
    const delay = way(n);
    const sequence = (first + n) % VOICE_SEQUENCES;
    return delay === undefined ? [] : [{ sequence, sentAt, at: sentAt + delay }];
  }).flat();
}

Deno.test("[VOI2] packets are played 20 ms apart, the first 60 ms after it came", () => {
  const { played } = play(talk(100, (n) => 10 + n % 3 * 5));
  const first = played[0]!;
  equal(first.playedAt, first.at + DELAY.first);
  for (const [n, { playedAt }] of played.entries()) {
    equal(playedAt, first.playedAt! + n * VOICE_PACKET_MS);
  }
});

Deno.test("[VOI2] of a way that varies by 60 ms nearly all is played, at most 200 ms late", () => {
  const random = new SeededRandom(7);
  let playout = EMPTY_PLAYOUT;
  let played: ReturnType<typeof play>["played"] = [];
  for (let spurt = 0; spurt < 10; spurt++) {
    const packets = talk(100, () => 20 + random.unit() * 60, {
      first: spurt * 100,
      start: 1_000 + spurt * 5_000,
    });
    const result = play(packets, playout);
    playout = result.playout;
    played = [...played, ...result.played];
  }
  const lost = played.filter(({ playedAt }) => playedAt === undefined).length;
  ok(lost / played.length < 0.02, `${lost} of ${played.length} are not played`);
  for (const { at, playedAt } of played) {
    if (playedAt !== undefined) ok(playedAt >= at && playedAt - at <= DELAY.most + 60);
  }
});

Deno.test("[VOI2] on a way that does not vary the delay falls to 40 ms within some spurts", () => {
  let playout = EMPTY_PLAYOUT;
  for (let spurt = 0; spurt < 6; spurt++) {
    playout = play(talk(20, () => 5, { first: spurt * 20, start: spurt * 2_000 }), playout).playout;
  }
  const { played } = play(talk(5, () => 5, { first: 120, start: 20_000 }), playout);
  equal(played[0]!.playedAt! - played[0]!.at, DELAY.least);
});

Deno.test("[VOI2] what is lost leaves its gap, and nothing behind it comes later", () => {
  const { played } = play(talk(50, (n) => n % 5 === 0 && n > 0 ? undefined : 10));
  const base = played[0]!.playedAt!;
  for (const { sequence, playedAt } of played) {
    equal(playedAt, base + sequence * VOICE_PACKET_MS);
  }
});

Deno.test("[VOI3] what comes twice, or after what followed it was due, is not played", () => {
  const { playout, played } = play(talk(3, () => 10));
  const newest = played.at(-1)!;
  equal(place(playout, 2, newest.at + 1).at, undefined);
  const late = play(talk(10, (n) => n === 4 ? 95 : 10));
  const fourth = late.played.find(({ sequence }) => sequence === 4)!;
  equal(fourth.playedAt, undefined);
});

Deno.test("[VOI3] numbers begin anew after 65535", () => {
  const { played } = play(talk(40, () => 10, { first: VOICE_SEQUENCES - 20 }));
  const base = played[0]!.playedAt!;
  deepEqual(played.map(({ playedAt }) => playedAt! - base), played.map((_, n) => n * 20));
});

Deno.test("[VOI3] no number moves a packet farther than half a second ahead", () => {
  const random = new SeededRandom(3);
  let playout = EMPTY_PLAYOUT;
  for (let now = 0; now < 60_000; now += 5) {
    const sequence = Math.floor(random.unit() * VOICE_SEQUENCES);
    const placed = place(playout, sequence, now);
    playout = placed.playout;
    if (placed.at === undefined) continue;
    ok(placed.at >= now && placed.at - now <= FARTHEST);
    ok(playout.spurt!.known.length <= 32);
  }
});

Deno.test("[VOI3] after a pause of the talk the next packet begins a spurt", () => {
  const { playout } = play(talk(10, () => 10));
  const later = playout.spurt!.arrivedAt + SPURT_GAP + 1;
  const { at } = place(playout, 10, later);
  ok(at! - later <= DELAY.first && at! - later >= DELAY.least);
});
