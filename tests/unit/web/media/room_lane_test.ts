import { deepEqual, equal, ok } from "node:assert/strict";
import { decodeFromPage, encodeToPage } from "../../../../protocol/room_commands/wire.ts";
import { encodeParts } from "../../../../protocol/room_state/parts.ts";
import { encodeState } from "../../../../protocol/room_state/wire.ts";
import { ANSWER_LIMIT, RoomLane } from "../../../../web/play/media/room_lane.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const entities = {
  room: { app: { app_id: "duel", title: "Duel", paused: false } },
  seat0: { seat: { holder: "p1" } },
  p1: { person: { role: "host", connected: true } },
  p2: { person: { role: "watcher", connected: true } },
};

function setup() {
  const clock = new FakeClock();
  const asked: { id: number; verb: string }[] = [];
  const channel = { open: true };
  const lane = new RoomLane({
    clock,
    send(bytes) {
      const message = decodeFromPage(bytes);
      if (channel.open && message?.type === "request") asked.push(message);
      return channel.open;
    },
  });
  const answer = (answer: unknown, id = asked.at(-1)!.id) =>
    lane.receiveAnswer(encodeToPage({ type: "answer", id, answer }));
  const refuse = (id = asked.at(-1)!.id) => {
    const error = { code: "rate", message: "Too many" } as const;
    return lane.receiveAnswer(encodeToPage({ type: "refusal", id, error }));
  };
  /** The person is in the room. */
  const enter = async () => {
    const entered = lane.enter();
    answer({ you: "p1" });
    await entered;
    asked.length = 0;
  };
  return { clock, lane, asked, channel, answer, refuse, enter };
}

const joined = (lane: RoomLane) => lane.joined.value;

Deno.test("[RCM2] a page announces its person until the room answers, then it is in the room", async () => {
  const { clock, lane, asked, answer, refuse } = setup();
  void lane.enter();
  refuse();
  await clock.run(1_000);
  equal(asked.length, 2);
  lane.receive(encodeState({ type: "set", revision: 1, entities }));
  equal(joined(lane), undefined);
  equal(lane.isWatching, false, "not known yet");
  answer({ you: "p1" });
  await clock.run(5_000);
  equal(asked.length, 2);
  equal(joined(lane)?.you, "p1");
  deepEqual(joined(lane)?.room.seats, [{ seat: 0, holder: "p1", locked: false }]);
  equal(lane.isWatching, false);
  lane.receive(
    encodeState({
      type: "merge",
      revision: 2,
      from: 1,
      patch: { seat0: { seat: { holder: "p2" } } },
    }),
  );
  equal(lane.isWatching, true);
  equal(clock.pending, 0);
});

Deno.test("[RCM4] each answer goes to its request, in whatever order; one that is none is refused", async () => {
  const { lane, asked, answer, refuse, enter } = setup();
  await enter();
  const first = lane.ask("seat.take", { seat: 0 });
  const second = lane.ask("app.reset", {});
  const third = lane.ask("seat.take", { seat: 1 });
  answer({ seat: "one" }, asked[2]!.id);
  refuse(asked[1]!.id);
  answer({ seat: 0 }, asked[0]!.id);
  deepEqual(await first, { seat: 0 });
  deepEqual(await second, { error: { code: "rate", message: "Too many" } });
  const malformed = await third;
  ok("error" in malformed && malformed.error.code === "answer_malformed");
});

Deno.test("[RCM4] a request without an answer, a channel or a connection is refused, and never hangs", async () => {
  const { clock, lane, channel, enter } = setup();
  await enter();
  const code = async (asked: Promise<object>) =>
    (await asked as { error: { code: string } }).error.code;
  const late = code(lane.ask("app.save", {}));
  await clock.run(ANSWER_LIMIT);
  equal(await late, "link.timeout");
  channel.open = false;
  equal(await code(lane.ask("app.save", {})), "link.down");
  channel.open = true;
  const many = Array.from({ length: 17 }, () => code(lane.ask("app.save", {})));
  equal(await many.at(-1), "link.down");
  lane[Symbol.dispose]();
  equal(await many[0], "link.lost");
  equal(await code(lane.ask("app.save", {})), "link.down");
  equal(clock.pending, 0);
});

Deno.test("[RCM16] what is asked before the connection is up waits for it, 10 s at most", async () => {
  const { clock, lane, asked, channel, answer } = setup();
  channel.open = false;
  const taken = lane.ask("seat.take", { seat: 0 });
  await clock.run(500);
  channel.open = true;
  void lane.enter();
  answer({ you: "p1" });
  await clock.run(0);
  answer({ seat: 0 });
  deepEqual(await taken, { seat: 0 });
  deepEqual(asked.map(({ verb }) => verb), ["announce", "seat.take"]);
  equal(clock.pending, 0);
});

Deno.test("[RCM16] what waits for a connection that never comes, or that ends, is refused", async () => {
  const code = async (asked: Promise<object>) =>
    (await asked as { error: { code: string } }).error.code;
  const { clock, lane, channel } = setup();
  channel.open = false;
  const late = code(lane.ask("seat.take", { seat: 0 }));
  await clock.run(ANSWER_LIMIT);
  equal(await late, "link.down");
  const many = Array.from({ length: 17 }, () => code(lane.ask("seat.take", { seat: 0 })));
  equal(await many.at(-1), "link.down");
  lane[Symbol.dispose]();
  equal(await many[0], "link.down");
  equal(clock.pending, 0);
});

Deno.test("[RCM16] what is asked before the room has answered the announcement is sent once it has", async () => {
  const { clock, lane, asked, answer } = setup();
  void lane.enter();
  const saved = lane.ask("app.reset", {});
  await clock.run(500);
  deepEqual(asked.map(({ verb }) => verb), ["announce"]);
  answer({ you: "p1" });
  await clock.run(0);
  deepEqual(asked.map(({ verb }) => verb), ["announce", "app.reset"]);
  answer({});
  deepEqual(await saved, {});
  equal(clock.pending, 0);
});

Deno.test("[RCM16] a request that waits for the announcement is refused when the connection ends", async () => {
  const { clock, lane, refuse } = setup();
  void lane.enter();
  refuse();
  await clock.run(10);
  const code = lane.ask("app.save", {}).then((answer) => "error" in answer && answer.error.code);
  lane[Symbol.dispose]();
  equal(await code, "link.down");
  await clock.run(0);
  equal(clock.pending, 0);
});

Deno.test("[RCM4] a request that is longer than a message is refused by the page itself", async () => {
  const { lane, asked, enter } = setup();
  await enter();
  const answer = await lane.ask("chat.say", { text: "x".repeat(4_096) });
  equal("error" in answer && answer.error.code, "message.too_large");
  equal(asked.length, 0);
});

Deno.test("[RDO19] a document that comes in parts is shown once all of them are there", () => {
  const { lane } = setup();
  const chat = { from: "p1", text: "x".repeat(300), at: 1 };
  const lines = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`c${n + 1}`, { chat }]));
  const message = { type: "set", revision: 3, entities: { ...entities, ...lines } } as const;
  const parts = encodeParts(message);
  ok(parts.length > 5);
  for (const part of parts) {
    equal(lane.acknowledged, 0);
    equal(lane.receive(part), true);
  }
  equal(lane.acknowledged, 3);
});
