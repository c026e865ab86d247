import { deepEqual, equal, ok } from "node:assert/strict";
import type { Pass } from "../../../../coordinator/domain/pass.ts";
import { Rechecks } from "../../../../coordinator/play/rechecks.ts";
import { isRefused } from "../../../../coordinator/refusals.ts";
import { readUserQuery, userLegServer } from "../../../../coordinator/sockets/user.ts";
import { serveLeg } from "../../../../coordinator/sockets/serve_leg.ts";
import { workerLegServer } from "../../../../coordinator/sockets/worker.ts";
import type { Hello } from "../../../../coordinator/workers_listener.ts";
import { RoomId, SessionId } from "../../../../protocol/ids.ts";
import { createLog } from "../../../../protocol/log.ts";
import { toUser } from "../../../../protocol/legs/user_leg.ts";
import { toWorker } from "../../../../protocol/legs/worker_leg.ts";
import { readPass } from "../../../../protocol/signed_pass.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { DUEL, FakeEnd, type FakeUser, helloOf, roomOf } from "../../../fakes/coordinator.ts";
import { FakeWire } from "../../../fakes/wire.ts";
import { openBench, type Person } from "../../../support/control/bench.ts";

const BROWSER = "a".repeat(64);
const settle = async () => {
  for (let n = 0; n < 50; n++) await Promise.resolve();
};

/** A coordinator with accounts and a worker that runs room r1 of the first administrator. */
async function setup(policy: "anyone" | "signed_in" | "share_link" = "share_link") {
  const bench = await openBench({ loopback: false });
  const admin = await bench.admin();
  const { services, http, control } = bench;
  const choose = async (next: string) => {
    await http("PUT", "/api/access", { as: admin, body: { policy: next } });
    await settle();
  };
  await choose(policy);
  /** A worker that runs room r1 and serves these sessions. */
  const openWorker = (sessions: Hello["sessions"] = []) => {
    const worker = new FakeEnd((wire) => {
      const server = workerLegServer(services, { ports: services });
      return serveLeg(server, { wire, address: "192.0.2.1", ports: services });
    }, toWorker.decode);
    worker.send("worker.hello", {
      ...helloOf("w1"),
      ...{ rooms: [roomOf("w1", "r1")], apps: [DUEL], capacity: 4, sessions },
      owners: [{ room_id: "r1", owner: { holder: admin.user_id, fleet: admin.user_id } }],
    });
    return worker;
  };
  const w1 = openWorker();

  /** The worker dials a coordinator that has just started, and serves these sessions in room r1. */
  const dialAgain = async (sessions: Hello["sessions"]) => {
    w1.drop();
    const again = openWorker(sessions);
    await settle();
    return again;
  };

  /** A player's socket with these credentials. */
  async function join(credentials: Parameters<typeof control.access.admit>[0]): Promise<FakeUser> {
    const admitted = await control.access.admit(credentials);
    if (isRefused(admitted)) throw new Error(admitted.refusal.message);
    return enter(admitted.pass);
  }
  /** A player's socket opens, whose pass was worked out before. */
  function enter(pass: Pass): FakeUser {
    const query = readUserQuery(new URLSearchParams("room_id=r1"));
    if ("code" in query) throw new Error(query.message);
    const server = userLegServer(services, { ports: services, query, pass });
    return new FakeEnd((wire: FakeWire) => {
      return serveLeg(server, { wire, address: "192.0.2.2", ports: services });
    }, toUser.decode);
  }
  /** A player inside room r1. */
  async function inside(credentials: Parameters<typeof join>[0]): Promise<FakeUser> {
    const user = await join(credentials);
    user.send("webrtc.init", {});
    const { session_id } = w1.last("webrtc.init").payload;
    w1.send("webrtc.offer", { session_id, peer_id: "p", sdp: "v=0" });
    w1.send("session.media", { session_id, connected: true });
    w1.received();
    return user;
  }
  async function link(as: Person, role: string, hours = 1) {
    const body = { name: "Demo", room_id: "r1", role, hours };
    const made = (await http("POST", "/api/access/links", { as, body })).body;
    const share = new URLSearchParams(made.path.slice(2)).get("share")!;
    return { share, id: made.link.share_id as string };
  }
  const loginOf = ({ cookie }: Person) => cookie.split("=")[1]!;
  return { ...bench, bench, admin, w1, dialAgain, choose, join, enter, inside, link, loginOf };
}

