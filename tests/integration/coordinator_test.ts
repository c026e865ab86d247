import { deepEqual, equal, ok } from "node:assert/strict";
import { UNSEEN_GRACE } from "../../coordinator/domain/room.ts";
import { PLACE_WAIT } from "../../coordinator/play/places/waiting_line.ts";
import type { SessionId } from "../../protocol/ids.ts";
import type { ToUser } from "../../protocol/legs/user_leg.ts";
import type { ToWorker } from "../../protocol/legs/worker_leg.ts";
import { DUEL, helloOf, roomOf } from "../fakes/coordinator.ts";
import { type Dialled, serveCoordinator, until } from "../support/coordinator/served.ts";
import { offerWith } from "../support/signalling/offers.ts";

/** A player takes a place and plays in a room of its own. */
async function play(user: Dialled<ToUser>, worker: Dialled<ToWorker>, room = roomOf("w1", "r1")) {
  user.send("webrtc.init", { app_id: DUEL.app_id });
  const { session_id } = (await worker.next("webrtc.init")).payload;
  const peer_id = `peer-${session_id}`;
  worker.send("webrtc.offer", { session_id, peer_id, sdp: "v=0 offer" });
  await user.next("webrtc.offer");
  worker.send("session.media", { session_id, connected: true });
  const id = user.send("app.start", { app_id: DUEL.app_id });
  await worker.next("app.start");
  worker.send("room.opened", { room });
  worker.send("app.start.response", { session_id, room, seat: 0 }, id);
  await user.next("app.start.response");
  return { session_id, peer_id };
}

/** Resolves when all earlier messages of this end were handled, by a request after them. */
async function settled(user: Dialled<ToUser>): Promise<void> {
  user.send("workers.list", {});
  await user.next("workers.list.response");
}

Deno.test("[SES4] a player measures two workers, joins the nearer one and gets its offer", async () => {
  await using coordinator = serveCoordinator();
  await coordinator.worker("far", { ping_url: "http://far.test/ping" });
  const near = await coordinator.worker("near", { ping_url: "http://near.test/ping" });
  const ana = coordinator.user();
  const { workers } = (await ana.next("latency.check")).payload;
  ana.send("latency.check.response", {
    results: workers.map(({ worker_id }) => ({
      worker_id,
      samples_ms: worker_id === "near" ? [9, 5, 6] : [90, 50, 60],
    })),
  });
  const ready = (await ana.next("session.ready")).payload;
  deepEqual([ready.worker.worker_id, ready.rtt_ms], ["near", 5.5]);
  const id = ana.send("webrtc.init", { app_id: "duel" });
  const init = await near.next("webrtc.init");
  deepEqual([init.id, init.payload.session_id], [id, ready.session_id]);
  near.send("webrtc.offer", { session_id: ready.session_id, peer_id: "p", sdp: "v=0 offer" });
  deepEqual((await ana.next("webrtc.offer")).payload, { peer_id: "p", sdp: "v=0 offer" });
  ana.send("webrtc.answer", { peer_id: "p", sdp: "v=0 answer" });
  equal((await near.next("webrtc.answer")).payload.session_id, ready.session_id);
});

Deno.test("[SES8] with every place taken a player gets its position in the line after 3 s", async () => {
  await using coordinator = serveCoordinator();
  const w1 = await coordinator.worker();
  const [ana, ben] = [coordinator.user(), coordinator.user()];
  await Promise.all([ana.next("session.ready"), ben.next("session.ready")]);
  await play(ana, w1);
  ben.send("webrtc.init", { app_id: "duel" });
  await settled(ben);
  await coordinator.pass(PLACE_WAIT);
  const { payload } = await ben.next("session.no_capacity");
  deepEqual(payload, { zone: "frankfurt", workers: 1, waited_ms: PLACE_WAIT, position: 1 });
});

