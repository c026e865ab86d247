import { refuse } from "../../../protocol/envelope.ts";
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { CLOSE } from "../../../protocol/close.ts";
import { type FromUser, fromUser, type ToUser, toUser } from "../../../protocol/legs/user_leg.ts";
import { Holder } from "../../../protocol/pass.ts";
import { ANSWER_LIMIT, createLegSocket, lostSince } from "../../../web/shared/socket/leg_socket.ts";
import { FakeClock } from "../../fakes/clock.ts";
import { createFakeDial } from "../../fakes/dial.ts";
import { SeededRandom } from "../../fakes/random.ts";

function setup() {
  const clock = new FakeClock();
  const { dial, wires } = createFakeDial();
  const received: ToUser[] = [];
  const unreadable: string[] = [];
  let dialled = 0;
  const socket = createLegSocket<ToUser, FromUser>({
    clock,
    random: new SeededRandom(),
    dial,
    url: () => `ws://farpad/${++dialled}`,
    incoming: toUser,
    outgoing: fromUser,
    listener: (message) => received.push(message),
    unreadable: (reason) => unreadable.push(reason),
  });
  const newest = () => wires.at(-1)!;
  const open = () => newest().far.opened();
  const sent = () => newest().sent.map((text) => JSON.parse(text));
  return { clock, wires, received, unreadable, socket, newest, open, sent };
}

Deno.test("[ENV5] a request resolves to the response that repeats its id", async () => {
  const { socket, open, sent, newest, received } = setup();
  open();
  const answer = socket.request("share.create", { role: "player" });
  const [{ id, type }] = sent();
  equal(type, "share.create");
  const payload = { path: "/?room=r", expires_at: 5, share_id: Holder.parse("shr_1") };
  newest().far.text(toUser.encode({ id, type: "share.create.response", payload }));
  deepEqual(await answer, payload);
  deepEqual(received, []);
});

Deno.test("a response without a waiting request goes to the listener", () => {
  const { open, newest, received } = setup();
  open();
  const payload = refuse("room.unknown", "gone");
  newest().far.text(toUser.encode({ id: "x", type: "webrtc.init.response", payload }));
  deepEqual(received.map(({ type }) => type), ["webrtc.init.response"]);
});

Deno.test("a request without an answer is refused after its limit", async () => {
  const { clock, socket, open } = setup();
  open();
  const answer = socket.request("share.create", { role: "player" });
  await clock.run(ANSWER_LIMIT);
  match(JSON.stringify(await answer), /link\.timeout.*share\.create within 10 s/);
  equal(clock.pending, 1, "more than the keep-alive is left");
});

Deno.test("a request is refused at once while the link is down, and when it goes down", async () => {
  const { socket, open, newest } = setup();
  match(JSON.stringify(await socket.request("share.create", { role: "player" })), /link\.down/);
  open();
  const answer = socket.request("share.create", { role: "player" });
  newest().far.closed(CLOSE.goingAway);
  match(JSON.stringify(await answer), /link\.lost/);
});

Deno.test("[LEG9] a lost link shows the time of the next try, and reads its address anew for it", () => {
  const { clock, socket, open, newest, wires } = setup();
  open();
  newest().far.closed(CLOSE.restart);
  const state = socket.state.value;
  if (state.state !== "lost") throw new Error(`expected lost, found ${state.state}`);
  const delay = state.retryAt - clock.now();
  equal(delay >= 1_000 && delay <= 1_200, true, `${delay} ms`);
  clock.advance(delay);
  equal(socket.state.value.state, "connecting");
  deepEqual(wires.map(({ url }) => url), ["ws://farpad/1", "ws://farpad/2"]);
});

Deno.test("[LEG9] while a lost link is tried again it is known since when it is lost, until it is open", () => {
  const { clock, socket, open, newest } = setup();
  equal(lostSince(socket.state.value), undefined);
  open();
  clock.advance(5_000);
  newest().far.closed(CLOSE.restart);
  for (let n = 0; n < 3; n++) {
    equal(lostSince(socket.state.value), 5_000);
    clock.advance(1_500 * 2 ** n);
    equal(socket.state.value.state, "connecting");
    equal(lostSince(socket.state.value), 5_000);
    newest().far.closed(CLOSE.goingAway);
  }
  socket.restart();
  equal(lostSince(socket.state.value), 5_000);
  open();
  equal(lostSince(socket.state.value), undefined);
  socket.restart();
  equal(lostSince(socket.state.value), undefined, "this page ended the connection");
});

Deno.test("[CLS2] a link that was taken over is not dialled again", () => {
  const { clock, socket, open, newest, wires } = setup();
  open();
  newest().far.closed(CLOSE.replaced);
  deepEqual(socket.state.value, { state: "closed", code: CLOSE.replaced });
  clock.advance(120_000);
  equal(wires.length, 1);
});

Deno.test("an unreadable message is reported, and the link goes on", async () => {
  const { socket, open, newest, received, unreadable, sent } = setup();
  open();
  const answer = socket.request("share.create", { role: "player" });
  newest().far.text("{");
  newest().far.text(JSON.stringify({ id: "1", type: "no.such.thing" }));
  const [{ id }] = sent();
  newest().far.text(JSON.stringify({ id, type: "share.create.response", payload: { path: 5 } }));
  match(JSON.stringify(await answer), /message\.invalid/);
  equal(unreadable.length, 3);
  deepEqual(received, []);
});

Deno.test("restarting closes the old connection, dials at once and cancels the planned try", () => {
  const { clock, socket, open, newest, wires } = setup();
  open();
  const [first] = wires;
  socket.restart();
  equal(first!.closed, true);
  notEqual(newest(), first);
  newest().far.closed(CLOSE.goingAway);
  socket.restart();
  open();
  clock.advance(60_000);
  equal(wires.length, 3);
});

Deno.test("disposing leaves nothing behind", () => {
  const { clock, socket, open, newest } = setup();
  open();
  void socket.request("share.create", { role: "player" });
  socket[Symbol.dispose]();
  equal(newest().closed, true);
  equal(clock.pending, 0);
});
