import { deepEqual, equal } from "node:assert/strict";
import {
  memoryOf,
  memoryPrefix,
  type MemoryVersion,
  memoryVersion,
} from "../../../../../worker/saves/keys.ts";
import {
  choose,
  newestFirst,
  nextTime,
  surplusVersions,
} from "../../../../../worker/saves/memory/choose.ts";

const common = { at: 100, sum: "aa" };
const base = { local: { sum: "aa", changed: 90 }, common, isUnseen: false };
const version = (at: number, by = "room_1") =>
  memoryVersion(memoryPrefix("usr_ana", "quest"), { file: "1a2b3c4d.srm", at, by });

Deno.test("[SAV30] a key says of which game a memory is, how new, and which room wrote it; nothing else is a key of one", () => {
  const made = version(12, "room_x~2");
  equal(made.key, "usr_ana/quest/memory/1a2b3c4d.srm/12.room_x~2");
  deepEqual(memoryOf(made.key), made);
  equal(memoryOf(version(10 ** 14).key)?.at, 10 ** 14);
  for (
    const key of [
      ...["usr_ana/quest/1.save", "usr_ana/quest/rooms/room_1.save", "usr_ana/quest/memory/1.save"],
      ...["usr_ana/quest/memory/../1a2b3c4d.srm/1.r", "usr_ana/quest/memory/1a2b3c4d.exe/1.room_1"],
      ...["usr_ana/quest/memory/1a2b3c4d.srm/x.room_1", "usr_ana/quest/memory/1a2b3c4d.srm/1."],
      `usr_ana/quest/memory/1a2b3c4d.srm/${"9".repeat(16)}.room_1`,
      `usr_ana/quest/memory/1a2b3c4d.srm/${10 ** 14 + 1}.room_1`,
    ]
  ) equal(memoryOf(key), undefined, key);
});

Deno.test("[SAV31] a file that has not changed gives way to a newer memory, and to no older one", () => {
  deepEqual(choose({ ...base, newest: { at: 101 } }), { take: "stored" });
  for (const at of [100, 99]) deepEqual(choose({ ...base, newest: { at } }), { take: "file" });
  deepEqual(choose({ ...base, newest: undefined }), { take: "file" });
  deepEqual(choose({ ...base, local: undefined, newest: { at: 1 } }), { take: "stored" });
});

Deno.test("[SAV31] of a file that has changed and a stored memory that it does not know the later one wins, and both are kept", () => {
  const local = { sum: "bb", changed: 200 };
  deepEqual(choose({ ...base, local, newest: { at: 199 } }), { take: "file" });
  deepEqual(choose({ ...base, local, newest: { at: 201 } }), { take: "stored", first: 200 });
});

Deno.test("[SAV31] a memory that follows another is newer, whatever the clock of its worker says", () => {
  equal(nextTime({ changed: 5, common, isUnseen: false }), 101);
  equal(nextTime({ changed: 500.7, common, isUnseen: false }), 500);
  const local = { sum: "bb", changed: 5 };
  deepEqual(choose({ ...base, local, newest: { at: 100 } }), { take: "file" });
});

Deno.test("[SAV32] what a room wrote that could not look at the store loses against everything that it had not seen", () => {
  const local = { sum: "bb", changed: 9_000 };
  const unseen = { ...base, local, isUnseen: true };
  equal(nextTime({ changed: 9_000, common, isUnseen: true }), 101);
  equal(nextTime({ changed: 9_000, common: undefined, isUnseen: true }), 1);
  deepEqual(choose({ ...unseen, newest: { at: 100 } }), { take: "file" });
  deepEqual(choose({ ...unseen, newest: { at: 150 } }), { take: "stored", first: 101 });
});

Deno.test("[SAV31] a file of which nothing is known is never newer than what is stored", () => {
  const unknown = { ...base, common: undefined, local: { sum: "bb", changed: 9_000 } };
  deepEqual(choose({ ...unknown, newest: { at: 150 } }), { take: "stored", first: 149 });
  deepEqual(choose({ ...unknown, newest: { at: 0 } }), { take: "stored", first: 0 });
});

Deno.test("[SAV33] the newest memory of each of the three rooms that wrote last stays, whatever their ids", () => {
  const all = [
    ...[version(10, "room_1"), version(11, "room_1"), version(90, "room_0"), version(20, "room_2")],
    ...[version(5, "room_3"), version(6, "room_3"), version(4, "room_4")],
  ];
  deepEqual(keptOf(all), ["90.room_0", "20.room_2", "11.room_1"]);
  deepEqual(surplusVersions([]), []);
});

Deno.test("[SAV33] what does not follow the newest memory takes no place of a room that does, and loses none to it", () => {
  const all = [
    ...[version(90, "room_7"), version(80, "room_6"), version(70, "room_5"), version(60, "room_4")],
    ...[version(11, "room_1~beside"), version(12, "room_1~beside"), version(40, "room_0~beside")],
    ...[version(30, "room_2~before"), version(20, "room_3~beside")],
  ];
  deepEqual(keptOf(all), [
    ...["90.room_7", "80.room_6", "70.room_5"],
    ...["30.room_2~before", "20.room_3~beside", "12.room_1~beside"],
  ]);
});

Deno.test("[SAV33] the memory that was just written stays, even if it is older than those of three rooms", () => {
  const written = version(1, "room_0");
  const all = [written, ...[2, 3, 4].map((n) => version(n, `room_${n}`))];
  deepEqual(surplusVersions(all, written.key), []);
  deepEqual(surplusVersions(all), [written.key]);
});

/** What stays of these versions, the newest first. */
function keptOf(all: readonly MemoryVersion[]): string[] {
  const surplus = surplusVersions(all);
  return newestFirst(all).filter(({ key }) => !surplus.includes(key))
    .map(({ at, by }) => `${at}.${by}`);
}