Deno.test("[SES2] a player whose socket closes resumes session and room", async () => {
  await using coordinator = serveCoordinator();
  const w1 = await coordinator.worker();
  const ana = coordinator.user();
  const { resume_token } = (await ana.next("session.ready")).payload;
  const { session_id } = await play(ana, w1);
  ana.hangUp();
  const again = coordinator.user(`resume=${resume_token}`);
  const ready = (await again.next("session.ready")).payload;
  deepEqual([ready.session_id, ready.resumed, ready.room?.room_id], [session_id, true, "r1"]);
});

Deno.test("[WRK4] a worker that reconnects in time keeps its sessions, and one that does not ends them", async () => {
  await using coordinator = serveCoordinator();
  const w1 = await coordinator.worker();
  const ana = coordinator.user();
  await ana.next("session.ready");
  const { session_id } = await play(ana, w1);
  const state = () => coordinator.services.workers.views()[0]?.state;
  w1.hangUp();
  await until(() => state() === "lost");
  await coordinator.pass(UNSEEN_GRACE - 1_000);
  const room = roomOf("w1", "r1");
  const back = await coordinator.worker("w1", {
    rooms: [room],
    sessions: [{ session_id, room_id: room.room_id }],
  });
  const id = ana.send("app.quit", {});
  equal((await back.next("app.quit")).id, id);
  back.hangUp();
  await until(() => state() === "lost");
  await coordinator.pass(UNSEEN_GRACE);
  equal((await ana.next("session.ended")).payload.reason, "worker_lost");
});

Deno.test("[WRK2] a restarted coordinator gets rooms and sessions from the worker", async () => {
  let session_id: SessionId;
  let resume: string;
  let port: number;
  const room = roomOf("w1", "r1");
  {
    await using before = serveCoordinator();
    const w1 = await before.worker();
    const ana = before.user();
    resume = (await ana.next("session.ready")).payload.resume_token;
    ({ session_id } = await play(ana, w1, room));
    port = before.port;
    const stopping = before.stop();
    equal((await ana.next("restart")).payload.after_ms, 1_000);
    deepEqual((await ana.closed).code, 1012);
    deepEqual((await w1.closed).code, 1012);
    await stopping;
  }
  await using after = serveCoordinator({ port });
  const ana = after.user(`resume=${resume}`);
  await ana.opened;
  const w1 = await after.worker("w1", {
    rooms: [room],
    sessions: [{ session_id, room_id: room.room_id }],
  });
  const ready = (await ana.next("session.ready")).payload;
  deepEqual([ready.session_id, ready.resumed, ready.room?.room_id], [session_id, true, "r1"]);
  ana.send("app.quit", {});
  equal((await w1.next("app.quit")).payload.session_id, session_id);
  equal(after.services.workers.choices()[0]?.free_places, 0);
});

Deno.test("[WRK1] a worker with a wrong credential gets the reason and is closed with 4403", async () => {
  await using coordinator = serveCoordinator();
  const w1 = coordinator.stranger();
  await w1.opened;
  w1.send("worker.hello", helloOf("w1", { credential: "guessed" }));
  const { payload } = await w1.next("worker.hello.response");
  ok("error" in payload && payload.error.message.startsWith("Cannot accept worker w1:"));
  equal((await w1.closed).code, 4403);
});

const abuses: readonly [string, string, (socket: Dialled<ToUser>) => void, number][] = [
  [
    "LEG3",
    "a message that is too large",
    ({ socket }) => socket.send("x".repeat(65_537)),
    1009,
  ],
  ["LEG13", "a binary message", ({ socket }) => socket.send(new Uint8Array(8)), 1003],
  [
    "LEG7",
    "many malformed messages",
    ({ socket }) => {
      for (let sent = 0; sent < 21; sent++) socket.send("{");
    },
    4400,
  ],
  [
    "LEG8",
    "more messages than allowed",
    (user) => {
      for (let sent = 0; sent < 201; sent++) user.send("workers.list", {});
    },
    4429,
  ],
];
for (const [rule, what, abuse, code] of abuses) {
  Deno.test(`[${rule}] ${what} ends that connection with ${code}, and no other`, async () => {
    await using coordinator = serveCoordinator();
    await coordinator.worker();
    const [ana, ben] = [coordinator.user(), coordinator.user()];
    await Promise.all([ana.next("session.ready"), ben.next("session.ready")]);
    abuse(ben);
    equal((await ben.closed).code, code);
    await settled(ana);
  });
}

