import { deepEqual } from "node:assert/strict";
import { FULL_PASS, type Pass, passOf } from "../../../../../coordinator/domain/pass.ts";
import { RoomId } from "../../../../../protocol/ids.ts";
import { MOST_OPEN_ROOMS } from "../../../../../protocol/legs/user_leg.ts";
import { createFakeCoordinator, DUEL, helloOf, roomOf } from "../../../../fakes/coordinator.ts";

function seats(...taken: readonly boolean[]) {
  return taken.map((isTaken, seat) => ({
    seat,
    connected: isTaken,
    ...(isTaken && { session_id: `ses_${seat}` }),
  })) as unknown as ReturnType<typeof roomOf>["seats"];
}

const ofBrowser = (browser: string): Pass => passOf({ policy: "anyone", browser });
const watcher: Pass = passOf({
  policy: "share_link",
  browser: "brw_guest",
  link: { share_id: "shr_1", room_id: RoomId.parse("r1"), role: "watcher" },
});

Deno.test("[NOW1] a player is told of the rooms that its pass opens alone, with how many play and watch", () => {
  const coordinator = createFakeCoordinator();
  coordinator.worker("w1", {
    ...helloOf("w1"),
    rooms: [
      { ...roomOf("w1", "r1"), seats: seats(true, false), viewers: 3 },
      { ...roomOf("w1", "r2"), seats: seats(true, true), viewers: 5 },
      { ...roomOf("w1", "r3"), seats: seats(false, false), viewers: 0 },
      { ...roomOf("w1", "r4"), seats: seats(true, false), viewers: 1, state: "kept" },
    ],
    apps: [DUEL],
    capacity: 9,
    owners: [{ room_id: RoomId.parse("r1"), owner: { holder: "brw_ana" } }],
  });
  const listed = (pass: Pass) => {
    const user = coordinator.user({}, pass);
    user.send("rooms.list", {});
    const { payload } = user.last("rooms.list.response");
    return "error" in payload
      ? []
      : payload.rooms.map((room) => [room.room_id, room.playing, room.watching, room.open_seats]);
  };
  deepEqual(listed(FULL_PASS), [["r2", 2, 3, 0], ["r1", 1, 2, 1]]);
  deepEqual(listed(ofBrowser("brw_ana")), [["r1", 1, 2, 1]]);
  deepEqual(listed(watcher), [["r1", 1, 2, 0]]);
  deepEqual(listed(ofBrowser("brw_eve")), []);
});

Deno.test("[NOW1] the list is bounded", () => {
  const coordinator = createFakeCoordinator();
  const rooms = Array.from({ length: MOST_OPEN_ROOMS + 9 }, (_, n) => ({
    ...roomOf("w1", `r${n}`),
    viewers: 1,
  }));
  coordinator.worker("w1", { ...helloOf("w1"), rooms, apps: [DUEL], capacity: 99 });
  const user = coordinator.user({}, FULL_PASS);
  user.send("rooms.list", {});
  const { payload } = user.last("rooms.list.response");
  deepEqual("error" in payload ? payload : payload.rooms.length, MOST_OPEN_ROOMS);
});
