import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { MAX_SEATS } from "../../../../protocol/ids.ts";
import { MAX_USERS } from "../../../../worker/sources/libretro/environment.ts";
import { NEUTRAL_PAD, type PadState } from "../../../../protocol/control/pad.ts";
import { SEATS, SharedControl } from "../../../../worker/playback/shared_control.ts";

const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const u8 = fc.integer({ min: 0, max: 0xff });
const pads = fc.record({
  seq: fc.constant(0),
  buttons: fc.integer({ min: 0, max: 0xffff }),
  axes: fc.tuple(i16, i16, i16, i16),
  triggers: fc.tuple(u8, u8),
});

Deno.test("[PAD7] the source thread reads exactly the pads that were set", () => {
  fc.assert(fc.property(fc.tuple(pads, pads, pads, pads, pads), (set: PadState[]) => {
    const main = new SharedControl();
    const thread = new SharedControl(main.buffer);
    set.forEach((pad, seat) => main.setPad(seat, pad));
    deepEqual(set.map((_, seat) => thread.pad(seat)), set);
  }));
});

Deno.test("[ROM4] thread, cores and rooms have the same number of seats", () => {
  deepEqual([SEATS, MAX_USERS], [MAX_SEATS, MAX_SEATS]);
});

Deno.test("[PAD7] the pad of a seat is neutral until it is set", () => {
  deepEqual(new SharedControl().pad(3), NEUTRAL_PAD);
});

Deno.test("[ROM7] an announced message is awaited until it is received", () => {
  const main = new SharedControl();
  const thread = new SharedControl(main.buffer);
  equal(thread.awaitsMessage, false);
  main.announceMessage();
  main.announceMessage();
  thread.countReceived();
  deepEqual([thread.awaitsMessage, thread.awaitsMessage], [true, true]);
  thread.countReceived();
  equal(thread.awaitsMessage, false);
});

Deno.test("[ROM7] the thread reads the codecs, the bitrate and the pause that were set", () => {
  const main = new SharedControl();
  const thread = new SharedControl(main.buffer);
  main.main.codecs = ["vp8"];
  main.main.bitrate = 2_500_000;
  main.setPaused("paused");
  deepEqual(
    [thread.main.wants("h264"), thread.main.wants("vp8"), thread.main.bitrate, thread.paused],
    [false, true, 2_500_000, true],
  );
});
