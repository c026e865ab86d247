import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { NEUTRAL_PAD, type PadState } from "../../../../protocol/control/pad.ts";
import { SharedControl } from "../../../../worker/playback/shared_control.ts";

const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const u8 = fc.integer({ min: 0, max: 0xff });
const pads = fc.record({
  seq: fc.constant(0),
  buttons: fc.integer({ min: 0, max: 0xffff }),
  axes: fc.tuple(i16, i16, i16, i16),
  triggers: fc.tuple(u8, u8),
});

Deno.test("[PAD7] the source thread reads exactly the pads that were set", () => {
  fc.assert(fc.property(fc.tuple(pads, pads, pads, pads), (set: PadState[]) => {
    const main = new SharedControl();
    const thread = new SharedControl(main.buffer);
    set.forEach((pad, seat) => main.setPad(seat, pad));
    deepEqual(set.map((_, seat) => thread.pad(seat)), set);
  }));
});

Deno.test("[PAD7] a seat nobody touched is neutral", () => {
  deepEqual(new SharedControl().pad(3), NEUTRAL_PAD);
});

Deno.test("[ROM7] mail is awaited until it came, however often it is looked for", () => {
  const main = new SharedControl();
  const thread = new SharedControl(main.buffer);
  equal(thread.awaitsMail, false);
  main.announceMail();
  main.announceMail();
  thread.takeMail();
  deepEqual([thread.awaitsMail, thread.awaitsMail], [true, true]);
  thread.takeMail();
  equal(thread.awaitsMail, false);
});

Deno.test("[ROM7] codecs, bitrate and pause cross to the thread", () => {
  const main = new SharedControl();
  const thread = new SharedControl(main.buffer);
  main.codecs = ["vp8"];
  main.bitrate = 2_500_000;
  main.setPaused("paused");
  deepEqual(
    [thread.wants("h264"), thread.wants("vp8"), thread.bitrate, thread.paused],
    [false, true, 2_500_000, true],
  );
});
