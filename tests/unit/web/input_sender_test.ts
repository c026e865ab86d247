import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import { HELD_REPEAT, REST_REPEAT } from "../../../protocol/control/control.ts";
import { buttonBit, type PadState } from "../../../protocol/control/pad.ts";
import { decodeIntent, type Intent } from "../../../protocol/room_state/wire.ts";
import { InputSender, INTENT_PERIOD } from "../../../web/play/input/input_sender.ts";
import { AT_REST, type PadLevel } from "../../../web/play/input/pad.ts";
import { FakeClock } from "../../fakes/clock.ts";

function setup() {
  const clock = new FakeClock();
  const reported: { at: number; pad: PadState }[] = [];
  const intents: { at: number; intent: Intent }[] = [];
  const channel = { open: true };
  const page = { revision: 0 };
  const sender = new InputSender({
    clock,
    acknowledged: () => page.revision,
    send(bytes) {
      if (!channel.open) return false;
      const intent = decodeIntent(bytes);
      if (!intent) throw new Error("no intent");
      intents.push({ at: clock.now(), intent });
      const { control } = intent;
      if (control && "seq" in control) reported.push({ at: clock.now(), pad: control });
      return true;
    },
  });
  return { clock, reported, intents, page, channel, sender };
}

const A: PadLevel = { ...AT_REST, buttons: buttonBit("a") };

Deno.test("[PAD4] a change is reported at once, without waiting for a frame", () => {
  const { clock, reported, sender } = setup();
  sender.start();
  clock.advance(7);
  sender.update(A);
  deepEqual(reported.map(({ at, pad }) => [at, pad.buttons]), [[0, 0], [7, A.buttons]]);
});

Deno.test("[PAD4] a held button is sent again every 33 ms, a pad at rest twice a second", () => {
  const { clock, reported, sender } = setup();
  sender.start();
  sender.update(A);
  clock.advance(100);
  equal(
    reported.filter(({ pad }) => pad.buttons === A.buttons).length,
    1 + Math.floor(100 / HELD_REPEAT),
  );
  sender.update(AT_REST);
  const before = reported.length;
  clock.advance(2_000);
  equal(reported.length - before, 2_000 / REST_REPEAT);
});

Deno.test("[PAD4] an unchanged pad is not sent twice", () => {
  const { reported, sender } = setup();
  sender.start();
  sender.update(A);
  sender.update({ ...A });
  equal(reported.length, 2);
});

Deno.test("[CHN3] a dropped message is followed soon by a newer one, with the sequence unbroken", () => {
  const { clock, reported, channel, sender } = setup();
  sender.start();
  channel.open = false;
  sender.update(A);
  sender.update(AT_REST);
  channel.open = true;
  clock.advance(HELD_REPEAT);
  deepEqual(reported.map(({ pad }) => [pad.seq, pad.buttons]), [[1, 0], [2, 0]]);
});

Deno.test("nothing is reported before the start or after the end", () => {
  const { clock, reported, sender } = setup();
  sender.update(A);
  clock.advance(1_000);
  equal(reported.length, 0);
  sender.start();
  equal(reported[0]?.pad.buttons, A.buttons);
  sender[Symbol.dispose]();
  sender.update(AT_REST);
  clock.advance(1_000);
  equal(reported.length, 1);
});

Deno.test("[PAD2] after any inputs the newest message holds the pad, and a held button is sent at least every 33 ms", () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 80 }),
    buttons: fc.integer({ min: 0, max: 0xffff }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { clock, reported, sender } = setup();
    sender.start();
    for (const { wait, buttons } of steps) {
      clock.advance(wait);
      sender.update({ ...AT_REST, buttons });
      equal(reported.at(-1)?.pad.buttons, buttons);
    }
    reported.forEach(({ at, pad }, i) => {
      const next = reported[i + 1];
      if (!next) return;
      equal(next.pad.seq, pad.seq + 1);
      equal(next.at - at <= (pad.buttons === 0 ? REST_REPEAT : HELD_REPEAT), true);
    });
  }));
});

Deno.test("[RDO15] a document is acknowledged soon, and twenty times a second at most", () => {
  const { clock, intents, page, sender } = setup();
  sender.start();
  clock.advance(20);
  for (let revision = 1; revision <= 100; revision++) {
    page.revision = revision;
    sender.hasten();
    clock.advance(1);
  }
  clock.advance(INTENT_PERIOD);
  deepEqual(
    intents.map(({ at, intent }) => [at, intent.acknowledged]),
    [[0, 0], [50, 30], [100, 80], [150, 100]],
  );
});

Deno.test("[RDO15] a watcher sends no pad, and its heartbeat", () => {
  const { clock, intents, reported, sender } = setup();
  sender.setWatching(true);
  sender.start();
  sender.update(A);
  clock.advance(1_000);
  equal(reported.length, 0);
  deepEqual(intents.map(({ at }) => at), [0, 500, 1_000]);
  sender.setWatching(false);
  equal(reported[0]?.pad.buttons, A.buttons);
});

Deno.test("[RDO15] who watches from now on has released what was held", () => {
  const { intents, sender } = setup();
  sender.start();
  sender.update(A);
  sender.setWatching(true);
  equal(intents.at(-1)?.intent.control, undefined);
});

Deno.test("[CPL2] [PAD4] the pads of further seats are in every message, and one that is held keeps all repeated", () => {
  const { clock, intents, sender } = setup();
  sender.start();
  sender.update(AT_REST, [{ seat: 1, level: A }]);
  sender.update(AT_REST, [{ seat: 1, level: { ...A } }]);
  clock.advance(HELD_REPEAT);
  deepEqual(
    intents.map(({ at, intent }) => [at, intent.further?.map(({ pad }) => pad.buttons)]),
    [[0, undefined], [0, [A.buttons]], [HELD_REPEAT, [A.buttons]]],
  );
  sender.update(AT_REST, [{ seat: 1, level: AT_REST }]);
  sender.update(AT_REST);
  equal(intents.at(-1)?.intent.further, undefined);
  const before = intents.length;
  clock.advance(2_000);
  equal(intents.length - before, 2_000 / REST_REPEAT);
});
