import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Uplink } from "../../../../agent/pipeline/uplink.ts";
import type { SendingLink } from "../../../../media/links/ports.ts";
import { FakeClock } from "../../../fakes/clock.ts";
import { SeededRandom } from "../../../fakes/random.ts";

interface FakeLink extends SendingLink {
  waitingMs: number;
  rtt: number | undefined;
  readonly sent: number[];
  closed: boolean;
  /** Answers the oldest send that waits. */
  take(error?: string): Promise<void>;
  /** Breaks while nothing is sent. */
  break(error: string): Promise<void>;
}

function fakeLink(): FakeLink {
  const waiting: ((result: { error?: string }) => void)[] = [];
  const sent: number[] = [];
  const { promise: broken, resolve } = Promise.withResolvers<string>();
  return {
    broken,
    sent,
    closed: false,
    waitingMs: 0,
    rtt: 50,
    get figures() {
      const sentBytes = sent.reduce((sum, size) => sum + size, 0);
      const { waitingMs, rtt } = this;
      const known = rtt !== undefined && { rtt };
      return { sentBytes, waitingMs, ...known, paths: [{ sentBytes, ...known }] };
    },
    send(packets) {
      return new Promise((resolve) =>
        waiting.push((result) => {
          if (!result.error) sent.push(packets.length);
          resolve(result);
        })
      );
    },
    async take(error) {
      waiting.shift()?.(error === undefined ? {} : { error });
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
    async break(error) {
      resolve(error);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    },
    [Symbol.dispose]() {
      this.closed = true;
    },
  };
}

Deno.test("[CAP4] without an open link, and over one that compares no clocks, the receiver's clock is not known", async () => {
  const { clock, uplink } = setup([fakeLink()]);
  deepEqual(uplink.receiverClock, { type: "unknown", why: "not_compared" });
  await clock.run(0);
  deepEqual(uplink.receiverClock, { type: "unknown", why: "not_comparable" });
});

function setup(answers: (FakeLink | string)[]) {
  const clock = new FakeClock();
  const events: string[] = [];
  let attempts = 0;
  const uplink = new Uplink({
    open: () => {
      const answer = answers[Math.min(attempts++, answers.length - 1)]!;
      return Promise.resolve(typeof answer === "string" ? { error: answer } : answer);
    },
    latency: 200,
    clock,
    random: new SeededRandom(),
    listener: {
      opened: () => void events.push("opened"),
      gaveUp: (error) => void events.push(error),
    },
  });
  const picture = (size: number, keyframe = false) =>
    uplink.picture(new Uint8Array(size), { keyframe });
  return { clock, events, uplink, picture, attempts: () => attempts };
}

Deno.test("[UPL1] pictures go out from the first keyframe on", async () => {
  const link = fakeLink();
  const { clock, uplink, picture, events } = setup([link]);
  equal(uplink.condition, "Init");
  await clock.run(0);
  deepEqual(events, ["opened"]);
  picture(100);
  uplink.sound(new Uint8Array(10));
  picture(200, true);
  uplink.sound(new Uint8Array(20));
  picture(300);
  for (let at = 0; at < 3; at++) await link.take();
  deepEqual(link.sent, [200, 20, 300]);
  deepEqual([uplink.condition, uplink.dropped], ["Live", 1]);
});

Deno.test("[UPL2] a receiver that does not answer is dialled again, and given up after 30 s", async () => {
  const { clock, events, attempts } = setup(["Cannot reach srt://h:1"]);
  await clock.run(29_000);
  ok(attempts() >= 4, `${attempts()} attempts`);
  deepEqual(events, []);
  await clock.run(40_000);
  match(events[0] ?? "", /Cannot reach srt:\/\/h:1.*30 s/);
  const before = attempts();
  await clock.run(120_000);
  equal(attempts(), before);
  equal(clock.pending, 0);
});

Deno.test("[UPL3] a link that breaks is opened again without a limit of time", async () => {
  const first = fakeLink();
  const third = fakeLink();
  const { clock, uplink, picture, events } = setup([first, "Cannot reach it", third]);
  await clock.run(0);
  picture(500, true);
  await first.take();
  picture(100);
  await first.take("It broke");
  ok(first.closed);
  equal(uplink.condition, "Cooldown");
  picture(900, true);
  await clock.run(60_000);
  deepEqual(events, ["opened", "opened"]);
  picture(100);
  picture(700, true);
  await third.take();
  deepEqual(third.sent, [700]);
  equal(uplink.figures.sentBytes, 1_200);
});

Deno.test("[UPL3] a link that breaks while its pictures are dropped is opened again", async () => {
  const first = fakeLink();
  const second = fakeLink();
  const { clock, uplink, picture, events } = setup([first, second]);
  await clock.run(0);
  picture(500, true);
  await first.take();
  first.waitingMs = 5_000;
  picture(100);
  equal(uplink.condition, "Degrade");
  await first.break("It broke");
  ok(first.closed);
  await clock.run(2_000);
  deepEqual(events, ["opened", "opened"]);
  picture(700, true);
  await second.take();
  deepEqual([second.sent, uplink.condition], [[700], "Live"]);
});

Deno.test("[UPL3] a link that is closed already cannot break the next one", async () => {
  const first = fakeLink();
  const second = fakeLink();
  const { clock, uplink, picture, attempts } = setup([first, second]);
  await clock.run(0);
  picture(500, true);
  await first.take("It broke");
  await clock.run(2_000);
  await first.break("It broke");
  await clock.run(60_000);
  deepEqual([uplink.isUp, second.closed, attempts()], [true, false, 2]);
});

Deno.test("[UPL4] a link that does not keep up drops pictures up to the next keyframe, and its queue is bounded", async () => {
  const link = fakeLink();
  const { clock, uplink, picture } = setup([link]);
  await clock.run(0);
  picture(300_000, true);
  picture(200_000);
  picture(200_000);
  picture(1_000);
  equal(uplink.condition, "Degrade");
  await link.take();
  picture(1_000);
  picture(50_000, true);
  await link.take();
  await link.take();
  deepEqual(link.sent, [300_000, 200_000, 50_000]);
  deepEqual([uplink.condition, uplink.dropped], ["Live", 3]);
});

Deno.test("[UPL6] pictures that would come too late are dropped, and a keyframe is wanted once the link has caught up", async () => {
  const link = fakeLink();
  const { clock, uplink, picture } = setup([link]);
  await clock.run(0);
  const send = async (size: number, keyframe = false) => {
    picture(size, keyframe);
    await link.take();
  };
  await send(500, true);
  link.rtt = 151;
  link.waitingMs = 250;
  await send(100);
  link.waitingMs = 251;
  await send(101);
  equal(uplink.wantsKeyframe, false);
  link.waitingMs = 160;
  await send(501, true);
  link.waitingMs = 149;
  ok(uplink.wantsKeyframe);
  await send(102);
  await send(502, true);
  equal(uplink.wantsKeyframe, false);
  await send(103);
  deepEqual(link.sent, [500, 100, 502, 103]);
  equal(uplink.dropped, 3);
});

Deno.test("[UPL6] a packet that is lost again and again holds no picture up, but a link that confirms nothing does", async () => {
  const link = fakeLink();
  const { clock, uplink, picture } = setup([link]);
  await clock.run(0);
  picture(500, true);
  await link.take();
  link.waitingMs = 450;
  picture(100);
  await link.take();
  link.waitingMs = 451;
  picture(101);
  await link.take();
  deepEqual(link.sent, [500, 100]);
  equal(uplink.dropped, 1);
});

Deno.test("[UPL6] packets wait for nothing that is known before the round trip is measured", async () => {
  const link = fakeLink();
  link.rtt = undefined;
  const { clock, uplink, picture } = setup([link]);
  await clock.run(0);
  picture(500, true);
  await link.take();
  link.waitingMs = 700;
  picture(100);
  await link.take();
  link.rtt = 600;
  picture(101);
  await link.take();
  deepEqual(link.sent, [500, 100, 101]);
  equal(uplink.dropped, 0);
});

Deno.test("[UPL5] disposing closes the link and every planned attempt", async () => {
  const link = fakeLink();
  const { clock, uplink } = setup([link]);
  await clock.run(0);
  uplink[Symbol.dispose]();
  ok(link.closed);
  equal(clock.pending, 0);
  const late = fakeLink();
  const early = setup([late]);
  early.uplink[Symbol.dispose]();
  await early.clock.run(0);
  ok(late.closed, "a link that comes too late is closed");
});
