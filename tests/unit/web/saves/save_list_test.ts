import { deepEqual, equal } from "node:assert/strict";
import type { Publication } from "../../../../protocol/room_commands/wire.ts";
import type { SaveEntry } from "../../../../protocol/saves/save.ts";
import type { RoomLane } from "../../../../web/play/media/room_lane.ts";
import { SaveList } from "../../../../web/play/saves/save_list.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const entry = (id: string): SaveEntry => ({
  ...{ id, kind: "named", name: `Save ${id}`, saved_at: Number(id), bytes: 1 },
  ...{ own: true, picture: false },
});

Deno.test("[SAV27] the list of one tab follows what another tab of the person changes in the room", async () => {
  const clock = new FakeClock();
  let saves = [entry("1")];
  let reads = 0;
  const listeners = new Map<string, (publication: Publication) => void>();
  const room = {
    ask: () => {
      reads += 1;
      return Promise.resolve({ saves, more: false });
    },
    listen: (topic: string, take: (publication: Publication) => void) => {
      listeners.set(topic, take);
      return { [Symbol.dispose]: () => void listeners.delete(topic) };
    },
  } as unknown as RoomLane;
  const list = new SaveList(clock, () => room);
  await clock.run(0);
  deepEqual(list.entries.value?.map(({ id }) => id), ["1"]);

  for (const [topic, after] of [["room.saved", ["2", "1"]], ["room.saves", ["2"]]] as const) {
    saves = after.map(entry);
    const before = reads;
    listeners.get(topic)!({ type: "publication", topic, from: "room" as never, body: {} });
    await clock.run(0);
    deepEqual(list.entries.value?.map(({ id }) => id), after, topic);
    equal(reads, before + 1);
  }
  list[Symbol.dispose]();
  equal(listeners.size, 0);
});
