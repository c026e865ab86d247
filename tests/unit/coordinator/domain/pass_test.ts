import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  APP,
  type Evidence,
  may,
  NO_PASS,
  passOf,
  type PassTarget,
  roleAt,
} from "../../../../coordinator/domain/pass.ts";
import { RoomId, UserId } from "../../../../protocol/ids.ts";
import type { Action, RoomRole } from "../../../../protocol/pass.ts";
import { whyNot } from "../../../../protocol/room_commands/rights.ts";

const ROOMS = ["room_1", "room_2"].map((id) => RoomId.parse(id));
const USERS = ["usr_1", "usr_2", "usr_3"].map((id) => UserId.parse(id));
const BROWSERS = ["brw_1", "brw_2"];

const user = fc.record({
  user_id: fc.constantFrom(...USERS),
  owner_id: fc.constantFrom(...USERS.slice(0, 2)),
  role: fc.constantFrom("admin" as const, "operator" as const, "viewer" as const),
});
const link = fc.record({
  share_id: fc.constantFrom("shr_1", "shr_2"),
  owner_id: fc.option(fc.constantFrom(...USERS.slice(0, 2)), { nil: undefined }),
  room_id: fc.option(fc.constantFrom(...ROOMS), { nil: undefined }),
  role: fc.constantFrom<RoomRole>("watcher", "player", "host"),
});
const evidence: fc.Arbitrary<Evidence> = fc.record({
  policy: fc.constantFrom("anyone" as const, "signed_in" as const, "share_link" as const),
  user,
  link,
  browser: fc.constantFrom(...BROWSERS),
}, { requiredKeys: ["policy"] });
const thing: fc.Arbitrary<PassTarget> = fc.oneof(
  fc.constant(APP),
  fc.record({
    kind: fc.constant("room" as const),
    room: fc.constantFrom(...ROOMS),
    live: fc.boolean(),
    holder: fc.option(fc.constantFrom(...USERS, ...BROWSERS, "shr_1"), { nil: undefined }),
    fleet: fc.option(fc.constantFrom(...USERS.slice(0, 2)), { nil: undefined }),
  }).map(({ holder, fleet, ...room }) => ({
    ...room,
    owner: { fleet, ...(room.live ? {} : { holder }) },
  })),
);

/** The rights that the documents promise, written a second time and in another way than in the product. */
function allowed(
  { policy, user, link, browser }: Evidence,
  action: Action,
  at: PassTarget,
): boolean {
  const rank = { watcher: 0, player: 1, host: 2 };
  const needed = { watch: 0, play: 1, share: 2 }[action];
  const linkCounts = link !== undefined && (policy !== "signed_in" || user !== undefined);
  if (policy !== "anyone" && !user && !linkCounts) return false;
  if (user?.role === "admin") return true;
  const anyRoomRole = linkCounts && link.room_id === undefined ? rank[link.role] : -1;
  if (at.kind === "app") {
    return needed < 2 && (policy === "anyone" || user !== undefined || anyRoomRole > 0);
  }
  const { holder, fleet } = at.owner;
  const mine = user ? [user.user_id, browser] : browser ? [browser] : [link?.share_id];
  if (holder !== undefined && mine.includes(holder)) return true;
  if (at.live && policy === "anyone" && needed === 0) return true;
  if (user && user.owner_id === fleet && needed <= (user.role === "viewer" ? 0 : 2)) return true;
  if (!linkCounts) return false;
  if (link.room_id !== undefined) return link.room_id === at.room && needed <= rank[link.role];
  return link.owner_id !== undefined && link.owner_id === fleet && needed <= anyRoomRole;
}

Deno.test("[PAS1] a pass allows what policy, login, link and browser promise together, and nothing else", () => {
  fc.assert(
    fc.property(
      evidence,
      fc.constantFrom<Action>("watch", "play", "share"),
      thing,
      (given, action, at) => {
        equal(may(passOf(given), action, at), allowed(given, action, at));
      },
    ),
    { numRuns: 5_000 },
  );
});

Deno.test("[PAS1] [RCM5] an operator does what a host does in each room of the fleet, also without a seat", () => {
  const [fleet, other] = USERS as [UserId, UserId];
  const room: PassTarget = {
    kind: "room",
    room: ROOMS[0]!,
    owner: { holder: "usr_9", fleet },
    live: false,
  };
  const link = { share_id: "shr_1", room_id: ROOMS[0]!, role: "watcher" as const };
  const person = (role: "admin" | "operator" | "viewer", owner_id: UserId) => ({
    user_id: USERS[2]!,
    owner_id,
    role,
  });
  const refusals = (evidence: Omit<Evidence, "policy">, at = room) => {
    const role = roleAt(passOf({ policy: "signed_in", ...evidence }), at);
    if (role === undefined) return ["outside"];
    const circumstances = { announced: true, role, ownSeats: [], watchersChat: false, live: false };
    const verbs = ["option.set", "seat.lock", "person.kick", "room.options"] as const;
    return [...new Set(verbs.map((verb) => whyNot(verb, { ...circumstances, seat: 0 })))];
  };
  deepEqual(refusals({ user: person("operator", fleet) }), [undefined]);
  deepEqual(refusals({ user: person("operator", fleet), link }), [undefined]);
  deepEqual(refusals({ user: person("admin", other) }), [undefined]);
  deepEqual(refusals({ user: person("viewer", fleet) }), ["role.host"]);
  deepEqual(refusals({ user: person("operator", other) }), ["outside"]);
  deepEqual(refusals({ user: person("operator", other), link }), ["role.host"]);
  deepEqual(refusals({ user: person("operator", fleet) }, { ...room, owner: {} }), ["outside"]);
});

Deno.test("[PAS2] a link to one room opens that room with its role, and no other room", () => {
  const [one, two] = ROOMS as [RoomId, RoomId];
  const of = (room: RoomId): PassTarget => ({ kind: "room", room, live: false, owner: {} });
  const pass = passOf({
    policy: "share_link",
    link: { share_id: "shr_1", room_id: one, role: "watcher" },
  });
  equal(roleAt(pass, of(one)), "watcher");
  equal(roleAt(pass, of(two)), undefined);
  equal(may(pass, "play", APP), false);
});

Deno.test("[PAS3] a room without a known owner belongs to nobody", () => {
  const ownerless: PassTarget = { kind: "room", live: false, owner: {} };
  equal(roleAt(NO_PASS, ownerless), undefined);
  equal(roleAt(passOf({ policy: "anyone" }), ownerless), undefined);
});

Deno.test("[CAR7] where everybody may play, a simulated car is driven, and a real vehicle is watched", () => {
  const picture = { kind: "room", owner: { fleet: USERS[0] }, live: true } as const;
  const anyone = passOf({ policy: "anyone" });
  equal(roleAt(anyone, { ...picture, simulated: true }), "player");
  equal(roleAt(anyone, picture), "watcher");
  equal(roleAt(passOf({ policy: "signed_in" }), { ...picture, simulated: true }), undefined);
});
