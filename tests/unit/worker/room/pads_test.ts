import { deepEqual } from "node:assert/strict";
import { PAD_SILENCE } from "../../../../protocol/control/control.ts";
import { NEUTRAL_PAD, type PadState } from "../../../../protocol/control/pad.ts";
import { Pads } from "../../../../worker/room/seats/pads.ts";
import { FakeClock } from "../../../fakes/clock.ts";

const A = 1 << 8;
const pad = (seq: number, buttons: number): PadState => ({ ...NEUTRAL_PAD, seq, buttons });

function setup() {
  const clock = new FakeClock();
  const held: number[] = [];
  const pads = new Pads(clock, (_seat, { buttons }) => held.push(buttons));
  return { clock, held, pads };
}

Deno.test("[PAD3] the state with the newest sequence number is used, not the last to arrive", () => {
  const { held, pads } = setup();
  pads.receive(0, pad(2, A));
  pads.receive(0, pad(1, 0));
  deepEqual(held, [A]);
});

Deno.test("[PAD3] the sequence wraps around", () => {
  const { held, pads } = setup();
  pads.receive(0, pad(65535, A));
  pads.receive(0, pad(0, 0));
  deepEqual(held, [A, 0]);
});

Deno.test("[PAD5] a silent pad is neutral after PAD_SILENCE", () => {
  const { clock, held, pads } = setup();
  pads.receive(0, pad(1, A));
  clock.advance(PAD_SILENCE - 1);
  pads.expire();
  deepEqual(held, [A]);
  clock.advance(1);
  pads.expire();
  deepEqual(held, [A, 0]);
});

Deno.test("[PAD5] a repeated state is a sign of life", () => {
  const { clock, held, pads } = setup();
  pads.receive(0, pad(1, A));
  clock.advance(PAD_SILENCE - 1);
  pads.receive(0, pad(1, A));
  clock.advance(PAD_SILENCE - 1);
  pads.expire();
  deepEqual(held, [A]);
});

Deno.test("[PAD6] the pad of a seat that is left is neutral, and the next player's sequence may start anywhere", () => {
  const { held, pads } = setup();
  pads.receive(0, pad(500, A));
  pads.release(0);
  pads.receive(0, pad(1, A));
  deepEqual(held, [A, 0, A]);
});
