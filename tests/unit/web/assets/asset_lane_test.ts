import { deepEqual, equal } from "node:assert/strict";
import type { EpochMillis } from "../../../../protocol/clock.ts";
import { AssetExchange } from "../../../../protocol/room_assets/exchange.ts";
import { AssetLane } from "../../../../web/play/assets/asset_lane.ts";
import { assetSentence, fileName } from "../../../../web/play/assets/words.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { content, sha256 } from "../../../support/room/asset_pair.ts";

/** A page whose room answers at once. */
function setup() {
  const clock = new FakeClock();
  const room: AssetExchange = new AssetExchange({
    clock,
    waiting: () => 0,
    send: (bytes) => {
      lane.receive(bytes);
      return true;
    },
    sha256,
    delivery: () => {},
  });
  const lane: AssetLane = new AssetLane({
    clock,
    waiting: () => 0,
    send: (bytes) => {
      room.receive(bytes);
      return true;
    },
  });
  return { clock, room, lane };
}

Deno.test("[AST7] a page fetches what it waits for, and nothing that it does not", async () => {
  const { clock, room, lane } = setup();
  const bytes = content(600);
  await room.deliver({ bytes: content(9), type: "image/jpeg" });
  const delivered = lane.delivered("image/jpeg", new AbortController().signal);
  await room.deliver({ bytes: content(9), type: "image/png" });
  await room.deliver({ bytes, type: "image/jpeg" });
  // The page's own hash takes turns of the runtime, not of this clock.
  deepEqual(await delivered, { bytes, type: "image/jpeg" });
  for (const end of [room, lane]) end[Symbol.dispose]();
  equal(clock.pending, 0);
});

Deno.test("[AST7] a delivery that does not come within 10 s is lost", async () => {
  const { clock, lane } = setup();
  const delivered = lane.delivered("image/jpeg", new AbortController().signal);
  await clock.run(10_000);
  deepEqual(await delivered, { failure: "lost" });
});

Deno.test("[AST7] a request that was refused takes no later delivery", async () => {
  const { room, lane } = setup();
  const refused = new AbortController();
  const first = lane.delivered("image/jpeg", refused.signal);
  refused.abort();
  deepEqual(await first, { failure: "lost" });
  const second = lane.delivered("image/jpeg", new AbortController().signal);
  const bytes = content(600);
  await room.deliver({ bytes, type: "image/jpeg" });
  deepEqual(await second, { bytes, type: "image/jpeg" });
  for (const end of [room, lane]) end[Symbol.dispose]();
});

Deno.test("[AST7] a connection that ends loses what comes over it", async () => {
  const { room, lane } = setup();
  const delivered = lane.delivered("image/jpeg", new AbortController().signal);
  lane[Symbol.dispose]();
  await room.deliver({ bytes: content(9), type: "image/jpeg" });
  room[Symbol.dispose]();
  deepEqual(await Promise.race([delivered, Promise.resolve("waits")]), "waits");
});

Deno.test("a file has a name that every system takes, and a failure a sentence", () => {
  const at = Date.UTC(2026, 0, 2, 3, 4, 5) as EpochMillis;
  equal(fileName('Duel: "II" /x\\', { at, ending: "jpg" }), "Duel II x 2026-01-02 03-04-05.jpg");
  equal(fileName("???", { at, ending: "jpg" }), "Farpad 2026-01-02 03-04-05.jpg");
  equal(assetSentence("hash"), "The file came damaged. Try again.");
});