Deno.test("[LEG4] unknown and out-of-order messages are refused, and the connection stays open", async () => {
  await using coordinator = serveCoordinator();
  await coordinator.worker();
  const ana = coordinator.user();
  await ana.next("session.ready");
  ana.send("no.such", {});
  ana.send("webrtc.answer", { peer_id: "p", sdp: "v=0" });
  const { payload } = await ana.next("webrtc.answer.response");
  equal(payload.error.code, "session.no_place");
  await settled(ana);
});

Deno.test("[LEG12] a player whose browser reads nothing is closed, and the others get their messages", async () => {
  await using coordinator = serveCoordinator();
  const w1 = await coordinator.worker();
  const [ana, ben] = [coordinator.user(), coordinator.user()];
  await Promise.all([ana.next("session.ready"), ben.next("session.ready")]);
  ben.socket.pause();
  const title = (round: number) => `${"A long title ".repeat(9)}${round}`.slice(-120);
  for (let round = 0; round < 100 && coordinator.services.sockets.size === 3; round++) {
    const apps = Array.from({ length: 1_500 }, (_, at) => ({
      ...DUEL,
      app_id: `app-${at}`,
      title: title(round),
    }));
    w1.send("library.changed", { apps });
    // Answered at once, so the library was taken before.
    w1.send("session.media", { session_id: "ses_none", connected: true });
    await w1.next("session.end");
    coordinator.clock.advance(500);
    await ana.next("library.changed");
  }
  equal(coordinator.services.sockets.size, 2);
  ok(
    coordinator.services.metrics.render().includes(
      'farpad_sockets_closed_total{leg="user",code="4413"} 1',
    ),
  );
});

Deno.test("[ADM1] a page of another origin is refused before the upgrade", async () => {
  await using coordinator = serveCoordinator();
  const { code, reason } = await coordinator.user("", { origin: "https://evil.test" }).closed;
  equal(code, 403);
  ok(reason.includes("Set FARPAD_PUBLIC_URL"));
});

Deno.test("[ADM3] an address with too many sockets is refused another until one closes", async () => {
  const limits = {
    maxPerAddress: 2,
    perSecond: 100,
    origins: [],
    localOnly: false,
    onDefaultPort: false,
  };
  await using coordinator = serveCoordinator({ limits });
  await coordinator.worker();
  const ana = coordinator.user();
  await ana.next("session.ready");
  equal((await coordinator.user().closed).code, 429);
  ana.hangUp();
  await until(() => coordinator.services.sockets.size === 1);
  await coordinator.user().next("session.ready");
});

Deno.test("[SES8] a player who comes before any worker gets a room when a worker connects", async () => {
  await using coordinator = serveCoordinator();
  const ana = coordinator.user();
  await ana.opened;
  await coordinator.worker();
  equal((await ana.next("session.ready")).payload.worker.worker_id, "w1");
});

Deno.test("[WHP7] a program whose connection ends while it waits for the answer of WHEP leaves no session", async () => {
  await using coordinator = serveCoordinator();
  const worker = await coordinator.worker("w1", { rooms: [roomOf("w1", "r1")] });
  const program = new AbortController();
  const asked = fetch(`${coordinator.url}/whep/r1`, {
    method: "POST",
    headers: { "content-type": "application/sdp" },
    body: offerWith(),
    signal: program.signal,
  }).catch(() => "gone");
  const { session_id } = (await worker.next("webrtc.init")).payload;
  program.abort();
  equal((await worker.next("session.end")).payload.session_id, session_id);
  equal(await asked, "gone");
  equal(coordinator.services.watching.size, 0);
});
