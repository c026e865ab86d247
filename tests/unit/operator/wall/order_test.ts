import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { Destination, Stream } from "../../../../protocol/rest/streams.ts";
import {
  beyondWords,
  CALM_AFTER,
  MOST_TILES,
  NO_ORDER,
  stepOrder,
  type Tile,
  tilesOf,
} from "../../../../web/operator/wall/order.ts";

const NOW = 1_800_000_000_000;

function live(
  name: string,
  { loss, pictureAgo, seenAgo = 0, ...more }: {
    loss?: number;
    pictureAgo?: number;
    seenAgo?: number;
  } & Partial<Stream> = {},
): Stream {
  const at = NOW - seenAgo;
  return {
    stream_id: `str_${name}` as Stream["stream_id"],
    sender_id: `snd_${name}` as Stream["sender_id"],
    sender_name: name,
    owner_id: "usr_ada" as Stream["owner_id"],
    state: "live",
    asked_at: NOW - 60_000,
    since: NOW - 50_000,
    source: { mode: "whip" },
    destinations: [],
    transport: "srt",
    ports: [],
    figures: {
      at,
      received: {
        ...{
          at,
          age_ms: seenAgo,
          bitrate_kbps: 2_000,
          viewers: 0,
          picture: pictureAgo === undefined,
        },
        ...(pictureAgo !== undefined && { last_picture_at: NOW - pictureAgo }),
        ...(loss !== undefined && { loss_rate: loss }),
      },
    },
    ...more,
  };
}

function wall(streams: readonly Stream[], more: { destinations?: Destination[] } = {}): Tile[] {
  return tilesOf({ streams, alerts: [], destinations: more.destinations }, NOW);
}

const names = (ids: readonly string[]) => ids.map((id) => id.replace("str_", "")).join(" ");
const ordered = (tiles: readonly Tile[]) =>
  names(stepOrder(NO_ORDER, tiles, { now: NOW, held: false }).ids);

Deno.test("[WAL1] no picture comes first, then what is not seen, heavy loss, a failed destination, some loss, a start", () => {
  const failing = {
    name: "YouTube",
    feeds: [{ stream_id: "str_fed", report: { at: NOW, age_ms: 0, state: "failed" } }],
  } as unknown as Destination;
  const tiles = wall([
    live("fine"),
    live("also"),
    live("new", { state: "starting", asked_at: NOW - 7_000 }),
    live("drops", { loss: 0.02 }),
    live("fed"),
    live("heavy", { loss: 0.2 }),
    live("gone", { seenAgo: 20_000 }),
    live("dark", { pictureAgo: 40_000 }),
    live("over", { state: "ended" }),
    live("ends", { state: "stopping" }),
  ], { destinations: [failing] });
  equal(ordered(tiles), "dark gone heavy fed drops new also fine");
  const words = Object.fromEntries(
    tiles.map(({ stream, trouble }) => [stream.sender_name, trouble?.words]),
  );
  deepEqual(words, {
    ...{
      fine: undefined,
      also: undefined,
      new: "for 7\u202fs",
      drops: "loses 2.0\u202f% of its packets",
    },
    ...{ fed: "nothing reaches YouTube", heavy: "loses 20\u202f% of its packets" },
    ...{ gone: "for 20\u202fs", dark: "for 40\u202fs" },
  });
});

Deno.test("[WAL2] a stream that gets worse moves at once, and one that recovers moves back after ten seconds", () => {
  const fine = wall([live("a"), live("b")]);
  const bad = wall([live("a"), live("b", { pictureAgo: 9_000 })]);
  const step = (before: typeof NO_ORDER, tiles: Tile[], now: number) =>
    stepOrder(before, tiles, { now, held: false });
  let order = step(NO_ORDER, fine, NOW);
  equal(names(order.ids), "a b");
  order = step(order, bad, NOW + 1_000);
  equal(names(order.ids), "b a");
  order = step(order, fine, NOW + CALM_AFTER);
  equal(names(order.ids), "b a");
  order = step(order, fine, NOW + 1_000 + CALM_AFTER);
  equal(names(order.ids), "a b");
});

Deno.test("[WAL2] while somebody is about to press a picture all keep their places, and new ones come behind them", () => {
  const order = stepOrder(NO_ORDER, wall([live("b"), live("c"), live("d")]), {
    now: NOW,
    held: false,
  });
  const later = wall([live("a"), live("b"), live("d", { pictureAgo: 9_000 })]);
  const held = stepOrder(order, later, { now: NOW + 1, held: true });
  equal(names(held.ids), "b d a");
  equal(names(stepOrder(held, later, { now: NOW + 2, held: false }).ids), "d a b");
});

Deno.test("[WAL1] each running stream has exactly one place, whatever happened before", () => {
  const step = fc.record({
    streams: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 5 }),
    loss: fc.constantFrom(0, 0.02, 0.3),
    held: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let order = NO_ORDER;
    steps.forEach(({ streams, loss, held }, n) => {
      const tiles = wall(streams.map((name) => live(name, { loss })));
      order = stepOrder(order, tiles, { now: NOW + n * 3_000, held });
      deepEqual([...order.ids].sort(), streams.map((name) => `str_${name}`).sort());
    });
  }));
});

Deno.test("[WAL1] a sentence says how many streams have no tile", () => {
  equal(beyondWords(MOST_TILES), undefined);
  const first = "The wall shows 16 pictures, those that need attention first.";
  equal(beyondWords(MOST_TILES + 1), `${first} 1 stream more is in the`);
  equal(beyondWords(MOST_TILES + 5), `${first} 5 streams more are in the`);
});
