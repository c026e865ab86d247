import { deepEqual, equal } from "node:assert/strict";
import { signal } from "@preact/signals";
import { refuse } from "../../../../protocol/envelope.ts";
import type { DriveLink } from "../../../../web/play/drive/driver.ts";
import { createWheel } from "../../../../web/play/drive/wheel.ts";
import { FakeClock } from "../../../fakes/clock.ts";

function setup(taken: boolean) {
  const clock = new FakeClock();
  const toasts: string[] = [];
  const room = { taken };
  const wheel = createWheel({
    clock,
    socket: {
      // deno-lint-ignore no-explicit-any
      request: (_type: string, payload: any) =>
        Promise.resolve(
          room.taken && payload.seat !== null
            ? refuse("seat.taken", "taken", { seat: 0 })
            : payload,
        ),
    },
    link: signal<DriveLink | undefined>(undefined),
    toaster: { done: (text) => toasts.push(text), refused: (text) => toasts.push(`✕ ${text}`) },
  });
  return { clock, toasts, room, wheel };
}

Deno.test("[DPG13] a free wheel is taken, and left again", async () => {
  const { wheel, toasts, clock } = setup(false);
  await wheel.ask();
  await wheel.leave();
  deepEqual(toasts, ["You have the wheel.", "You watch now."]);
  equal(clock.pending, 0);
});

Deno.test("[DPG13] a request for a taken wheel lasts 10 s", async () => {
  const { wheel, toasts, clock } = setup(true);
  await wheel.ask();
  equal(wheel.asked.value, true);
  clock.advance(9_999);
  equal(wheel.asked.value, true);
  clock.advance(1);
  equal(wheel.asked.value, false);
  deepEqual(toasts, ["✕ The driver did not give the wheel. You can ask again."]);
});

Deno.test("[DPG13] a request ends when the driver gives the wheel; giving without a connection is refused", async () => {
  const { wheel, toasts, clock } = setup(true);
  await wheel.ask();
  wheel.got();
  equal(wheel.asked.value, false);
  clock.advance(20_000);
  wheel.got();
  await wheel.give();
  deepEqual(toasts, ["The driver gave you the wheel.", "✕ The worker did not answer."]);
});
