import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { AppId, RoomId } from "../../../protocol/ids.ts";
import { readLink } from "../../../web/play/link.ts";

const read = (address: string) => {
  const { pathname, search } = new URL(address, "http://farpad.test");
  return readLink({ pathname, search });
};

Deno.test("[PLY17] an address names the library, an app or a room", () => {
  deepEqual(read("/"), { page: "library" });
  deepEqual(read("/?share=abc"), { page: "library" });
  deepEqual(read("/check"), { page: "check" });
  deepEqual(read("/play/paddle-duel"), { page: "screen", target: { appId: "paddle-duel" } });
  deepEqual(read("/play/paddle%2Dduel/"), { page: "screen", target: { appId: "paddle-duel" } });
  deepEqual(read("/?room=room_1"), { page: "screen", target: { roomId: "room_1" } });
  deepEqual(read("/play/duel?continue=room_1"), {
    page: "screen",
    target: { appId: "duel", continueFrom: "room_1" },
  });
  deepEqual(read("/play/duel?continue=%00"), { page: "screen", target: { appId: "duel" } });
});

for (
  const address of [
    "/play/スーパー",
    "/play/Paddle%20Duel",
    "/play/%E0%A4%A",
    "/play/%00",
    "/play/..%2Fduel",
    "/play/a/b",
    "/play/",
    "/play",
    `/play/${"x".repeat(97)}`,
    "/?room=%00",
    "/?room=",
    "/?room=..",
    "/room/%20",
    "/elsewhere",
  ]
) {
  Deno.test(`[PLY17] ${address.slice(0, 30)} is refused by the page itself`, () => {
    equal(read(address).page, "refused");
  });
}

Deno.test("[PLY17] reading an address never throws, and a target holds ids alone", () => {
  const part = fc.oneof(fc.string(), fc.constantFrom("play", "room", "%", "%zz", "%E0", "."));
  fc.assert(fc.property(fc.array(part), fc.array(part), (path, query) => {
    const link = readLink({ pathname: `/${path.join("/")}`, search: `?${query.join("=")}` });
    if (link.page !== "screen") return;
    const { appId, roomId } = link.target;
    equal((appId === undefined) !== (roomId === undefined), true);
    if (appId !== undefined) AppId.parse(appId);
    if (roomId !== undefined) RoomId.parse(roomId);
  }));
});