const ended = (user: FakeUser) => user.last("session.ended").payload.reason;

Deno.test("[PAS8] removing a link ends its guests at once, at the worker as well", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { share, id } = await scene.link(scene.admin, "player");
  const guest = await scene.inside({ share, browser: BROWSER });
  await scene.http("DELETE", `/api/access/links/${id}`, { as: scene.admin });
  await settle();
  deepEqual([ended(guest), guest.wire.closeCode()], ["right_ended", 4401]);
  equal(scene.w1.last("session.end").payload.reason, "right_ended");
});

Deno.test("[PAS8] a link that expires ends its guests within a second", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { share } = await scene.link(scene.admin, "watcher");
  const guest = await scene.inside({ share, browser: BROWSER });
  await scene.clock.run(3_599_000);
  equal(guest.wire.closeCode(), undefined);
  await scene.clock.run(2_000);
  equal(guest.wire.closeCode(), 4401);
});

Deno.test("[PAS8] another policy keeps out who came without a login", async () => {
  const scene = await setup("anyone");
  using _ = scene.bench;
  const stranger = await scene.join({ browser: BROWSER });
  const admin = await scene.join({ login: scene.loginOf(scene.admin) });
  await scene.choose("signed_in");
  deepEqual([stranger.wire.closeCode(), admin.wire.closeCode()], [4401, undefined]);
});

Deno.test("[PAS8] who signs out loses the rooms of the account, and stays where anybody may be", async () => {
  const scene = await setup("anyone");
  using _ = scene.bench;
  const { admin, w1 } = scene;
  const user = await scene.inside({ login: scene.loginOf(admin), browser: BROWSER });
  await scene.http("POST", "/api/auth/logout", { as: admin, headers: { cookie: admin.cookie } });
  await settle();
  deepEqual([ended(user), user.wire.closeCode()], ["right_ended", undefined]);
  equal(w1.last("session.end").payload.reason, "right_ended");
});

Deno.test("[PAS9] disabling a person ends the person's sessions and links", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { admin, http, bench } = scene;
  const other = await bench.person(admin, { role: "admin", email: "b@farpad.example" });
  const { share } = await scene.link(other, "player");
  const guest = await scene.inside({ share, browser: BROWSER });
  const person = await scene.inside({ login: scene.loginOf(other) });
  const body = { disabled: true };
  equal((await http("PATCH", `/api/users/${other.user_id}`, { as: admin, body })).status, 200);
  await settle();
  deepEqual([guest.wire.closeCode(), person.wire.closeCode()], [4401, 4401]);
});

Deno.test("[PAS8] a player who may only watch from now on is limited to that, and the worker as well", async () => {
  const scene = await setup("anyone");
  using _ = scene.bench;
  const { w1, services, clock } = scene;
  const { share } = await scene.link(scene.admin, "player");
  await scene.inside({ share, browser: BROWSER });
  const [player] = services.lobby.players;
  const room = RoomId.parse("r1");
  const less: Pass = { ...player!.pass, openings: [{ opens: "room", room, role: "watcher" }] };
  player!.renewed(less);
  const hello = w1.last("worker.hello.response").payload;
  const key = "pass_key" in hello ? hello.pass_key : "";
  const pass = readPass(w1.last("session.pass").payload.pass, { key, now: clock.epoch() });
  equal(pass?.role, "watcher");
});

