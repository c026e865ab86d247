import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import { AppId, RoomId } from "../../../../protocol/ids.ts";
import { createFavourites } from "../../../../web/play/lobby/favourites.ts";
import {
  ASK_PERIOD,
  countWords,
  followPlaying,
  type OpenRoom,
  roomsOfOthers,
} from "../../../../web/play/lobby/playing/playing.ts";
import { followWatchOnly } from "../../../../web/play/lobby/playing/watch_only.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const room = (id: string, app = "duel"): OpenRoom => ({
  room_id: RoomId.parse(id),
  app_id: AppId.parse(app),
  title: "Duel",
  ...{ playing: 1, watching: 0, open_seats: 1 },
});

Deno.test("[NOW1] a lobby asks what is played while it is seen, and shows nothing that it cannot ask for", async () => {
  const clock = new FakeClock();
  let isSeen = true;
  let asked = 0;
  let answer: readonly OpenRoom[] | undefined = [room("r1")];
  const playing = followPlaying({
    clock,
    isSeen: () => isSeen,
    ask: () => Promise.resolve((asked += 1, answer)),
  });
  equal(playing.rooms.peek(), undefined, "what is not known yet is not shown as nothing");
  await clock.run(0);
  equal(playing.rooms.value?.length, 1);
  isSeen = false;
  await clock.run(10 * ASK_PERIOD);
  equal(asked, 1);
  isSeen = true;
  answer = undefined;
  await clock.run(ASK_PERIOD);
  deepEqual(playing.rooms.value, []);
  playing[Symbol.dispose]();
  await clock.run(10 * ASK_PERIOD);
  equal(asked, 2);
});

Deno.test("[NOW1] the row names how many play and watch, and leaves out one's own room and live pictures", () => {
  equal(countWords({ playing: 1, watching: 0 }), "1 playing");
  equal(countWords({ playing: 2, watching: 3 }), "2 playing · 3 watching");
  equal(countWords({ playing: 0, watching: 3 }), "3 watching");
  const rooms = [room("r1"), room("r2"), room("r3", "cam")];
  const shown = roomsOfOthers(rooms, { own: "r1", isLive: (app) => app === "cam" });
  deepEqual(shown.map(({ room_id }) => room_id), ["r2"]);
});

Deno.test("[NOW2] a link to watch gives back the seat once at each entry", () => {
  const isIn = signal(false);
  let watches = true;
  let left = 0;
  using _ = followWatchOnly({ isIn, wishes: () => watches, leaveSeat: () => void (left += 1) });
  equal(left, 0);
  isIn.value = true;
  equal(left, 1);
  isIn.value = false;
  watches = false;
  isIn.value = true;
  equal(left, 1);
});

Deno.test("[NOW3] favourites are kept, removed, and bounded; storage that fails or holds something else is empty", () => {
  const items = new Map<string, string>();
  const storage = () => ({
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  });
  const app = (n: number) => AppId.parse(`app-${n}`);
  const favourites = createFavourites(storage);
  favourites.toggle(app(1));
  favourites.toggle(app(2));
  deepEqual(createFavourites(storage).list.value, [app(2), app(1)]);
  favourites.toggle(app(2));
  deepEqual(createFavourites(storage).list.value, [app(1)]);
  for (let n = 0; n < 600; n++) favourites.toggle(app(n + 10));
  equal(favourites.list.value.length, 500);
  for (const text of ["{", '[1, "<script>"]', '{"a":1}']) {
    items.set("farpad.favourites", text);
    deepEqual(createFavourites(storage).list.value, []);
  }
  const warnings: string[] = [];
  const failing = () => {
    throw new Error("no storage");
  };
  const lasting = createFavourites(failing, (text) => void warnings.push(text));
  lasting.toggle(app(1));
  deepEqual([lasting.list.value, warnings.length], [[app(1)], 1]);
});