Deno.test("[PAS8] a player who is away is ended as well, and cannot come back with the resume token", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { share, id } = await scene.link(scene.admin, "player");
  const guest = await scene.inside({ share, browser: BROWSER });
  guest.drop();
  await scene.http("DELETE", `/api/access/links/${id}`, { as: scene.admin });
  await settle();
  equal(scene.w1.last("session.end").payload.reason, "right_ended");
  const again = await scene.control.access.admit({ share, browser: BROWSER });
  equal(isRefused(again), true);
});

const guestOf = (session: string, proof: Hello["sessions"][number]["proof"]) => ({
  session_id: SessionId.parse(session),
  room_id: RoomId.parse("r1"),
  ...(proof && { proof }),
});

Deno.test("[PAS10] a guest whose right ended while the coordinator was down is ended when the worker is back", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const [kept, removed] = [
    await scene.link(scene.admin, "player"),
    await scene.link(scene.admin, "player"),
  ];
  await scene.http("DELETE", `/api/access/links/${removed.id}`, { as: scene.admin });
  const w1 = await scene.dialAgain([
    guestOf("stays", { share_id: kept.id }),
    guestOf("goes", { share_id: removed.id, browser: "brw_1" }),
  ]);
  const ends = w1.received().filter(({ type }) => type === "session.end");
  deepEqual(ends.map(({ payload }) => payload), [{ session_id: "goes", reason: "right_ended" }]);
  equal(scene.services.sessions.find(SessionId.parse("stays"))?.pass.openings.length, 1);
});

Deno.test("[PAS10] a right that ends after the worker is back ends a guest who never dials", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { id } = await scene.link(scene.admin, "player");
  const w1 = await scene.dialAgain([guestOf("absent", { share_id: id })]);
  await scene.http("DELETE", `/api/access/links/${id}`, { as: scene.admin });
  await settle();
  deepEqual(w1.last("session.end").payload, { session_id: "absent", reason: "right_ended" });
});

Deno.test("[PAS10] the pass that a worker gets names what it follows from", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { share, id } = await scene.link(scene.admin, "player");
  const { clock } = scene;
  const user = await scene.join({ share, browser: BROWSER });
  user.send("webrtc.init", {});
  const hello = scene.w1.last("worker.hello.response").payload;
  const key = "pass_key" in hello ? hello.pass_key : "";
  const pass = readPass(scene.w1.last("webrtc.init").payload.pass, { key, now: clock.epoch() });
  deepEqual([pass?.proof?.share_id, pass?.proof?.login_id], [id, undefined]);
  equal(pass?.proof?.browser?.startsWith("brw_"), true);
});

Deno.test("[PAS25] a right that ends after the pass was worked out and before the socket is open has ended", async () => {
  const scene = await setup();
  using _ = scene.bench;
  const { share, id } = await scene.link(scene.admin, "player");
  const admitted = await scene.control.access.admit({ share });
  ok(!isRefused(admitted));
  await scene.http("DELETE", `/api/access/links/${id}`, { as: scene.admin });
  const guest = scene.enter(admitted.pass);
  await settle();
  equal(guest.wire.closed?.code, 4401);
});

Deno.test("[PAS25] of two changes the newer counts, in whatever order they are worked out", async () => {
  const clock = new FakeClock();
  const answers: ((pass: Pass) => void)[] = [];
  const applied: string[] = [];
  let changes = 0;
  const passOfRole = (holder: string): Pass => ({ holders: [holder], openings: [], proof: {} });
  using rechecks = new Rechecks({
    clock,
    log: createLog({ clock, sink: () => {} }),
    players: () => [{
      pass: passOfRole("first"),
      renewed: ({ holders }) => void applied.push(...holders),
      turnedAway: () => {},
    }],
    renew: () => new Promise((resolve) => answers.push((pass) => resolve({ pass }))),
    changes: () => changes,
  });
  const change = () => {
    changes += 1;
    void rechecks.run(() => true);
  };
  change();
  change();
  await settle();
  answers[1]!(passOfRole("newer"));
  await settle();
  answers[0]!(passOfRole("older"));
  await settle();
  answers[2]!(passOfRole("newer"));
  await settle();
  deepEqual(applied, ["newer", "newer"]);
});
